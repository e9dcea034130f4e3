// Package conformance is sendspec's engine: plan, exchange, judge, report.
//
// It takes cases (package fixtures) and a Target, decides what can be asked (plan.go), sends it
// (run.go, through package wire), has it judged (package judge, which is pure), and hands what it finds to sinks as a
// stream of events (package event; package report has the sinks). It prints nothing and never exits. A fuzzed input is a case
// like any other, so package fuzz goes through the same pipeline.
package conformance
