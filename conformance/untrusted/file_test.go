package untrusted_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/untrusted"
)

func TestAFileIsReadUpToItsLimit(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, []byte("12345"), 0o600))
	b, err := untrusted.ReadFile(t.Context(), name, 5)
	require.NoError(t, err)
	assert.Equal(t, "12345", string(b))
	_, err = untrusted.ReadFile(t.Context(), name, 4)
	require.EqualError(t, err, name+": larger than the limit of 4 bytes")
	_, err = untrusted.ReadFile(t.Context(), name+"-none", 4)
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = untrusted.ReadFile(t.Context(), filepath.Dir(name), 4)
	require.ErrorContains(t, err, "is a directory")
	_, err = untrusted.ReadAll(t.Context(), strings.NewReader("12345"), "standard input", 4)
	require.EqualError(t, err, "standard input: larger than the limit of 4 bytes")
}

// counted counts what is read of a stream without end.
type counted struct{ n int }

func (c *counted) Read(p []byte) (int, error) { c.n += len(p); return len(p), nil }

func TestAStreamWithoutEndIsReadNoFurther(t *testing.T) {
	t.Parallel()
	var c counted
	_, err := untrusted.ReadAll(t.Context(), &c, "standard input", 1<<20)
	require.EqualError(t, err, "standard input: larger than the limit of 1 MiB")
	assert.LessOrEqual(t, c.n, 1<<20+1)
}

func TestAReadThatHasNoEndGivesWay(t *testing.T) {
	t.Parallel()
	in, out := io.Pipe()
	defer out.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := untrusted.ReadAll(ctx, in, "standard input", 1)
	require.ErrorIs(t, err, context.Canceled)
}
