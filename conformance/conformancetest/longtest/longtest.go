// Package longtest keeps what takes long out of a plain go test ./..., so that a newcomer need not wait for it:
// SENDSPEC_LONG=1 has it all.
package longtest

import (
	"os"
	"testing"
)

// Wanted reports whether this run is the long one, for a test that otherwise takes a sample.
func Wanted() bool { return os.Getenv("SENDSPEC_LONG") == "1" }

// Skip skips the test unless this run is the long one.
func Skip(tb testing.TB) {
	tb.Helper()
	if !Wanted() {
		tb.Skip("this takes long: SENDSPEC_LONG=1 go test runs it, as make test-long does")
	}
}
