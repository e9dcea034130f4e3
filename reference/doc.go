// Package reference says what SendCommand means: which requests AWS Systems Manager accepts,
// which constraints the others break, in which words AWS says so, and what becomes of a command:
// its statuses and their transitions, counts, aggregation and expiry (Life).
//
// In the pipeline (fixtures, reference <- conformance <- fuzz <- cmd) it is the second book: a
// fixture writes an expectation down, this package computes it, and a test of package
// conformance holds the two against each other. The fuzzer's oracle and the embedded target
// (reference/service) are built on it. It knows nothing of package fixtures.
//
// The structure of requests comes from the SDK's runtime schema, the constraints from the table
// in constraints.go, each with the source it was taken from. AWS checks in this order, and so do
// ValidateJSON and ValidateOperation: the JSON text, the types of all members, then all
// constraints together. What AWS checks after that depends on the account, and is the business
// of reference/service.
package reference
