package conformance

import "github.com/sendspec/sendspec/reference"

// control is how a target refuses a plain SendCommand that AWS takes. A server that refuses whatever it is
// asked would otherwise pass each case that wants a refusal; the same request without the fault is the control
// that such a case needs.
type control struct{ errorType, message string }

// controlOf is the control of the answer to a plain request: none where the target takes it, as it should.
func controlOf(plain *Exchanged) control { return control{plain.ErrorType, plain.Message} }

// noVerdict is why a result says nothing.
const noVerdict = "the target refuses a plain request in the same words, so that this refusal shows nothing"

// apply takes back the verdict of a case that the target meets with nothing but the refusal of the plain
// request.
func (c control) apply(r Result) Result {
	if c.errorType == "" || r.Verdict != Pass && r.Verdict != Warn || len(r.Exchanges) == 0 {
		return r
	}
	for i := range r.Exchanges {
		e := &r.Exchanges[i]
		if e.Step.Request.Operation != reference.SendCommand || e.ErrorType != c.errorType || e.Message != c.message {
			return r
		}
	}
	r.Verdict, r.Reason, r.Findings, r.Outcome = Skip, noVerdict, nil, ""
	return r
}
