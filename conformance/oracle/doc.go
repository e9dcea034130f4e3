// Package oracle computes what conforms as an answer to a request: from the request and what is known of the
// target's world (its nodes, documents, alarms, roles) to outcomes, a level, and the evidence for both.
//
// It is the reference's validator, and knows what it does not know: where no source tells what AWS does, several
// outcomes conform. fuzz and traffic call it; a test holds it against the fixtures.
package oracle
