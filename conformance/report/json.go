package report

import (
	"bytes"
	_ "embed" // of the schema
	"encoding/json"
	"io"

	"github.com/sendspec/sendspec/conformance"
)

// DocumentFormat names the version of the JSON report. A change that breaks its readers raises it.
const DocumentFormat = "sendspec-report/1"

//go:embed report.schema.json
var documentSchema []byte

// JSONSchema returns the JSON Schema (draft 2020-12) of the JSON report.
func JSONSchema() []byte { return bytes.Clone(documentSchema) }

func writeJSON(w io.Writer, r *conformance.Report, _ Options) error {
	b, err := Marshal(r)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// Marshal returns the JSON document of a report. The same seed and the same behaviour give the same
// bytes: no time of the day, duration, UUID or signature stands in it. Durations are in the JUnit, HAR
// and HTML reports.
func Marshal(r *conformance.Report) ([]byte, error) {
	return encode(newReader(r, false).document(r))
}

// encode writes indented JSON in which every character prints.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return inJSON(buf.Bytes()), nil
}
