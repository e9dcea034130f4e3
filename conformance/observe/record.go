package observe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// keptRequest is how long a body of a request may be to be kept: the case has it anyway.
const keptRequest = 256 << 10

// Recordings are the calls of a case, masked. Nonce is what ${nonce} was.
func (m *Masker) Recordings(r *judge.Result, nonce string) ([]evidence.Recording, error) {
	m.nonce = nonce
	defer func() { m.nonce = "" }()
	var all []evidence.Recording
	asked := map[int]int{}
	for i := range r.Exchanges {
		e := &r.Exchanges[i]
		step := e.Step.Number
		asked[step]++
		line := evidence.Recording{
			Label: r.Case.ID, Case: r.Case.ID, Step: step, Nonce: nonce, Operation: e.Step.Request.Operation, StartedAt: e.Sent.UTC(),
		}
		if len(r.Case.Steps) > 1 {
			line.Label += fmt.Sprintf("#%d", step)
		}
		if asked[step] > 1 {
			line.Label += fmt.Sprintf(".%d", asked[step])
		}
		m.request(&line, &e.Step.Request)
		m.answer(&line, e)
		if err := m.check(&line); err != nil {
			return nil, err
		}
		all = append(all, line)
	}
	return all, nil
}

// request writes down what was sent: the case's own part of it, which has no signature.
func (m *Masker) request(line *evidence.Recording, q *fixtures.Message) {
	var compact bytes.Buffer
	plain := json.Compact(&compact, q.Body) == nil && bytes.Equal(compact.Bytes(), q.Body) && utf8.Valid(q.Body)
	if plain && len(q.Body) <= keptRequest {
		line.Input = json.RawMessage(m.JSON(string(q.Body)))
	}
	if line.Input != nil && q.Method == http.MethodPost && q.Path == "/" && q.Headers == nil && q.Framing == nil && q.Auth == nil {
		return
	}
	r := &evidence.RecordedRequest{Method: q.Method, Path: m.Text(q.Path)}
	for _, h := range q.Headers {
		if r.Headers == nil {
			r.Headers = map[string][]string{}
		}
		var values []string
		for _, v := range h.Values {
			values = append(values, m.field(h.Name, v))
		}
		r.Headers[h.Name] = values
	}
	switch {
	case line.Input != nil:
	case len(q.Body) > keptRequest:
		r.Cut = len(q.Body)
	case utf8.Valid(q.Body):
		text := m.JSON(string(q.Body))
		r.Body = &text
	default:
		r.Base64 = q.Body
	}
	r.Framing, r.Auth = m.asJSON(q.Framing), m.asJSON(q.Auth)
	line.Request = r
}

// asJSON is a part of a request as JSON, nil where it has none.
func (m *Masker) asJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil || string(b) == "null" {
		return nil
	}
	return json.RawMessage(m.JSON(string(b)))
}

// answer writes down what came: as boto3 reads it, and as it was.
func (m *Masker) answer(line *evidence.Recording, e *judge.Exchanged) {
	if e.Err != nil {
		line.Failure = string(e.Err.Failure)
	}
	if e.Response == nil {
		return
	}
	line.HTTPStatus = e.Response.Status
	line.Response = &evidence.RecordedResponse{Headers: map[string][]string{}}
	for name, values := range e.Response.Header {
		masked := m.Text(name)
		for _, v := range values {
			line.Response.Headers[masked] = append(line.Response.Headers[masked], m.field(name, v))
		}
	}
	raw, dropped := e.Response.Body, e.Response.Dropped
	if !utf8.Valid(raw) { // compressed, say: what it holds cannot be masked
		raw, dropped = nil, dropped+len(raw)
	}
	line.Response.Cut = dropped
	line.Response.Body = m.JSON(string(raw))
	body, err := jsontree.Parse([]byte(line.Response.Body))
	switch {
	case err != nil || dropped > 0:
	case e.ErrorType != "" || e.Response.Status/100 != 2:
		line.Code = m.Text(e.ErrorType)
		line.Error = recordedError(line.Code, body)
	default:
		line.Code = "Success"
		withTexts(body)
		line.Output = body.AppendJSON(nil)
	}
}

// recordedError is an error as boto3 shows it: an error's modelled Message is beside it as well.
func recordedError(code string, body *jsontree.Value) *evidence.RecordedError {
	e := &evidence.RecordedError{}
	e.Error.Code = code
	for _, name := range []string{"message", "Message"} {
		if v := body.Get(name); v != nil && v.Kind == jsontree.String {
			e.Error.Message = v.Text
			if name == "Message" {
				e.Message = &v.Text
			}
		}
	}
	return e
}

// withTexts writes the times of an answer as texts.
func withTexts(v *jsontree.Value) {
	for i := range v.Items {
		withTexts(&v.Items[i])
	}
	for i := range v.Members {
		member := &v.Members[i]
		if seconds, ok := member.Value.Float64(); ok && evidence.IsTime(member.Name) {
			member.Value = jsontree.NewString(time.UnixMilli(int64(seconds*1000 + 0.5)).UTC().Format("2006-01-02T15:04:05.000000Z07:00"))
			continue
		}
		withTexts(&member.Value)
	}
}

// check looks at a line as a whole once more: nothing is written that has anything to mask.
func (m *Masker) check(line *evidence.Recording) error {
	var b bytes.Buffer
	if err := evidence.WriteRecordings(&b, []evidence.Recording{*line}); err != nil {
		return err
	}
	if m.Private(b.String()) {
		return fmt.Errorf("the answer to %s has something secret in it that could not be masked; nothing of it is kept", line.Label)
	}
	return nil
}
