package fuzz_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// A campaign makes much garbage and keeps little: with the limit of the program the tests take a quarter less.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // as cmd/sendspec does
	os.Exit(m.Run())
}
