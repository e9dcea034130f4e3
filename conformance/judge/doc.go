// Package judge says whether an answer conforms. It is pure: it sends nothing, keeps nothing, and works on a recorded
// exchange as well as on a fresh one.
//
// In the pipeline it comes after package wire, which exchanges, and before the sinks of package conformance, which
// report. Read parses an answer once (answer.go). Judge compares the exchanges of a case with its outcomes (judge.go,
// match.go, operators.go) and with the invariants, which hold of any answer (by subject in check_*.go, listed in check.go;
// invariants.go is what a run makes of them). What differs is a Finding (finding.go), of which Fingerprint makes the text that baselines
// have.
package judge
