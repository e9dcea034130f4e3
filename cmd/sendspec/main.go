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

// memoryLimit is where collections become frequent all the same: a run needs 200 MB, and a target that
// answers in megabytes shall not make it five times what is alive.
const memoryLimit = 384 << 20

func main() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends what does not listen to the first, as a read of standard input
	code := Main(ctx, os.Args[1:], Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}
