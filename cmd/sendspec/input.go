package main

import (
	"context"
	"io"

	"github.com/sendspec/sendspec/conformance/untrusted"
)

// readInput reads a file of at most limit bytes, or standard input where its name is -.
func readInput(ctx context.Context, in io.Reader, name string, limit int64) ([]byte, error) {
	if name == standardInput {
		return untrusted.ReadAll(ctx, in, "standard input", limit)
	}
	return untrusted.ReadFile(ctx, name, limit)
}

const standardInput = "-"

// maxSelectorFile bounds an @file: a line for every case takes a fifth of a megabyte.
const maxSelectorFile = 4 << 20

// selectorFile reads an @file of a selector.
func selectorFile(ctx context.Context) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) { return untrusted.ReadFile(ctx, name, maxSelectorFile) }
}
