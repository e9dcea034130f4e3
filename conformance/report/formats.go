package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/nearest"
)

// Format is one form in which the report of a run is written.
type Format struct {
	Name  string // as --report names it
	About string // in a few words
	// Whole tells that it holds answers in full, as far as the run has kept them (conformance.WithWholeAnswers).
	Whole bool
	// Write writes the whole report of a run that has ended, early or not.
	Write func(w io.Writer, r *event.Report, o Options) error
}

// Options are what a report tells besides the run itself.
type Options struct {
	// Rerun is the command line that runs single cases again, without selectors; "" leaves it out.
	Rerun string
	// Version of this program; "" is one built from a working tree.
	Version string
}

// Formats returns every format, in the order in which help texts list them.
func Formats() []Format {
	return []Format{
		{Name: "text", About: "for people, as on the terminal", Write: writeText},
		{Name: "json", About: "for programs; report.schema.json describes it", Write: writeJSON},
		{Name: "junit", About: "JUnit XML, for the test view of a CI system", Write: writeJUnit},
		{Name: "sarif", About: "SARIF 2.1.0, for code scanning", Write: writeSARIF},
		{Name: "csv", About: "for spreadsheets and databases: one line a case", Write: writeCSV},
		{Name: "har", About: "HAR 1.2: every exchange", Write: writeHAR, Whole: true},
		{Name: "markdown", About: "for a step summary or a comment", Write: writeMarkdown},
		{Name: "github", About: "annotations of a GitHub Actions step", Write: writeGitHub},
		{Name: "html", About: "one page for a browser, without network", Write: writeHTML},
	}
}

// FormatNamed returns the format of this name, or an error that lists them.
func FormatNamed(name string) (Format, error) {
	var names []string
	for _, f := range Formats() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Format{}, fmt.Errorf("report format %q: want one of %s%s", name, strings.Join(names, ", "), nearest.Question(name, names))
}
