package fuzz

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// The files of a saved finding, in a folder of its ID.
const (
	findingFile  = "finding.json"  // the divergence, and the case that shows it
	requestFile  = "request.http"  // the request as it goes over the wire; without credentials
	bodyFile     = "body.bin"      // its body alone, byte for byte
	exchangeFile = "exchange.http" // the request and the answer, for people
	curlFile     = "curl.sh"       // a command that sends it
)

// besides are the files of a saved finding beside finding.json.
var besides = []string{requestFile, bodyFile, exchangeFile, curlFile}

// save writes a finding to a folder of its own below dir. In one that is there already only the files of a finding are
// replaced, or taken away: what somebody laid beside them stays. Target is the one that showed it.
func save(dir string, target event.Target, f *Divergence) error {
	files, err := filesOf(target, f)
	if err != nil {
		return fmt.Errorf("finding %s: %w", f.ID, err)
	}
	folder := filepath.Join(dir, f.ID)
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // findings are for everybody to read
		return fmt.Errorf("findings: %w", err)
	}
	for _, name := range append(slices.Clone(besides), findingFile) { // the one that Load reads comes last
		path := filepath.Join(folder, name)
		if content, has := files[name]; has {
			err = atomicfile.Write(path, atomicfile.Bytes(content))
		} else if err = os.Remove(path); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if err != nil {
			return fmt.Errorf("finding %s: %w", f.ID, err)
		}
	}
	f.Folder = folder
	return nil
}

// encode writes a value as JSON for people.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}

func filesOf(target event.Target, f *Divergence) (map[string][]byte, error) {
	result := f.AsResult()
	doc, err := encode(savedDocument{f.document(), f.ubiquitous, report.CaseOf(&result)})
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{findingFile: doc}
	if f.input == nil {
		return files, readBeside(f.Folder, files)
	}
	if len(f.Result.Exchanges) > 0 {
		x := &f.Result.Exchanges[len(f.Result.Exchanges)-1]
		files[requestFile], files[bodyFile] = requestText(target, x.Request), x.Request.Body
		files[exchangeFile] = exchangeText(target, f.Result.Exchanges)
		if curl := wire.Curl(target.URL, target.Region, x.Request); curl != "" && target.URL != "" {
			files[curlFile] = []byte("#!/bin/sh\n" + curl + "\n")
		}
	}
	return files, nil
}

// readBeside adds the files that lie beside a finding in its folder.
func readBeside(folder string, files map[string][]byte) error {
	for _, name := range besides {
		b, err := untrusted.ReadFile(context.Background(), filepath.Join(folder, name), maxFinding)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		files[name] = b
	}
	return nil
}

// requestText is a request as HTTP/1.1 has it.
func requestText(target event.Target, r *wire.Request) []byte {
	_, host, _ := strings.Cut(target.URL, "://")
	return r.Text(cmp.Or(host, "localhost"))
}

func exchangeText(target event.Target, exchanges []judge.Exchanged) []byte {
	var b bytes.Buffer
	for i := range exchanges {
		x := &exchanges[i]
		b.Write(requestText(target, x.Request))
		b.WriteString("\n\n")
		if x.Response != nil {
			fmt.Fprintf(&b, "%s %d\n", x.Response.Proto, x.Response.Status)
			for _, name := range slices.Sorted(maps.Keys(x.Response.Header)) {
				for _, value := range x.Response.Header[name] {
					fmt.Fprintf(&b, "%s: %s\n", name, value)
				}
			}
			b.WriteString("\n")
			b.Write(x.Response.Body)
			b.WriteString("\n\n")
		}
		if x.Err != nil {
			fmt.Fprintf(&b, "no whole answer: %s\n\n", x.Err.Error())
		}
	}
	return b.Bytes()
}

// maxFinding bounds a finding that is read: a request may have a megabyte.
const maxFinding = 16 << 20

// savedDocument is the file of a finding.
type savedDocument struct {
	divergenceDocument
	Ubiquitous bool             `json:"ubiquitous,omitempty"`
	Result     *report.CaseInfo `json:"result,omitempty"` // as a run reports it; older files have none
}

// divergence is a finding as the campaign had it, of the folder that it is in.
func (d *savedDocument) divergence(folder string) *Divergence {
	f := &Divergence{
		ID: d.ID, Fingerprint: d.Fingerprint, What: d.What, Index: d.Index, Seen: d.Seen, Flaky: d.Verdict == judge.Flaky,
		Unconfirmed: d.Unconfirmed, Unshrunk: d.Unshrunk, Killed: d.Killed, Calls: d.Calls, SizeBefore: d.SizeBefore, Size: d.Size,
		Case: d.Case, ubiquitous: d.Ubiquitous, Folder: folder, sent: d.Sent,
	}
	if d.Result != nil {
		f.Result = d.Result.Result()
	}
	return f
}

// Load reads the findings at path: a finding's file, its folder, or a folder of findings.
func Load(ctx context.Context, path string) ([]*Divergence, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("findings: %w", err)
	}
	names := []string{path}
	if info.IsDir() {
		names = inFolders(path, findingFile)
		if own := filepath.Join(path, findingFile); exists(own) {
			names = append(names, own)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("findings: %s has none: want a folder that sendspec fuzz --dir wrote, or a %s in it", path, findingFile)
	}
	slices.Sort(names)
	var all []*Divergence
	for _, name := range names {
		f, err := loadFinding(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// inFolders are the files of this name in the folders of a folder, but for those that an older version of this program
// began and did not end.
func inFolders(dir, name string) []string {
	names, _ := fs.Glob(os.DirFS(dir), "*/"+name) // the pattern is right
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, ".") })
	for i := range names {
		names[i] = filepath.Join(dir, names[i])
	}
	return names
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func loadFinding(ctx context.Context, name string) (*Divergence, error) {
	b, err := untrusted.ReadFile(ctx, name, maxFinding)
	if err != nil {
		return nil, fmt.Errorf("finding: %w", err)
	}
	var saved savedDocument
	d := json.NewDecoder(bytes.NewReader(withFacts(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(&saved); err != nil {
		return nil, fmt.Errorf("finding %s: %w", name, err)
	}
	if saved.Case == nil || saved.ID == "" {
		return nil, fmt.Errorf("finding %s: want an id and a case", name)
	}
	f := saved.divergence(filepath.Dir(name))
	if problem := f.lint(); problem != "" {
		return nil, fmt.Errorf("finding %s: %s", name, problem)
	}
	return f, nil
}

// withFacts is a finding whose case cites facts by their IDs. Until November 2026 a case had its evidence and source in
// full: they are kept as its note.
func withFacts(finding []byte) []byte {
	v, err := jsontree.Parse(finding)
	if err != nil {
		return finding // the decoder says what is wrong
	}
	tc := v.Get("case")
	e := tc.Get("evidence")
	if e == nil || e.Kind != jsontree.Object {
		return finding
	}
	saved := "Saved with the evidence " + string(e.AppendJSON(nil))
	if source := tc.Get("source"); source != nil {
		saved += " of " + string(source.AppendJSON(nil))
	}
	if note := tc.Get("note"); note != nil && note.Kind == jsontree.String {
		saved = note.Text + " " + saved
	}
	tc.Set("note", jsontree.NewString(saved))
	tc.Set("evidence", jsontree.NewString("suite/reference"))
	tc.Remove("source")
	return v.AppendJSON(nil)
}

// lint returns what is wrong with a finding that was read, "" for nothing: its case is held to what a fixture is.
func (f *Divergence) lint() string {
	if level := f.Fingerprint.Level; level != fixtures.Must && level != fixtures.Should && level != fixtures.May {
		return fmt.Sprintf("fingerprint: level %s: want must, should or may", untrusted.Quote(string(level)))
	}
	c := f.replayed()
	c.File = generate.Area + "/replay.json"
	problems := fixtures.Lint([]*fixtures.Case{c})
	if len(problems) == 0 {
		return ""
	}
	return untrusted.Cut(strings.TrimPrefix(problems[0], fmt.Sprintf("%s: %s: ", c.File, c.ID)), 500)
}

// replayed is the case under an ID of its own.
func (f *Divergence) replayed() *fixtures.Case {
	c := *f.Case
	c.ID, c.Since = generate.Area+"/replay/"+f.ID, fixtures.FirstSuite
	return &c
}
