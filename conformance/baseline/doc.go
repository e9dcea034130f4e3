// Package baseline holds what is known already of how a target differs, so that a gate in CI fails
// only on what is new.
//
// It comes after the judge: conformance.WithBaseline holds every result against a File, which turns
// a known failure into the verdict known, and a known failure that no longer fails into fixed.
//
// A file has an entry a line, and keeps its comments and its order when it is updated:
//
//	# SELECTOR FINGERPRINT [until=YYYY-MM-DD] [ref=WHERE] [# reason]
//	constraint/Comment/above-max   status=200                  # lengths are not looked at
//	echo/Status                    /Command/Status=string      until=2027-03-31 ref=#4711
//	lifecycle/List/after-cancel    flaky                       # depends on the scheduler
//
// The selector is of the grammar of run, without ! and @. Every case that it picks must fail, and in
// the way that the fingerprint says (judge.Result has it, and so have the reports): one that
// passes makes the entry stale, one that fails in another way is a new failure. So an entry hides
// nothing that its author did not see.
//
// A line suite=1.0 before the entries pins the version of the suite: cases that came later are left out, until somebody
// raises it. A file without one takes every case.
//
// The fingerprint flaky names cases whose verdict varies. Such a case may pass or fail in any way: that
// is the price, so use it only for a case that nobody can mend now.
// An update writes it for what its runs (Runs) saw vary, and says what that was; it never takes one out.
package baseline
