package report_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/compare"
	"github.com/sendspec/sendspec/conformance/conformancetest/browsertest"
	"github.com/sendspec/sendspec/conformance/report"
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
// script's path, and SENDSPEC_PAGES, a pattern of more files.
func TestAxe(t *testing.T) {
	t.Parallel()
	path := os.Getenv("SENDSPEC_AXE")
	if path == "" {
		t.Skip("SENDSPEC_AXE does not name axe-core's axe.min.js: .ci/axe does")
	}
	axe, err := os.ReadFile(path)
	require.NoError(t, err)
	pages := comparisons(t)
	names := []string{"testdata/nasty/html.golden"}
	if pattern := os.Getenv("SENDSPEC_PAGES"); pattern != "" {
		more, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, more, "no page at %s", pattern)
		names = append(names, more...)
	}
	for _, name := range names {
		page, err := os.ReadFile(name)
		require.NoError(t, err)
		pages[filepath.Base(name)] = page
	}
	browser := browsertest.New(t)
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			for _, state := range []string{"as it opens", "unfolded"} {
				for _, scheme := range schemes {
					tab := browsertest.Open(t, browser, page, "", "main") // a tab has three minutes, of which a large page takes one
					browsertest.Eval[any](t, tab, string(axe)+";null")
					if state == "unfolded" {
						browsertest.Eval[bool](t, tab, unfold)
					}
					_, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
						Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme.name}},
					})
					require.NoError(t, err)
					found, err := chromedp.Run(tab, chromedp.Evaluate[[]string](fmt.Sprintf(violations, scheme.rules),
						chromedp.EvalAwaitPromise))
					require.NoError(t, err, "%s, %s", state, scheme.name)
					assert.Empty(t, found, "%s, %s", state, scheme.name)
				}
			}
		})
	}
}

// comparisons are the pages of a few cases of two emulators: the matrix, and what changed from one to the other.
func comparisons(t *testing.T) map[string][]byte {
	t.Helper()
	var two []report.Named
	for _, name := range []string{"moto-5.2.1", "winterbaume-0.3.0"} {
		d, err := report.ReadDocument(t.Context(), "../../cmd/sendspec/testdata/matrix/"+name+".json")
		require.NoError(t, err)
		d.Cases = slices.DeleteFunc(d.Cases, func(c report.CaseInfo) bool {
			return !strings.HasPrefix(c.ID, "type/Comment/") && !strings.HasPrefix(c.ID, "auth/")
		})
		two = append(two, report.Named{File: name, Document: *d})
	}
	m, err := compare.NewMatrix(two, []string{"a note"})
	require.NoError(t, err)
	var matrix, diff bytes.Buffer
	require.NoError(t, m.HTML(&matrix))
	changed := compare.Two(two[0], two[1])
	require.NotEmpty(t, changed.Of(compare.Mended))
	require.NoError(t, changed.HTML(&diff, []string{"a note"}))
	return map[string][]byte{"matrix": matrix.Bytes(), "what changed": diff.Bytes()}
}
