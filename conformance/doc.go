// Package conformance is sendspec's engine: plan, exchange, judge, report.
//
// It takes cases (package fixtures) and a Target, decides what can be asked (plan.go), sends it
// (run.go, through package wire), compares what came back with what conforms (judge.go, match.go,
// and one check_*.go for each invariant), and hands what it finds to sinks as a stream of events
// (event.go; package report has the sinks). It prints nothing and never exits.
//
// Judge is a pure function: it works on a recorded exchange as well as on a fresh one. A fuzzed
// input is a case like any other, so package fuzz goes through the same pipeline.
package conformance
