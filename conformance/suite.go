package conformance

import (
	"fmt"
	"slices"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
)

// WithSuite pins the version of the suite: cases that came later are left out. It goes before what a baseline pins. What a
// case of that version expects is what it expects today: .github/CHANGELOG.md says what changed.
func WithSuite(pin fixtures.Version) Option {
	return func(r *Runner) error {
		v, err := fixtures.ParseVersion(string(pin))
		if err == nil {
			err = v.Check()
		}
		if err != nil {
			return fmt.Errorf("suite %w", err)
		}
		r.settings.suite.Pin = v
		return nil
	}
}

// pin leaves out the cases that came after the version of the suite that the run is pinned to.
func (r *Runner) pin() error {
	s := &r.settings.suite
	if s.Pin == "" && r.settings.baseline != nil {
		s.Pin = r.settings.baseline.Suite()
	}
	if s.Pin == "" {
		return nil
	}
	all := slices.Concat(r.cases, judge.InvariantCases())
	kept := slices.DeleteFunc(slices.Clone(all), r.settings.later)
	s.LeftOut = len(all) - len(kept)
	if !slices.ContainsFunc(kept, func(c *fixtures.Case) bool { return r.selector.Match(c.ID) }) {
		return fmt.Errorf("suite %s: every selected case came later", s.Pin)
	}
	r.cases = slices.DeleteFunc(slices.Clone(r.cases), r.settings.later)
	return nil
}

// later reports whether a case came after the pin.
func (s *settings) later(c *fixtures.Case) bool {
	return s.suite.Pin != "" && c.Since.After(s.suite.Pin)
}
