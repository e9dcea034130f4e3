package fuzztest_test

import (
	"testing"

	"github.com/sendspec/sendspec/fuzz/fuzztest"
	"github.com/sendspec/sendspec/reference/service"
)

// An emulator's own fuzz test: go test -fuzz FuzzSendCommand.
func ExampleHandler() {
	emulator := service.New() // your http.Handler here

	test := func(f *testing.F) { // func FuzzSendCommand(f *testing.F)
		fuzztest.Handler(f, emulator)
	}
	_ = test
	// Output:
}
