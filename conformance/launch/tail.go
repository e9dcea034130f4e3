package launch

import (
	"bytes"
	"strings"
	"sync"
)

// tailBytes is how much of an output is kept, tailLines how much of that is told.
const (
	tailBytes = 16 << 10
	tailLines = 20
)

// Tail is a writer that keeps the last of what is written to it. It is safe for concurrent use.
type Tail struct {
	mu   sync.Mutex
	kept []byte
}

// NewTail returns an empty tail.
func NewTail() *Tail { return &Tail{} }

// Write never fails.
func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p[max(0, len(p)-2*tailBytes):]...)
	if over := len(t.kept) - tailBytes; over > tailBytes {
		t.kept = bytes.Clone(t.kept[over:])
	}
	return len(p), nil
}

// Lines are the last lines, not escaped: they are the server's own bytes.
func (t *Tail) Lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimRight(string(t.kept), "\r\n")
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(0, len(lines)-tailLines):]
}
