package fuzztest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
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
// A file that is not there yet is an empty one. SENDSPEC_UPDATE_BASELINE=1 writes it before the test begins, with what its
// seeds and a campaign find:
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

// update asks the seeds and a campaign, and writes what they found.
func (k *known) update(session *conformance.Session) error {
	ofSeeds, err := k.ofSeeds(session)
	if err != nil {
		return err
	}
	found, err := fuzz.Run(context.Background(), session, fuzz.Options{Baseline: k.Baseline, Count: updateInputs})
	switch {
	case err != nil:
		return err
	case !found.Complete:
		return fmt.Errorf("baseline %s was not written: %s", k.name, found.Stopped)
	}
	for _, d := range ofSeeds {
		i := slices.IndexFunc(found.Divergences, func(other *fuzz.Divergence) bool { return other.ID == d.ID })
		if i < 0 {
			found.Divergences = append(found.Divergences, d)
		} else if found.Divergences[i].Verdict() != judge.Fail { // a must takes in the same at should, or that varies
			found.Divergences[i] = d
		}
	}
	changes, err := k.Update(found, false)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "sendspec: wrote %s: %s\n", k.name, changes)
	k.Baseline, err = fuzz.ReadBaseline(context.Background(), k.name, time.Now())
	return err
}

// ofSeeds is what the seeds show that the baseline does not list.
func (k *known) ofSeeds(session *conformance.Session) (found []*fuzz.Divergence, err error) {
	asker, err := fuzz.NewAsker(session, k.Baseline)
	if err != nil {
		return nil, err
	}
	for _, seed := range Seeds() {
		_, more, err := asker.Ask(context.Background(), seed)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}
