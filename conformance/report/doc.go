// Package report turns the events of a run into what people and machines read. Each format is one
// adapter, a conformance.Sink; it is the last stage of the pipeline and decides nothing.
//
// What comes from a target is hostile: it is bounded and escaped here, and no credential is written.
package report
