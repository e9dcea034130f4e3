package generate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/oracle"
)

// TestATreeIsJudgedAsItsText: what is not read again is what would be read.
func TestATreeIsJudgedAsItsText(t *testing.T) {
	t.Parallel()
	g, err := New(1, World{})
	require.NoError(t, err)
	o := oracle.New(nil, "us-east-1")
	for i := range uint64(2000) {
		in := g.At(i)
		text := in.Body.Bytes()
		require.Equal(t, o.Text(text), in.Body.expectation(o, text), "%s", text)
	}
}
