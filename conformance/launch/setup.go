package launch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
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
