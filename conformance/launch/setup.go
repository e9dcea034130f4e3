package launch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/sendspec/sendspec/conformance/wire"
)

// SetupLimit is how long a setup command may take.
const SetupLimit = 5 * time.Minute

// maxSetupOutput bounds the description that a setup command prints: some names and IDs.
const maxSetupOutput = 1 << 20

// Setup runs a command line that prepares a target and returns what it printed. Env is added to the
// environment, as NAME=VALUE. On an error the tail has the last of what it wrote to standard error, redacted.
func Setup(ctx context.Context, command, dir string, env []string, r *wire.Redactor) (output []byte, complaints *Tail, err error) {
	ctx, cancel := context.WithTimeout(ctx, SetupLimit)
	defer cancel()
	c := shell(command, dir)
	out := &bounded{limit: maxSetupOutput}
	complaints = NewTail(r)
	c.Env, c.Stdout, c.Stderr = append(os.Environ(), env...), out, complaints
	c.WaitDelay = time.Second
	if err := started(c); err != nil {
		return nil, complaints, err
	}
	stop := context.AfterFunc(ctx, func() { kill(c) })
	err = c.Wait()
	stop()
	kill(c)
	ended(c)
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, complaints, fmt.Errorf("did not end within %s", SetupLimit)
	case ctx.Err() != nil:
		return nil, complaints, ctx.Err()
	case err != nil:
		return nil, complaints, err
	case out.over:
		return nil, complaints, fmt.Errorf("printed more than %d bytes", maxSetupOutput)
	}
	return out.kept.Bytes(), complaints, nil
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	kept  bytes.Buffer
	limit int
	over  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	b.over = b.over || b.kept.Len()+len(p) > b.limit
	b.kept.Write(p[:min(len(p), b.limit-b.kept.Len())])
	return len(p), nil
}

// tailBytes is how much of an output is kept, tailLines how much of that is shown.
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
