package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
)

// maxDocument bounds a report that is read: the largest that a run against an emulator wrote has 7 MB.
const maxDocument = 64 << 20

// ReadDocument reads a JSON report of this version of the format.
func ReadDocument(ctx context.Context, name string) (*Document, error) {
	b, err := untrusted.ReadFile(ctx, name, maxDocument)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	var d Document
	if err := json.Unmarshal(b, &d); err != nil {
		return nil, fmt.Errorf("report %s: no JSON report of sendspec: %w", name, err)
	}
	if d.Format != DocumentFormat {
		return nil, fmt.Errorf("report %s: its format is %q: want %q, which run --json writes", name, clean(d.Format), DocumentFormat)
	}
	for i := range d.Cases {
		if d.Cases[i].ID == "" || d.Cases[i].Verdict == "" {
			return nil, fmt.Errorf("report %s: case %d has no ID or no verdict", name, i+1)
		}
	}
	return &d, nil
}

// WriteDocument writes a JSON report to a file, as a whole.
func WriteDocument(name string, d *Document) error {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(d); err != nil {
		return err
	}
	return writeFile(name, buf.Bytes())
}

// caseLine is what a summary has of a case.
type caseLine struct {
	ID          string           `json:"id"`
	Level       fixtures.Level   `json:"level"`
	Profile     fixtures.Profile `json:"profile"`
	Verdict     judge.Verdict    `json:"verdict"`
	Fingerprint string           `json:"fingerprint,omitempty"`
}

// WriteSummary writes a report without its exchanges, small enough to be kept in a repository: of a
// case it has the verdict and the fingerprint, on one line.
func WriteSummary(name string, d *Document) error {
	short := *d
	short.Cases = []CaseInfo{}
	head, err := json.MarshalIndent(short, "", " ")
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	buf.Write(bytes.TrimSuffix(head, []byte("[]\n}")))
	buf.WriteString("[")
	for i, c := range d.Cases {
		line, err := json.Marshal(caseLine{c.ID, c.Level, c.Profile, c.Verdict, c.Fingerprint})
		if err != nil {
			return err
		}
		if i > 0 {
			buf.WriteString(",")
		}
		buf.WriteString("\n  ")
		buf.Write(line)
	}
	buf.WriteString("\n ]\n}\n")
	return writeFile(name, buf.Bytes())
}
