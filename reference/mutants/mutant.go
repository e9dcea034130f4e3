package mutants

import (
	"net/http"
	"slices"

	"github.com/sendspec/sendspec/reference/service"
)

// Level is how bad a defect is, in the words of RFC 2119.
type Level string

// The levels. A broken must fails a run, a broken should warns.
const (
	Must   Level = "must"
	Should Level = "should"
)

// Families of defects, in the order of All.
const (
	Constraint = "constraint"
	Type       = "type"
	Response   = "response"
)

// Mutant is a service with one defect.
type Mutant struct {
	// Name is family/what.
	Name string
	// Family is the kind of defect.
	Family string
	// Wrong says what is wrong, in one sentence.
	Wrong string
	// Source is the fact of AWS's behaviour that is broken.
	Source string
	// Level is what the defect deserves.
	Level Level
	// Expect are selectors of the cases that should notice, for example constraint/Comment.
	Expect []string

	plant func() defect
}

// Handler returns a new service with the defect. Base should have no service.WithAuth: a
// defect that changes the request would break its signature.
func (m Mutant) Handler(base ...service.Option) http.Handler {
	d := m.plant()
	return &planted{d, service.New(base...)}
}

// All returns every mutant, by family.
func All() []Mutant {
	return slices.Concat(constraints(), wrongTypes(), responses())
}

// stateless makes the plant of a defect that remembers nothing.
func stateless(d defect) func() defect { return func() defect { return d } }
