package report

import (
	"bytes"
	"io"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

// DocumentFormat names the version of the JSON report. A change that breaks its readers raises it. Version 1, in which
// a case has its evidence whole, is read, too.
const (
	DocumentFormat  = "sendspec-report/2"
	documentFormat1 = "sendspec-report/1"
)

func writeJSON(w io.Writer, r *event.Report, _ Options) error {
	return untrusted.WriteJSON(w, view{}.document(r))
}

// Marshal returns the JSON document of a report. The same seed and the same behaviour give the same
// bytes: it holds no time of day, duration, UUID or signature. Durations are in the JUnit, HAR and
// HTML reports.
func Marshal(r *event.Report) ([]byte, error) {
	var b bytes.Buffer
	err := writeJSON(&b, r, Options{})
	return b.Bytes(), err
}
