package coverage

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/sendspec/sendspec/reference"
)

// excuse marks the gaps about which the sources leave nothing to ask. A cell that a case fills needs none.
func (r *Row) excuse() {
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.State() != Uncovered {
			continue
		}
		if why := r.excuseOf(c.Name); why != "" {
			c.Reason, c.Missing = why, nil
		}
	}
}

// An excuse is a reason why cells of a row are empty. What it leaves out it does not look at.
type excuse struct {
	Section   Section
	Operation string
	Member    string // or what it begins with, where it ends in *
	Rule      string
	Cells     []string
	Why       string
}

//go:embed excuses.json
var excuseFile []byte

// excuses are few: each is something that the sources do not know, or say to be impossible.
var excuses = sync.OnceValue(func() (all []excuse) {
	if err := json.Unmarshal(excuseFile, &all); err != nil {
		panic(err) // a file of ours
	}
	return all
})

func (r *Row) excuseOf(cell string) string {
	if r.Section == Statuses && cell == demanded && passes(r.Rule) {
		return "it passes: a poll may come too late to see it"
	}
	for _, e := range excuses() {
		if e.covers(r, cell) {
			return e.Why
		}
	}
	return ""
}

func (e *excuse) covers(r *Row, cell string) bool {
	beginning, open := strings.CutSuffix(e.Member, "*")
	return e.Section == r.Section && (e.Operation == "" || e.Operation == r.Operation) &&
		(r.Member == e.Member || open && strings.HasPrefix(r.Member, beginning)) &&
		(e.Rule == "" || e.Rule == r.Rule) && (len(e.Cells) == 0 || slices.Contains(e.Cells, cell))
}

// passes reports whether a status is one on the way to another.
func passes(status string) bool {
	return reference.StatusOf(reference.Details(status)) != "" && !reference.Terminal(reference.Details(status))
}
