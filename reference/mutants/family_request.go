package mutants

import "slices"

// requestFamilies are the mutants about what a server takes and refuses beyond single constraints and types.
func requestFamilies() []Mutant {
	return slices.Concat(refusalMutants(), leniencyMutants(), uncheckedMutants(), semanticsMutants(), admissionMutants(), misnamedMutants(), framingMutants(), chunkMutants())
}
