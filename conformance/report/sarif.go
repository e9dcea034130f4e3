package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	// sarifBase is what the paths of fixtures are relative to: a checkout of sendspec.
	sarifBase = "SENDSPEC"
)

// writeSARIF writes a result for each divergence. A rule is area/Topic/name, which its variants share;
// a location is the fixture that states it, and the case within it.
func writeSARIF(w io.Writer, r *event.Report, o Options) error {
	v := view{exact: true}
	rules, shown := map[string]int{}, []*judge.Result{}
	driver := sarifDriver{
		Name:             "sendspec",
		ShortDescription: sarifMessage{"Conformance of servers that implement AWS Systems Manager SendCommand"},
		Rules:            []sarifRule{},
	}
	for i := range r.Results {
		res := &r.Results[i]
		if presentationIn(res).sarif == "" {
			continue
		}
		shown = append(shown, res)
		id := ruleOf(res.Case.ID)
		if _, ok := rules[id]; !ok {
			rules[id] = len(driver.Rules)
			driver.Rules = append(driver.Rules, v.rule(id, res))
		}
	}
	results := make([]sarifResult, len(shown))
	for i, res := range shown {
		results[i] = v.result(res, rules, o)
	}
	return untrusted.WriteJSON(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{{
		Tool:        sarifTool{driver},
		Bases:       map[string]sarifArtifact{sarifBase: {Description: &sarifMessage{"the root of a checkout of sendspec"}}},
		ColumnKind:  "unicodeCodePoints",
		Invocations: []sarifInvocation{v.invocation(r)},
		Results:     results,
	}}})
}

// ruleOf is the ID of a case without its variant.
func ruleOf(id string) string {
	parts := strings.Split(id, "/")
	return strings.Join(parts[:min(3, len(parts))], "/")
}

// ruleFile is the file of this repository that states the rule of a case.
func ruleFile(r *judge.Result) string {
	if r.Case.File == "" {
		return "conformance/judge/check.go"
	}
	return "fixtures/" + r.Case.File
}

func (v view) rule(id string, r *judge.Result) sarifRule {
	help := []string{r.Case.Title}
	properties := map[string]any{"tags": []string{r.Case.Area(), string(r.Case.Profile), string(r.Case.Level)}}
	e := r.Case.Evidence
	if len(e) > 0 {
		help = append(help, evidenceLine(e))
		properties["evidence"], properties["facts"] = string(e.Kind()), []string(e)
	}
	for _, s := range e.Sources() {
		help = append(help, sourceLine(s))
	}
	if r.Case.Note != "" {
		help = append(help, r.Case.Note)
	}
	return sarifRule{
		ID: v.line(id), ShortDescription: sarifMessage{v.line(r.Case.Title)}, Help: sarifMessage{cleanLines(strings.Join(help, "\n"))},
		HelpURI: e.Source().URL, Properties: properties,
	}
}

func (v view) result(r *judge.Result, rules map[string]int, o Options) sarifResult {
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, v.line(fmt.Sprintf("%swant %s, got %s (%s)", where(f), f.Want, f.Got, f.Level)))
	}
	if r.Reason != "" {
		lines = append(lines, v.line(r.Reason))
	}
	properties := map[string]any{"verdict": string(r.Verdict)}
	if command := rerun(o.Rerun, r); command != "" {
		properties["rerun"] = v.line(command)
	}
	id := ruleOf(r.Case.ID)
	return sarifResult{
		RuleID: id, RuleIndex: rules[id], Level: presentationIn(r).sarif, Message: sarifMessage{strings.Join(lines, "\n")},
		Locations: []sarifLocation{{
			Physical: sarifPhysical{sarifArtifact{URI: ruleFile(r), URIBaseID: sarifBase}, sarifRegion{StartLine: 1}},
			Logical:  []sarifLogical{{v.line(r.Case.ID), "case"}},
		}},
		PartialFingerprints: map[string]string{"sendspec/v2": strings.TrimSpace(v.line(r.Case.ID) + " " + r.Fingerprint)},
		Properties:          properties,
	}
}

func (v view) invocation(r *event.Report) sarifInvocation {
	call := sarifInvocation{ExecutionSuccessful: r.Complete, Properties: map[string]any{
		"target": v.line(r.Target.Name), "region": v.line(r.Target.Region), "seed": r.Seed, "strict": r.Strict,
		"complete": r.Complete, "verdict": v.line(Verdict(r)), "failures": failuresIn(r),
		"suite": r.Suite,
	}}
	if !r.Began.IsZero() {
		call.StartTimeUTC, call.EndTimeUTC = r.Began.UTC().Format(time.RFC3339), r.Began.Add(r.Elapsed).UTC().Format(time.RFC3339)
	}
	note := func(text string) {
		call.Notifications = append(call.Notifications, sarifNotification{"error", sarifMessage{text}})
	}
	if !r.Complete {
		note(v.line(Verdict(r)))
	}
	for i := range r.Results {
		if res := &r.Results[i]; res.Verdict == judge.Error && !res.NotAsked() {
			note(v.line(res.Case.ID + ": " + res.Reason))
		}
	}
	return call
}
