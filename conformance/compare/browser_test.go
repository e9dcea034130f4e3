package compare_test

import (
	"bytes"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/compare"
	"github.com/sendspec/sendspec/conformance/conformancetest/browsertest"
	"github.com/sendspec/sendspec/conformance/report"
)

// TestTheMatrixInABrowser: with names that want to be more than names.
func TestTheMatrixInABrowser(t *testing.T) {
	t.Parallel()
	tab := browsertest.New(t)
	evil := `<img src=x onerror="window.owned=true">"'&` + "\u202e"
	m, err := compare.NewMatrix([]report.Named{
		named(evil, [3]string{"constraint/Comment/a", "fail", "status=200"}, [3]string{"echo/Comment/b", "pass", ""}),
		named("a server with a rather long name, as people give them", [3]string{"constraint/Comment/a", "pass", ""},
			[3]string{"echo/Comment/b", "fail", "status=500"}),
		named("third", [3]string{"constraint/Comment/a", "skip", ""}, [3]string{"echo/Comment/b", "warn", ""}),
	}, []string{evil})
	require.NoError(t, err)
	var page bytes.Buffer
	require.NoError(t, m.HTML(&page))

	ctx := browsertest.Open(t, tab, page.Bytes(), "", "table")
	rows := `[...document.querySelectorAll("tr[data-text]")].filter((r) => r.offsetParent !== null).map((r) => r.id)`
	require.NoError(t, chromedp.Do(ctx, chromedp.Click(chromedp.CSS("#filter")), chromedp.KeyEvent("echo")))
	browsertest.Becomes(t, ctx, rows+`.length === 1`)
	assert.Equal(t, []string{"echo/Comment/b"}, browsertest.Eval[[]string](t, ctx, rows))
	assert.Equal(t, "#?text=echo", browsertest.Eval[string](t, ctx, `location.hash`))
	browsertest.Eval[any](t, ctx, `history.back()`)
	browsertest.Becomes(t, ctx, `document.getElementById("filter").value === "" &&
		document.querySelectorAll("details[hidden]").length === 0`)
	assert.Contains(t, browsertest.Eval[string](t, ctx, `document.body.textContent`), `<img src=x onerror=`)
	assert.Equal(t, 0.0, browsertest.Eval[float64](t, ctx, `document.querySelectorAll("img").length`))
	assert.False(t, browsertest.Eval[bool](t, ctx, `Boolean(window.owned)`))
	browsertest.AsksNothing(t, ctx)
	browsertest.FitsAPhone(t, ctx)

	linked := browsertest.Open(t, tab, page.Bytes(), "#constraint/Comment/a", "table")
	assert.True(t, browsertest.Eval[bool](t, linked, `document.querySelector("tr.linked").closest("details").open`))
}
