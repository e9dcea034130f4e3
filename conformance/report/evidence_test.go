package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// resting is a report of cases that fail, are flaky, warn and pass, each of which rests on one of the facts.
func resting(facts ...string) *event.Report {
	var results []judge.Result
	verdicts := []judge.Verdict{judge.Fail, judge.Flaky, judge.Warn, judge.Pass}
	for i, fact := range facts {
		for _, v := range verdicts {
			c := &fixtures.Case{
				ID: fmt.Sprintf("area/Topic/%d-%s", i, v), Title: "t", Level: fixtures.Must,
				Profile: fixtures.Core, Evidence: fixtures.Evidence{fact},
			}
			results = append(results, judge.Result{Case: c, Verdict: v})
		}
	}
	return event.SumUp(results)
}

func TestEveryReportSumsItsFailuresByEvidence(t *testing.T) {
	t.Parallel()
	r := resting("shape/sdk-checks", "errors/InvalidInstanceId/unknown", "shape/Comment", "expiry/list")
	const words = "4 recorded, 2 model, 2 AWS's own code"
	const counts = `"failures":{"model":2,"recorded":4,"source":2}`
	for format, want := range map[string]string{
		"text": "failures by evidence: " + words + "\n", "markdown": "Failures by evidence: " + words + ".",
		"html":   "<dd>4 recorded, 2 model, 2 AWS",
		"github": "%0AFailures by evidence: " + words,
		"junit":  `name="failures by evidence" value="4 recorded, 2 model, 2 AWS&#39;s own code"`,
		"json":   counts, "sarif": counts, "har": counts,
	} {
		text := string(rendered(t, format, r))
		if format == "json" || format == "sarif" || format == "har" {
			text = strings.Join(strings.Fields(text), "")
		}
		assert.Contains(t, text, want, format)
	}
	none := string(rendered(t, "text", resting()))
	assert.NotContains(t, none, "failures by evidence")
}

// A terminal that has no room for an address has the ID of the fact, which sendspec evidence shows.
func TestTheEvidenceOfAFailureFitsTheTerminal(t *testing.T) {
	t.Parallel()
	r := resting("expiry/list").Results[0]
	shown := func(width int) string {
		var b strings.Builder
		text := report.NewText(&b, report.TextOptions{Width: width})
		require.NoError(t, text.Event(event.Started{}))
		require.NoError(t, text.Event(event.Ended{Report: &event.Report{Results: []judge.Result{withFinding(r)}}}))
		return b.String()
	}
	assert.Regexp(t, `(?m)^  evidence expiry/list \(recorded, 2026-09-27\): `, shown(0))
	assert.Regexp(t, `(?m)^  source   https://\S+ \(fixtures/evidence/recorded/\S+: .*\)$`, shown(0))
	assert.Regexp(t, `(?m)^  source   https://\S+$`, shown(150))
	assert.NotContains(t, shown(80), "  source")
	assert.Contains(t, shown(80), "  evidence expiry/list (recorded, 2026-09-27)")
}

func withFinding(r judge.Result) judge.Result {
	r.Findings = []judge.Finding{{Path: "status", Level: fixtures.Must}}
	return r
}

func TestMarkdownLinksTheEvidence(t *testing.T) {
	t.Parallel()
	text := string(rendered(t, "markdown", resting("status/ErrorCount")))
	assert.Contains(t, text, "- status/ErrorCount (documented, 2026-11): ErrorCount counts the targets that are Failed or Execution "+
		"Timed Out · [API&#95;SendCommand")
	assert.Regexp(t, `\]\(<https://docs\.aws\.amazon\.com/\S+>\)`, text)
}

// Reports of version 1 have the evidence of a case whole, the oldest without IDs.
func TestReportsOfVersion1AreRead(t *testing.T) {
	t.Parallel()
	const head = `{"format": "sendspec-report/1", "target": {"name": "t", "region": "us-east-1"}, "seed": 1, "complete": true,` +
		` "corpus": "c", "shard": "%s", "cases": [`
	write := func(name, shard, cases string) report.Named {
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, head+cases+"]}", shard), 0o600))
		d, err := report.ReadDocument(t.Context(), file)
		require.NoError(t, err)
		return report.Named{File: name, Document: *d}
	}
	oldest := write("oldest.json", "1/2", `{"id": "accept/minimal/tag-target", "level": "must", "profile": "core", "verdict": "fail",
		"source": [{"doc": "x"}], "evidence": {"kind": "recorded", "ref": "notes", "date": "2026"}}, {"id": "echo/Comment/text",
			"verdict": "pass"}`)
	last := write("last.json", "2/2", `{"id": "constraint/Comment/above-max/n=101", "level": "must", "profile": "core", "verdict": "fail",
		"evidence": {"facts": ["shape/Comment", "gone/gone"], "kind": "model", "statement": "s"}}`)
	assert.Equal(t, report.DocumentFormat, oldest.Format)
	assert.Equal(t, report.Failures{evidence.Recorded: 1}, oldest.Failures)
	assert.Equal(t, []string{"shape/Comment", "gone/gone"}, last.Cases[0].Evidence)
	assert.Equal(t, "fail", string(last.Cases[0].Verdict))

	merged, err := report.Merge([]report.Named{oldest, last})
	require.NoError(t, err)
	assert.Equal(t, report.Failures{evidence.Recorded: 1, evidence.Model: 1}, merged.Failures)
	assert.Equal(t, evidence.Model, merged.Facts["shape/Comment"].Kind)
	assert.NotContains(t, merged.Facts, "gone/gone")

	file := filepath.Join(t.TempDir(), "merged.json")
	var b bytes.Buffer
	require.NoError(t, merged.Write(&b))
	assert.Equal(t, merged, read(t, file, b.Bytes()))
	var bad report.Document
	require.NoError(t, json.Unmarshal(rendered(t, "json", resting()), &bad))
	bad.Format = "sendspec-report/3"
	b.Reset()
	require.NoError(t, bad.Write(&b))
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))
	_, err = report.ReadDocument(t.Context(), file)
	assert.ErrorContains(t, err, `its format is "sendspec-report/3": want "sendspec-report/2"`)
}
