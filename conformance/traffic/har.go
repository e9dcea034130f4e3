package traffic

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/reference"
)

// Capture is what a HAR file holds.
type Capture struct {
	// Calls are those of the operations that the reference knows, in the order in which they were sent.
	Calls []conformance.Recorded
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
				Method   string       `json:"method"`
				URL      string       `json:"url"`
				Headers  []wire.Field `json:"headers"`
				Cookies  []wire.Field `json:"cookies"`
				BodySize int          `json:"bodySize"`
				PostData *content     `json:"postData"`
				// Raw is an extension of ours: the request was framed by hand, and PostData is what followed the header.
				Raw string `json:"_raw"`
			} `json:"request"`
			Response struct {
				Status  int          `json:"status"`
				Headers []wire.Field `json:"headers"`
				Cookies []wire.Field `json:"cookies"`
				Content content      `json:"content"`
			} `json:"response"`
		} `json:"entries"`
	} `json:"log"`
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
		list = append(list, wire.Secrets(e.Request.URL, slices.Concat(e.Request.Headers, e.Response.Headers))...)
		for _, cookie := range slices.Concat(e.Request.Cookies, e.Response.Cookies) {
			list = append(list, cookie.Value)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Read takes the calls of Run Command out of a HAR file, without what is secret in its requests: neither that, nor
// what an answer echoes of it, is in a call. Secrets are more of them, which no request has.
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
		request := &wire.Request{Method: e.Request.Method, Path: pathOf(e.Request.URL), Fields: e.Request.Headers}
		operation, ok := strings.CutPrefix(request.Get("X-Amz-Target"), "AmazonSSM.")
		if request.Operation = operation; !ok || !slices.Contains(reference.Operations(), operation) {
			c.Foreign++
			continue
		}
		sentAt, took := e.StartedDateTime, elapsed(e.Time)
		if sentAt.IsZero() { // without a time it is thought to come after the one before it in the file
			sentAt, took = last, 0
		}
		last = sentAt.Add(took)
		x := &wire.Exchange{
			Sent: sentAt, Elapsed: took, Request: request, Response: &wire.Response{Status: e.Response.Status, Header: http.Header{}},
		}
		for _, h := range e.Response.Headers {
			x.Response.Header.Add(h.Name, h.Value)
		}
		sent, hasSent, err := e.Request.PostData.bytes(e.Request.BodySize)
		if err != nil {
			return c, fmt.Errorf("entry %d: the request's body is no base64: %w", i+1, err)
		}
		answer, hasAnswer, err := e.Response.Content.bytes(e.Response.Content.Size)
		if err != nil {
			return c, fmt.Errorf("entry %d: the answer's body is no base64: %w", i+1, err)
		}
		request.Body, x.Response.Body = redactor.Bytes(sent), answer
		redactor.Exchange(x)
		call := caseOf(i+1, x)
		call.World = worlds.of(e.Request.URL, request)
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
	slices.SortStableFunc(c.Calls, func(a, b conformance.Recorded) int { return a.Exchanges[0].Sent.Compare(b.Exchanges[0].Sent) })
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
	return len(body) < 64 && maskingWord.Match(body) || len(body) > 0 && len(bytes.Trim(body, "*")) == 0
}

var maskingWord = regexp.MustCompile(`(?i)^[ "'*<>\[\](){}\r\n]*(redacted|masked|removed)`)

// pathOf is the path of a URL alone: a query may hold a signature.
func pathOf(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.EscapedPath() == "" {
		return "/"
	}
	return u.EscapedPath()
}

// worlds numbers what the calls of a file ask: a command is known to one endpoint, one region and one account. Two keys
// of one account count as two, since no key tells its account: less is held together then, and nothing wrongly.
type worlds map[string]int

// scope is the credential of a signature of version 4, in a header or a URL: the key's ID, the date, the region.
var scope = regexp.MustCompile(`Credential=([^/,\s]*)/[^/,\s]*/([^/,\s]*)/`)

func (w worlds) of(address string, r *wire.Request) int {
	key := ""
	if u, err := url.Parse(address); err == nil {
		key = strings.ToLower(u.Scheme + "://" + u.Host)
		address, _ = url.QueryUnescape(strings.Replace(u.RawQuery, "X-Amz-Credential=", "Credential=", 1))
	}
	signed := scope.FindStringSubmatch(r.Get("Authorization"))
	if signed == nil {
		signed = scope.FindStringSubmatch(address)
	}
	if signed != nil {
		key += " " + signed[1] + " " + signed[2]
	}
	if w[key] == 0 {
		w[key] = len(w) + 1
	}
	return w[key]
}
