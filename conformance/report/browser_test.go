package report_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
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
	const missing = "NOT TESTED: the HTML report in a browser: no chromium found; install one, as apt-get install chromium does"
	if os.Getenv("SENDSPEC_CHROMIUM") == "required" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// newBrowser starts a browser, in which each page has a tab of its own.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	path := chromium(t)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx))
	return ctx
}

// openPage opens the page of a run. What the console says is an error of the test.
func openPage(t *testing.T, tab context.Context, r *conformance.Report, fragment string) context.Context {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	require.NoError(t, os.WriteFile(file, rendered(t, "html", r), 0o600))
	ctx, cancel := chromedp.NewContext(tab)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx))
	noConsole(t, ctx)
	limited, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(limited, chromedp.EmulateViewport(1200, 900), chromedp.Navigate("file://"+file+fragment),
		chromedp.WaitReady(chromedp.CSS("#list section"))))
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

// eval is the value of an expression in the page.
func eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	require.NoError(t, err, expression)
	return v
}

// becomes waits until an expression is true in the page.
func becomes(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(time.Minute)))
	require.NoError(t, err, expression)
}

const visibleCases = `[...document.querySelectorAll("#list button[data-id]")].map((b) => b.dataset.id.replace("area/Nasty/", ""))`

// The page is tested in one browser, one tab after the other: the clipboard belongs to the one in front.
func TestThePageInABrowser(t *testing.T) {
	t.Parallel()
	tab := newBrowser(t)
	for name, test := range map[string]func(*testing.T, context.Context){
		"scores first, divergences by rule": thePageShowsScoresFirstAndDivergencesByRule,
		"filters and search":                thePageFiltersAndSearches,
		"keyboard and labels":               thePageWorksFromTheKeyboard,
		"deep link":                         aDeepLinkOpensItsCase,
		"copy":                              aCommandIsCopied,
		"injection":                         nothingOfTheTargetRuns,
		"phone":                             thePageFitsAPhone,
	} {
		t.Run(name, func(t *testing.T) { test(t, tab) })
	}
}

func thePageShowsScoresFirstAndDivergencesByRule(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "")
	assert.Equal(t, "the nasty <target> does not conform", eval[string](t, ctx, `document.querySelector("h1 span:last-child").textContent`))
	assert.Equal(t, "14 of 17 cases fail", eval[string](t, ctx, `document.querySelector(".lede").textContent`))
	assert.Equal(t, []string{"area", "invariant"}, eval[[]string](t, ctx, `[...document.querySelectorAll(".area-link")].map((b) => b.textContent)`))
	shown := eval[[]string](t, ctx, visibleCases)
	assert.Len(t, shown, 15, "what fails or warns")
	assert.NotContains(t, shown, "pass")
	assert.NotContains(t, shown, "skipped")
	assert.Equal(t, "15 cases of 19, 15 rules", eval[string](t, ctx, `document.getElementById("count").textContent`))
}

func thePageFiltersAndSearches(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "")
	click := func(selector string) { require.NoError(t, chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector)))) }
	choose := func(id, value string) {
		eval[bool](t, ctx, `(() => { const s = document.getElementById("`+id+`"); s.value = "`+value+`"; s.dispatchEvent(new Event("change")); return true; })()`)
	}
	click(`label[for="verdict-fail"]`)
	assert.Equal(t, []string{"warned"}, eval[[]string](t, ctx, visibleCases))
	click(`label[for="verdict-pass"]`)
	assert.Contains(t, eval[[]string](t, ctx, visibleCases), "pass")
	click(`label[for="verdict-fail"]`)
	choose("level", "should")
	assert.Equal(t, []string{"warned", "invariant/Error/bare-type"}, eval[[]string](t, ctx, visibleCases))
	choose("level", "")
	click(`.area-link[data-area="area"]`)
	assert.Len(t, eval[[]string](t, ctx, visibleCases), 14)
	choose("area", "")

	search := func(text string) {
		require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent("/")))
		assert.Equal(t, "search", eval[string](t, ctx, `document.activeElement.id`))
		// The driver types the slash that the page's handler has taken, as no keyboard does.
		eval[string](t, ctx, `document.getElementById("search").value = ""`)
		require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent(text)))
	}
	search("setvariable")
	becomes(t, ctx, `document.querySelectorAll("#list button[data-id]").length === 1`)
	assert.Equal(t, []string{"log"}, eval[[]string](t, ctx, visibleCases), "what the target sent is searched, too")
	require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent(kb.Escape)))
	becomes(t, ctx, `document.querySelectorAll("#list button[data-id]").length > 2`)
	search("no such thing")
	becomes(t, ctx, `document.getElementById("count").textContent === "No case matches"`)
}

func thePageWorksFromTheKeyboard(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "")
	require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("k"), chromedp.KeyEvent("j"), chromedp.KeyEvent(kb.Enter)))
	assert.Equal(t, "area/Nasty/controls", eval[string](t, ctx, `document.activeElement.dataset.id`))
	assert.Equal(t, "true", eval[string](t, ctx, `document.activeElement.getAttribute("aria-expanded")`))
	assert.Equal(t, "want", eval[string](t, ctx, `document.activeElement.nextElementSibling.querySelector(".want h4").textContent.toLowerCase()`))
	require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter)))
	assert.Equal(t, "false", eval[string](t, ctx, `document.activeElement.getAttribute("aria-expanded")`))

	unlabelled := eval[[]string](t, ctx, `[...document.querySelectorAll("button, input, select, [tabindex]")].filter((e) => e.offsetParent !== null)
		.filter((e) => !(e.textContent.trim() || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || (e.labels && e.labels.length))).map((e) => e.outerHTML)`)
	assert.Empty(t, unlabelled, "whatever can be reached has a name")
}

func aDeepLinkOpensItsCase(t *testing.T, tab context.Context) {
	t.Helper()
	for _, id := range []string{"area/Nasty/xml", "area/Nasty/pass"} { // the second is not among what is shown at first
		ctx := openPage(t, tab, nastyReport(t), "#"+id)
		assert.Equal(t, id, eval[string](t, ctx, `document.activeElement.dataset.id`))
		assert.Equal(t, "true", eval[string](t, ctx, `document.activeElement.getAttribute("aria-expanded")`))
		assert.True(t, eval[bool](t, ctx, `(() => { const r = document.activeElement.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; })()`), "in sight")
	}
	ctx := openPage(t, tab, nastyReport(t), "")
	eval[string](t, ctx, `location.hash = "#area/Nasty/html"`)
	becomes(t, ctx, `document.activeElement.dataset.id === "area/Nasty/html"`)
	eval[string](t, ctx, `location.hash = "#no/such/case%"`)
}

func aCommandIsCopied(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "#area/Nasty/html")
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name, AllowWithoutSanitization: true}, Setting: browser.PermissionSettingGranted,
		})
		require.NoError(t, err)
	}
	require.NoError(t, chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`button[aria-label="Copy curl"]`))))
	becomes(t, ctx, `document.querySelector('button[aria-label="Copy curl"]').textContent === "Copied"`)
	copied, err := chromedp.Run(ctx, chromedp.Evaluate[string](`navigator.clipboard.readText()`, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	assert.Contains(t, copied, `--data-binary '{"Comment":"html"}'`)
	assert.Equal(t, eval[string](t, ctx, `document.querySelector(".command code").textContent`), copied)
}

// Nothing that the target sends becomes an element, a script or a request.
func nothingOfTheTargetRuns(t *testing.T, tab context.Context) {
	t.Helper()
	r := nastyReport(t)
	ctx := openPage(t, tab, r, "")
	eval[bool](t, ctx, `(() => { window.alert = () => { window.owned = true; }; return true; })()`)
	for i := range r.Results {
		if r.Results[i].Verdict == conformance.Pass {
			continue
		}
		eval[string](t, ctx, `location.hash = "#`+r.Results[i].Case.ID+`"`)
		becomes(t, ctx, `document.activeElement.dataset.id === "`+r.Results[i].Case.ID+`"`)
	}
	assert.Equal(t, float64(0), eval[float64](t, ctx, `document.querySelectorAll("img, iframe, object, main script, main style, main link, [onerror], [onclick]").length`))
	assert.False(t, eval[bool](t, ctx, `Boolean(window.owned)`))
	assert.Empty(t, eval[[]string](t, ctx, `performance.getEntriesByType("resource").map((e) => e.name).filter((n) => !n.startsWith("data:"))`), "no request")
	assert.Contains(t, eval[string](t, ctx, `document.querySelector('button[data-id="area/Nasty/html"]').nextElementSibling.textContent`), "<img src=x onerror=alert(1)>")

	// And were something written as HTML all the same, the policy of the page would keep it from running.
	assert.True(t, eval[bool](t, ctx, `document.querySelector("meta[http-equiv=Content-Security-Policy]").content.startsWith("default-src 'none'")`))
}

func thePageFitsAPhone(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "#area/Nasty/megabytes")
	require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(390, 800)))
	becomes(t, ctx, `document.documentElement.clientWidth === 390`)
	assert.LessOrEqual(t, eval[float64](t, ctx, `document.documentElement.scrollWidth`), 390.0, "nothing to scroll sideways")
}
