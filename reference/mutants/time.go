package mutants

import (
	"strconv"
	"time"

	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

const familyTime Family = "time"

const expirySource = "facts.md section 2, ExpiresAfter: RequestedDateTime + TimeoutSeconds + sum of the execution timeouts [recorded]"

// timeMutants are the ways in which RequestedDateTime and ExpiresAfter go wrong.
func timeMutants() []Mutant {
	expiry, requested := []string{"echo/ExpiresAfter"}, []string{"echo/RequestedDateTime"}
	documents := service.Demo("", "").Bindings
	return answerMutants(familyTime, []Profile{Core}, []answerRow{
		{"without-execution", "ExpiresAfter leaves out the execution timeout",
			expirySource, Must, expiry, expiring(func(timeout, _ int64, _ *jsontree.Value) int64 { return timeout })},
		{"without-timeout", "ExpiresAfter leaves out TimeoutSeconds",
			expirySource, Must, expiry, expiring(func(_, execution int64, _ *jsontree.Value) int64 { return execution })},
		{"execution-at-least-5", "ExpiresAfter counts at least the 5 seconds that the agent gives a plugin",
			"facts.md section 2: TimeoutSeconds 30, executionTimeout 2 gives 32; section 4: executionTimeout 2 is accepted (agent minimum 5)", Must, expiry,
			expiring(func(timeout, execution int64, _ *jsontree.Value) int64 { return timeout + max(execution, 5) })},
		{"days-dropped", "ExpiresAfter loses whole days, which the seconds of a duration do not count",
			expirySource, Must, expiry,
			expiring(func(timeout, execution int64, _ *jsontree.Value) int64 { return (timeout + execution) % 86400 })},
		{"by-node", "ExpiresAfter counts the execution timeout for every node",
			expirySource, Must, expiry, expiring(func(timeout, execution int64, r *jsontree.Value) int64 {
				if ids := r.Get("InstanceIds"); ids != nil {
					return timeout + execution*int64(max(1, len(ids.Items)))
				}
				return timeout + execution
			})},
		{"document-default", "ExpiresAfter counts the document's default of a parameter that was not given",
			"facts.md section 2, ExpiresAfter: document default is NOT used, 3600 is [recorded]", Must, expiry,
			expiring(func(timeout, execution int64, r *jsontree.Value) int64 {
				if name := r.Get("DocumentName").Text; execution == 3600 && (name == documents["document.arbitrary"] || name == documents["document.execution"]) {
					return timeout + 5
				}
				return timeout + execution
			})},
		{"default-version", "ExpiresAfter counts the steps of the document's default version whatever DocumentVersion says",
			"model.json: DocumentVersion chooses the version; " + expirySource, Must, expiry,
			expiring(func(timeout, execution int64, r *jsontree.Value) int64 {
				if r.Get("DocumentName").Text == documents["document.versions"] {
					return timeout + 22
				}
				return timeout + execution
			})},
		{"by-name", "ExpiresAfter knows the parameter executionTimeout alone",
			"facts.md section 2, ExpiresAfter: any parameter name referenced by timeoutSeconds [recorded]", Must, expiry,
			expiring(func(timeout, execution int64, r *jsontree.Value) int64 {
				if r.Get("DocumentName").Text == documents["document.arbitrary"] {
					return timeout + 3600
				}
				return timeout + execution
			})},
		{"longest-step", "ExpiresAfter counts only the longest of a document's steps",
			"facts.md section 2, ExpiresAfter: two steps 5+7 => 42 [recorded]", Must, expiry,
			expiring(ofDocument(documents["document.two-steps"], -5))},
		{"every-property", "ExpiresAfter counts every property of a document of schema 1.2",
			"facts.md section 2, ExpiresAfter: only the first property counts [recorded]", Must, expiry,
			expiring(ofDocument(documents["document.properties"], 7))},
		{"number-in-front", "A timeout with more behind its digits counts as its digits",
			"facts.md section 2, ExpiresAfter: unparsable supplied value falls back to 3600", Should, expiry,
			expiring(func(timeout, execution int64, r *jsontree.Value) int64 {
				if v := r.Get("Parameters").Get("t").Index(0); v != nil && len(v.Text) > 1 && v.Text[0] == '7' {
					return timeout + 7
				}
				return timeout + execution
			})},
		{"two-clocks", "ExpiresAfter is counted from a second look at the clock, some milliseconds later",
			"facts.md section 2, ExpiresAfter: ms part identical", Must, expiry,
			answering(func(_, c *jsontree.Value) { shift(c, "ExpiresAfter", 25*time.Millisecond) })},
		{"single-precision", "Times are numbers of single precision, minutes apart",
			"facts.md section 2, Timestamps: a double with milliseconds", Must, expiry, answering(func(_, c *jsontree.Value) {
				for _, name := range []string{"RequestedDateTime", "ExpiresAfter"} {
					f, _ := c.Get(name).Float64()
					set(c, name, epochNumber(float64(float32(f))))
				}
			})},
		{"local-time", "Times are those of a zone, taken for UTC",
			"facts.md section 2, Timestamps: seconds since 1970", Must, requested, answering(func(_, c *jsontree.Value) {
				shift(c, "RequestedDateTime", 2*time.Hour)
				shift(c, "ExpiresAfter", 2*time.Hour)
			})},
		{"milliseconds", "Times are milliseconds since 1970",
			"facts.md section 2, Timestamps: seconds since 1970", Must, requested, answering(func(_, c *jsontree.Value) {
				for _, name := range []string{"RequestedDateTime", "ExpiresAfter"} {
					f, _ := c.Get(name).Float64()
					set(c, name, epochNumber(f*1000))
				}
			})},
		{"expiry-before-request", "ExpiresAfter lies before RequestedDateTime, from which the timeouts were taken away",
			expirySource, Must, []string{"invariant/Command/times", "echo/ExpiresAfter"},
			expiring(func(timeout, execution int64, _ *jsontree.Value) int64 { return -timeout - execution })},
		{"requested-from-request", "A RequestedDateTime in the request is taken over",
			"model.json: SendCommandRequest has no RequestedDateTime; unknown members are ignored (facts.md section 3)", Should, requested,
			answering(func(r, c *jsontree.Value) { copyMember(r, "RequestedDateTime", c, "RequestedDateTime") })},
	})
}

// expiring makes ExpiresAfter lie as many seconds behind RequestedDateTime as expire says, which is
// given what AWS counts for delivery and for execution.
func expiring(expire func(timeout, execution int64, request *jsontree.Value) int64) func() defect {
	return answering(func(request, command *jsontree.Value) {
		timeout, _ := command.Get("TimeoutSeconds").Int64()
		right := secondsBetween(command)
		shift(command, "ExpiresAfter", time.Duration(expire(timeout, right-timeout, request)-right)*time.Second)
	})
}

// ofDocument counts some seconds more for one document.
func ofDocument(name string, more int64) func(timeout, execution int64, request *jsontree.Value) int64 {
	return func(timeout, execution int64, request *jsontree.Value) int64 {
		if request.Get("DocumentName").Text == name {
			execution += more
		}
		return timeout + execution
	}
}

// shift moves a time of a command.
func shift(command *jsontree.Value, name string, by time.Duration) {
	if f, ok := command.Get(name).Float64(); ok && by != 0 {
		set(command, name, epochNumber(f+by.Seconds()))
	}
}

func epochNumber(f float64) jsontree.Value {
	return jsontree.Value{Kind: jsontree.Number, Text: strconv.FormatFloat(f, 'f', 3, 64)}
}
