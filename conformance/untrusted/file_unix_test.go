//go:build unix

package untrusted_test

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/untrusted"
)

func TestADeviceIsBoundedAndAPipeGivesWay(t *testing.T) {
	t.Parallel()
	_, err := untrusted.ReadFile(t.Context(), "/dev/zero", 1<<20)
	require.EqualError(t, err, "/dev/zero: larger than the limit of 1 MiB")
	fifo := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = untrusted.ReadFile(ctx, fifo, 1) // nobody writes to it
	require.ErrorIs(t, err, context.Canceled)
}
