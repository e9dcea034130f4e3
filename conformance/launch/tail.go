package launch

import (
	"bytes"
	"strings"
	"sync"

	"github.com/sendspec/sendspec/conformance/wire"
)

// tailBytes is how much of an output is kept, tailLines how much of that is told.
const (
	tailBytes = 16 << 10
	tailLines = 20
	// unknownEnd is more than the end of a secret takes, in any spelling, that is too short to be known.
	unknownEnd = 256
)

// Tail is a writer that keeps the last of what is written to it. It is safe for concurrent use.
type Tail struct {
	redactor *wire.Redactor
	mu       sync.Mutex
	kept     []byte
	cut      bool // kept is not all
}

// NewTail returns an empty tail that takes out what is secret.
func NewTail(r *wire.Redactor) *Tail { return &Tail{redactor: r} }

// Write never fails.
func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	first := max(0, len(p)-2*tailBytes)
	t.kept = append(t.kept, p[first:]...)
	over := len(t.kept) - tailBytes
	if over > tailBytes {
		t.kept = bytes.Clone(t.kept[over:])
	}
	t.cut = t.cut || first > 0 || over > tailBytes
	return len(p), nil
}

// Lines are the last whole lines, not escaped: but for what is secret they are the server's own bytes.
func (t *Tail) Lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimRight(t.redactor.Text(string(t.kept)), "\r\n")
	if _, whole, ok := strings.Cut(text, "\n"); t.cut && ok {
		text = whole // what begins in the middle may begin in the middle of a secret
	} else if t.cut {
		text = text[min(len(text), unknownEnd):]
	}
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(0, len(lines)-tailLines):]
}
