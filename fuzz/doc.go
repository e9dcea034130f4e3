// Package fuzz finds what no fixture thought of, and hands over the smallest request that shows it.
//
// In the pipeline (fixtures, reference <- conformance <- fuzz <- cmd) it takes the place that the
// corpus has in a run: it makes cases without end. A fuzzed input is a fixtures.Case like any other, but that its
// outcomes are computed by the reference and not written by hand:
//
//	generate/                             inputs and their mutations
//	conformance/oracle                    what conforms: the outcomes, and how sure they are
//	campaign.go, batch.go, liveness.go    asks the inputs, in batches, and checks that the target still answers
//	finding.go, fingerprint.go, shrink.go the smallest request of each distinct divergence
//	corpus.go, promote.go, merge.go       findings as files, asked again, turned into fixtures, joined
//
// An input depends on the seed and its index alone, so that the same seed sends the same bytes whatever
// the order in which they are sent. Package fuzztest lets go test -fuzz drive the same generators.
//
// The oracle is the reference's validator, and knows what it does not know: where no source tells what
// AWS does, only what is certain is asked (an answer of 2xx or 4xx, and the invariants). What
// breaks a semantic rule is refused as surely as the fixtures say. Where an input's meaning
// depends on a part of the target's world that nobody described (documents, nodes, roles, buckets),
// every declared error that is plausible conforms.
package fuzz
