package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

// stream is a writer whose reader may be slow, gone, or not there. A write that is blocked gives way to an interrupt,
// some seconds later, since a partial report is written then; and to a limit, if there is one.
type stream struct {
	ctx   context.Context
	w     io.Writer
	name  string        // for messages
	limit time.Duration // without a byte taken; 0 is none
	gone  func()        // called where the reader has closed its end

	mu  sync.Mutex
	err error // once something was not written, nothing is any more
}

const (
	// unreadReport is how long a report waits in a pipe that nobody reads.
	unreadReport = time.Minute
	// unreadAtEnd is how long anything waits so after an interrupt.
	unreadAtEnd = 5 * time.Second
	// streamPiece is written at a time: progress is seen by it.
	streamPiece = 4 << 10
)

var (
	errUnread = errors.New("nobody reads it")
	errGone   = errors.New("who read it is gone")
)

// Write writes all of b, or fails for good.
func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for n < len(b) && s.err == nil {
		piece := b[n:min(len(b), n+streamPiece)]
		if s.err = s.piece(piece); s.err == nil {
			n += len(piece)
		}
	}
	if errors.Is(s.err, syscall.EPIPE) && s.gone != nil {
		s.err = fmt.Errorf("%s: %w", s.name, errGone)
		s.gone()
	}
	return n, s.err
}

// piece writes in a goroutine of its own, which is abandoned if the write is blocked for good: no system lets
// that of any file be called off.
func (s *stream) piece(b []byte) error {
	b = bytes.Clone(b) // the caller may use it again
	done := make(chan error, 1)
	go func() {
		_, err := s.w.Write(b)
		done <- err
	}()
	var limit, atEnd <-chan time.Time
	if s.limit > 0 {
		limit = time.After(s.limit)
	}
	interrupted := s.ctx.Done()
	for {
		select {
		case err := <-done:
			return err
		case <-limit:
			return fmt.Errorf("%s: %w for %s", s.name, errUnread, s.limit)
		case <-interrupted:
			interrupted, atEnd = nil, time.After(unreadAtEnd)
		case <-atEnd:
			return fmt.Errorf("%s: %w, and the program is to end (%w)", s.name, errUnread, s.ctx.Err())
		}
	}
}

// Fd is that of the file, for who asks whether it is a terminal.
func (s *stream) Fd() uintptr {
	if f, ok := s.w.(*os.File); ok {
		return f.Fd()
	}
	return ^uintptr(0)
}

// pipe opens a file that is no regular one with the first write to it, since that waits for its reader.
type pipe struct {
	name string
	file *os.File
}

func (p *pipe) Write(b []byte) (n int, err error) {
	if p.file == nil {
		if p.file, err = os.OpenFile(p.name, os.O_WRONLY, 0); err != nil {
			return 0, err
		}
	}
	return p.file.Write(b)
}

// reportStream is where a report is written: standard output, or a pipe or a device. For a regular file, which is written
// whole or not at all, it is nil; the error is why that cannot be.
func (s Streams) reportStream(ctx context.Context, file string) (io.Writer, error) {
	if file == standardStream {
		return limited(s.Out), nil
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return &stream{ctx: ctx, w: &pipe{name: file}, name: file, limit: unreadReport}, nil
	}
	return nil, atomicfile.Check(file)
}

// limited is a stream of the program whose reports do not wait for ever.
func limited(w io.Writer) io.Writer {
	s, ok := w.(*stream)
	if !ok {
		return w
	}
	return &stream{ctx: s.ctx, w: s.w, name: s.name, limit: unreadReport, gone: s.gone}
}

// writeReport writes a report: a file whole or not at all.
func (s Streams) writeReport(ctx context.Context, file string, render func(io.Writer) error) error {
	stream, err := s.reportStream(ctx, file)
	if err != nil {
		return fmt.Errorf("report %s: %w", file, err)
	}
	if stream == nil {
		err = atomicfile.Write(file, render)
	} else {
		err = render(stream)
	}
	if err != nil {
		return fmt.Errorf("report %s was not written: %w", file, err)
	}
	return nil
}

// readInput reads a file of at most limit bytes, or standard input where its name is -.
func readInput(ctx context.Context, in io.Reader, name string, limit int64) ([]byte, error) {
	if name == standardStream {
		return untrusted.ReadAll(ctx, in, "standard input", limit)
	}
	return untrusted.ReadFile(ctx, name, limit)
}
