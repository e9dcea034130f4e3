// Package probe asks a target single requests beside the cases: what it is and what it has before the first of them
// (Preflight, CheckGiven), whether it is up yet (Wait) and still answers (Liveness), and when it may be asked again
// (ThrottleRetrier).
//
// It comes between package wire, through which it asks, and package conformance, which asks the cases. It judges
// nothing but what is needed to go on.
package probe
