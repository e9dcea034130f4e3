package report

import "github.com/sendspec/sendspec/conformance/event"

// The types of HAR 1.2 (HTTP Archive), as far as an API client fills them. Members that begin with an
// underscore are ours, as the format allows. Libraries of these types are made for what a browser hands
// over: they hold a body as text and have no place for the bytes of one that is none, nor for our own.

type harCreator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// harRun is what a reader needs to judge the entries again.
type harRun struct {
	Target   string      `json:"target"`
	Region   string      `json:"region"`
	Seed     uint64      `json:"seed"`
	Strict   bool        `json:"strict"`
	Complete bool        `json:"complete"`
	Verdict  string      `json:"verdict"`
	Failures Failures    `json:"failures"`
	Suite    event.Suite `json:"suite"`
}

type harEntry struct {
	Started  string      `json:"startedDateTime"`
	Time     float64     `json:"time"` // milliseconds
	Request  harRequest  `json:"request"`
	Response harResponse `json:"response"`
	Cache    struct{}    `json:"cache"`
	Timings  harTimings  `json:"timings"`
	Comment  string      `json:"comment,omitempty"`
	Case     string      `json:"_case"`
	Step     int         `json:"_step"`              // from 1
	Interim  bool        `json:"_interim,omitempty"` // a poll's answer that was not the last
	Verdict  string      `json:"_verdict"`           // of the case
	Failure  string      `json:"_failure,omitempty"` // of the exchange: closed, timed out ...
}

type harRequest struct {
	Method      string       `json:"method"`
	URL         string       `json:"url"`
	HTTPVersion string       `json:"httpVersion"`
	Cookies     []harPair    `json:"cookies"`
	Headers     []harPair    `json:"headers"`
	QueryString []harPair    `json:"queryString"`
	PostData    *harPostData `json:"postData,omitempty"`
	HeadersSize int          `json:"headersSize"`
	BodySize    int          `json:"bodySize"`
	Comment     string       `json:"comment,omitempty"`
	// Raw is the whole request in base64, credentials blotted out, where its framing is at fault and
	// the members above cannot show it.
	Raw string `json:"_raw,omitempty"`
}

type harPostData struct {
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
	Encoding string `json:"_encoding,omitempty"` // base64, where the body is no UTF-8
}

type harResponse struct {
	Status      int        `json:"status"` // 0 where no answer came
	StatusText  string     `json:"statusText"`
	HTTPVersion string     `json:"httpVersion"`
	Cookies     []harPair  `json:"cookies"`
	Headers     []harPair  `json:"headers"`
	Content     harContent `json:"content"`
	RedirectURL string     `json:"redirectURL"`
	HeadersSize int        `json:"headersSize"`
	BodySize    int        `json:"bodySize"`
	Comment     string     `json:"comment,omitempty"`
}

type harContent struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	Comment  string `json:"comment,omitempty"`
	// Truncated tells that text is the beginning of what came: too little to judge.
	Truncated bool `json:"_truncated,omitempty"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harTimings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}
