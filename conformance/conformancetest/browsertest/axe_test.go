package browsertest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/conformancetest/browsertest"
)

// unfold opens everything that a reader can open.
const unfold = `(() => {
	document.querySelectorAll("details").forEach((d) => { d.open = d.open || d.querySelectorAll("*").length < 5000; });
	document.querySelectorAll("#list button.group[aria-expanded=false]").forEach((b, i) => { if (i < 8) b.click(); });
	document.querySelectorAll("#list button[data-id][aria-expanded=false]").forEach((b, i) => { if (i < 8) b.click(); });
	return true;
})()`

// violations are what axe says against the page, each with the elements it is about.
const violations = `axe.run(document, { resultTypes: ["violations"], %s }).then((r) => r.violations.flatMap((v) =>
	v.nodes.slice(0, 3).map((n) => v.id + ": " + n.html.slice(0, 200) + ": " + n.failureSummary.replace(/\s+/g, " "))))`

// schemes are the rules that are asked in each: what is no matter of colours is the same in both.
var schemes = []struct{ name, rules string }{{"light", ""}, {"dark", `runOnly: ["color-contrast", "link-in-text-block"]`}}

// TestAxe holds the pages to axe-core, in light and dark, as they open and unfolded. .ci/axe sets SENDSPEC_AXE, the
// script's path, and SENDSPEC_PAGES, a pattern of files beside the golden ones.
func TestAxe(t *testing.T) {
	t.Parallel()
	path := os.Getenv("SENDSPEC_AXE")
	if path == "" {
		t.Skip("SENDSPEC_AXE does not name axe-core's axe.min.js: .ci/axe does")
	}
	axe, err := os.ReadFile(path)
	require.NoError(t, err)
	pages := []string{"../../report/testdata/nasty/html.golden", "../../compare/testdata/matrix.html"}
	if pattern := os.Getenv("SENDSPEC_PAGES"); pattern != "" {
		more, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, more, "no page at %s", pattern)
		pages = append(pages, more...)
	}
	browser := browsertest.New(t)
	for _, name := range pages {
		page, err := os.ReadFile(name)
		require.NoError(t, err)
		t.Run(filepath.Base(name), func(t *testing.T) {
			tab := browsertest.Open(t, browser, page, "", "main")
			browsertest.Eval[any](t, tab, string(axe)+";null")
			for _, state := range []string{"as it opens", "unfolded"} {
				for _, scheme := range schemes {
					_, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
						Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme.name}},
					})
					require.NoError(t, err)
					found, err := chromedp.Run(tab, chromedp.Evaluate[[]string](fmt.Sprintf(violations, scheme.rules),
						chromedp.EvalAwaitPromise))
					require.NoError(t, err)
					assert.Empty(t, found, "%s, %s", state, scheme.name)
				}
				browsertest.Eval[bool](t, tab, unfold)
			}
		})
	}
}
