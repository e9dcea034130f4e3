package untrusted

import (
	"context"
	"fmt"
	"io"
	"os"
)

// ReadFile reads a file of at most limit bytes. It reads one byte beyond that at most, so a device or a pipe
// without end is no more than a file that is too large. A read that has no end, as of a pipe that nobody writes
// to, gives way to ctx, whose error it returns then.
func ReadFile(ctx context.Context, name string, limit int64) ([]byte, error) {
	return inBackground(ctx, func() ([]byte, error) {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && info.Size() > limit {
			return nil, tooLarge(name, limit)
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // it is only read
		return readAll(f, name, limit)
	})
}

// ReadAll is ReadFile for a stream that is open already; which messages call name.
func ReadAll(ctx context.Context, r io.Reader, name string, limit int64) ([]byte, error) {
	return inBackground(ctx, func() ([]byte, error) { return readAll(r, name, limit) })
}

func readAll(r io.Reader, name string, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, tooLarge(name, limit)
	}
	return b, err
}

func tooLarge(name string, limit int64) error {
	if limit >= 1<<20 {
		return fmt.Errorf("%s: larger than the limit of %d MiB", name, limit>>20)
	}
	return fmt.Errorf("%s: larger than the limit of %d bytes", name, limit)
}

// inBackground waits for read or for ctx. No system lets a blocked read of any file be called off, so the
// goroutine is abandoned then: the program is about to end.
func inBackground(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	type result struct {
		b   []byte
		err error
	}
	done := make(chan result, 1)
	go func() {
		b, err := read()
		done <- result{b, err}
	}()
	select {
	case r := <-done:
		return r.b, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
