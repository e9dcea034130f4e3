package mutants

import "slices"

// answerFamilies are the mutants about how a server answers: envelopes, times, counts, identifiers, dispatch and signatures.
func answerFamilies() []Mutant {
	return slices.Concat[[]Mutant]()
}
