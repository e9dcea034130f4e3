package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fixtures"
)

// Format names the version of the JSON report.
const Format = "sendspec-report/1"

// JSON writes the report of a run as one JSON document. The same seed and the same behaviour give
// the same bytes: no time of the day, duration, UUID or signature stands in it.
type JSON struct {
	write func([]byte) error
}

// NewJSONFile returns a sink that writes the file as a whole when the run ends: beside it first,
// then in its place, so that a report cut short never looks like one.
func NewJSONFile(name string) (*JSON, error) {
	dir := filepath.Dir(name)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("report %s: want an existing folder, got %s", name, dir)
	}
	return &JSON{func(b []byte) error { return replaceFile(name, b) }}, nil
}

// NewJSON returns a sink that hands the document to write when the run ends.
func NewJSON(write func([]byte) error) *JSON { return &JSON{write} }

func replaceFile(name string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".sendspec-*")
	if err != nil {
		return fmt.Errorf("report %s: %w", name, err)
	}
	_, err = tmp.Write(b)
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644) //nolint:gosec // a report is for everybody to read
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("report %s: %w", name, err)
	}
	return nil
}

// Event writes the document when the run ends.
func (j *JSON) Event(e conformance.Event) error {
	end, ok := e.(conformance.Ended)
	if !ok {
		return nil
	}
	b, err := Marshal(end.Report)
	if err != nil {
		return err
	}
	return j.write(b)
}

// Close does nothing.
func (j *JSON) Close() error { return nil }

// Document is the JSON report.
type Document struct {
	Format    string         `json:"format"`
	Target    TargetInfo     `json:"target"`
	Seed      uint64         `json:"seed"`
	Strict    bool           `json:"strict"`
	Complete  bool           `json:"complete"`
	Stopped   string         `json:"stopped,omitempty"`
	Verdict   string         `json:"verdict"`
	Server    *ServerInfo    `json:"server,omitempty"`
	Shard     string         `json:"shard,omitempty"`
	Corpus    string         `json:"corpus"`
	Preflight PreflightInfo  `json:"preflight"`
	Totals    map[string]int `json:"totals"`
	Areas     []AreaInfo     `json:"areas"`
	Profiles  []ProfileInfo  `json:"profiles"`
	Cases     []CaseInfo     `json:"cases"`
}

// TargetInfo says what was asked.
type TargetInfo struct {
	Name   string `json:"name"`
	Region string `json:"region"`
}

// PreflightInfo says what the target was found to be.
type PreflightInfo struct {
	Operations []string `json:"operations"`
	MadeUp     []string `json:"madeUp"`
}

// AreaInfo counts an area by verdict.
type AreaInfo struct {
	Area   string         `json:"area"`
	Counts map[string]int `json:"counts"`
}

// ProfileInfo is the standing of a profile.
type ProfileInfo struct {
	Profile  fixtures.Profile     `json:"profile"`
	Standing conformance.Standing `json:"standing"`
	Why      string               `json:"why"`
}

// CaseInfo is the verdict on a case, with the exchange where it is no pass.
type CaseInfo struct {
	ID         string              `json:"id"`
	Title      string              `json:"title"`
	Level      fixtures.Level      `json:"level"`
	Profile    fixtures.Profile    `json:"profile"`
	Verdict    conformance.Verdict `json:"verdict"`
	Reason     string              `json:"reason,omitempty"`
	Outcome    string              `json:"outcome,omitempty"`
	Conforming []string            `json:"conforming,omitempty"`
	// Fingerprint and Baseline are those of conformance.Result.
	Fingerprint string                    `json:"fingerprint,omitempty"`
	Baseline    *conformance.BaselineNote `json:"baseline,omitempty"`
	Findings    []conformance.Finding     `json:"findings,omitempty"`
	Seen        int                       `json:"seen,omitempty"`
	Broken      int                       `json:"broken,omitempty"`
	Exchanges   []ExchangeInfo            `json:"exchanges,omitempty"`
}

// ExchangeInfo is one exchange with bounded bodies, and without what is new each time.
type ExchangeInfo struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Sent   string `json:"sent"`
	Status int    `json:"status,omitempty"`
	Answer string `json:"answer,omitempty"`
	Error  string `json:"error,omitempty"`
}

// Marshal returns the JSON document of a report.
func Marshal(r *conformance.Report) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(document(r)); err != nil {
		return nil, err
	}
	return []byte(redactor(r.Target).Replace(buf.String())), nil
}

func document(r *conformance.Report) Document {
	d := Document{
		Format: Format, Target: TargetInfo{r.Target.Name, r.Target.Region}, Seed: r.Seed, Strict: r.Strict,
		Complete: r.Complete, Stopped: r.Stopped, Verdict: Verdict(r), Server: serverInfo(r.Server), Shard: r.Shard.String(), Corpus: r.Corpus,
		Preflight: PreflightInfo{r.Preflight.Operations, append([]string{}, r.Preflight.MadeUp...)},
		Totals:    counts(r.Totals), Cases: []CaseInfo{},
	}
	for _, a := range r.Areas {
		d.Areas = append(d.Areas, AreaInfo{a.Area, counts(a.Tally)})
	}
	for _, p := range r.Profiles {
		d.Profiles = append(d.Profiles, ProfileInfo{p.Profile, p.Standing, p.Why})
	}
	for i := range r.Results {
		d.Cases = append(d.Cases, caseInfo(&r.Results[i]))
	}
	return d
}

func counts(t conformance.Tally) map[string]int {
	m := map[string]int{}
	for _, v := range conformance.Verdicts() {
		m[string(v)] = t[v]
	}
	return m
}

func caseInfo(r *conformance.Result) CaseInfo {
	c := CaseInfo{
		ID: r.Case.ID, Title: r.Case.Title, Level: r.Case.Level, Profile: r.Case.Profile, Verdict: r.Verdict,
		Fingerprint: r.Fingerprint, Baseline: r.Baseline, Reason: clean(stable(r.Reason)), Conforming: r.Named, Seen: r.Seen, Broken: r.Broken,
	}
	if r.Verdict != conformance.Pass { // which of several right answers came may be a matter of speed
		c.Outcome = r.Outcome
	}
	for _, f := range r.Findings {
		f.Path, f.Want, f.Got = clean(f.Path), clean(stable(f.Want)), clean(stable(f.Got))
		c.Findings = append(c.Findings, f)
	}
	if r.Verdict == conformance.Pass || r.Verdict == conformance.Fixed || r.Verdict == conformance.Skip {
		return c
	}
	for _, x := range r.Exchanges {
		info := ExchangeInfo{Method: x.Request.Method, Path: x.Request.Path, Sent: clean(requestLine(x.Request))}
		if x.Response != nil {
			info.Status, info.Answer = x.Response.Status, clean(excerpt([]byte(stable(string(x.Response.Body)))))
		}
		if x.Err != nil {
			info.Error = string(x.Err.Failure)
		}
		c.Exchanges = append(c.Exchanges, info)
	}
	return c
}
