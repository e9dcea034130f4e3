package mutants

import (
	"net/http"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/service"
)

// The levels. A broken must fails a run, a broken should warns.
const (
	Must   = fixtures.Must
	Should = fixtures.Should
)

// Mutant is the service with one defect: a row of this package's tables.
type Mutant struct {
	// Name is area/what.
	Name string
	// Wrong says what is wrong, in one sentence.
	Wrong string
	// Source is the fact of AWS's behaviour that is broken.
	Source string
	// Level is what the defect deserves.
	Level fixtures.Level
	// expect are selectors, with spaces between them.
	expect string
	defect defect
}

// defect is how a mutant differs from the service: in its answers, or in how it reads HTTP.
type defect interface{ isDefect() }

func (answer) isDefect()  {}
func (reading) isDefect() {}

// All returns every mutant, by area.
func All() []Mutant {
	return slices.Concat(
		constraintMutants(), typeMutants(), boundMutants(),
		refusalMutants(), leniencyMutants(), semanticsMutants(), documentMutants(), targetMutants(), sizeMutants(),
		framingMutants(),
		memberMutants(), valueMutants(), textMutants(), timeMutants(), countMutants(), identifierMutants(),
		envelopeMutants(), wireMutants(), dispatchMutants(), authMutants(),
		stateMutants(), cancelMutants(), alarmMutants(), progressMutants(), historyMutants(), pagingMutants(), filterMutants(),
		invocationMutants(), outputMutants(), lookupMutants(), controlMutants(), questionMutants(),
	)
}

// Unmodified is no mutant: the service without a defect, to hold the others against.
func Unmodified() Mutant {
	return Mutant{Name: "unmodified", Wrong: "nothing", defect: answer((*call).ask)}
}

// Area is the kind of defect: the first part of the mutant's name.
func (m Mutant) Area() string {
	area, _, _ := strings.Cut(m.Name, "/")
	return area
}

// Expect are selectors of the cases that should notice, for example constraint/Comment.
func (m Mutant) Expect() []string { return strings.Fields(m.expect) }

// Profiles are those in which the defect can show: those that the expected cases' areas are named for, or core.
func (m Mutant) Profiles() []fixtures.Profile {
	var found []fixtures.Profile
	for _, p := range []fixtures.Profile{fixtures.Lifecycle, fixtures.Execution, fixtures.Auth} {
		if slices.ContainsFunc(m.Expect(), func(s string) bool { return s == string(p) || strings.HasPrefix(s, string(p)+"/") }) {
			found = append(found, p)
		}
	}
	if found == nil {
		return []fixtures.Profile{fixtures.Core}
	}
	return found
}

// Member is the member of SendCommand's request without which the defect cannot show; "" is none.
func (m Mutant) Member() string {
	path, ofType := strings.CutPrefix(m.Name, "type/")
	constrained, ofConstraint := strings.CutPrefix(m.Name, "constraint/"+reference.SendCommand+"/")
	switch {
	case ofConstraint && !strings.Contains(constrained, "/"+string(reference.Required)+"-"):
		path = constrained
	case !ofType:
		return ""
	}
	return path[:strings.IndexAny(path, ".[/")]
}

// Handler returns a new service with the defect. Base should have no service.WithAuth: a defect that changes
// the request would break its signature, and a mutant of the area auth adds its own.
func (m Mutant) Handler(base ...service.Option) http.Handler {
	a, ok := m.defect.(answer)
	if !ok {
		a = (*call).ask
	}
	return &server{answer: a, options: base, service: service.New(base...)}
}
