package conformance_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

// killsFile names for each mutant a case that it falls to and, each with one mutant, all other cases that notice one.
// It is no expectation: what it says is asked for, and what it does not say is searched. make mutants writes it.
const killsFile = "testdata/kills.tsv"

// knownKills are the cases of killsFile by mutant.
func knownKills(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(killsFile)
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	known := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		mutant, cases, _ := strings.Cut(strings.TrimSpace(line), "\t")
		known[mutant] = strings.Fields(cases)
	}
	return known
}

// wholeMatrix reports whether every mutant is asked every case.
func wholeMatrix() bool { return *matrixFile != "" }

// quarter is a quarter of the cases, and all in the long run and where the matrix is whole.
func quarter(cases []*fixtures.Case) []*fixtures.Case {
	if wholeMatrix() {
		return cases
	}
	return sampled(cases, 4)
}

// hunt looks for the cases that notice a mutant.
type hunt struct {
	cases map[fixtures.Profile][]*fixtures.Case
	sent  bodies
	first map[string][]string // the cases that a mutant is asked first

	mu      sync.Mutex
	asked   int
	kills   map[string][]string // the mutants that a case noticed
	killers map[string]string   // the case that a mutant fell to
}

// any picks all cases in which a mutant can show.
func (h *hunt) any(m mutants.Mutant, expected func(id string) bool) func(c *fixtures.Case) bool {
	return func(c *fixtures.Case) bool { return expected(c.ID) || !h.sent.heavy(c) && h.sent.canShow(m, c) }
}

// expected are the cases that should notice a mutant.
func expected(t *testing.T, m mutants.Mutant) func(id string) bool {
	picks, err := selector.Parse(m.Expect(), nil)
	require.NoError(t, err)
	return picks.Match
}

// kill fails the test if no case notices the mutant at its level.
func (h *hunt) kill(t *testing.T, m mutants.Mutant) {
	picked := expected(t, m)
	found := h.noticers(t, m, picked)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked++
	for id := range found {
		h.kills[id] = append(h.kills[id], m.Name)
	}
	killers := found.atLevel(m.Level)
	if len(killers) == 0 {
		t.Errorf("survives at %s: %s (%s)", m.Level, m.Wrong, m.Source)
		return
	}
	h.killers[m.Name] = killers[max(0, slices.IndexFunc(killers, picked))]
	if !picked(h.killers[m.Name]) {
		t.Logf("killed by %s, not by %v", killers[0], m.Expect())
	}
}

// noticers are the cases that notice a mutant: all, if the matrix is whole, and else the first found of those that
// killsFile names, those that should, and all.
func (h *hunt) noticers(t *testing.T, m mutants.Mutant, expected func(id string) bool) noticed {
	if m.NeedsConnection() {
		return askOverConnections(t, m, h.onWire())
	}
	if !wholeMatrix() {
		first := h.first[m.Name]
		if slices.ContainsFunc(first, ofAllAnswers) {
			return h.ask(t, m, func(c *fixtures.Case) bool { return slices.Contains(first, c.ID) || h.any(m, expected)(c) })
		}
		for _, pick := range []func(id string) bool{func(id string) bool { return slices.Contains(first, id) }, expected} {
			if found := h.ask(t, m, func(c *fixtures.Case) bool { return pick(c.ID) }); len(found.atLevel(m.Level)) > 0 {
				return found
			}
		}
	}
	return h.ask(t, m, h.any(m, expected))
}

// ofAllAnswers reports whether a case judges the answers to the others.
func ofAllAnswers(id string) bool { return strings.HasPrefix(id, "invariant/") }

func (h *hunt) ask(t *testing.T, m mutants.Mutant, pick func(*fixtures.Case) bool) noticed {
	found := noticed{}
	for _, profile := range m.Profiles() {
		some := slices.DeleteFunc(slices.Clone(h.cases[profile]), func(c *fixtures.Case) bool { return !pick(c) })
		if len(some) > 0 {
			maps.Copy(found, askInBubble(t, func(base []service.Option) http.Handler { return m.Handler(base...) }, some))
		}
	}
	return found
}

// vouch wants a mutant for every case without a keepReason. Those that noticed none so far are asked of all mutants.
func (h *hunt) vouch(t *testing.T, all []*fixtures.Case) {
	open := map[string]bool{}
	for _, c := range all {
		if len(h.kills[c.ID]) == 0 && c.KeepReason == "" {
			open[c.ID] = true
		}
	}
	ask := func(m mutants.Mutant, pick func(*fixtures.Case) bool) {
		for id := range h.ask(t, m, pick) {
			delete(open, id)
		}
	}
	for _, m := range mutants.All() { // of a mutant that shows in what other cases left behind
		if slices.ContainsFunc(h.first[m.Name], func(id string) bool { return open[id] }) {
			ask(m, h.any(m, func(id string) bool { return open[id] || expected(t, m)(id) }))
		}
	}
	if len(open) > 0 {
		t.Logf("%d cases did not notice what %s says of them, or are not in it: they are asked of all", len(open), killsFile)
	}
	for _, m := range mutants.All() {
		if len(open) > 0 && !m.NeedsConnection() {
			ask(m, func(c *fixtures.Case) bool { return open[c.ID] })
		}
	}
	for _, id := range slices.Sorted(maps.Keys(open)) {
		t.Errorf("%s notices no mutant, and has no keepReason", id)
	}
}

// judgeCases wants every case to notice a mutant, or to have a keepReason, in the whole matrix, which it writes.
func (h *hunt) judgeCases(t *testing.T, all []*fixtures.Case) {
	noticers := map[string]int{} // of a mutant
	for _, names := range h.kills {
		for _, name := range names {
			noticers[name]++
		}
	}
	var table strings.Builder
	table.WriteString("case\tmutants\tthat no other case notices\twhich\n")
	alone, shared, idle := 0, 0, 0
	idleOf, kept := map[string]bool{}, map[string]bool{}
	for _, c := range all {
		names := slices.Sorted(slices.Values(h.kills[c.ID]))
		only := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return noticers[name] > 1 })
		fmt.Fprintf(&table, "%s\t%d\t%s\t%s\n", c.ID, len(names), strings.Join(only, " "), strings.Join(names, " "))
		switch {
		case len(names) == 0:
			idle++
			idleOf[caseOf(c.ID)] = true
			if c.KeepReason == "" {
				t.Errorf("%s notices no mutant, and has no keepReason", c.ID)
			}
		case len(only) > 0:
			alone++
		default:
			shared++
		}
		if c.KeepReason != "" {
			kept[caseOf(c.ID)] = true
		}
	}
	for _, c := range judge.InvariantCases() {
		if c.Level != fixtures.May && len(h.kills[c.ID]) == 0 { // a miss of a may fails nobody
			t.Errorf("%s notices no mutant: want one in reference/mutants that breaks it", c.ID)
		}
	}
	for id := range kept {
		if !idleOf[id] {
			t.Errorf("%s has a keepReason, for a case that notices no mutant; it notices some", id)
		}
	}
	require.NoError(t, os.MkdirAll("testdata", 0o755))
	require.NoError(t, os.WriteFile(*matrixFile, []byte(table.String()), 0o644))
	require.NoError(t, os.WriteFile(killsFile, h.killsText(all, noticers), 0o644))
	fmt.Printf("%d cases: %d notice a mutant that no other case does, %d only what others notice too, %d none and have a keepReason\n",
		len(all), alone, shared, idle)
}

// killsText is killsFile: each mutant with its killer, and each other case with the mutant that the fewest cases notice.
func (h *hunt) killsText(all []*fixtures.Case, noticers map[string]int) []byte {
	first, placed := map[string][]string{}, map[string]bool{}
	for mutant, killer := range h.killers {
		first[mutant] = append(first[mutant], killer)
		placed[killer] = true
	}
	for _, c := range all {
		if names := h.kills[c.ID]; len(names) > 0 && !placed[c.ID] {
			rarest := slices.MinFunc(names, func(a, b string) int {
				if d := noticers[a] - noticers[b]; d != 0 {
					return d
				}
				return strings.Compare(a, b)
			})
			first[rarest] = append(first[rarest], c.ID)
		}
	}
	var text bytes.Buffer
	for _, mutant := range slices.Sorted(maps.Keys(first)) {
		fmt.Fprintf(&text, "%s\t%s\n", mutant, strings.Join(first[mutant], " "))
	}
	return text.Bytes()
}

// bodies are what each case sends.
type bodies map[string][]byte

func bodiesOf(t *testing.T) bodies {
	t.Helper()
	all := bodies{}
	for c, steps := range boundCorpus(t) {
		for _, s := range steps {
			all[c.ID] = append(all[c.ID], s.Request.Body...)
		}
	}
	return all
}

// heavy reports whether a case sends hundreds of kilobytes: a few of them would take a fifth of the matrix's
// time, so that they are asked only of the mutants that should fall to them.
func (b bodies) heavy(c *fixtures.Case) bool { return len(b[c.ID]) > 90_000 }

// canShow reports whether a mutant can behave otherwise than the unmodified service in a case.
func (b bodies) canShow(m mutants.Mutant, c *fixtures.Case) bool {
	member := m.Member()
	return member == "" || bytes.Contains(b[c.ID], []byte(`"`+member+`"`))
}

// onWire are the cases that connections may be asked.
func (h *hunt) onWire() []*fixtures.Case {
	return slices.DeleteFunc(slices.Clone(h.cases[fixtures.Core]), func(c *fixtures.Case) bool {
		return !strings.HasPrefix(c.ID, "wire/") || h.sent.heavy(c)
	})
}

// caseOf is the ID of a variant's case.
func caseOf(id string) string {
	parts := strings.SplitN(id, "/", 4)
	return strings.Join(parts[:min(3, len(parts))], "/")
}
