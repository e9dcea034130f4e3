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

// Profile is a part of Run Command, by the name that fixtures give it.
type Profile string

// The profiles in which a defect can show.
const (
	Core      Profile = "core"
	Lifecycle Profile = "lifecycle"
	Execution Profile = "execution"
	Auth      Profile = "auth"
)

// Family is a kind of defect: the first part of a mutant's name.
type Family string

// Mutant is a service with one defect.
type Mutant struct {
	// Name is family/what.
	Name string
	// Family is the kind of defect.
	Family Family
	// Wrong says what is wrong, in one sentence.
	Wrong string
	// Source is the fact of AWS's behaviour that is broken.
	Source string
	// Level is what the defect deserves.
	Level Level
	// Shows are the profiles in which the defect can show.
	Shows []Profile
	// Member is the member of SendCommand's request without which the defect cannot show; "" is none.
	Member string
	// Expect are selectors of the cases that should notice, for example constraint/Comment.
	Expect []string

	plant func() defect
	// build makes the handler of a mutant that is more than a defect before one service.
	build func(base []service.Option) http.Handler
	// front is how a mutant reads HTTP that differs there.
	front *front
}

// Handler returns a new service with the defect. Base should have no service.WithAuth: a
// defect that changes the request would break its signature, and a mutant of the family auth adds its own.
func (m Mutant) Handler(base ...service.Option) http.Handler {
	if m.build != nil {
		return m.build(base)
	}
	return &planted{m.plant(), service.New(base...)}
}

// All returns every mutant, by family.
func All() []Mutant {
	return slices.Concat(constraints(), wrongTypes(), requestFamilies(), responses(), answerFamilies(), stateFamilies(), subtleFamilies())
}

// Sound is no mutant: the service without a defect, to hold the others against.
func Sound() Mutant {
	return Mutant{Name: "sound", Wrong: "nothing", plant: stateless(func(c *call, p *planted) *reply { return p.ask(c) })}
}

// stateless makes the plant of a defect that remembers nothing.
func stateless(d defect) func() defect { return func() defect { return d } }
