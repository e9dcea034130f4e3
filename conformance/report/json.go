package report

import (
	"bytes"
	_ "embed" // of the schema
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

// DocumentFormat names the version of the JSON report. A change that breaks its readers raises it.
const DocumentFormat = "sendspec-report/1"

//go:embed report.schema.json
var documentSchema []byte

// JSONSchema returns the JSON Schema (draft 2020-12) of the JSON report.
func JSONSchema() []byte { return bytes.Clone(documentSchema) }

// writeJSON writes the cases one by one, since all of them together may be many megabytes.
func writeJSON(w io.Writer, r *conformance.Report, _ Options) error {
	v := reader{}
	head, err := untrusted.JSON(v.heading(r))
	if err != nil {
		return err
	}
	head, tail, found := bytes.Cut(head, []byte("\n  \"cases\": []")) // no string has a line break in it
	if !found {
		return errors.New("a report without a list of cases")
	}
	return writeList(w, list{head, "\n  \"cases\": [", "\n    ", "\n  ]", tail}, len(r.Results), indented, 2, func(i int) any { return v.caseInfo(&r.Results[i]) })
}

// list is what stands around the items of a list: before it, its beginning, before each item, its end,
// and what follows.
type list struct {
	head             []byte
	begin, item, end string
	tail             []byte
}

// The printers of lists: of JSON for people, of JSON within a page, and of JSON for programs.
func indented() *untrusted.Printer { return untrusted.NewPrinter(true, false) }
func inHTML() *untrusted.Printer   { return untrusted.NewPrinter(false, true) }
func compact() *untrusted.Printer  { return untrusted.NewPrinter(false, false) }

// writeList writes a document with a list of n items, each of which is printed by itself.
func writeList(w io.Writer, l list, n int, printer func() *untrusted.Printer, depth int, item func(i int) any) error {
	if n == 0 {
		l.end = "]"
	}
	if _, err := w.Write(slices.Concat(l.head, []byte(l.begin))); err != nil {
		return err
	}
	printers := sync.Pool{New: func() any { return printer() }}
	err := writePieces(w, n, func(dst []byte, i int) ([]byte, error) {
		if i > 0 {
			dst = append(dst, ',')
		}
		p := printers.Get().(*untrusted.Printer)
		defer printers.Put(p)
		return p.Append(append(dst, l.item...), item(i), depth)
	})
	if err != nil {
		return err
	}
	_, err = w.Write(slices.Concat([]byte(l.end), l.tail))
	return err
}

// Marshal returns the JSON document of a report. The same seed and the same behaviour give the same
// bytes: no time of the day, duration, UUID or signature stands in it. Durations are in the JUnit, HAR
// and HTML reports.
func Marshal(r *conformance.Report) ([]byte, error) {
	var b bytes.Buffer
	err := writeJSON(&b, r, Options{})
	return b.Bytes(), err
}
