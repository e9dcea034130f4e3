// Command sendspec checks servers that speak AWS Systems Manager SendCommand.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// gcPercent trades memory, of which a run needs little, for time: fewer collections.
const gcPercent = 400

// memoryLimit is where collections become frequent all the same: the whole process shall stay below
// 200 MB whatever a target answers, and some 25 MB of that are the program itself.
const memoryLimit = 128 << 20

func main() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends what does not listen to the first, as a read of standard input
	code := Main(ctx, os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}
