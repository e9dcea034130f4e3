package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

// shortPages answers the lists with pages of a third less than MaxResults, each with a NextToken to the rest.
func shortPages(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if v, err := jsontree.Parse(body); err == nil && strings.HasPrefix(r.Header.Get("X-Amz-Target"), "AmazonSSM.List") {
			if n, ok := v.Get("MaxResults").Int64(); ok && n > 1 && n <= 50 {
				v.Get("MaxResults").Text = strconv.FormatInt(n*2/3, 10)
				body = v.AppendJSON(nil)
			}
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		inner.ServeHTTP(w, r)
	})
}

// AWS was seen to answer 34 of 45 with MaxResults 50 (evidence: calls/short-pages).
func TestShortPagesAreNotBlamed(t *testing.T) {
	t.Parallel()
	now := time.Now()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(now))
		world := service.Demo("", "")
		h := shortPages(service.New(append(world.Options, service.WithClockScale(100))...))
		runner, err := conformance.New(conformance.Target{Handler: h, Bindings: world.Bindings, Denied: world.Denied},
			conformance.WithProfiles(fixtures.Lifecycle))
		require.NoError(t, err)
		found, err := runner.Run(t.Context())
		require.NoError(t, err)
		require.Empty(t, failedIn(found))
	})
}
