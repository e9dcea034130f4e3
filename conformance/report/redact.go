package report

import (
	"strings"

	"github.com/sendspec/sendspec/conformance"
)

// secretLength is the length from which a credential is taken for a real one: test/test is none, and
// to blot out such a word would spoil the report.
const secretLength = 12

// Replacer is a strings.Replacer, or nothing to do.
type Replacer interface{ Replace(s string) string }

type unchanged struct{}

func (unchanged) Replace(s string) string { return s }

// Redactor blots out the target's credentials in whatever is written of its answers elsewhere.
func Redactor(t conformance.Target) Replacer { return redactor(t) }

// redactor blots out the target's credentials, wherever a target that echoes its requests brought
// them back.
func redactor(t conformance.Target) Replacer {
	var pairs []string
	for _, secret := range []string{t.Credentials.SessionToken, t.Credentials.SecretAccessKey, t.Credentials.AccessKeyID} {
		if len(secret) >= secretLength {
			pairs = append(pairs, secret, "(redacted)")
		}
	}
	if len(pairs) == 0 {
		return unchanged{}
	}
	return strings.NewReplacer(pairs...)
}
