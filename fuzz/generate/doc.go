// Package generate makes the inputs of a campaign: requests of SendCommand, valid and wrong, and what is sent of
// each. The oracle, not the generator, says what conforms as an answer.
//
//	gofuzz.go, values.go                valid requests, filled by gofuzz
//	boundary.go, fault.go               every bound below, at and above it; one fault; several; near misses
//	semantic*.go                        faults that no constraint forbids: a key twice, a document that is not there
//	mutate_json.go, mutate_wire.go      odd JSON, or none; odd HTTP
//	metamorphic.go                      pairs of requests that must get the same verdict
//	sequence*.go                        commands that are sent, listed, asked for and cancelled
package generate
