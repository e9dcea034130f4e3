package main

import (
	"os"

	"github.com/sendspec/sendspec/conformance/wire"
)

// ownRedactor knows the credentials of the environment, which every command that is started has, too.
func ownRedactor() *wire.Redactor {
	var secrets []string
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"} {
		secrets = append(secrets, os.Getenv(name))
	}
	return wire.NewRedactor(secrets...)
}
