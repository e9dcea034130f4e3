package compare_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/compare"
)

func TestAPageOfWhatChanged(t *testing.T) {
	t.Parallel()
	before := named("before", [3]string{"constraint/Comment/above-max/n=101", "pass", ""}, [3]string{"a/T/same", "pass", ""},
		[3]string{"a/T/fixed", "fail", "status=200"}, [3]string{"a/T/lost", "pass", ""}, [3]string{hostile, "fail", "x"})
	after := named("after", [3]string{"constraint/Comment/above-max/n=101", "fail", "status=200"}, [3]string{"a/T/same", "pass", ""},
		[3]string{"a/T/fixed", "pass", ""}, [3]string{"a/T/lost", "skip", ""}, [3]string{hostile, "fail", hostile})
	var b strings.Builder
	require.NoError(t, compare.Two(before, after).HTML(&b, []string{hostile}))
	page := b.String()
	assert.Contains(t, page, "1 regressed, 1 changed, 1 lost, 0 new, 1 fixed; 1 as before")
	for _, kind := range []string{"regressed", "changed", "lost", "fixed"} {
		assert.Contains(t, page, `<section id="`+kind+`"`)
	}
	assert.NotContains(t, page, `<section id="new"`)
	assert.Contains(t, page, "<code>constraint/Comment/above-max/n=101</code><small>")
	assert.NotContains(t, page, "a/T/same")
	assert.NotContains(t, page, "<img")
	assert.NotContains(t, page, "<script>alert")
	assert.False(t, strings.ContainsAny(page, "\x1b\u202e\u009b"))

	b.Reset()
	require.NoError(t, compare.Two(before, before).HTML(&b, nil))
	assert.Contains(t, b.String(), "Both runs say the same of every case.")
}

// What an interrupted run did not come to is lost, and no reason to fail where partial reports are taken.
func TestWhatWasNotAskedIsNotWorseInPart(t *testing.T) {
	t.Parallel()
	before, after := named("before", [3]string{"a/T/a", "pass"}), named("after", [3]string{"a/T/a", "skip"})
	assert.True(t, compare.Two(before, after).Worse(true), "it was left out")
	after.Cases[0].Reason = "not asked: the run was ended"
	assert.False(t, compare.Two(before, after).Worse(true))
	assert.True(t, compare.Two(before, after).Worse(false))
}
