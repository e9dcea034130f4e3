package report_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/conformancetest/browsertest"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
)

// openPage opens the page of a run.
func openPage(t *testing.T, tab context.Context, r *event.Report, fragment string) context.Context {
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
		"causes":                            theCausesComeFirst,
		"address":                           theFiltersAreInTheAddress,
		"got":                               noRowCutsWhatWasGot,
		"print":                             thePagePrints,
		"no script, no style":               thePageDoesWithoutScriptAndStyle,
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

func theCausesComeFirst(t *testing.T, tab context.Context) {
	t.Helper()
	r := nastyReport(t)
	ctx := openPage(t, tab, r, "")
	assert.Equal(t, []string{"causes", "profiles", "areas", "cases"}, browsertest.Eval[[]string](t, ctx,
		`[...document.querySelectorAll("main > section")].map((s) => s.id)`))
	var titles []string
	failures := 0
	for _, c := range report.Causes(r) {
		titles = append(titles, c.Title)
		failures += len(c.Cases)
	}
	assert.Equal(t, titles, browsertest.Eval[[]string](t, ctx,
		`[...document.querySelectorAll(".cause summary .what")].map((e) => e.textContent)`))

	open := `document.querySelector("#cause-1 .filter-link").click()`
	browsertest.Eval[any](t, ctx, open)
	assert.Equal(t, "#?cause=1", browsertest.Eval[string](t, ctx, `location.hash`))
	shown := browsertest.Eval[[]string](t, ctx, `[...document.querySelectorAll("#list button[data-id]")].map((b) => b.dataset.id)`)
	assert.ElementsMatch(t, report.Causes(r)[0].Cases, shown)
	assert.Less(t, len(shown), failures)
}

// What is chosen is in the address: another reader sees the same, and so does who goes back.
func theFiltersAreInTheAddress(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "#?kind=recorded&verdict=fail%2Cpass")
	assert.Equal(t, []string{"invariant/HTTP/request-id-unique"}, browsertest.Eval[[]string](t, ctx, visibleCases))
	assert.False(t, browsertest.Eval[bool](t, ctx, `document.getElementById("verdict-warn").checked`))

	ctx = openPage(t, tab, nastyReport(t), "")
	all := browsertest.Eval[[]string](t, ctx, visibleCases)
	browsertest.Eval[any](t, ctx, `document.getElementById("verdict-fail").click()`)
	require.NoError(t, chromedp.Do(ctx, chromedp.Click(chromedp.CSS("#search")), chromedp.KeyEvent("warned")))
	browsertest.Becomes(t, ctx, `location.hash.endsWith("&text=warned")`)
	assert.Equal(t, []string{"warned"}, browsertest.Eval[[]string](t, ctx, visibleCases))
	browsertest.Eval[any](t, ctx, `history.back()`)
	browsertest.Becomes(t, ctx, `document.getElementById("search").value === ""`)
	assert.False(t, browsertest.Eval[bool](t, ctx, `document.getElementById("verdict-fail").checked`), "all that was typed is one step")
	browsertest.Eval[any](t, ctx, `history.back()`)
	browsertest.Becomes(t, ctx, `document.getElementById("verdict-fail").checked`)
	assert.Equal(t, all, browsertest.Eval[[]string](t, ctx, visibleCases))
	browsertest.Eval[any](t, ctx, `history.forward()`)
	browsertest.Becomes(t, ctx, `!document.getElementById("verdict-fail").checked`)
}

func noRowCutsWhatWasGot(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "")
	require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(400, 800)))
	const cut = `[...document.querySelectorAll(".gist.actual, .cause .got .text")].filter((e) =>
		e.scrollWidth > e.clientWidth + 1 && e.clientWidth || e.scrollHeight > e.clientHeight + 1 && e.clientHeight)
		.map((e) => e.textContent)`
	assert.Empty(t, browsertest.Eval[[]string](t, ctx, cut))
	assert.Positive(t, browsertest.Eval[float64](t, ctx, `document.querySelectorAll(".gist.actual").length`))
}

// On paper are the causes and the tables.
func thePagePrints(t *testing.T, tab context.Context) {
	t.Helper()
	ctx := openPage(t, tab, nastyReport(t), "")
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	require.NoError(t, err)
	const visible = `[...document.querySelectorAll("main > section, form")].filter((s) => s.offsetParent !== null).map((s) => s.id)`
	assert.Equal(t, []string{"causes", "profiles", "areas"}, browsertest.Eval[[]string](t, ctx, visible))
	pdf, err := chromedp.Call(ctx, cdppage.PrintToPDF, cdppage.PrintToPDFParams{})
	require.NoError(t, err)
	pages := bytes.Count(pdf.Data, []byte("/Type /Page\n"))
	assert.Positive(t, pages)
	assert.LessOrEqual(t, pages, 4)
}

// Jenkins serves what a build leaves with this policy: no script, no style of the page's own.
const jenkins = "sandbox; default-src 'none'; img-src 'self'; style-src 'self'"

func thePageDoesWithoutScriptAndStyle(t *testing.T, tab context.Context) {
	t.Helper()
	r := nastyReport(t)
	html := rendered(t, "html", r)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", jenkins)
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(html)
	}))
	t.Cleanup(server.Close)
	ctx, cancel := chromedp.NewContext(tab)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(server.URL), chromedp.WaitReady(chromedp.CSS("#cases"))))
	text := browsertest.Eval[string](t, ctx, `document.body.innerText`)
	for _, want := range []string{"14 of 17 cases fail", "What to fix first", "Profiles", "nonconformant", "needs JavaScript"} {
		assert.Contains(t, text, want)
	}
	for _, c := range report.Causes(r) {
		assert.Contains(t, text, c.Title)
		assert.Contains(t, text, c.Got)
	}
	assert.Equal(t, "none", browsertest.Eval[string](t, ctx, `getComputedStyle(document.querySelector("main")).maxWidth`), "no style")
	assert.True(t, browsertest.Eval[bool](t, ctx, `document.querySelector(".areas thead th").offsetHeight > 0`))
	assert.True(t, browsertest.Eval[bool](t, ctx, `document.documentElement.scrollWidth <= innerWidth`), "no text is out of sight")
	assert.Zero(t, browsertest.Eval[float64](t, ctx, `document.getElementById("filters").offsetHeight`), "what does nothing is not there")
	assert.Zero(t, browsertest.Eval[float64](t, ctx, `Math.max(...[...document.querySelectorAll("svg")].map((s) => s.clientHeight))`))
}
