package mutants

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// defect answers a call, mostly by asking the service with something changed.
type defect func(c *call, s *planted) *reply

// planted is a service behind a defect.
type planted struct {
	defect  defect
	service http.Handler
}

func (p *planted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		// A body that broke off is the service's to refuse.
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
		p.service.ServeHTTP(w, r)
		return
	}
	c := &call{request: r, body: body}
	_, c.operation, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	p.defect(c, p).write(w)
}

// maxBody is more than the service reads, so that it is the service that finds a body too large.
const maxBody = 4 << 20

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// call is one request.
type call struct {
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

// is tells whether the call is of the operation and has a body that can be changed.
func (c *call) is(operation string) bool { return c.operation == operation && c.tree() != nil }

// ask sends the body as it came.
func (p *planted) ask(c *call) *reply { return send(p.service, c, c.body) }

// askTree sends the tree, which the defect changed.
func (p *planted) askTree(c *call) *reply { return send(p.service, c, c.tree().AppendJSON(nil)) }

func send(h http.Handler, c *call, body []byte) *reply {
	r := c.request.Clone(c.request.Context())
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

// editCommands changes every Command of a good answer.
func (r *reply) editCommands(change func(command *jsontree.Value)) *reply {
	if !r.ok() {
		return r
	}
	return r.edit(func(t *jsontree.Value) {
		if c := t.Get("Command"); c != nil {
			change(c)
		}
		if list := t.Get("Commands"); list != nil {
			for i := range list.Items {
				change(&list.Items[i])
			}
		}
	})
}
