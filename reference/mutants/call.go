package mutants

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing/iotest"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

// answer is how a service with a defect answers a call, mostly by asking the service with something changed.
type answer func(c *call) *reply

// server is the service with a defect.
type server struct {
	answer  answer
	options []service.Option
	service http.Handler

	other sync.Once
	mu    sync.Mutex
	kept  map[string]any
}

// maxBody is more than the service reads, so that it is the service that finds a body too large.
const maxBody = 4 << 20

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		// A body that broke off is the service's to refuse.
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), iotest.ErrReader(err)))
		s.service.ServeHTTP(w, r)
		return
	}
	c := &call{server: s, request: r, body: body}
	_, c.operation, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	s.answer(c).write(w)
}

// with is the service with more options.
func with(options ...service.Option) answer {
	return func(c *call) *reply {
		c.other.Do(func() { c.service = service.New(append(slices.Clip(c.options), options...)...) })
		return c.ask()
	}
}

// update changes what a server remembers by this key, and returns what it remembered before.
func update[T any](s *server, key string, change func(T) T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = map[string]any{}
	}
	before, _ := s.kept[key].(T)
	s.kept[key] = change(before)
	return before
}

func remember[T any](s *server, key string, v T) T { return update(s, key, func(T) T { return v }) }

func recall[T any](s *server, key string) T { return update(s, key, func(v T) T { return v }) }

// call is one request.
type call struct {
	*server
	request   *http.Request
	operation string
	body      []byte

	parsed *jsontree.Value
	read   bool
}

// tree is the body, nil where it is no JSON object. Defects may change it. It is read when it is asked for:
// many defects look at answers only.
func (c *call) tree() *jsontree.Value {
	if !c.read {
		c.read = true
		if tree, err := jsontree.Parse(c.body); err == nil && tree.Kind == jsontree.Object {
			c.parsed = tree
		}
	}
	return c.parsed
}

// text is a member of the request, "" where it is no text.
func (c *call) text(name string) string { return member(c.tree(), name) }

// is reports whether the call is of the operation and has a body that can be changed.
func (c *call) is(operation string) bool { return c.operation == operation && c.tree() != nil }

// valid reports whether the service has nothing to say against the form of the request.
func (c *call) valid() bool {
	result := reference.ValidateOperation(c.operation, c.body)
	return result.Validity() == reference.Valid
}

// ask sends the body as it came.
func (c *call) ask() *reply { return c.send(c.body) }

// askTree sends the tree, which the defect changed.
func (c *call) askTree() *reply { return c.send(c.tree().AppendJSON(nil)) }

func (c *call) send(body []byte) *reply { return send(c.service, c.request, body) }

// askFor asks the service something else than was asked.
func (c *call) askFor(operation, body string) *jsontree.Value {
	r := c.request.Clone(c.request.Context())
	r.Header.Set("X-Amz-Target", "AmazonSSM."+operation)
	return send(c.service, r, []byte(body)).tree()
}

// command is a command as ListCommands shows it, nil where there is none.
func (c *call) command(id string) *jsontree.Value {
	return c.askFor(reference.ListCommands, `{"CommandId":"`+id+`"}`).Pointer("/Commands/0")
}

// invocations are those of a command, in the order of its nodes.
func (c *call) invocations(id string) []jsontree.Value {
	list := c.askFor(reference.ListCommandInvocations, `{"CommandId":"`+id+`","Details":true}`).Get("CommandInvocations")
	if list == nil {
		return nil
	}
	slices.Reverse(list.Items)
	return list.Items
}

func send(h http.Handler, request *http.Request, body []byte) *reply {
	r := request.Clone(request.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return &reply{status: rec.Code, header: rec.Header(), body: rec.Body.Bytes()}
}

// reply is one answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r *reply) ok() bool { return r.status == http.StatusOK }

func (r *reply) write(w http.ResponseWriter) {
	header := w.Header()
	for name, values := range r.header {
		header[name] = values
	}
	if header.Get("Content-Length") != "" {
		header.Set("Content-Length", strconv.Itoa(len(r.body)))
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body)
}

// tree parses the answer, nil where it is no JSON object.
func (r *reply) tree() *jsontree.Value {
	if t, err := jsontree.Parse(r.body); err == nil && t.Kind == jsontree.Object {
		return t
	}
	return nil
}

// edit changes the answer's tree.
func (r *reply) edit(change func(*jsontree.Value)) *reply {
	if t := r.tree(); t != nil {
		change(t)
		r.body = t.AppendJSON(nil)
	}
	return r
}

// errorType is that of a refusal, "" where there is none.
func (r *reply) errorType() string { return member(r.tree(), "__type") }

// message is that of a refusal.
func (r *reply) message() string {
	t := r.tree()
	return member(t, "Message") + member(t, "message")
}

// is reports whether an answer is a refusal of a type, such as InvalidRole or InvalidRole: words in its message.
func (r *reply) is(refusal string) bool {
	name, words, _ := strings.Cut(refusal, ": ")
	return !r.ok() && r.errorType() == name && strings.Contains(r.message(), words)
}

// retype replaces the error type of a refusal.
func (r *reply) retype(name string) {
	r.edit(func(t *jsontree.Value) { set(t, "__type", text(name)) })
}

// become turns an answer into another one.
func (r *reply) become(status int, body string) *reply {
	r.status, r.body = status, []byte(body)
	return r
}

// refuse turns an answer into an error that the client made.
func (r *reply) refuse(name, message string) *reply {
	body := `{"__type":"` + name + `"`
	if message != "" {
		body += `,"message":` + string(jsontree.AppendString(nil, message))
	}
	return r.become(http.StatusBadRequest, body+"}")
}

// fail makes an answer an error of this status in the form of AWS, without a message.
func (r *reply) fail(status int, name string) *reply {
	r.header.Set("Content-Type", "application/x-amz-json-1.1")
	r.refuse(name, "").status = status
	return r
}

// plain makes an answer one of a web framework: no JSON.
func (r *reply) plain(status int, contentType, body string) *reply {
	r.header.Set("Content-Type", contentType)
	return r.become(status, body)
}
