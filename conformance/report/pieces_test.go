package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPiecesAreWrittenInOrderAndStopAtAnError(t *testing.T) {
	t.Parallel()
	failure := errors.New("no")
	for _, n := range []int{0, 1, pieceCases, 7*pieceCases + 3, 1000} {
		var got, want bytes.Buffer
		for i := range n {
			fmt.Fprintf(&want, "%d,", i)
		}
		render := func(dst []byte, i int) ([]byte, error) { return fmt.Appendf(dst, "%d,", i), nil }
		require.NoError(t, writePieces(&got, n, render))
		assert.Equal(t, want.String(), got.String())
		if n > 0 {
			require.ErrorIs(t, writePieces(refusing{failure}, n, render), failure)
			require.ErrorIs(t, writePieces(io.Discard, n, func(dst []byte, i int) ([]byte, error) {
				if i == n/2 {
					return dst, failure
				}
				return dst, nil
			}), failure)
		}
	}
}

type refusing struct{ err error }

func (w refusing) Write([]byte) (int, error) { return 0, w.err }
