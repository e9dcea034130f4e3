package report

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/untrusted"
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

// WriteDocument writes a JSON report to a file, whole or not at all.
func WriteDocument(name string, d *Document) error {
	b, err := untrusted.JSON(d)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(name, atomicfile.Bytes(b)); err != nil {
		return fmt.Errorf("report %s: %w", name, err)
	}
	return nil
}

// WriteSummary writes a report without its exchanges, small enough to be kept in a repository: the verdict and
// the fingerprint of each case.
func WriteSummary(name string, d *Document) error {
	short := *d
	short.Cases = make([]CaseInfo, len(d.Cases))
	for i, c := range d.Cases {
		short.Cases[i] = CaseInfo{ID: c.ID, Level: c.Level, Profile: c.Profile, Verdict: c.Verdict, Fingerprint: c.Fingerprint}
	}
	return WriteDocument(name, &short)
}
