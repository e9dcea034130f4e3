package fuzztest

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"testing"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/fuzz"
)

// Handler fuzzes an http.Handler that speaks SendCommand: it turns the bytes of go test -fuzz into requests,
// asks the handler, and fails where an answer does not conform, with the smallest request that shows it. What is only a should
// is logged; what WithBaseline lists is passed over.
//
//	func FuzzSendCommand(f *testing.F) { fuzztest.Handler(f, myEmulator) }
//
// go test -run '^$' -fuzz FuzzSendCommand -fuzzminimizetime 10x runs it alone: without -run the other tests of the package
// run first, and a failure among them ends it.
//
// Without -fuzz it asks the seeds, which reach every strategy. Options are those of conformance.New.
func Handler(f *testing.F, h http.Handler, opts ...conformance.Option) {
	f.Helper()
	Target(f, conformance.Target{Handler: h, Name: f.Name()}, opts...)
}

// Target is Handler for a target of which more is known, as its nodes and bindings.
func Target(f *testing.F, target conformance.Target, opts ...conformance.Option) {
	f.Helper()
	// The seed of a run makes up names, which must be the same in every process that fuzzes.
	runner, err := conformance.New(target, append([]conformance.Option{conformance.WithSeed(1)}, opts...)...)
	if err != nil {
		f.Fatal(err)
	}
	ctx := context.Background()
	session, err := runner.Open(ctx)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(session.Close)
	asker, err := fuzz.NewAsker(session, baselineOf(f, session))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range Seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, found, err := asker.Ask(ctx, data)
		switch {
		case err != nil:
			t.Error(err)
		case r.Verdict == judge.Skip:
			t.Skip(r.Reason)
		case r.Verdict == judge.Error:
			t.Errorf("could not be judged: %s", r.Reason)
		}
		for _, d := range found {
			tell(t, session.Started().Target, d)
		}
	})
}

// seeds is how many inputs a fuzz test begins with.
var seeds = 64

// Seeds are the bytes that a fuzz test begins with: enough for an input to draw from.
func Seeds() [][]byte {
	list := make([][]byte, seeds)
	for i := range list {
		for n := range uint64(32) {
			list[i] = binary.BigEndian.AppendUint64(list[i], (uint64(i)<<8+n)*0x9e3779b97f4a7c15)
		}
	}
	return list
}

// tell fails the test, or only logs what is a should.
func tell(t *testing.T, target event.Target, d *fuzz.Divergence) {
	t.Helper()
	r := d.AsResult()
	r.Fingerprint = d.BaselineFingerprint()
	text := fmt.Sprintf("after %s:\n%s", d.What, report.Failure(target, &r, ""))
	if r.Verdict == judge.Warn {
		t.Log(text)
		return
	}
	t.Error(text)
}
