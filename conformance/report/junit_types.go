package report

import "encoding/xml"

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
