package report

import (
	"strings"

	"github.com/sendspec/sendspec/conformance/cause"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/stable"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// Document is the JSON report, and what the page shows.
type Document struct {
	Format    string                 `json:"format"`
	Target    event.Target           `json:"target"`
	Seed      uint64                 `json:"seed"`
	Strict    bool                   `json:"strict"`
	Complete  bool                   `json:"complete"`
	Stopped   string                 `json:"stopped,omitempty"`
	Verdict   string                 `json:"verdict"`
	Server    *event.LaunchedServer  `json:"server,omitempty"` // that ended before the run did
	Shard     string                 `json:"shard,omitempty"`
	Suite     event.Suite            `json:"suite,omitzero"`
	Corpus    string                 `json:"corpus"`
	Preflight PreflightInfo          `json:"preflight"`
	Totals    event.Tally            `json:"totals"`
	Areas     []event.AreaTally      `json:"areas"`
	Profiles  []event.ProfileVerdict `json:"profiles"`
	Failures  Failures               `json:"failures"`
	Causes    []CauseInfo            `json:"causes"` // of the failures
	Facts     map[string]FactInfo    `json:"facts"`  // that the cases which differ rest on, by ID
	Cases     []CaseInfo             `json:"cases"`
}

// PreflightInfo says what the target was found to be.
type PreflightInfo struct {
	Operations []string `json:"operations"`
	Synthetic  []string `json:"synthetic"`
}

// CaseInfo is the verdict on a case, with the rule and the exchange where there is a divergence.
type CaseInfo struct {
	ID      string           `json:"id"`
	Title   string           `json:"title,omitempty"`
	Level   fixtures.Level   `json:"level"`
	Profile fixtures.Profile `json:"profile"`
	Verdict judge.Verdict    `json:"verdict"`
	// Provisional is that of judge.Result.
	Provisional bool     `json:"provisional,omitempty"`
	Reason      string   `json:"reason,omitempty"`
	Outcome     string   `json:"outcome,omitempty"`
	Conforming  []string `json:"conforming,omitempty"`
	// Fingerprint and Baseline are those of judge.Result.
	Fingerprint string              `json:"fingerprint,omitempty"`
	Baseline    *judge.BaselineNote `json:"baseline,omitempty"`
	Findings    []judge.Finding     `json:"findings,omitempty"`
	Symptoms    []cause.Symptom     `json:"symptoms,omitempty"` // of a failure
	Seen        int                 `json:"seen,omitempty"`
	Broken      int                 `json:"broken,omitempty"`
	Kind        evidence.Kind       `json:"kind,omitempty"`     // of the first fact
	Evidence    []string            `json:"evidence,omitempty"` // IDs of facts; the first is what the case asks
	Note        string              `json:"note,omitempty"`
	Exchanges   []ExchangeInfo      `json:"exchanges,omitempty"`
}

// ExchangeInfo is one exchange with bounded bodies, and without what is new each time. Of a step that is asked until
// something has come about, the last exchange is there.
type ExchangeInfo struct {
	Step   int    `json:"step,omitempty"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Sent   string `json:"sent"`
	Status int    `json:"status,omitempty"`
	Answer string `json:"answer,omitempty"`
	Error  string `json:"error,omitempty"`
}

// view makes what a report shows of a run fit to be printed.
type view struct {
	// stable replaces UUIDs, times of the day and what else is a matter of speed.
	stable bool
}

// line is a text from the target or about it, on one line.
func (v view) line(s string) string { return clean(v.known(s)) }

// bodyRead is how much of a body is looked at for what a report quotes: more than that, since what is
// replaced in it becomes shorter.
const bodyRead = 8 * bodyShown

// body is the beginning of a body, in its own lines where it need not be stable.
func (v view) body(b []byte) string {
	if !v.stable {
		return cleanLines(v.excerpt(b))
	}
	return clean(v.excerpt(b))
}

// excerpt is the beginning of a body as it may be shown, not yet escaped.
func (v view) excerpt(b []byte) string {
	return excerpt(v.known(string(b[:min(len(b), bodyRead)])))
}

func (v view) known(s string) string {
	if v.stable {
		s = stable.Text(s)
	}
	return s
}

func (v view) document(r *event.Report) *Document {
	d := &Document{
		Format: DocumentFormat, Target: event.Target{Name: v.line(r.Target.Name), Region: r.Target.Region}, Seed: r.Seed, Strict: r.Strict,
		Complete: r.Complete, Stopped: v.line(r.Stopped),
		Server: endedServer(r.Server), Shard: r.Shard.String(), Suite: r.Suite, Corpus: r.Corpus,
		Preflight: PreflightInfo{append([]string{}, r.Preflight.Operations...), append([]string{}, r.Preflight.Synthetic...)},
		Facts:     factsOf(r), Cases: make([]CaseInfo, len(r.Results)),
	}
	for i := range r.Results {
		d.Cases[i] = v.caseInfo(&r.Results[i])
	}
	d.sumUp(r, v)
	return d
}

// sumUp says of the cases of a document what a report of them says.
func (d *Document) sumUp(r *event.Report, v view) {
	d.Verdict, d.Failures, d.Causes = v.line(Verdict(r)), Failures{}, causesOf(d.Cases)
	for _, c := range d.Cases {
		d.Failures.add(c.Verdict, c.Kind)
	}
	d.Totals, d.Areas, d.Profiles = withZeros(r.Totals), []event.AreaTally{}, []event.ProfileVerdict{}
	for _, a := range r.Areas {
		d.Areas = append(d.Areas, event.AreaTally{Area: a.Area, Tally: withZeros(a.Tally)})
	}
	for _, p := range r.Profiles {
		p.Why, p.Tally = v.line(p.Why), nil
		d.Profiles = append(d.Profiles, p)
	}
}

// withZeros is a tally with every verdict in it.
func withZeros(t event.Tally) event.Tally {
	all := event.Tally{}
	for _, v := range judge.Verdicts() {
		all[v] = t[v]
	}
	return all
}

func (v view) caseInfo(r *judge.Result) CaseInfo {
	if saved, ok := r.Saved.(*CaseInfo); ok {
		return *saved
	}
	c := CaseInfo{
		ID: r.Case.ID, Title: r.Case.Title, Level: r.Case.Level, Profile: r.Case.Profile, Verdict: r.Verdict,
		Provisional: r.Provisional,
		Fingerprint: r.Fingerprint, Baseline: r.Baseline, Reason: v.line(v.reason(r.Reason)), Conforming: v.conforming(r),
		Seen: r.Seen, Broken: r.Broken,
		Kind: r.Case.Evidence.Kind(), Evidence: r.Case.Evidence, Symptoms: cause.SymptomsOf(r),
	}
	if r.Verdict != judge.Pass { // which of several right answers came may be a matter of speed
		c.Outcome = r.Outcome
	}
	for _, f := range r.Findings {
		f.Path, f.Want.Words, f.Got.Words = v.line(f.Path), v.line(f.Want.Words), v.line(f.Got.Words)
		c.Findings = append(c.Findings, f)
	}
	if !differs(r) || r.Verdict == judge.Fixed {
		return c
	}
	c.Note = r.Case.Note
	for i, x := range r.Exchanges {
		last := i == len(r.Exchanges)-1 || r.Exchanges[i+1].Step.Number != x.Step.Number
		if v.stable && x.Step.Poll != nil && !last {
			continue // how often a step was asked until it was over is a matter of speed
		}
		c.Exchanges = append(c.Exchanges, v.exchange(x))
	}
	return c
}

// reason leaves out of a stable report how long was waited in vain: less, once others have waited in vain, too.
func (v view) reason(s string) string {
	if v.stable && strings.HasPrefix(s, judge.ReasonWaitedInVain) {
		return judge.ReasonWaitedInVain
	}
	return s
}

func (v view) exchange(x judge.Exchanged) ExchangeInfo {
	info := ExchangeInfo{Step: x.Step.Number, Method: v.line(x.Request.Method), Path: v.line(x.Request.Path),
		Sent: v.body(sentBody(x.Request))}
	if x.Response != nil {
		info.Status, info.Answer = x.Response.Status, v.body(x.Response.Body)
	}
	if x.Err != nil {
		info.Error = string(x.Err.Failure)
		if !v.stable {
			info.Error = v.line(v.excerpt([]byte(x.Err.Error())))
		}
	}
	return info
}

// sentBody is what was sent after the header, as it was framed.
func sentBody(r *wire.Request) []byte {
	if r.Raw == nil {
		return r.Body
	}
	_, body, _ := strings.Cut(string(r.Raw), "\r\n\r\n")
	return []byte(body)
}

// bodyShown is how many bytes of a body a report quotes.
const bodyShown = 2000

var (
	clean      = untrusted.Line  // a text fit for a terminal and for one line: what would not print is escaped
	cleanLines = untrusted.Lines // the same for several lines
)

// inLines are texts each on a line of its own.
func inLines(texts []string) string {
	cleaned := make([]string, len(texts))
	for i, text := range texts {
		cleaned[i] = clean(text)
	}
	return strings.Join(cleaned, "\n")
}

// excerpt is the beginning of a body, with a mark where it is cut.
func excerpt(body string) string {
	if len(body) <= bodyShown {
		return body
	}
	return untrusted.Cut(body, bodyShown) + " (cut)"
}

// requestLine is what was sent, in short: the method and path where they are unusual, then the body.
func requestLine(method, path, body string) string {
	if method == "POST" && path == "/" {
		return body
	}
	return method + " " + path + " " + body
}
