package fuzz

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

// campaignFile says, in a folder of findings, of which campaign they are and how far it came.
const campaignFile = "campaign.json"

// notEnded is why a campaign is incomplete that did not live to say it.
const notEnded = "it was killed, or still runs"

type campaignDocument struct {
	header
	Version  string          `json:"version,omitempty"`
	Count    uint64          `json:"count,omitempty"`
	Findings []foundDocument `json:"findings"` // what else is in the folder is of other campaigns
}

// foundDocument names a finding, and says how many inputs showed it: it is saved when it is found.
type foundDocument struct {
	ID   string `json:"id"`
	Seen int    `json:"seen"`
}

// saveCampaign writes down a campaign in its folder, if it has one.
func saveCampaign(dir string, r *CampaignReport) error {
	if dir == "" {
		return nil
	}
	d := campaignDocument{header: r.header(), Version: r.Version, Count: r.Count, Findings: []foundDocument{}}
	for _, f := range r.Divergences {
		d.Findings = append(d.Findings, foundDocument{f.ID, f.Seen})
	}
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // as findings
		return fmt.Errorf("findings: %w", err)
	}
	if err := atomicfile.Write(filepath.Join(dir, campaignFile), atomicfile.Bytes(append(b, '\n'))); err != nil {
		return fmt.Errorf("findings: %w", err)
	}
	return nil
}

// Save writes a campaign and its findings to a folder.
func (r *CampaignReport) Save(dir string) error {
	for _, f := range r.Divergences {
		if err := save(dir, r.Target, f); err != nil {
			return err
		}
	}
	return saveCampaign(dir, r)
}

// part is a campaign read from its folder.
type part struct {
	dir   string
	shard selector.Shard // 1/1 of a whole campaign
	campaignDocument
}

func (p *part) String() string {
	if p.Shard == "" {
		return p.dir
	}
	return "shard " + p.Shard
}

// Merge joins the shards of one campaign, each of them a folder that a campaign wrote, to what one campaign would have
// found; a folder of such folders stands for all that are in it. A divergence that several shards found is there once,
// with the smallest request. The report is incomplete where a shard is missing or was cut short. What is not one
// campaign, since target, seed, strategies, count or version differ, is refused. Known is the baseline, and may be nil: what
// it lists is no finding, whether a shard knew it or not.
func Merge(ctx context.Context, dirs []string, known *Baseline) (*CampaignReport, error) {
	parts, problems, err := readParts(ctx, dirs)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(parts, func(a, b *part) int { return cmp.Compare(a.shard.Index, b.shard.Index) })
	if err := oneCampaign(parts); err != nil {
		return nil, err
	}
	r := joined(parts)
	all := newFindings()
	found, unread, err := readFindings(ctx, parts)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		listed := false
		if listed, f.note = known.knows(&f.Fingerprint); !listed {
			all.join(f)
		}
	}
	r.Divergences, r.Dropped = all.byLevel(), r.Dropped+len(all.dropped)
	r.Stopped = several(slices.Concat(problems, incomplete(parts), unread))
	r.Complete = r.Stopped == ""
	if r.Listed = listedByAny(parts); known != nil {
		known.showed(r.Listed)
		r.Listed = known.listed(r)
	}
	return r, nil
}

// readParts reads the campaigns of folders. A folder that is not there, or that has nothing in it, is a problem and no
// error: its shard may not have come to write anything.
func readParts(ctx context.Context, dirs []string) (parts []*part, problems []string, err error) {
	for _, dir := range dirs {
		files := []string{filepath.Join(dir, campaignFile)}
		if !exists(files[0]) {
			files = inFolders(dir, campaignFile)
		}
		if len(files) == 0 {
			if len(inFolders(dir, findingFile)) > 0 {
				return nil, nil, fmt.Errorf("merge: %s has findings and no %s: nothing says of which campaign they are", dir, campaignFile)
			}
			problems = append(problems, dir+" has no campaign")
		}
		for _, file := range files {
			p, err := readPart(ctx, file)
			if err != nil {
				return nil, nil, err
			}
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return nil, nil, fmt.Errorf("merge: no campaign in %s: want folders that sendspec fuzz --dir wrote", strings.Join(dirs, ", "))
	}
	return parts, problems, nil
}

func readPart(ctx context.Context, file string) (*part, error) {
	p := &part{dir: filepath.Dir(file), shard: selector.Shard{Index: 1, Count: 1}}
	b, err := untrusted.ReadFile(ctx, file, maxFinding)
	if err != nil {
		return nil, fmt.Errorf("merge: %w", err)
	}
	if err := json.Unmarshal(b, &p.campaignDocument); err != nil {
		return nil, fmt.Errorf("merge: %s: %w", file, err)
	}
	if p.Format != format {
		return nil, fmt.Errorf("merge: %s: format %s: want %s", file, untrusted.Quote(p.Format), format)
	}
	if p.Shard != "" {
		if p.shard, err = selector.ParseShard(p.Shard); err != nil {
			return nil, fmt.Errorf("merge: %s: %w", file, err)
		}
	}
	for _, f := range p.Findings {
		if !filepath.IsLocal(f.ID) || filepath.Base(f.ID) != f.ID {
			return nil, fmt.Errorf("merge: %s: finding %s: want the name of a folder beside it", file, untrusted.Quote(f.ID))
		}
	}
	if _, err := parseHash(p.Hash); err != nil {
		return nil, fmt.Errorf("merge: %s: %w", file, err)
	}
	return p, nil
}

// oneCampaign refuses what is not the shards of one campaign, each at most once.
func oneCampaign(parts []*part) error {
	first, before := parts[0], map[int]string{}
	for _, p := range parts {
		for _, x := range []struct {
			what   string
			differ bool
		}{
			{"target", p.Target != first.Target || p.Region != first.Region}, {"seed", p.Seed != first.Seed},
			{"the version of sendspec", p.Version != first.Version}, {"the count of inputs", p.Count != first.Count},
			{"strategies", !slices.Equal(p.Strategies, first.Strategies)}, {"the count of shards", p.shard.Count != first.shard.Count},
		} {
			if x.differ {
				return fmt.Errorf("merge: %s and %s differ in %s: want the shards of one campaign", first.dir, p.dir, x.what)
			}
		}
		if other := before[p.shard.Index]; other == p.dir {
			return fmt.Errorf("merge: %s is there twice", p.dir)
		} else if other != "" {
			return fmt.Errorf("merge: %s and %s are both shard %s", other, p.dir, p.shard)
		}
		before[p.shard.Index] = p.dir
	}
	return nil
}

// joined is the report on all shards but for what they found.
func joined(parts []*part) *CampaignReport {
	first := parts[0]
	r := &CampaignReport{
		Target: event.Target{Name: first.Target, Region: first.Region}, Seed: first.Seed, Strategies: first.Strategies,
		Count: first.Count, Version: first.Version, Coverage: first.Coverage,
	}
	var hash inputsHash
	for _, p := range parts {
		one, _ := parseHash(p.Hash) // which was read
		hash.add(one)
		r.Inputs, r.Skipped, r.Dropped = r.Inputs+p.Inputs, r.Skipped+p.Skipped, r.Dropped+p.Dropped
		r.Coverage.All = max(r.Coverage.All, p.Coverage.All)
		r.Coverage.NotAsked = slices.DeleteFunc(slices.Clone(r.Coverage.NotAsked), func(mark string) bool {
			return !slices.Contains(p.Coverage.NotAsked, mark)
		})
	}
	r.Hash, r.Coverage.Asked = hash.String(), r.Coverage.All-len(r.Coverage.NotAsked)
	return r
}

// listedByAny are the entries of the baseline that the shards had: one that any was shown is known.
func listedByAny(parts []*part) []Listed {
	var all []Listed
	for _, p := range parts {
		if all == nil {
			all = slices.Clone(p.Baseline)
		}
	}
	for i := range all {
		all[i].State = judge.BaselineUnjudged
		for _, p := range parts {
			if j := slices.IndexFunc(p.Baseline, func(l Listed) bool { return l.ID == all[i].ID && l.showed() }); j >= 0 {
				all[i] = p.Baseline[j]
			}
		}
	}
	return all
}

// incomplete says which shards are missing and which did not come to their end.
func incomplete(parts []*part) (problems []string) {
	there := map[int]bool{}
	for _, p := range parts {
		there[p.shard.Index] = true
		if !p.Complete {
			problems = append(problems, fmt.Sprintf("%s: %s (%d inputs)", p, p.Stopped, p.Inputs))
		}
	}
	for i := range parts[0].shard.Count {
		if !there[i+1] {
			problems = append(problems, fmt.Sprintf("shard %d/%d is missing", i+1, parts[0].shard.Count))
		}
	}
	return problems
}

// problemsNamed is how many problems are named: there may be a thousand shards.
const problemsNamed = 5

func several(problems []string) string {
	if more := len(problems) - problemsNamed; more > 0 {
		problems = append(problems[:problemsNamed:problemsNamed], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(problems, "; ")
}

// readFindings reads the findings of all shards, in the order in which one campaign would have come to them: what it could
// not confirm or shrink comes last, since it had no time left. It names those that cannot be read.
func readFindings(ctx context.Context, parts []*part) (found []*Divergence, unread []string, err error) {
	for _, p := range parts {
		for _, one := range p.Findings {
			f, err := loadFinding(ctx, filepath.Join(p.dir, one.ID, findingFile))
			switch {
			case ctx.Err() != nil:
				return nil, nil, ctx.Err()
			case errors.Is(err, fs.ErrNotExist):
				unread = append(unread, fmt.Sprintf("finding %s of %s is gone", one.ID, p.dir))
			case err != nil:
				return nil, nil, err
			default:
				f.Seen = one.Seen
				found = append(found, f)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b *Divergence) int {
		if a.isSure() != b.isSure() {
			return map[bool]int{true: -1, false: 1}[a.isSure()]
		}
		return cmp.Compare(a.Index, b.Index)
	})
	return found, unread, nil
}

// isSure reports whether the campaign had time to ask the finding again and to make it small, and saw it again.
func (f *Divergence) isSure() bool { return !f.Flaky && !f.Unconfirmed && !f.Unshrunk }

// join adds a finding of another shard, or makes it one with the finding that is there. What every request showed in one
// shard takes in no more than the same: where another shard tells causes, a plain request was answered.
func (l *findings) join(f *Divergence) {
	g := l.known(&f.Fingerprint, f.Flaky)
	if g == nil {
		g = l.same(f)
	}
	if g == nil {
		l.add(f)
	} else {
		g.takeIn(f)
	}
	l.forgetUbiquitous()
}

// takeIn makes another sign of a divergence a part of it: first shown by the earlier input, with the smaller request.
func (f *Divergence) takeIn(g *Divergence) {
	seen, index, what := f.Seen+g.Seen, f.Index, f.What
	if g.Index < index {
		index, what = g.Index, g.What
	}
	if g.ID == f.ID && g.Fingerprint.Level == f.Fingerprint.Level && g.isSure() == f.isSure() && g.Size < f.Size {
		*f = *g
	}
	f.Seen, f.Index, f.What = seen, index, what
}
