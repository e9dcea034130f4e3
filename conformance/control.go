package conformance

import "github.com/sendspec/sendspec/reference"

// A server that refuses whatever it is asked would pass each case that wants a refusal. The plain request of the
// preflight is the control that such a case needs: the same request without the fault.

// refusal is what there is to say of an answer that is no success, as far as a settled result keeps it; "" of others.
func refusal(e Exchanged) string {
	if e.Response == nil || e.Response.Status/100 == 2 {
		return ""
	}
	e.ErrorType, e.Message = owned(e.ErrorType, keptText), owned(e.Message, keptText)
	return e.summary()
}

// showsNothing is why a result is no verdict.
const showsNothing = "the target refuses a plain request in the same words, so that this refusal shows nothing"

// controlled takes back the verdict of a case that the target meets, but for a missed should, with nothing but its
// refusal of the plain request.
func (p *Preflight) controlled(r Result) Result {
	judged := r.Verdict == Pass || r.Verdict == Warn || r.Verdict == Fail
	if p.Refusal == "" || !judged || verdictOf(r.Findings, false) == Fail || len(r.Exchanges) == 0 {
		return r
	}
	for i := range r.Exchanges {
		e := &r.Exchanges[i]
		if e.Step.Request.Operation != reference.SendCommand || refusal(*e) != p.Refusal {
			return r
		}
	}
	r.Verdict, r.Reason, r.Findings, r.Outcome = Skip, showsNothing, nil, ""
	return r
}
