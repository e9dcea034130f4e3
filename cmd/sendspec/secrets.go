package main

import (
	"os"

	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
)

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
