// Package browsertest opens pages in headless Chromium. It is for the tests of the HTML that is written.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
)

// chromium is the browser, or skips the test. Under SENDSPEC_CHROMIUM=required, as in CI, a missing
// browser fails.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "NOT TESTED: the pages in a browser: no chromium found; install one, as apt-get install chromium does"
	if os.Getenv("SENDSPEC_CHROMIUM") == "required" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// New starts a browser, in which each page has a tab of its own. That is for the long run of the tests.
func New(t *testing.T) context.Context {
	t.Helper()
	longtest.Skip(t)
	path := chromium(t)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.Headless,
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx))
	return ctx
}

// Open opens a page in a tab of the browser, at the fragment, and waits until the selector is there. What the console
// says is an error of the test.
func Open(t *testing.T, browser context.Context, page []byte, fragment, selector string) context.Context {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(file, page, 0o600))
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx))
	noConsole(t, ctx)
	limited, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(limited, chromedp.EmulateViewport(1200, 900), chromedp.Navigate("file://"+file+fragment),
		chromedp.WaitReady(chromedp.CSS(selector))))
	return limited
}

// noConsole fails the test for every message that the page or the browser writes to the console: errors
// of a script, and what the policy of the page kept from running.
func noConsole(t *testing.T, ctx context.Context) {
	t.Helper()
	reading, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	messages := chromedp.Console(reading)
	wg.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Text != "" || m.IsException() {
				t.Errorf("the console says: %s", m)
			}
		}
	})
	t.Cleanup(func() { stop(); wg.Wait() })
}

// Eval is the value of an expression in the page.
func Eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	require.NoError(t, err, expression)
	return v
}

// Becomes waits until an expression is true in the page.
func Becomes(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(time.Minute)))
	require.NoError(t, err, expression)
}

// FitsAPhone fails the test where the page has to be scrolled sideways on a phone.
func FitsAPhone(t *testing.T, ctx context.Context) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(390, 800)))
	Becomes(t, ctx, `document.documentElement.clientWidth === 390`)
	require.LessOrEqual(t, Eval[float64](t, ctx, `document.documentElement.scrollWidth`), 390.0, "nothing to scroll sideways")
}

// AsksNothing fails the test where the page has loaded anything.
func AsksNothing(t *testing.T, ctx context.Context) {
	t.Helper()
	require.Empty(t, Eval[[]string](t, ctx, `performance.getEntriesByType("resource").map((e) => e.name).filter((n) => `+
		`!n.startsWith("data:"))`), "no request")
}
