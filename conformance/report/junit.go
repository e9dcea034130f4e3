package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/sendspec/sendspec/conformance"
)

// writeJUnit writes a suite for each area and a test for each case. What is the target's fault is a
// failure, what is ours an error. A run that did not get to its end has an error of its own besides.
func writeJUnit(w io.Writer, r *conformance.Report, o Options) error {
	suites := junit.Testsuites{Name: "sendspec", Time: seconds(r.Elapsed)}
	if !r.Complete {
		suites.AddSuite(incompleteSuite(r))
	}
	v := newReader(r, true)
	for _, a := range r.Areas {
		suite := newSuite(r, "sendspec/"+a.Area)
		suite.ID = len(suites.Suites)
		var took time.Duration
		for i := range r.Results {
			if r.Results[i].Case.Area() == a.Area {
				suite.AddTestcase(v.testcase(r, &r.Results[i], o))
				took += elapsed(&r.Results[i])
			}
		}
		suite.Time = seconds(took)
		suites.AddSuite(suite)
	}
	suites.Skipped = 0 // the schema has no such attribute here, only on each suite
	if _, err := io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"); err != nil {
		return err
	}
	return suites.WriteXML(w)
}

func newSuite(r *conformance.Report, name string) junit.Testsuite {
	suite := junit.Testsuite{Name: name, Time: seconds(0)}
	if !r.Began.IsZero() {
		suite.SetTimestamp(r.Began.UTC())
	}
	v := newReader(r, true)
	suite.AddProperty("target", v.line(r.Target.Name))
	suite.AddProperty("region", v.line(r.Target.Region))
	suite.AddProperty("seed", strconv.FormatUint(r.Seed, 10))
	suite.AddProperty("strict", strconv.FormatBool(r.Strict))
	suite.AddProperty("complete", strconv.FormatBool(r.Complete))
	suite.AddProperty("verdict", v.line(Verdict(r)))
	return suite
}

func incompleteSuite(r *conformance.Report) junit.Testsuite {
	v, suite := newReader(r, true), newSuite(r, "sendspec/run")
	suite.AddTestcase(junit.Testcase{
		Name: "complete", Classname: "sendspec.run", Time: seconds(0),
		Error: &junit.Result{Type: "incomplete", Message: v.line(r.Stopped), Data: v.line(Verdict(r))},
	})
	return suite
}

func (v reader) testcase(r *conformance.Report, res *conformance.Result, o Options) junit.Testcase {
	parts := strings.Split(res.Case.ID, "/")
	c := junit.Testcase{
		Name: v.line(res.Case.ID), Classname: v.line("sendspec." + strings.Join(parts[:min(2, len(parts))], ".")), Time: seconds(elapsed(res)),
	}
	why := junit.Result{Message: v.summary(res), Type: string(res.Verdict)}
	switch mannerIn(res).junit {
	case failed:
		why.Data = v.known(Failure(r.Target, res, again(o.Again, res)))
		c.Failure = &why
	case errored:
		c.Error = &why
	case skipped:
		c.Skipped = &why
	case passed:
		if differs(res) {
			c.SystemOut = &junit.Output{Data: v.known(Failure(r.Target, res, again(o.Again, res)))}
		}
	}
	return c
}

// summary says in one line what is the matter with a case.
func (v reader) summary(r *conformance.Result) string {
	if len(r.Findings) == 0 {
		return v.line(r.Reason)
	}
	f := r.Findings[0]
	text := v.line(fmt.Sprintf("%swant %s, got %s", where(f), f.Want, f.Got))
	if more := len(r.Findings) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// elapsed is how long a case's exchanges took.
func elapsed(r *conformance.Result) time.Duration {
	var d time.Duration
	for i := range r.Exchanges {
		d += r.Exchanges[i].Elapsed
	}
	return d
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }
