package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
)

// writeJUnit writes a suite for each area and a test for each case. What is the target's fault is a
// failure, what is ours an error. A run that did not get to its end has an error of its own besides.
func writeJUnit(w io.Writer, r *event.Report, o Options) error {
	suites := junitSuites{Name: "sendspec", Time: seconds(r.Elapsed)}
	if !r.Complete {
		suites.add(incompleteSuite(r))
	}
	for _, a := range r.Areas {
		suite := newSuite(r, "sendspec/"+a.Area)
		var took time.Duration
		for i := range r.Results {
			if r.Results[i].Case.Area() == a.Area {
				suite.add(testcase(r, &r.Results[i], o))
				took += elapsed(&r.Results[i])
			}
		}
		suite.Time = seconds(took)
		suites.add(suite)
	}
	if causes := Causes(r); len(causes) > 0 {
		var b strings.Builder
		style{}.causes(&b, causes)
		suites.Suites[0].SystemOut = &junitOutput{Text: b.String()}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "\t")
	if err := e.Encode(suites); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func newSuite(r *event.Report, name string) junitSuite {
	suite := junitSuite{Name: name, Time: seconds(0), Properties: []junitProperty{
		{"target", clean(r.Target.Name)},
		{"region", clean(r.Target.Region)},
		{"seed", strconv.FormatUint(r.Seed, 10)},
		{"strict", strconv.FormatBool(r.Strict)},
		{"complete", strconv.FormatBool(r.Complete)},
		{"verdict", clean(Verdict(r))},
		{"suite", cmp.Or(clean(r.Suite.String()), "unknown")},
		{"provisional failures", strconv.Itoa(r.Spared())},
		{"failures by evidence", cmp.Or(failuresIn(r).String(), "none")},
	}}
	if !r.Began.IsZero() {
		suite.Timestamp = r.Began.UTC().Format(time.RFC3339)
	}
	return suite
}

func incompleteSuite(r *event.Report) junitSuite {
	suite := newSuite(r, "sendspec/run")
	suite.add(junitCase{
		Name: "complete", Class: "sendspec.run", Time: seconds(0),
		Error: &junitReason{Type: "incomplete", Message: clean(r.Stopped), Text: clean(Verdict(r))},
	})
	return suite
}

func testcase(r *event.Report, res *judge.Result, o Options) junitCase {
	parts := strings.Split(res.Case.ID, "/")
	c := junitCase{
		Name: clean(res.Case.ID), Class: clean("sendspec." + strings.Join(parts[:min(2, len(parts))], ".")), Time: seconds(elapsed(res)),
	}
	why := junitReason{Message: view{}.summary(res), Type: string(res.Verdict)}
	switch presentationIn(res).junit {
	case "failure":
		why.Text = Failure(r.Target, res, rerun(o.Rerun, res))
		c.Failure = &why
	case "error":
		c.Error = &why
	case "skipped":
		c.Skipped = &why
	default:
		if differs(res) {
			c.SystemOut = &junitOutput{Text: Failure(r.Target, res, rerun(o.Rerun, res))}
		}
	}
	return c
}

// summary says in one line what is the matter with a case.
func (v view) summary(r *judge.Result) string {
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

func elapsed(r *judge.Result) time.Duration {
	var d time.Duration
	for i := range r.Exchanges {
		d += r.Exchanges[i].Elapsed
	}
	return d
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }

// The part of JUnit's XML that a run is written in, as junit.xsd has it.

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Time     string       `xml:"time,attr"` // seconds
	Tests    int          `xml:"tests,attr"`
	Errors   int          `xml:"errors,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	ID         int             `xml:"id,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`                // seconds
	Timestamp  string          `xml:"timestamp,attr,omitempty"` // RFC 3339
	Properties []junitProperty `xml:"properties>property"`
	Tested     []junitCase     `xml:"testcase"`
	SystemOut  *junitOutput    `xml:"system-out"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name      string       `xml:"name,attr"`
	Class     string       `xml:"classname,attr"`
	Time      string       `xml:"time,attr"` // seconds
	Skipped   *junitReason `xml:"skipped"`
	Error     *junitReason `xml:"error"`
	Failure   *junitReason `xml:"failure"`
	SystemOut *junitOutput `xml:"system-out"`
}

type junitReason struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",cdata"`
}

type junitOutput struct {
	Text string `xml:",cdata"`
}

func (s *junitSuites) add(suite junitSuite) {
	suite.ID = len(s.Suites)
	s.Suites = append(s.Suites, suite)
	s.Tests, s.Errors, s.Failures = s.Tests+suite.Tests, s.Errors+suite.Errors, s.Failures+suite.Failures
}

func (s *junitSuite) add(c junitCase) {
	s.Tested = append(s.Tested, c)
	s.Tests++
	switch {
	case c.Error != nil:
		s.Errors++
	case c.Failure != nil:
		s.Failures++
	case c.Skipped != nil:
		s.Skipped++
	}
}
