package report

import (
	"strings"

	"github.com/sendspec/sendspec/conformance"
)

// secretLength is the length from which a credential is taken for a real one: test/test is none, and
// to blot out such a word would spoil the report.
const secretLength = 12

// Redactor blots out the target's credentials in whatever is written of its answers elsewhere.
func Redactor(t conformance.Target) *strings.Replacer { return redactor(t) }

// redactor blots out the target's credentials, wherever a target that echoes its requests brought
// them back.
func redactor(t conformance.Target) *strings.Replacer {
	var pairs []string
	for _, secret := range []string{t.Credentials.SessionToken, t.Credentials.SecretAccessKey, t.Credentials.AccessKeyID} {
		if len(secret) >= secretLength {
			pairs = append(pairs, secret, "(redacted)")
		}
	}
	return strings.NewReplacer(pairs...)
}
