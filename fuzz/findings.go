package fuzz

import (
	"slices"

	"github.com/sendspec/sendspec/fixtures"
)

// findings are the distinct divergences of a campaign.
type findings struct {
	found   []*Divergence
	byKey   map[string][]*Divergence
	dropped map[string]bool // IDs of those for which there was no room
}

// mostFindings bounds how many distinct findings a campaign keeps; there may be more.
const mostFindings = 400

func newFindings() findings {
	return findings{byKey: map[string][]*Divergence{}, dropped: map[string]bool{}}
}

func (l *findings) full() bool { return len(l.found) >= mostFindings }

// add adds a finding that is not known, and drops those that it tells better. It reports whether there was room.
func (l *findings) add(f *Divergence) bool {
	l.forget(f)
	f.ID = f.Fingerprint.id()
	if l.full() {
		if len(l.dropped) < 10*mostFindings {
			l.dropped[f.ID] = true
		}
		return false
	}
	l.found = append(l.found, f)
	l.byKey[f.Fingerprint.key()] = append(l.byKey[f.Fingerprint.key()], f)
	return true
}

// byLevel are the findings, those of level must first.
func (l *findings) byLevel() []*Divergence {
	list := slices.Clone(l.found)
	slices.SortStableFunc(list, func(a, b *Divergence) int { return b.Fingerprint.Level.Weight() - a.Fingerprint.Level.Weight() })
	return list
}

// known returns the finding that a fingerprint is one more sign of, nil where it is new. A finding that did not show
// again takes in only what did not, either (flaky): it is no reason to leave the next unasked.
func (l *findings) known(f *fingerprint, flaky bool) *Divergence {
	for _, g := range l.byKey[f.key()] {
		sure := g.Fingerprint.Level == f.Level || g.Fingerprint.Level == fixtures.Must
		if sure && (flaky || !g.Flaky) && subset(g.Fingerprint.Causes, f.Causes) {
			return g
		}
	}
	return nil
}

// forget drops what a finding tells better: the same divergence at a weaker level, or not shown again.
func (l *findings) forget(f *Divergence) {
	worse := func(g *Divergence) bool {
		if g.Fingerprint.key() != f.Fingerprint.key() || !subset(f.Fingerprint.Causes, g.Fingerprint.Causes) {
			return false
		}
		if g.Fingerprint.Level == f.Fingerprint.Level {
			return g.Flaky && !f.Flaky
		}
		return f.Fingerprint.Level == fixtures.Must && (g.Flaky || !f.Flaky)
	}
	key := f.Fingerprint.key()
	l.found = slices.DeleteFunc(l.found, worse)
	l.byKey[key] = slices.DeleteFunc(l.byKey[key], worse)
}

// same returns the finding that a new one is another sign of, where its fingerprint alone does not tell: a failure
// that shows on every input and has come back, or that was gone when it was asked again; or one whose causes are all
// that its input has, since it was not made smaller, and shares one.
func (l *findings) same(f *Divergence) *Divergence {
	key := f.Fingerprint.key()
	for _, g := range l.found {
		if g.ubiquitous && g.Fingerprint.key() == key && (f.ubiquitous || f.Flaky) {
			if f.ubiquitous {
				l.byKey[key] = append(l.byKey[key], g)
			}
			return g
		}
	}
	if !f.Unconfirmed && !f.Unshrunk && !f.Flaky {
		return nil
	}
	for _, g := range l.byKey[key] {
		shares := slices.ContainsFunc(f.Fingerprint.Causes, func(cause string) bool { return slices.Contains(g.Fingerprint.Causes, cause) })
		if g.Fingerprint.Level == f.Fingerprint.Level && shares && (g.Flaky || !f.Flaky) {
			return g
		}
	}
	return nil
}

// forgetUbiquitous forgets the failures that every request showed, since a plain request shows none any more: what fails
// from now on has causes of its own.
func (l *findings) forgetUbiquitous() {
	for key, list := range l.byKey {
		l.byKey[key] = slices.DeleteFunc(list, func(f *Divergence) bool { return f.ubiquitous })
	}
}
