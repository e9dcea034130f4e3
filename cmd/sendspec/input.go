package main

import (
	"context"
	"io"
	"os"

	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
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

// ownRedactor knows the credentials of the environment, which every command that is started has, too.
func ownRedactor() *wire.Redactor { return wire.NewRedactor(ownSecrets()...) }

func ownSecrets() []string {
	var secrets []string
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
		deniedKey, deniedSecret, deniedToken} {
		secrets = append(secrets, os.Getenv(name))
	}
	return secrets
}

// excerpt is the beginning of a text for people: redacted before it is cut, and escaped.
func excerpt(s string, length int) string {
	return untrusted.Line(untrusted.Cut(ownRedactor().Text(s), length))
}
