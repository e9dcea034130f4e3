package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
)

// junitElements are the elements of JUnit's XML that a report may have, with the attributes and the
// children that the schema which Jenkins publishes allows them (xunit plugin, junit-10.xsd).
var junitElements = map[string]struct{ required, optional, children []string }{
	"testsuites": {nil, []string{"name", "time", "tests", "failures", "errors"}, []string{"testsuite"}},
	"testsuite": {[]string{"name", "tests", "failures", "errors"}, []string{"time", "skipped", "timestamp", "hostname", "id", "package",
		"file"},
		[]string{"properties", "testcase", "system-out", "system-err"}},
	"properties": {nil, nil, []string{"property"}},
	"property":   {[]string{"name", "value"}, nil, nil},
	"testcase":   {[]string{"name"}, []string{"time", "classname"}, []string{"skipped", "error", "failure", "system-out", "system-err"}},
	"failure":    {nil, []string{"type", "message"}, nil},
	"error":      {nil, []string{"type", "message"}, nil},
	"skipped":    {nil, []string{"type", "message"}, nil},
	"system-out": {nil, nil, nil},
	"system-err": {nil, nil, nil},
}

var junitTime = regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$`)

// junitCounts reads a report by the rules of the schema, and counts its elements.
func junitCounts(t *testing.T, document []byte) (counts map[string]int, sums map[string]int) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(document))
	counts, sums = map[string]int{}, map[string]int{}
	var stack []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			rule, ok := junitElements[name]
			require.True(t, ok, name)
			if len(stack) > 0 {
				require.Contains(t, junitElements[stack[len(stack)-1]].children, name)
			}
			stack = append(stack, name)
			counts[name]++
			var given []string
			for _, a := range e.Attr {
				given = append(given, a.Name.Local)
				require.Contains(t, slices.Concat(rule.required, rule.optional), a.Name.Local, name)
				if a.Name.Local == "time" {
					require.Regexp(t, junitTime, a.Value)
				}
				if n, err := strconv.Atoi(a.Value); err == nil && name == "testsuite" {
					sums[a.Name.Local] += n
				}
			}
			for _, want := range rule.required {
				require.Contains(t, given, want, name)
			}
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
	return counts, sums
}

func TestTheJUnitReportHasTheFormThatItsReadersCheck(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*event.Report{"whole": nastyReport(t), "interrupted": halfway(t), "unjudged": unjudged()} {
		t.Run(name, func(t *testing.T) {
			counts, sums := junitCounts(t, rendered(t, "junit", r))
			partial := 0
			if !r.Complete {
				partial = 1 // an error of its own
			}
			assert.Equal(t, len(r.Results)+partial, counts["testcase"])
			assert.Equal(t, counts["testcase"], sums["tests"])
			verdicts := event.Tally{}
			for _, res := range r.Results {
				if res.NotAsked() {
					verdicts[judge.Skip]++
				} else {
					verdicts[res.Verdict]++
				}
			}
			assert.Equal(t, verdicts[judge.Fail]+verdicts[judge.Flaky], counts["failure"])
			assert.Equal(t, counts["failure"], sums["failures"])
			assert.Equal(t, verdicts[judge.Error]+partial, counts["error"])
			assert.Equal(t, counts["error"], sums["errors"])
			assert.Equal(t, verdicts[judge.Skip], counts["skipped"])
			assert.Equal(t, counts["skipped"], sums["skipped"])
			assert.Equal(t, counts["testsuite"]*9, counts["property"],
				"each names target, region, seed, strict, complete, verdict, suite, provisional failures, and those by evidence")
		})
	}
}
