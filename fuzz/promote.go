package fuzz

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Status is what became of a saved finding.
type Status string

// The statuses.
const (
	Fixed   Status = "fixed"   // the answer conforms now
	Failing Status = "failing" // it differs still, there or elsewhere
	Errored Status = "error"   // it could not be judged
)

// Replay asks the session's target a saved finding again, and says what became of it, and why.
func Replay(ctx context.Context, session *conformance.Session, f *Divergence) (status Status, why string) {
	r := session.RunCase(ctx, f.replayed())
	if r.Verdict == judge.Error || r.Verdict == judge.Skip {
		return Errored, r.Reason
	}
	for _, now := range slices.Concat(r.Findings, r.Invariants()) {
		if f.Fingerprint.Check == now.Check && f.Fingerprint.Place == judge.PlaceOf(now.Path) && now.Level == f.Fingerprint.Level {
			return Failing, fmt.Sprintf("want %s, got %s", now.Want, now.Got)
		}
	}
	if r.Verdict == judge.Fail {
		now := r.Findings[0]
		return Failing, fmt.Sprintf("in another way: %s: want %s, got %s", now.Path, now.Want, now.Got)
	}
	return Fixed, "the answer conforms"
}

// promotedTopic is the topic of fixtures that came from a finding.
const promotedTopic = "FoundByFuzzing"

// Promote writes a saved finding as a fixture below dir, in the layout of the corpus, and returns the file.
// The case is new in this version of the suite, and its evidence is inferred, whatever the rule rests on, until somebody
// has looked at it. Cases that are in the file already stay, and one that asks and expects what another does is not added.
func Promote(ctx context.Context, f *Divergence, dir string) (string, error) {
	area := areaOf(f)
	name := filepath.Join(dir, area, promotedTopic+".json")
	c := promoted(f, area)
	cases, err := promotedBefore(ctx, name, c.ID)
	if err != nil {
		return "", err
	}
	encoded, err := encode(c)
	if err != nil {
		return "", fmt.Errorf("finding %s: %w", f.ID, err)
	}
	same := func(other json.RawMessage) bool { return withoutWords(other) == withoutWords(encoded) }
	if slices.ContainsFunc(cases, same) {
		return name, nil
	}
	content, err := encode(map[string]any{"$schema": "../schema.json", "cases": append(cases, encoded)})
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil { //nolint:gosec // fixtures are for everybody to read
		return "", fmt.Errorf("fixture %s: %w", name, err)
	}
	if err := atomicfile.Write(name, atomicfile.Bytes(content)); err != nil {
		return "", fmt.Errorf("fixture %s: %w", name, err)
	}
	return name, nil
}

// withoutWords is what a case asks and expects, without what it says for people.
func withoutWords(tc json.RawMessage) string {
	var members map[string]json.RawMessage
	if json.Unmarshal(tc, &members) != nil {
		return ""
	}
	for _, name := range []string{"id", "title", "note", "evidence", "source", "since"} {
		delete(members, name)
	}
	b, err := json.Marshal(members)
	if err != nil {
		return ""
	}
	return string(b)
}

// maxFixture bounds the file that a fixture is added to: the largest of the corpus has 200 KB.
const maxFixture = 16 << 20

// promotedBefore are the cases of a file but the one of this ID.
func promotedBefore(ctx context.Context, name, id string) ([]json.RawMessage, error) {
	b, err := untrusted.ReadFile(ctx, name, maxFixture)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("fixture: %w", err)
	}
	var file struct {
		Cases []json.RawMessage `json:"cases"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return nil, fmt.Errorf("fixture %s: %w", name, err)
	}
	var kept []json.RawMessage
	for _, raw := range file.Cases {
		var c struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			return nil, fmt.Errorf("fixture %s: %w", name, err)
		}
		if c.ID != id {
			kept = append(kept, raw)
		}
	}
	return kept, nil
}

// areaOf is the area of the corpus where a finding belongs.
func areaOf(f *Divergence) string {
	r := &f.Case.Steps[0].Request
	switch {
	case len(f.Case.Steps) > 1:
		return "metamorphic"
	case len(r.Headers) > 0 || r.Framing != nil || r.Path != "" || r.Method != "":
		return "wire"
	case strings.HasPrefix(f.Fingerprint.Place, "/"):
		return "echo"
	}
	for _, o := range f.Case.Steps[0].Expect {
		switch o.Name {
		case oracle.Validation.Name:
			return "constraint"
		case oracle.Serialization.Name:
			return "type"
		}
	}
	return "accept"
}

// promoted is the case as the corpus has it: readable bodies, and evidence that says where it comes from.
func promoted(f *Divergence, area string) *fixtures.Case {
	c := *f.Case
	c.ID = area + "/" + promotedTopic + "/" + f.ID
	c.Evidence = append(fixtures.Evidence{"suite/reference"}, c.Evidence...)
	c.Since = fixtures.Suite
	c.Note = strings.TrimSpace("Found by fuzzing (" + f.What + "), and not yet looked at. " + c.Note)
	c.Steps = slices.Clone(c.Steps)
	for i := range c.Steps {
		readable(&c.Steps[i].Request)
	}
	if len(c.Steps) == 1 && c.Steps[0].Name == "" {
		c.Request, c.Expect, c.Steps = &c.Steps[0].Request, c.Steps[0].Expect, nil
	}
	return &c
}

// readable writes a body as JSON or text, where that says the same bytes. A value of a tag becomes the
// nonce, so that the case stays inert and no target knows it by its values.
func readable(r *fixtures.Request) {
	if r.Body == nil || r.Body.Base64 == nil || r.Framing != nil {
		return
	}
	b := r.Body.Base64
	if !utf8.Valid(b) {
		return
	}
	text := strings.ReplaceAll(string(b), "${", "$${")
	r.Body = &fixtures.Body{Text: &text}
	v, err := jsontree.Parse(b)
	if err != nil || v.Kind != jsontree.Object || !bytes.Equal(v.AppendJSON(nil), b) || v.Duplicates() != nil {
		return
	}
	nonce := false
	if targets := v.Get("Targets"); targets != nil {
		for i := range targets.Items {
			key, value := targets.Items[i].Get("Key"), targets.Items[i].Get("Values").Index(0)
			if key != nil && strings.HasPrefix(key.Text, "tag:") && value != nil && value.Kind == jsontree.String {
				*value = jsontree.NewString(generate.Placeholder)
				nonce = true
			}
		}
		if len(targets.Items) > 0 && !nonce {
			return
		}
	}
	out := strings.ReplaceAll(string(v.AppendJSON(nil)), "${", "$${")
	r.Body = &fixtures.Body{JSON: json.RawMessage(strings.ReplaceAll(out, generate.Placeholder, "${nonce}"))}
}
