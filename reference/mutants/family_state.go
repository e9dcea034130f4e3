package mutants

import "slices"

// stateFamilies are the mutants about what becomes of a command.
func stateFamilies() []Mutant {
	return slices.Concat(states(), progress(), histories(), omissions(), pages(), filters(), invocations(), controls(), questions())
}
