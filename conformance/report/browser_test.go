package report_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest/browsertest"
	"github.com/sendspec/sendspec/conformance/judge"
)

// openPage opens the page of a run.
func openPage(t *testing.T, tab context.Context, r *conformance.Report, fragment string) context.Context {
	t.Helper()
	return browsertest.Open(t, tab, rendered(t, "html", r), fragment, "#list section")
}

const visibleCases = `[...document.querySelectorAll("#list button[data-id]")].map((b) => b.dataset.id.replace("area/Nasty/", ""))`

// The page is tested in one browser, one tab after the other: the clipboard belongs to the one in front.
func TestThePageInABrowser(t *testing.T) {
	t.Parallel()
	tab := browsertest.New(t)
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
	assert.Equal(t, "the nasty <target> does not conform", browsertest.Eval[string](t, ctx,
		`document.querySelector("h1 span:last-child").textContent`))
	assert.Equal(t, "14 of 17 cases fail", browsertest.Eval[string](t, ctx, `document.querySelector(".lede").textContent`))
	assert.Equal(t, []string{"area", "invariant"}, browsertest.Eval[[]string](t, ctx,
		`[...document.querySelectorAll(".area-link")].map((b) => b.textContent)`))
	shown := browsertest.Eval[[]string](t, ctx, visibleCases)
	assert.Len(t, shown, 15, "what fails or warns")
	assert.NotContains(t, shown, "pass")
	assert.NotContains(t, shown, "skipped")
	assert.Equal(t, "15 cases of 19, 15 rules", browsertest.Eval[string](t, ctx, `document.getElementById("count").textContent`))
}

func thePageFiltersAndSearches(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "")
	click := func(selector string) { require.NoError(t, chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector)))) }
	choose := func(id, value string) {
		browsertest.Eval[bool](t, ctx, `(() => {
			const s = document.getElementById("`+id+`");
			s.value = "`+value+`";
			return s.dispatchEvent(new Event("change"));
		})()`)
	}
	click(`label[for="verdict-fail"]`)
	assert.Equal(t, []string{"warned"}, browsertest.Eval[[]string](t, ctx, visibleCases))
	click(`label[for="verdict-pass"]`)
	assert.Contains(t, browsertest.Eval[[]string](t, ctx, visibleCases), "pass")
	click(`label[for="verdict-fail"]`)
	choose("level", "should")
	assert.Equal(t, []string{"warned", "invariant/Error/bare-type"}, browsertest.Eval[[]string](t, ctx, visibleCases))
	choose("level", "")
	click(`.area-link[data-area="area"]`)
	assert.Len(t, browsertest.Eval[[]string](t, ctx, visibleCases), 13)
	choose("area", "")
	choose("kind", "recorded")
	assert.Equal(t, []string{"invariant/HTTP/request-id-unique"}, browsertest.Eval[[]string](t, ctx, visibleCases))
	choose("kind", "")

	search := func(text string) {
		require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent("/")))
		assert.Equal(t, "search", browsertest.Eval[string](t, ctx, `document.activeElement.id`))
		// The driver types the slash that the page's handler has taken, as no keyboard does.
		browsertest.Eval[string](t, ctx, `document.getElementById("search").value = ""`)
		require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent(text)))
	}
	search("setvariable")
	browsertest.Becomes(t, ctx, `document.querySelectorAll("#list button[data-id]").length === 1`)
	assert.Equal(t, []string{"log"}, browsertest.Eval[[]string](t, ctx, visibleCases), "what the target sent is searched, too")
	require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent(kb.Escape)))
	browsertest.Becomes(t, ctx, `document.querySelectorAll("#list button[data-id]").length > 2`)
	search("no such thing")
	browsertest.Becomes(t, ctx, `document.getElementById("count").textContent === "No case matches"`)
}

func thePageWorksFromTheKeyboard(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "")
	require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("k"), chromedp.KeyEvent("j"),
		chromedp.KeyEvent(kb.Enter)))
	assert.Equal(t, "area/Nasty/controls", browsertest.Eval[string](t, ctx, `document.activeElement.dataset.id`))
	assert.Equal(t, "true", browsertest.Eval[string](t, ctx, `document.activeElement.getAttribute("aria-expanded")`))
	assert.Equal(t, "want", browsertest.Eval[string](t, ctx, `document.activeElement.nextElementSibling.querySelector(".want `+
		`h4").textContent.toLowerCase()`))
	require.NoError(t, chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter)))
	assert.Equal(t, "false", browsertest.Eval[string](t, ctx, `document.activeElement.getAttribute("aria-expanded")`))

	unlabelled := browsertest.Eval[[]string](t, ctx, `[...document.querySelectorAll("button, input, select, [tabindex]")]
		.filter((e) => e.offsetParent !== null)
		.filter((e) => !(e.textContent.trim() || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") ||
			(e.labels && e.labels.length)))
		.map((e) => e.outerHTML)`)
	assert.Empty(t, unlabelled, "what can be reached has a name")
}

func aDeepLinkOpensItsCase(t *testing.T, tab context.Context) {
	t.Helper()
	for _, id := range []string{"area/Nasty/xml", "area/Nasty/pass"} { // the second is not among what is shown at first
		ctx := openPage(t, tab, nastyReport(t), "#"+id)
		assert.Equal(t, id, browsertest.Eval[string](t, ctx, `document.activeElement.dataset.id`))
		assert.Equal(t, "true", browsertest.Eval[string](t, ctx, `document.activeElement.getAttribute("aria-expanded")`))
		assert.True(t, browsertest.Eval[bool](t, ctx, `(() => { const r = document.activeElement.getBoundingClientRect(); return `+
			`r.top >= 0 && r.bottom <= innerHeight; })()`), "in sight")
	}
	ctx := openPage(t, tab, nastyReport(t), "")
	browsertest.Eval[string](t, ctx, `location.hash = "#area/Nasty/html"`)
	browsertest.Becomes(t, ctx, `document.activeElement.dataset.id === "area/Nasty/html"`)
	browsertest.Eval[string](t, ctx, `location.hash = "#no/such/case%"`)
}

func aCommandIsCopied(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "#area/Nasty/html")
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name, AllowWithoutSanitization: true},
			Setting:    browser.PermissionSettingGranted,
		})
		require.NoError(t, err)
	}
	require.NoError(t, chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`button[aria-label="Copy curl"]`))))
	browsertest.Becomes(t, ctx, `document.querySelector('button[aria-label="Copy curl"]').textContent === "Copied"`)
	copied, err := chromedp.Run(ctx, chromedp.Evaluate[string](`navigator.clipboard.readText()`, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	assert.Contains(t, copied, `--data-binary '{"Comment":"html"}'`)
	assert.Equal(t, browsertest.Eval[string](t, ctx, `document.querySelector(".command code").textContent`), copied)
}

// Nothing that the target sends becomes an element, a script or a request.
func nothingOfTheTargetRuns(t *testing.T, tab context.Context) {
	t.Helper()
	r := nastyReport(t)
	ctx := openPage(t, tab, r, "")
	browsertest.Eval[bool](t, ctx, `(() => { window.alert = () => { window.owned = true; }; return true; })()`)
	for i := range r.Results {
		if r.Results[i].Verdict == judge.Pass {
			continue
		}
		browsertest.Eval[string](t, ctx, `location.hash = "#`+r.Results[i].Case.ID+`"`)
		browsertest.Becomes(t, ctx, `document.activeElement.dataset.id === "`+r.Results[i].Case.ID+`"`)
	}
	assert.Equal(t, float64(0), browsertest.Eval[float64](t, ctx,
		`document.querySelectorAll("img, iframe, object, main script, main style, main link, [onerror], [onclick]").length`))
	assert.False(t, browsertest.Eval[bool](t, ctx, `Boolean(window.owned)`))
	browsertest.AsksNothing(t, ctx)
	assert.Contains(t, browsertest.Eval[string](t, ctx,
		`document.querySelector('button[data-id="area/Nasty/html"]').nextElementSibling.textContent`), "<img src=x onerror=alert(1)>")

	// And were something written as HTML all the same, the policy of the page would keep it from running.
	assert.True(t, browsertest.Eval[bool](t, ctx,
		`document.querySelector("meta[http-equiv=Content-Security-Policy]").content.startsWith("default-src 'none'")`))
}

func thePageFitsAPhone(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "#area/Nasty/megabytes")
	browsertest.FitsAPhone(t, ctx)
}
