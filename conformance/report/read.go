package report

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// maxDocument bounds a report that is read: the largest that a run against an emulator wrote has 7 MB.
const maxDocument = 64 << 20

// ReadDocument reads a JSON report. One of version 1 is returned as one of this version.
func ReadDocument(ctx context.Context, name string) (*Document, error) {
	b, err := untrusted.ReadFile(ctx, name, maxDocument)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	var d Document
	var head struct {
		Format string `json:"format"`
	}
	err = json.Unmarshal(b, &head)
	switch {
	case err != nil:
	case head.Format == DocumentFormat:
		err = json.Unmarshal(b, &d)
	case head.Format == documentFormat1:
		err = d.unmarshal1(b)
	default:
		return nil, fmt.Errorf("report %s: its format is %q: want %q, which run --json writes", name, clean(head.Format), DocumentFormat)
	}
	if err != nil {
		return nil, fmt.Errorf("report %s: no JSON report of sendspec: %w", name, err)
	}
	for i := range d.Cases {
		if d.Cases[i].ID == "" || d.Cases[i].Verdict == "" {
			return nil, fmt.Errorf("report %s: case %d has no ID or no verdict", name, i+1)
		}
	}
	return &d, nil
}

// unmarshal1 reads version 1. The last of its reports have the IDs of facts; those before them have the kind alone, and
// of cases that differ only.
func (d *Document) unmarshal1(b []byte) error {
	var old struct {
		*Document
		Cases []struct {
			CaseInfo
			Evidence struct {
				Facts []string      `json:"facts"`
				Kind  evidence.Kind `json:"kind"`
			} `json:"evidence"`
		} `json:"cases"`
	}
	old.Document = d
	if err := json.Unmarshal(b, &old); err != nil {
		return err
	}
	d.Format, d.Failures, d.Facts, d.Cases = DocumentFormat, Failures{}, map[string]FactInfo{}, make([]CaseInfo, len(old.Cases))
	for i, c := range old.Cases {
		c.CaseInfo.Kind, c.CaseInfo.Evidence = c.Evidence.Kind, c.Evidence.Facts
		d.Cases[i] = c.CaseInfo
		d.Failures.add(c.Verdict, c.Evidence.Kind)
		addFacts(d.Facts, c.Evidence.Facts)
	}
	return nil
}

// WriteDocument writes a JSON report to a file, whole or not at all.
func WriteDocument(name string, d *Document) error {
	if err := atomicfile.Write(name, func(w io.Writer) error { return untrusted.WriteJSON(w, d) }); err != nil {
		return fmt.Errorf("report %s: %w", name, err)
	}
	return nil
}

// WriteSummary writes a report without its exchanges, small enough to be kept in a repository: the verdict, the kind of
// evidence and the fingerprint of each case.
func WriteSummary(name string, d *Document) error {
	short := *d
	short.Facts, short.Causes = nil, nil
	short.Cases = make([]CaseInfo, len(d.Cases))
	for i, c := range d.Cases {
		short.Cases[i] = CaseInfo{ID: c.ID, Level: c.Level, Profile: c.Profile, Verdict: c.Verdict,
			Fingerprint: c.Fingerprint, Kind: c.Kind}
	}
	return WriteDocument(name, &short)
}
