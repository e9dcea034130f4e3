// Package report turns the events of a run into what people and machines read. It is the last stage of
// the pipeline and decides nothing.
//
// Formats lists the forms of a finished run, one file each: NewFile, NewWriter and NewAppended make an
// event.Sink of a format, which writes when the run has ended, early or not; a run that did not get
// to its end is partial in every format. Text is the sink that tells a run to people as it goes on. How a
// verdict is shown in each format is one line of the table in verdicts.go.
//
// A new format is a file such as csv.go with its test, a line in Formats, the mark by which a reader sees that it is partial
// (TestEveryFormatSaysThatItIsPartial), a golden file (go test ./conformance/report -update), and its name in README.md, under
// "Three uses", which no test looks for. The command line needs nothing.
//
// What comes from a target is hostile: it is bounded and escaped here, and no credential is written.
package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance/atomicfile"
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

// File is a sink that writes one report when the run ends.
type File struct {
	format  Format
	name    string
	options Options
	write   func(render func(io.Writer) error) error
}

// NewFile returns a sink that writes the file whole or not at all.
func NewFile(f Format, name string, o Options) *File {
	return &File{f, name, o, func(render func(io.Writer) error) error { return atomicfile.Write(name, render) }}
}

// NewAppended returns a sink that appends the report to a file, as the step summary of GitHub Actions
// wants it.
func NewAppended(f Format, name string, o Options) *File {
	return &File{f, name, o, func(render func(io.Writer) error) error { return atomicfile.Append(name, render) }}
}

// NewWriter returns a sink that writes the report to w, which messages call name.
func NewWriter(f Format, name string, w io.Writer, o Options) *File {
	return &File{f, name, o, func(render func(io.Writer) error) error {
		buffered := bufio.NewWriter(w)
		return cmp.Or(render(buffered), buffered.Flush())
	}}
}

// Event writes the report when the run ends.
func (f *File) Event(e event.Event) error {
	end, ok := e.(event.Ended)
	if !ok {
		return nil
	}
	if err := f.write(func(w io.Writer) error { return f.format.Write(w, end.Report, f.options) }); err != nil {
		return fmt.Errorf("report %s=%s was not written: %w", f.format.Name, f.name, err)
	}
	return nil
}
