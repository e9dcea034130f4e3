package mutants

import "slices"

// subtleFamilies are the mutants that are nearly right.
func subtleFamilies() []Mutant { return slices.Concat(subtleMutants(), nullMutants()) }
