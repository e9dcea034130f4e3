// Command sendspec checks servers that speak AWS Systems Manager SendCommand.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"

	"github.com/sendspec/sendspec/conformance/launch"
)

// gcPercent trades memory, of which a run needs little, for time: fewer collections.
const gcPercent = 800

// memoryLimit is where collections become frequent all the same: the whole process shall stay below
// 200 MB whatever a target answers, and some 25 MB of that are the program itself.
const memoryLimit = 128 << 20

func main() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	ctx, cancel := untilSignal()
	var unread atomic.Pointer[os.File]
	out := func(f *os.File, name string) io.Writer {
		return &stream{ctx: ctx, w: f, name: name, gone: func() { unread.Store(f); cancel() }}
	}
	code := Main(ctx, os.Args[1:], Streams{In: os.Stdin, Out: out(os.Stdout, "standard output"), Err: out(os.Stderr, "standard error"),
		Cache: cacheDir()})
	if f := unread.Load(); f != nil {
		endAsUnread(f)
	}
	os.Exit(code)
}

// untilSignal returns a context that ends with the first signal to end; the second one ends the program at once, and
// what it started with it. Cancel ends the context, too.
func untilSignal() (ctx context.Context, cancel context.CancelFunc) {
	ctx, cancel = context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	// A write to a closed pipe is an error from now on, where Go would end the program without ending what it started.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		<-signals
		cancel()
		<-signals
		launch.KillAll()
		os.Exit(exitInterrupted)
	}()
	return ctx, cancel
}

// endAsUnread ends the program as one whose reader is gone ends, by SIGPIPE: Go sends it at a write to a closed
// standard stream. Where there is no such signal it returns.
func endAsUnread(f *os.File) {
	signal.Reset(syscall.SIGPIPE)
	_, _ = f.WriteString("\n")
}
