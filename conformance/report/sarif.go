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

// object is a JSON object that is only written.
type object = map[string]any

func sarifMessage(text string) object { return object{"text": text} }

// writeSARIF writes a result for each divergence. A rule is area/Topic/name, which its variants share; a location is the
// fixture that states it, and the case within it. Members and their meaning: SARIF 2.1.0, OASIS, sections 3.13 (log), 3.14 (run),
// 3.19 (component), 3.20 (invocation), 3.27 (result), 3.28 (location), 3.49 (reporting descriptor).
func writeSARIF(w io.Writer, r *event.Report, o Options) error {
	index, rules, results := map[string]int{}, []object{}, []object{}
	for i := range r.Results {
		res := &r.Results[i]
		if presentationIn(res).sarif == "" {
			continue
		}
		id := ruleOf(res.Case.ID)
		if _, ok := index[id]; !ok {
			index[id] = len(rules)
			rules = append(rules, rule(id, res))
		}
		results = append(results, result(res, index[id], o))
	}
	return untrusted.WriteJSON(w, object{"$schema": sarifSchema, "version": "2.1.0", "runs": []object{{
		"tool": object{"driver": object{
			"name":             "sendspec",
			"shortDescription": sarifMessage("Conformance of servers that implement AWS Systems Manager SendCommand"),
			"rules":            rules,
		}},
		"originalUriBaseIds": object{sarifBase: object{"description": sarifMessage("the root of a checkout of sendspec")}},
		"columnKind":         "unicodeCodePoints",
		"invocations":        []object{invocation(r)},
		"results":            results,
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

func rule(id string, r *judge.Result) object {
	help := []string{r.Case.Title}
	properties := object{"tags": []string{r.Case.Area(), string(r.Case.Profile), string(r.Case.Level)}}
	e := r.Case.Evidence
	if len(e) > 0 {
		help = append(help, evidenceLine(e))
		properties["evidence"], properties["facts"] = e.Kind(), []string(e)
	}
	for _, s := range e.Sources() {
		help = append(help, sourceLine(s))
	}
	if r.Case.Note != "" {
		help = append(help, r.Case.Note)
	}
	rule := object{
		"id": clean(id), "shortDescription": sarifMessage(clean(r.Case.Title)),
		"help": sarifMessage(cleanLines(strings.Join(help, "\n"))), "properties": properties,
	}
	if address := e.Source().URL; address != "" {
		rule["helpUri"] = address
	}
	return rule
}

func result(r *judge.Result, rule int, o Options) object {
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, fmt.Sprintf("%swant %s, got %s (%s)", where(f), f.Want, f.Got, f.Level))
	}
	if r.Reason != "" {
		lines = append(lines, r.Reason)
	}
	properties := object{"verdict": r.Verdict}
	if command := rerun(o.Rerun, r); command != "" {
		properties["rerun"] = clean(command)
	}
	return object{
		"ruleId": ruleOf(r.Case.ID), "ruleIndex": rule, "level": presentationIn(r).sarif,
		"message": sarifMessage(inLines(lines)),
		"locations": []object{{
			"physicalLocation": object{
				"artifactLocation": object{"uri": ruleFile(r), "uriBaseId": sarifBase}, "region": object{"startLine": 1},
			},
			"logicalLocations": []object{{"fullyQualifiedName": clean(r.Case.ID), "kind": "case"}},
		}},
		"partialFingerprints": object{"sendspec/v2": strings.TrimSpace(clean(r.Case.ID) + " " + r.Fingerprint)},
		"properties":          properties,
	}
}

// runObject says what was run, and what became of it.
func runObject(r *event.Report) object {
	return object{
		"target": clean(r.Target.Name), "region": clean(r.Target.Region), "seed": r.Seed, "strict": r.Strict,
		"complete": r.Complete, "verdict": clean(Verdict(r)), "failures": failuresIn(r), "suite": r.Suite,
	}
}

func invocation(r *event.Report) object {
	call := object{"executionSuccessful": r.Complete, "properties": runObject(r)}
	if !r.Began.IsZero() {
		call["startTimeUtc"] = r.Began.UTC().Format(time.RFC3339)
		call["endTimeUtc"] = r.Began.Add(r.Elapsed).UTC().Format(time.RFC3339)
	}
	var notes []object
	if !r.Complete {
		notes = append(notes, object{"level": "error", "message": sarifMessage(clean(Verdict(r)))})
	}
	for i := range r.Results {
		if res := &r.Results[i]; res.Verdict == judge.Error && !res.NotAsked() {
			notes = append(notes, object{"level": "error", "message": sarifMessage(clean(res.Case.ID + ": " + res.Reason))})
		}
	}
	if notes != nil {
		call["toolExecutionNotifications"] = notes
	}
	return call
}
