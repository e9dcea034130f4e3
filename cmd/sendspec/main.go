// Command sendspec checks servers that speak AWS Systems Manager SendCommand.
package main

import (
	"io"
	"os"
	"runtime/debug"
	"sync/atomic"
)

// gcPercent trades memory, of which a run needs little, for time: fewer collections.
const gcPercent = 400

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
