package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/sendspec/sendspec/conformance"
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	// sarifBase is what the paths of fixtures are relative to: a checkout of sendspec.
	sarifBase = "SENDSPEC"
)

// writeSARIF writes a result for each divergence. A rule is area/Topic/name, which its variants share;
// a location is the fixture that states it, and the case within it.
func writeSARIF(w io.Writer, r *conformance.Report, o Options) error {
	v := newReader(r, true)
	run := sarif.NewRun()
	run.Tool = sarif.NewTool().WithDriver(sarif.NewToolComponent().WithName("sendspec").
		WithShortDescription(sarifText("Conformance of servers that implement AWS Systems Manager SendCommand")))
	base := sarif.NewArtifactLocation().WithDescription(sarif.NewTextMessage("the root of a checkout of sendspec"))
	run.WithOriginalUriBaseIds(map[string]sarif.ArtifactLocation{sarifBase: *base})
	run.WithColumnKind("unicodeCodePoints")
	run.AddInvocation(v.invocation(r))
	rules, shown := map[string]int{}, []*conformance.Result{}
	for i := range r.Results {
		res := &r.Results[i]
		if mannerIn(res).sarif == "" {
			continue
		}
		shown = append(shown, res)
		id := ruleOf(res.Case.ID)
		if _, ok := rules[id]; !ok {
			rules[id] = len(rules)
			run.Tool.Driver.AddRule(v.rule(id, res))
		}
	}
	run.Results = []*sarif.Result{} // which are written one by one
	document := sarif.NewReport().AddRun(run)
	document.Schema = sarifSchema
	head, err := encode(document)
	if err != nil {
		return err
	}
	head, tail, found := bytes.Cut(head, []byte("\n      \"results\": []")) // no string has a line break in it
	if !found {
		return errors.New("a SARIF run without a list of results")
	}
	return writeList(w, list{head, "\n      \"results\": [", "\n        ", "\n      ]", tail}, len(shown), indented, 4, func(i int) any {
		id := ruleOf(shown[i].Case.ID)
		return v.result(shown[i], o).WithRuleID(id).WithRuleIndex(rules[id])
	})
}

// ruleOf is the ID of a case without its variant.
func ruleOf(id string) string {
	parts := strings.Split(id, "/")
	return strings.Join(parts[:min(3, len(parts))], "/")
}

// ruleFile is the file of this repository that states the rule of a case.
func ruleFile(r *conformance.Result) string {
	if r.Case.File == "" {
		return "conformance/check.go"
	}
	return "fixtures/" + r.Case.File
}

func (v reader) rule(id string, r *conformance.Result) *sarif.ReportingDescriptor {
	help := sourceLine(r.Case)
	for _, s := range r.Case.Source {
		if s.Quote != "" {
			help += "\n" + s.Quote
		}
	}
	if r.Case.Note != "" {
		help += "\n" + r.Case.Note
	}
	properties := sarif.NewPropertyBag().WithTags([]string{r.Case.Area(), string(r.Case.Profile), string(r.Case.Level)})
	if e := r.Case.Evidence; e != nil {
		properties.Add("evidence", string(e.Kind))
	}
	return sarif.NewRule(v.line(id)).WithShortDescription(sarifText(v.line(r.Case.Title))).WithHelp(sarifText(cleanLines(help))).WithProperties(properties)
}

func sarifText(s string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(s)
}

func (v reader) result(r *conformance.Result, o Options) *sarif.Result {
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, v.line(fmt.Sprintf("%swant %s, got %s (%s)", where(f), f.Want, f.Got, f.Level)))
	}
	if r.Reason != "" {
		lines = append(lines, v.line(r.Reason))
	}
	file := sarif.NewArtifactLocation().WithURI(ruleFile(r)).WithURIBaseID(sarifBase)
	result := sarif.NewResult().WithLevel(mannerIn(r).sarif).WithMessage(sarif.NewTextMessage(strings.Join(lines, "\n"))).
		AddLocation(sarif.NewLocation().
			WithPhysicalLocation(sarif.NewPhysicalLocation().WithArtifactLocation(file).WithRegion(sarif.NewRegion().WithStartLine(1))).
			AddLogicalLocation(sarif.NewLogicalLocation().WithFullyQualifiedName(v.line(r.Case.ID)).WithKind("case"))).
		WithPartialFingerprints(map[string]string{"sendspec/v1": fingerprint(r)})
	properties := sarif.NewPropertyBag().Add("verdict", string(r.Verdict))
	if command := again(o.Again, r); command != "" {
		properties.Add("again", v.line(command))
	}
	return result.WithProperties(properties)
}

// fingerprint tells divergences apart across runs: the case, and where the answer differs, without the
// values, which are new each time.
func fingerprint(r *conformance.Result) string {
	h := sha256.New()
	_, _ = io.WriteString(h, r.Case.ID)
	for _, f := range r.Findings {
		_, _ = fmt.Fprintf(h, "\x00%d %s %s", f.Step, f.Path, f.Level)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (v reader) invocation(r *conformance.Report) *sarif.Invocation {
	call := sarif.NewInvocation().WithExecutionSuccessful(r.Complete)
	if !r.Began.IsZero() {
		call.WithStartTimeUtc(r.Began.UTC().Format(time.RFC3339)).WithEndTimeUtc(r.Began.Add(r.Elapsed).UTC().Format(time.RFC3339))
	}
	if !r.Complete {
		call.AddToolExecutionNotification(sarif.NewNotification().WithLevel("error").WithMessage(sarif.NewTextMessage(v.line(Verdict(r)))))
	}
	for i := range r.Results {
		if res := &r.Results[i]; res.Verdict == conformance.Error && !res.NotAsked() {
			call.AddToolExecutionNotification(sarif.NewNotification().WithLevel("error").
				WithMessage(sarif.NewTextMessage(v.line(res.Case.ID + ": " + res.Reason))))
		}
	}
	return call.WithProperties(sarif.NewPropertyBag().Add("target", v.line(r.Target.Name)).Add("region", v.line(r.Target.Region)).
		Add("seed", r.Seed).Add("strict", r.Strict).Add("complete", r.Complete).Add("verdict", v.line(Verdict(r))))
}
