package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/sendspec/sendspec/conformance/launch"
)

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
