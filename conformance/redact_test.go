package conformance_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// An answer is judged as it may be written down: what a case sends and wants back must not look like a credential,
// or a right echo would be blamed.
func TestNoCaseAsksForWhatIsRedacted(t *testing.T) {
	t.Parallel()
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	redactor := wire.NewRedactor()
	for _, c := range cases {
		for _, s := range c.Steps {
			for _, part := range []any{s.Request.Body, s.Expect} {
				b, err := json.Marshal(part)
				require.NoError(t, err)
				assert.Equal(t, string(b), redactor.Text(string(b)), c.ID)
			}
		}
	}
}
