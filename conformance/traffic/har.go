package traffic

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/reference"
)

// CapturedCall is one captured call of an operation that the reference knows.
type CapturedCall struct {
	Entry    int // its number among the entries of the file, from 1
	World    int // numbers the endpoints, regions and accounts, from 1: none has the commands of another
	Exchange *wire.Exchange
	Skip     string // why it cannot be judged, in one line; "" where it can
}

// Capture is what a HAR file holds.
type Capture struct {
	Calls []CapturedCall
	// Foreign counts the entries that are no call of SSM, or of an operation that is not judged.
	Foreign int
}

// har is the part of HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) that is read. Encoding
// of postData is an extension that several proxies write.
type har struct {
	Log *struct {
		Entries []struct {
			StartedDateTime time.Time `json:"startedDateTime"`
			Time            float64   `json:"time"` // milliseconds
			Request         struct {
				Method   string   `json:"method"`
				URL      string   `json:"url"`
				Headers  []header `json:"headers"`
				Cookies  []header `json:"cookies"`
				BodySize int      `json:"bodySize"`
				PostData *content `json:"postData"`
				// Raw is an extension of ours: the request was framed by hand, and PostData is what followed the header.
				Raw string `json:"_raw"`
			} `json:"request"`
			Response struct {
				Status  int      `json:"status"`
				Headers []header `json:"headers"`
				Cookies []header `json:"cookies"`
				Content content  `json:"content"`
			} `json:"response"`
		} `json:"entries"`
	} `json:"log"`
}

type header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type content struct {
	Size     int     `json:"size"`
	Text     *string `json:"text"`
	Encoding string  `json:"encoding"`
	// Ours is Encoding as package report writes it, which HAR has no place for in a request.
	Ours string `json:"_encoding"`
	// Truncated is an extension: Text is the beginning of what came.
	Truncated bool `json:"_truncated"`
}

// bytes are the body; ok is false where the file leaves it out.
func (c *content) bytes(size int) (body []byte, ok bool, err error) {
	if c == nil || c.Text == nil {
		return nil, size <= 0, nil
	}
	if strings.EqualFold(cmp.Or(c.Encoding, c.Ours), "base64") {
		body, err = base64.StdEncoding.DecodeString(*c.Text)
		return body, true, err
	}
	return []byte(*c.Text), true, nil
}

// secrets are what signs and identifies the requests of the file, those of other services too, and the cookies.
func (h *har) secrets() []string {
	var list []string
	for i := range h.Log.Entries {
		e := &h.Log.Entries[i]
		list = append(list, wire.Secrets(e.Request.URL, fields(slices.Concat(e.Request.Headers, e.Response.Headers)))...)
		for _, cookie := range slices.Concat(e.Request.Cookies, e.Response.Cookies) {
			list = append(list, cookie.Value)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Read takes the calls of Run Command out of a HAR file, without what is secret in its requests: neither that, nor
// what an answer echoes of it, is in a Call. Secrets are more of them, which no request has.
func Read(r io.Reader, secrets ...string) (Capture, error) {
	var file har
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return Capture{}, fmt.Errorf("no HAR file: %w", err)
	}
	if file.Log == nil {
		return Capture{}, errors.New("no HAR file: it has no log")
	}
	var c Capture
	worlds := worlds{}
	var last time.Time
	redactor := wire.NewRedactor(slices.Concat(file.secrets(), secrets)...)
	for i := range file.Log.Entries {
		e := &file.Log.Entries[i]
		operation, ok := strings.CutPrefix(valueOf(e.Request.Headers, "X-Amz-Target"), "AmazonSSM.")
		if !ok || !slices.Contains(reference.Operations(), operation) {
			c.Foreign++
			continue
		}
		sentAt, took := e.StartedDateTime, elapsed(e.Time)
		if sentAt.IsZero() { // without a time it is thought to come after the one before it in the file
			sentAt, took = last, 0
		}
		last = sentAt.Add(took)
		call := CapturedCall{Entry: i + 1, World: worlds.of(e.Request.URL, e.Request.Headers), Exchange: &wire.Exchange{
			Sent: sentAt, Elapsed: took,
			Request: &wire.Request{
				Operation: operation, Method: e.Request.Method, Path: pathOf(e.Request.URL), Fields: fields(e.Request.Headers),
			},
			Response: &wire.Response{Status: e.Response.Status, Header: http.Header{}},
		}}
		for _, h := range e.Response.Headers {
			call.Exchange.Response.Header.Add(h.Name, h.Value)
		}
		sent, hasSent, err := e.Request.PostData.bytes(e.Request.BodySize)
		if err != nil {
			return c, fmt.Errorf("entry %d: the request's body is no base64: %w", call.Entry, err)
		}
		answer, hasAnswer, err := e.Response.Content.bytes(e.Response.Content.Size)
		if err != nil {
			return c, fmt.Errorf("entry %d: the answer's body is no base64: %w", call.Entry, err)
		}
		call.Exchange.Request.Body, call.Exchange.Response.Body = redactor.Bytes(sent), answer
		redactor.Exchange(call.Exchange)
		switch {
		case e.Request.Raw != "":
			call.Skip = "the request was framed by hand: how much of it was read is not known"
		case e.Response.Status == 0:
			call.Skip = "no answer was captured"
		case !hasSent:
			call.Skip = "the body of the request was not captured"
		case !hasAnswer:
			call.Skip = "the body of the answer was not captured"
		case e.Response.Content.Truncated:
			call.Skip = "the body of the answer was not captured whole"
		case isMasked(sent):
			call.Skip = "the body of the request is redacted"
		case isMasked(answer):
			call.Skip = "the body of the answer is redacted"
		}
		c.Calls = append(c.Calls, call)
	}
	slices.SortStableFunc(c.Calls, func(a, b CapturedCall) int { return a.Exchange.Sent.Compare(b.Exchange.Sent) })
	return c, nil
}

// elapsed is how long an exchange took; what is no time took none.
func elapsed(milliseconds float64) time.Duration {
	if milliseconds > 0 && milliseconds < 1e9 {
		return time.Duration(milliseconds * float64(time.Millisecond))
	}
	return 0
}

// isMasked reports whether a body was replaced by a word that says so, as proxies and people do.
func isMasked(body []byte) bool {
	text := strings.ToLower(strings.Trim(string(body[:min(len(body), 64)]), " \"'*<>[](){}\r\n"))
	return len(body) < 64 && (strings.HasPrefix(text, "redacted") || strings.HasPrefix(text, "masked") ||
		strings.HasPrefix(text, "removed")) ||
		len(body) > 0 && strings.Trim(string(body), "*") == ""
}

func fields(headers []header) []wire.Field {
	var list []wire.Field
	for _, h := range headers {
		list = append(list, wire.Field{Name: h.Name, Value: h.Value})
	}
	return list
}

func valueOf(headers []header, name string) string {
	for _, h := range headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// pathOf is the path of a URL alone: a query may hold a signature.
func pathOf(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.EscapedPath() == "" {
		return "/"
	}
	return u.EscapedPath()
}
