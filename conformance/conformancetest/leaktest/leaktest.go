// Package leaktest finds goroutines that outlive what started them.
package leaktest

import (
	"runtime"
	"testing"
	"time"
)

// NoneLeft waits until no more goroutines run than before, and fails the test where some do after a minute. They are
// those of the whole process, so that the test cannot be parallel.
func NoneLeft(t *testing.T, before int) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 12_000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		<-tick.C
	}
	b := make([]byte, 1<<16)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, b[:runtime.Stack(b, true)])
}
