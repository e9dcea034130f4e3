// Package mutants holds wrong servers: the embedded service with one defect each. They
// measure the suite, which is as good as the wrong servers it catches; conformance's kill matrix
// asks each of them. Defects are those that real emulators have, and are written from AWS's rules,
// not from what the suite looks at.
package mutants
