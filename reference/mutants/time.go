package mutants

import (
	"time"

	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	expirySource = "evidence: status/execution-timeout; RequestedDateTime + TimeoutSeconds + sum of the execution timeouts [recorded]"
	epochSource  = "evidence: shape/timestamps; seconds since 1970"
)

// timeMutants are the ways in which RequestedDateTime and ExpiresAfter go wrong.
func timeMutants() []Mutant {
	const expiry, requested = "echo/ExpiresAfter", "echo/RequestedDateTime"
	arbitrary, execution, versions := demo("document.arbitrary"), demo("document.execution"), demo("document.versions")
	// more counts some seconds more for a document; instead, so many in the place of the execution timeouts.
	more := func(document string, n int64) answer {
		return sent(asked(has("DocumentName", document), expires(func(timeout, execution int64) int64 { return timeout + execution + n })))
	}
	instead := func(n int64, when condition) answer {
		return sent(asked(when, expires(func(timeout, _ int64) int64 { return timeout + n })))
	}
	bothTimes := func(change func(f float64) float64) answer {
		return sent(shift("RequestedDateTime", change), shift("ExpiresAfter", change))
	}
	return []Mutant{
		{"time/without-execution", "ExpiresAfter leaves out the execution timeout", expirySource, Must, expiry,
			sent(expires(func(timeout, _ int64) int64 { return timeout }))},
		{"time/without-timeout", "ExpiresAfter leaves out TimeoutSeconds", expirySource, Must, expiry,
			sent(expires(func(_, execution int64) int64 { return execution }))},
		{"time/execution-at-least-5", "ExpiresAfter counts at least the 5 seconds that the agent gives a plugin",
			"evidence: expiry/execution-timeout; TimeoutSeconds 30, executionTimeout 2 gives 32; " +
				"section 4: executionTimeout 2 is accepted (agent minimum 5)",
			Must, expiry, sent(expires(func(timeout, execution int64) int64 { return timeout + max(execution, 5) }))},
		{"time/days-dropped", "ExpiresAfter loses whole days, which the seconds of a duration do not count", expirySource, Must, expiry,
			sent(expires(func(timeout, execution int64) int64 { return (timeout + execution) % 86400 }))},
		{"time/by-node", "ExpiresAfter counts the execution timeout for every node", expirySource, Must, expiry,
			sent(func(c *call, v *jsontree.Value) {
				nodes := max(1, number(v, "TargetCount"))
				expires(func(timeout, execution int64) int64 { return timeout + execution*nodes })(c, v)
			})},
		{"time/document-default", "ExpiresAfter counts the document's default of a parameter that was not given",
			"evidence: expiry/parameter-omitted; document default is NOT used, 3600 is [recorded]", Must, expiry,
			sent(asked(has("DocumentName", arbitrary, execution), expires(func(timeout, execution int64) int64 {
				if execution == 3600 {
					execution = 5
				}
				return timeout + execution
			})))},
		{"time/default-version", "ExpiresAfter counts the steps of the document's default version, not those of DocumentVersion",
			"service model: DocumentVersion chooses the version; " + expirySource, Must, expiry,
			instead(22, has("DocumentName", versions))},
		{"time/by-name", "ExpiresAfter knows the parameter executionTimeout alone",
			"evidence: expiry/parameter-supplied; any parameter name referenced by timeoutSeconds [recorded]", Must, expiry,
			instead(3600, has("DocumentName", arbitrary))},
		{"time/longest-step", "ExpiresAfter counts only the longest of a document's steps",
			"evidence: expiry/steps; two steps 5+7 => 42 [recorded]", Must, expiry, more(demo("document.two-steps"), -5)},
		{"time/every-property", "ExpiresAfter counts every property of a document of schema 1.2",
			"evidence: expiry/first-property; only the first property counts [recorded]", Must, expiry,
			more(demo("document.properties"), 70)},
		{"time/last-property", "ExpiresAfter counts the last property of a document of schema 1.2", "evidence: expiry/first-property",
			Must, expiry, more(demo("document.properties-reversed"), 5-70)},
		{"time/first-step-of-2.0", "ExpiresAfter counts the first step of a document of schema 2.0 alone, as of schema 1.2",
			"evidence: expiry/schema-2.0", Must, expiry, more(demo("document.schema-2.0"), -70)},
		{"time/number-in-front", "A timeout with more after its digits counts as its digits",
			"evidence: expiry/unparsable; unparsable supplied value falls back to 3600", Should, expiry,
			instead(7, some("Parameters.t[]", matching("^7.")))},
		{"time/two-clocks", "ExpiresAfter is counted from a second look at the clock, some milliseconds later",
			"evidence: expiry/sum; ms part identical", Must, expiry, sent(shift("ExpiresAfter", later(25*time.Millisecond)))},
		{"time/single-precision", "Times are numbers of single precision, minutes apart",
			"evidence: echo/RequestedDateTime; a double with milliseconds", Must, expiry,
			bothTimes(func(f float64) float64 { return float64(float32(f)) })},
		{"time/local-time", "Times are those of a zone, taken for UTC", epochSource, Must, requested, bothTimes(later(2 * time.Hour))},
		{"time/milliseconds", "Times are milliseconds since 1970", epochSource, Must, requested,
			bothTimes(func(f float64) float64 { return f * 1000 })},
		{"time/expiry-before-request", "ExpiresAfter lies before RequestedDateTime, from which the timeouts were taken away",
			expirySource, Must, "invariant/Command/times echo/ExpiresAfter",
			sent(expires(func(timeout, execution int64) int64 { return -timeout - execution }))},
		{"time/requested-from-request", "A RequestedDateTime in the request is taken over",
			"evidence: echo/no-extra-members; service model: SendCommandRequest has no RequestedDateTime; unknown members are ignored",
			Should, requested, sent(asGiven("RequestedDateTime"))},
	}
}

// expires makes ExpiresAfter lie as many seconds after RequestedDateTime as expire says, which is
// given what AWS counts for delivery and for execution.
func expires(expire func(timeout, execution int64) int64) edit {
	return func(c *call, command *jsontree.Value) {
		timeout, right := number(command, "TimeoutSeconds"), lifetime(command)
		shift("ExpiresAfter", later(time.Duration(expire(timeout, right-timeout)-right)*time.Second))(c, command)
	}
}

// shift moves a time.
func shift(name string, change func(f float64) float64) edit {
	return func(_ *call, v *jsontree.Value) {
		if f, ok := v.Get(name).Float64(); ok {
			set(v, name, decimal(change(f)))
		}
	}
}

func later(by time.Duration) func(f float64) float64 {
	return func(f float64) float64 { return f + by.Seconds() }
}
