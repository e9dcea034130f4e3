package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/observe"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

type evidenceAddFlags struct{ dir, name string }

func newEvidenceAdd(s Streams) *cobra.Command {
	var f evidenceAddFlags
	c := &cobra.Command{
		Use:   "add FILE",
		Short: "Add recordings of AWS to a checkout, and list the cases that may now be raised",
		Long: `add puts the recordings of sendspec observe, or others of the same form, into the evidence of a checkout: the file
itself, and its entry in sources.json. It refuses a file with a credential or an account ID in it, one that was not
recorded from AWS, and what has been added before.

It judges each recorded answer by its case as it is now, and lists the cases whose kind of evidence or level may be
raised, or a $should in them, or of whose outcomes one is left, and those that are contradicted. Changing them is
up to you: let the fact name the recording, as {"source": NAME, "lines": [LABEL]}. go test ./fixtures/... fails until some
fact does.`,
		Example: `  sendspec observe --aws --region us-east-1 error
  sendspec evidence add observed.jsonl`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c.Context(), s, args[0]) },
	}
	c.Flags().StringVar(&f.dir, "dir", filepath.Join("fixtures", "evidence"), "`FOLDER` of the evidence")
	c.Flags().StringVar(&f.name, "name", "", "`NAME` of the source (default aws-REGION-DATE, or that of the file)")
	return c
}

var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)

func (f *evidenceAddFlags) run(ctx context.Context, s Streams, file string) error {
	b, err := readInput(ctx, s.In, file, maxHAR)
	if err != nil {
		return err
	}
	lines, err := evidence.ReadRecordings(b)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := checkRecordings(file, b, lines); err != nil {
		return err
	}
	cases, err := fixtures.Embedded()
	if err != nil {
		return err
	}
	source, err := f.source(file, lines)
	if err != nil {
		return err
	}
	if err := f.take(source, b); err != nil {
		return err
	}
	raised, contradicted := 0, 0
	for _, c := range observe.Review(lines, cases) {
		line := c.Line()
		switch raises := c.Raises(); {
		case raises != "":
			raised++
			line = fmt.Sprintf("%-11s %s: %s", "raise", c.Case.ID, raises)
		case c.Kind == observe.Agrees:
			continue
		case c.Kind == observe.Contradicts:
			contradicted++
		}
		if _, err := fmt.Fprintln(s.Out, shown(line)); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.Err, "%s: taken in as source %s; cases that may be raised: %d, contradicted: %d\n",
		filepath.Join(f.dir, filepath.FromSlash(source.File)), source.ID, raised, contradicted)
	if o := lines[0].Observation; o != nil && o.Incomplete != "" {
		fmt.Fprintf(s.Err, "the observation is incomplete: %s\n", shown(o.Incomplete))
	}
	return nil
}

// checkRecordings finds what speaks against taking a file in.
func checkRecordings(file string, b []byte, lines []evidence.Recording) error {
	if len(lines) == 0 || len(lines) == 1 && lines[0].Observation != nil {
		return fmt.Errorf("%s: has no recorded call", file)
	}
	masker := observe.NewMasker(ownRedactor(), os.Getenv("AWS_ACCESS_KEY_ID"))
	number := 0
	for line := range bytes.Lines(b) {
		if number++; masker.Private(string(line)) {
			return fmt.Errorf("%s: line %d has a credential, an account ID or a private ARN in it: want it masked, as observe does",
				file, number)
		}
	}
	return checkOrigin(file, lines)
}

// checkOrigin wants recordings of one observation of AWS, or none of any, and to know when it was.
func checkOrigin(file string, lines []evidence.Recording) error {
	for i := range lines {
		o := lines[i].Observation
		switch {
		case o != nil && i > 0:
			return fmt.Errorf("%s: has two observations: want each in a file of its own", file)
		case o == nil && lines[i].Case != "" && lines[0].Observation == nil:
			return fmt.Errorf("%s: the first line of the observation, which says where and when it was made, is missing", file)
		case o == nil:
			continue
		}
		if u, err := url.Parse(o.Endpoint); err != nil || !wire.IsAWSHost(u.Hostname()) {
			return fmt.Errorf("%s: was recorded from %s: want recordings of AWS", file, shown(o.Endpoint))
		}
	}
	if recordedOn(lines) == "" {
		return fmt.Errorf("%s: no line says when it was recorded: want started_at", file)
	}
	return nil
}

// recordedOn is the day of the first call that has one.
func recordedOn(lines []evidence.Recording) string {
	for i := range lines {
		if at := lines[i].StartedAt; !at.IsZero() {
			return at.UTC().Format("2006-01-02")
		}
	}
	return ""
}

func (f *evidenceAddFlags) source(file string, lines []evidence.Recording) (evidence.Source, error) {
	date := recordedOn(lines)
	base := filepath.Base(file)
	source := evidence.Source{ID: strings.TrimSuffix(base, filepath.Ext(base)), Title: "Calls recorded from AWS",
		Unlinked: "the recording is the source", Date: date}
	folder := "recorded"
	if o := lines[0].Observation; o != nil {
		source.ID = strings.ToLower("aws-" + o.Region + "-" + date)
		source.Title = fmt.Sprintf("Calls recorded from AWS, %s, by sendspec observe: %d cases", o.Region, o.Cases)
		folder = "recorded/observed"
	}
	source.ID = cmp.Or(f.name, source.ID)
	if !sourceName.MatchString(source.ID) {
		return source, fmt.Errorf("--name %q: want lower-case letters, digits, dots and hyphens, and no dot or hyphen at the beginning",
			source.ID)
	}
	source.File = folder + "/" + source.ID + ".jsonl"
	return source, nil
}

// take writes the recordings and their entry, both or neither.
func (f *evidenceAddFlags) take(source evidence.Source, recordings []byte) error {
	list := filepath.Join(f.dir, "sources.json")
	before, err := os.ReadFile(list)
	if err != nil {
		return fmt.Errorf("--dir %s: want the evidence of a checkout, with its sources.json: %w", f.dir, err)
	}
	if _, err := evidence.Load(os.DirFS(f.dir)); err != nil {
		return fmt.Errorf("--dir %s: %w", f.dir, err)
	}
	after, err := withSource(before, source)
	if err != nil {
		return fmt.Errorf("%s: %w", list, err)
	}
	if same := sameRecordings(os.DirFS(f.dir), recordings); same != "" {
		return fmt.Errorf("%s: has the same recordings already", filepath.Join(f.dir, filepath.FromSlash(same)))
	}
	file := filepath.Join(f.dir, filepath.FromSlash(source.File))
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s: is there already; want another --name", file)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return err
	}
	if err := atomicfile.Write(file, atomicfile.Bytes(recordings)); err != nil {
		return err
	}
	if err := atomicfile.Write(list, atomicfile.Bytes(after)); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

// sameRecordings is the file of the evidence that has these recordings; "" where none has.
func sameRecordings(folder fs.FS, recordings []byte) string {
	for _, pattern := range []string{"recorded/*", "recorded/observed/*"} {
		names, _ := fs.Glob(folder, pattern) // the patterns are well formed
		for _, name := range names {
			if b, err := fs.ReadFile(folder, name); err == nil && bytes.Equal(b, recordings) {
				return name
			}
		}
	}
	return ""
}

// withSource adds an entry at the end of the list of sources, and leaves the rest as it is written.
func withSource(list []byte, source evidence.Source) ([]byte, error) {
	var parsed struct{ Sources []evidence.Source }
	if err := json.Unmarshal(list, &parsed); err != nil {
		return nil, err
	}
	for _, s := range parsed.Sources {
		if s.ID == source.ID {
			return nil, fmt.Errorf("has a source %s already; want another --name", source.ID)
		}
	}
	end := bytes.LastIndexByte(list, ']')
	last := bytes.LastIndexByte(list[:max(end, 0)], '}')
	if last < 0 {
		return nil, errors.New("want a list of sources")
	}
	b, err := untrusted.CompactJSON(source)
	if err != nil {
		return nil, err
	}
	entry := strings.NewReplacer(`":"`, `": "`, `","`, `", "`).Replace(string(b))
	return []byte(string(list[:last+1]) + ",\n    " + entry + string(list[last+1:])), nil
}
