package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sendspec/sendspec/conformance/wire"
)

func FuzzRedactor(f *testing.F) {
	f.Add("the secret is a secret", "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDx+/k2n5T1Ss0Z==", false)
	f.Add(`\u00`, `%41%41%41%41%41`, true)
	f.Fuzz(func(t *testing.T, text, secret string, cut bool) {
		r := wire.NewRedactor(secret)
		if cut {
			response := &wire.Response{Body: []byte(text), Truncated: true}
			r.Exchange(&wire.Exchange{Request: wire.NewRequest("SendCommand", nil), Response: response})
		}
		if len(secret) >= 12 && strings.Trim(secret, "0123456789") != "" {
			assert.NotContains(t, r.Text(text+secret+text), secret)
		}
	})
}
