package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
)

// passing is the report of a whole run, of which so many cases of a hundred fail.
func passing(t *testing.T, name string, failing int) *event.Report {
	t.Helper()
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	var results []judge.Result
	for i, c := range cases {
		r := judge.Result{Case: c, Verdict: judge.Pass}
		if i%100 < failing {
			r.Verdict = judge.Fail
		}
		results = append(results, r)
	}
	r := event.SumUp(results)
	r.Target.Name, r.Corpus = name, fixtures.Digest(cases)
	return r
}

// only leaves those of the results.
func only(r *event.Report, keep func(*judge.Result) bool) *event.Report {
	kept := slices.DeleteFunc(slices.Clone(r.Results), func(res judge.Result) bool { return !keep(&res) })
	part := event.SumUp(kept)
	part.Target, part.Corpus = r.Target, r.Corpus
	return part
}

// skipping is the report of a whole run that skipped some cases and passed the others.
func skipping(t *testing.T, skipped func(*fixtures.Case) bool) *event.Report {
	t.Helper()
	r := passing(t, "moto", 0)
	for i := range r.Results {
		if skipped(r.Results[i].Case) {
			r.Results[i].Verdict = judge.Skip
		}
	}
	return only(r, func(*judge.Result) bool { return true })
}

func TestABadgeSaysHowATargetStands(t *testing.T) {
	t.Parallel()
	cut, shard := passing(t, "moto", 0), passing(t, "moto", 0)
	cut.Complete = false
	shard.Shard = selector.Shard{Index: 0, Count: 2}
	all := strconv.Itoa(len(cut.Results))
	for name, c := range map[string]struct {
		of             *event.Report
		message, color string
	}{
		"all":         {passing(t, "moto", 0), all + " of " + all + " cases pass", "1a7f37"},
		"most":        {passing(t, "moto", 10), " of " + all + " cases pass", "8a5d00"},
		"few":         {passing(t, "moto", 90), " of " + all + " cases pass", "b3261e"},
		"interrupted": {cut, "partial, " + all + " of ", "57606a"},
		"a shard":     {shard, "partial, " + all + " of ", "57606a"},
		"nothing":     {unjudged(), "not tested", "57606a"},
		"a profile": {only(passing(t, "moto", 0), func(r *judge.Result) bool { return r.Case.Profile == fixtures.Core }),
			"core: ", "1a7f37"},
		"a part of a profile": {only(passing(t, "moto", 0), func(r *judge.Result) bool { return r.Case.Area() == "echo" }),
			"partial, ", "57606a"},
		"a profile that was skipped": {skipping(t, func(c *fixtures.Case) bool { return c.Profile == fixtures.Auth }),
			"core and lifecycle and execution: ", "1a7f37"},
		"musts that were skipped": {skipping(t, func(c *fixtures.Case) bool { return c.Area() == "echo" }), "partial, ", "57606a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := report.NewBadge(c.of)
			assert.Contains(t, b.Message, c.message)
			assert.Equal(t, c.color, b.Color)
			assert.GreaterOrEqual(t, contrast(t, b.Color), 4.5, "WCAG 1.4.3: white text on %s", b.Color)
		})
	}
}

// contrast is that of white with a colour (WCAG 2, relative luminance).
func contrast(t *testing.T, color string) float64 {
	t.Helper()
	luminance := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(color[2*i:2*i+2], 16, 8)
		require.NoError(t, err)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		luminance += weight * c
	}
	return 1.05 / (luminance + 0.05)
}

func TestABadgeIsAnImageWithWordsForThoseWhoDoNotSeeIt(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]report.Badge{
		"conforms": {Label: "SendCommand: my emulator 1.0", Message: "2996 of 2996 cases pass", Color: "1a7f37"},
		"nasty": report.NewBadge(&event.Report{Target: event.Target{
			Name: "</text><script>alert(1)</script>\"'&]( \x00\x1b[31m\u202e日本語" + strings.Repeat("m", 100)}}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var svg, again bytes.Buffer
			require.NoError(t, b.WriteSVG(&svg))
			require.NoError(t, b.WriteSVG(&again))
			assert.Equal(t, svg.String(), again.String())
			assert.NotContains(t, svg.String(), "<script")
			golden(t, filepath.Join("testdata", "badge", name+".svg"), svg.Bytes())
			title := ""
			d := xml.NewDecoder(&svg)
			for {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(t, err)
				start, ok := token.(xml.StartElement)
				if ok && start.Name.Local == "title" {
					require.NoError(t, d.DecodeElement(&title, &start))
				}
				if ok && start.Name.Local == "svg" {
					assert.Contains(t, start.Attr, xml.Attr{Name: xml.Name{Local: "role"}, Value: "img"})
					assert.Contains(t, start.Attr, xml.Attr{Name: xml.Name{Local: "aria-label"}, Value: b.Words()})
				}
			}
			assert.Equal(t, b.Words(), title)
		})
	}
}

func TestABadgeForShieldsAndInMarkdown(t *testing.T) {
	t.Parallel()
	b := report.Badge{Label: "SendCommand: a](b) <i>", Message: "1 of 2 cases pass", Color: "8a5d00"}
	var endpoint bytes.Buffer
	require.NoError(t, b.WriteEndpoint(&endpoint))
	assert.JSONEq(t, `{"schemaVersion": 1, "label": "SendCommand: a](b) <i>", "message": "1 of 2 cases pass", "color": "8a5d00"}`,
		endpoint.String())
	assert.Equal(t, "[![SendCommand: a&#93;(b) &#60;i&#62;, 1 of 2 cases pass](docs/my%20badge%281%29.svg)]"+
		"(https://github.com/sendspec/sendspec)",
		b.Markdown(report.BadgeAddress("docs/my badge(1).svg")))
}
