package fuzztest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz"
)

// WithBaseline reads known divergences from a file, as sendspec fuzz --baseline does (fuzz.Baseline has its form): the test
// goes on past them, and fails on what is new.
//
// A file that is not there yet is an empty one. SENDSPEC_UPDATE_BASELINE=1 writes it, with what a campaign finds before the
// test begins:
//
//	SENDSPEC_UPDATE_BASELINE=1 go test -run FuzzSendCommand
func WithBaseline(name string) conformance.Option {
	return func(r *conformance.Runner) error {
		b, err := fuzz.ReadBaseline(context.Background(), name, time.Now())
		if err != nil {
			return err
		}
		return conformance.WithBaseline(known{b, name})(r)
	}
}

// known is a baseline that a session hands to the test; no case of a run is held against it.
type known struct {
	*fuzz.Baseline
	name string
}

func (known) Check([]*fixtures.Case) error { return nil }

func (known) Apply(*judge.Result, bool) {}

func (known) Suite() fixtures.Version { return "" }

// baselineOf is the baseline of the session's options; nil without one.
func baselineOf(f *testing.F, session *conformance.Session) *fuzz.Baseline {
	f.Helper()
	given := session.Baseline()
	if given == nil {
		return nil
	}
	b, ok := given.(known)
	if !ok {
		f.Fatal("a baseline of cases: want one of divergences, fuzztest.WithBaseline")
	}
	// The workers of go test -fuzz begin when the file is written.
	worker := flag.Lookup("test.fuzzworker")
	if os.Getenv(conformancetest.UpdateVariable) == "" || worker != nil && worker.Value.String() == "true" {
		return b.Baseline
	}
	if err := b.update(session); err != nil {
		f.Fatal(err)
	}
	return b.Baseline
}

// updateInputs is how many inputs an update asks.
var updateInputs uint64 = 10_000

// update asks a campaign and writes what it found.
func (k *known) update(session *conformance.Session) error {
	found, err := fuzz.Run(context.Background(), session, fuzz.Options{Baseline: k.Baseline, Count: updateInputs})
	switch {
	case err != nil:
		return err
	case !found.Complete:
		return fmt.Errorf("baseline %s was not written: %s", k.name, found.Stopped)
	}
	changes, err := k.Update(found, false)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "sendspec: wrote %s: %s\n", k.name, changes)
	k.Baseline, err = fuzz.ReadBaseline(context.Background(), k.name, time.Now())
	return err
}
