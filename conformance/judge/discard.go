package judge

import (
	"slices"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
)

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
