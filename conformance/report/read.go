package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// maxDocument bounds a report that is read: the largest have a few megabytes.
const maxDocument = 512 << 20

// ReadDocument reads a JSON report of this version of the format.
func ReadDocument(name string) (*Document, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	if info.IsDir() || info.Size() > maxDocument {
		return nil, fmt.Errorf("report %s: want a JSON file of at most %d bytes", name, maxDocument)
	}
	b, err := os.ReadFile(name) //nolint:gosec // the user named it
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	var d Document
	if err := json.Unmarshal(b, &d); err != nil {
		return nil, fmt.Errorf("report %s: no JSON report of sendspec: %w", name, err)
	}
	if d.Format != Format {
		return nil, fmt.Errorf("report %s: its format is %q: want %q, which run --json writes", name, clean(d.Format), Format)
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
	return replaceFile(name, buf.Bytes())
}

// Summary is a report without the exchanges, small enough to be kept in a repository: what it says of
// each case that passes is left out but for the verdict.
func Summary(d Document) Document {
	cases := make([]CaseInfo, len(d.Cases))
	for i, c := range d.Cases {
		cases[i] = CaseInfo{ID: c.ID, Level: c.Level, Profile: c.Profile, Verdict: c.Verdict, Fingerprint: c.Fingerprint}
	}
	d.Cases = cases
	return d
}

// Clean makes a text that came from a target, or from a file, fit for one line on a terminal.
func Clean(s string) string { return clean(s) }
