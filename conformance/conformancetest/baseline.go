package conformancetest

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/fixtures"
)

// UpdateVariable is the environment variable that makes WithBaseline write the file:
//
//	SENDSPEC_UPDATE_BASELINE=1 go test -run TestSSM
const UpdateVariable = "SENDSPEC_UPDATE_BASELINE"

// WithBaseline reads known divergences from a file (package baseline tells its form). The subtest of a
// case that fails as the file says is skipped; that of a case that no longer fails fails until the
// entry is taken out. An entry that matches no case fails the test at once.
//
// A file that is not there yet is an empty one. Only SENDSPEC_UPDATE_BASELINE=1 writes it: the failures
// of that run fail once more, and are known from the next run on.
func WithBaseline(name string) conformance.Option {
	return func(r *conformance.Runner) error {
		f, err := baseline.Read(context.Background(), name, time.Now())
		if err != nil {
			return err
		}
		if os.Getenv(UpdateVariable) == "" {
			return conformance.WithBaseline(f)(r)
		}
		u := updater{f, name}
		if err := conformance.WithBaseline(u)(r); err != nil {
			return err
		}
		return conformance.WithSink(u)(r)
	}
}

// updater is a baseline that is written when the run ends.
type updater struct {
	*baseline.File
	name string
}

// Check takes out what picks no case: an update follows the corpus as well.
func (u updater) Check(cases []*fixtures.Case) error {
	u.Prune(cases)
	return u.File.Check(cases)
}

// Event writes the file when a run ends that was not cut short.
func (u updater) Event(e event.Event) error {
	end, ok := e.(event.Ended)
	if !ok || !end.Report.Complete {
		return nil
	}
	var runs baseline.Runs
	runs.Add(end.Report.Results)
	if pin := end.Report.Suite.Pin; pin != "" {
		u.Pin(pin)
	}
	u.Update(&runs)
	if err := u.Save(); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "sendspec: wrote %s\n", u.name)
	return nil
}
