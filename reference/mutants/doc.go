// Package mutants holds wrong servers: the embedded service with one defect each. They
// measure the suite, which is as good as the wrong servers it catches; conformance's kill matrix
// asks each of them. Defects are those that real emulators have, and are written from AWS's rules,
// not from what the suite looks at.
//
// A new one is a row in the table of its subject: a Mutant, whose defect is made of the conditions of condition.go and the edits of
// edit.go, as in sent(when(has("Comment", "0"), put("Comment", `""`))), or from what call.go has where they are not enough.
// mutant.go lists the tables; wire.go has that of headers and bodies, and http.go only what framing.go builds on. To ask one alone:
//
//	SENDSPEC_LONG=1 go test ./conformance -v -run TestKillMatrix/mutants/identifier/command-id-bare
package mutants
