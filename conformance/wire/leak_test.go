package wire_test

import (
	"context"
	"net/http"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/conformancetest/leaktest"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// Not parallel: it counts the goroutines of the whole process.
func TestExchangersLeaveNoGoroutineBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("over sockets", func(t *testing.T) {
		for _, serve := range []string{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "",
			"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"} {
			endpoint := listen(t, sayAndHold(serve))
			h, err := wire.NewHTTP(endpoint, shortLimits, nil)
			require.NoError(t, err)
			r := wire.NewRequest("SendCommand", []byte("{}"))
			h.Exchange(context.Background(), r)
			r.Frame("h", fixtures.Framing{})
			h.Exchange(context.Background(), r)
			h.Close()
		}
	})
	t.Run("in process", func(*testing.T) {
		h := wire.NewHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), shortLimits)
		h.Exchange(context.Background(), wire.NewRequest("SendCommand", []byte("{}")))
	})
	leaktest.NoneLeft(t, before)
}
