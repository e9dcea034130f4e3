package judge

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
)

// Finding is one difference between an exchange and what conforms.
type Finding struct {
	// Check is "outcome" where the case's own expectation is missed, or else the ID of the invariant.
	Check string `json:"check"`
	// Step is the number of the step within the case, from 1; 0 where the case has one step.
	Step int `json:"step,omitempty"`
	// Path is where: "status", "error type", "error message", "header NAME", "body", or a JSON
	// pointer into the answer's body.
	Path  string         `json:"path"`
	Want  Description    `json:"want"`
	Got   Description    `json:"got"`
	Level fixtures.Level `json:"level"`

	advisory bool // under a $should or $may: no reason for another outcome
}

// Alternative is an outcome that would have conformed, and the difference that is furthest from it.
type Alternative struct {
	Name    string
	Finding Finding
}

// Verdict is what is said of a case.
type Verdict string

// The verdicts. Fail is the target's fault, error is ours.
const (
	Pass  Verdict = "pass"
	Warn  Verdict = "warn"  // a should is missed
	Fail  Verdict = "fail"  // a must is missed
	Flaky Verdict = "flaky" // failed, and answered otherwise when asked again
	Known Verdict = "known" // failed as the baseline says
	Fixed Verdict = "fixed" // did not fail, although the baseline says that it does
	Skip  Verdict = "skip"  // not asked: Reason says why
	Error Verdict = "error" // could not be judged: Reason says why
)

// Verdicts returns every verdict in the order in which reports count them.
func Verdicts() []Verdict { return []Verdict{Pass, Warn, Fail, Flaky, Known, Fixed, Skip, Error} }

// Result is the verdict of one case with what led to it.
type Result struct {
	Case    *fixtures.Case
	Verdict Verdict
	// About is what in the request a failure is about, where the ID of the case does not say so.
	About   string
	Reason  string // of a skip or an error, or why a failing case was not asked again; in one line
	Outcome string // the name of the outcome that matched, of the last step
	// Findings are the differences from the nearest outcome, or the notes on the one that matched.
	Findings []Finding
	// Alternatives are all outcomes that would have conformed, of a step of several that none matched.
	Alternatives []Alternative
	// Exchanges are the requests and answers of the case's steps, in order; a polled step has several.
	Exchanges []Exchanged
	// Provisional is true of a case that is new in the suite, and of an invariant that only such cases break: it warns where
	// it would fail, but for a strict run.
	Provisional bool
	// Fingerprint names what differs, the same in every run; "" where nothing does.
	Fingerprint string
	// Baseline is how the case relates to the baseline; nil where that does not name it.
	Baseline *BaselineNote
	// Seen counts, for an invariant, the exchanges that it was judged on and that broke it.
	Seen, Broken int

	// Saved is what a report says of the case where the result was read from one, nil elsewhere.
	Saved any

	invariants []invariantFinding
	limit      string // of the reader's, that an answer is beyond on which the verdict depends
}

// Invariants are the findings of the invariants on the case's own exchanges.
func (r *Result) Invariants() []Finding {
	found := make([]Finding, len(r.invariants))
	for i := range r.invariants {
		found[i] = r.invariants[i].Finding
	}
	return found
}

// How the reason of a case begins for which the run ended too early: before its turn, or before its last answer.
const (
	ReasonNotAsked    = "not asked: "
	ReasonNotFinished = "not finished: "
)

// ReasonWaitedInVain begins the reason of a failure that stays one for what did not come. After it comes how long was
// waited, which depends on what other cases waited for by then.
const ReasonWaitedInVain = "not asked again: what was waited for did not come"

// NotAsked reports whether the case has no verdict since the run ended before it was asked, or answered.
func (r *Result) NotAsked() bool {
	return (r.Verdict == Skip || r.Verdict == Error) &&
		(strings.HasPrefix(r.Reason, ReasonNotAsked) || strings.HasPrefix(r.Reason, ReasonNotFinished))
}

// Spared reports whether the case fails, and warns since it is provisional.
func (r *Result) Spared() bool {
	return r.Provisional && r.Verdict == Warn && verdictOf(r.Findings, false) == Fail
}

func (r *Result) spare(strict bool) {
	if r.Provisional && r.Verdict == Fail && !strict {
		r.Verdict = Warn
	}
}

func looser(a, b fixtures.Level) fixtures.Level {
	if a.Weight() < b.Weight() {
		return a
	}
	return b
}

// worst returns the strongest level among findings, or "".
func worst(findings []Finding) fixtures.Level {
	if len(findings) == 0 {
		return ""
	}
	return slices.MaxFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Level.Weight(), b.Level.Weight()) }).Level
}

// verdictOf is the verdict that the findings of a case add up to. Strict makes a missed should fail.
func verdictOf(findings []Finding, strict bool) Verdict {
	switch worst(findings) {
	case fixtures.Must:
		return Fail
	case fixtures.Should:
		if strict {
			return Fail
		}
		return Warn
	default:
		return Pass
	}
}

// BaselineState says how a case relates to the entry of the baseline that names it.
type BaselineState string

// The states.
const (
	BaselineKnown   BaselineState = "known"   // it differs as the entry says
	BaselineFlaky   BaselineState = "flaky"   // the entry says that its verdict varies
	BaselineChanged BaselineState = "changed" // it differs in another way than the entry says
	BaselineExpired BaselineState = "expired" // it differs as the entry says, past the entry's date
	BaselineStale   BaselineState = "stale"   // it no longer fails
	// BaselineUnjudged is the state of a case that the entry expects to fail and that was skipped.
	BaselineUnjudged BaselineState = "unjudged"
)

// BaselineNote is the entry of the baseline that names a case, and how the case relates to it.
type BaselineNote struct {
	State BaselineState `json:"state"`
	// Entry is the place of the entry, FILE:LINE.
	Entry string `json:"entry"`
	// Was is the fingerprint that the entry expects.
	Was string `json:"was,omitempty"`
	// Until is the last day on which the entry holds, YYYY-MM-DD.
	Until     string `json:"until,omitempty"`
	Reference string `json:"reference,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// LeavesBaseline reports whether the case was skipped though an entry of the baseline expects it to be judged.
func (r *Result) LeavesBaseline() bool {
	return r.Baseline != nil && r.Baseline.State == BaselineUnjudged
}

// How long a fingerprint may become. An invariant's is one of everything that was seen in a run, and
// is compared part by part, so it is kept whole for longer.
const (
	fingerprintParts  = 5
	invariantParts    = 64
	fingerprintPlace  = 120
	fingerprintDetail = 60
)

// Fingerprint names what differs in a case, "" where nothing does: the places of the gravest
// findings with the kind of each difference, sorted and set apart by commas. It has no value that a
// target makes anew each time, so that the same fault has the same fingerprint in every run, with
// every seed. Notes of a lower level beside a failure do not count: mending one is no other failure.
func Fingerprint(r *Result) string {
	level := worst(r.Findings)
	if level != fixtures.Must && level != fixtures.Should {
		return ""
	}
	var parts []string
	for _, f := range r.Findings {
		if f.Level != level {
			continue
		}
		part := Word(PlaceOf(f.Path), fingerprintPlace) + "=" + Word(f.Got.Type(), fingerprintDetail)
		if f.Step > 0 {
			part = strconv.Itoa(f.Step) + ":" + part
		}
		parts = append(parts, part)
	}
	slices.Sort(parts)
	parts = slices.Compact(parts)
	limit := fingerprintParts
	if r.Case.Area() == InvariantArea {
		limit = invariantParts
	}
	if len(parts) > limit {
		h := fnv.New32a()
		_, _ = h.Write([]byte(strings.Join(parts, ",")))
		parts = append(parts[:limit], fmt.Sprintf("+%d~%08x", len(parts)-limit, h.Sum32()))
	}
	text := strings.Join(parts, ",")
	if level == fixtures.Should {
		text = "should:" + text
	}
	return text
}

// Word keeps a text fit for one word of a baseline's line: bounded, without white space or anything
// else that has a meaning there.
func Word(s string, limit int) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if b.Len() >= limit {
			b.WriteString("~")
			break
		}
		switch c := s[i]; {
		case c == ' ':
			b.WriteByte('-')
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("/_.*-~$:", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// A server that refuses everything would pass each case that wants a refusal. The plain request of the
// preflight is the control that such a case needs: the same request without the fault.

// Refusal is what there is to say of an answer that is no success, as far as a compact result keeps it; "" of others.
func Refusal(e Exchanged) string {
	if e.Response == nil || e.Response.Status/100 == 2 {
		return ""
	}
	e.ErrorType, e.Message = owned(e.ErrorType), owned(e.Message)
	return e.Summary()
}

// uninformative is why a refusal is no verdict.
const uninformative = "the target refuses a plain request in the same words, so that this refusal shows nothing"

// DiscardUninformativeRefusal takes back the verdict of a case that the target meets, but for a missed should, with
// nothing but its refusal of the plain request; "" where it takes that.
func (r *Result) DiscardUninformativeRefusal(ofPlain string) {
	judged := r.Verdict == Pass || r.Verdict == Warn || r.Verdict == Fail
	if ofPlain == "" || !judged || verdictOf(r.Findings, false) == Fail || len(r.Exchanges) == 0 {
		return
	}
	for i := range r.Exchanges {
		e := &r.Exchanges[i]
		if e.Step.Request.Operation != reference.SendCommand || Refusal(*e) != ofPlain {
			return
		}
	}
	r.discard(uninformative)
}

// Why a case whose precondition the target does not meet is no verdict.
const (
	needsRefusal    = "the target accepts a request that this case needs refused"
	needsAcceptance = "the target refuses a request that this case needs accepted"
)

// discardWithoutPrecondition takes back the verdict of a case whose precondition the target does not meet: the case that
// asks for it fails. Server errors and missing answers are judged as they are, since no case owns those.
func (r *Result) discardWithoutPrecondition() {
	reason := ""
	for i := range r.Exchanges {
		e := &r.Exchanges[i]
		if e.Err != nil || e.Response == nil || e.Response.Status >= 500 {
			return
		}
		switch {
		case e.Step.Precondition == fixtures.Refused && e.OK():
			reason = needsRefusal
		case e.Step.Precondition == fixtures.Accepted && e.Response.Status/100 == 4:
			reason = needsAcceptance
		}
	}
	if reason != "" {
		r.discard(reason)
	}
}

// Discarded reports whether the case was asked and has no verdict since its answers show nothing, as Reason says.
func (r *Result) Discarded() bool {
	return r.Verdict == Skip && slices.Contains([]string{uninformative, needsRefusal, needsAcceptance}, r.Reason)
}

// discard leaves a case without a verdict; the invariants still hold of its exchanges.
func (r *Result) discard(reason string) {
	r.Verdict, r.Reason, r.Findings, r.Alternatives, r.Outcome = Skip, reason, nil, nil, ""
}
