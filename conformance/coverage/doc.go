// Package coverage computes the table of constraint coverage: which case asks what. It lists every constraint, request
// member, response member, status and exception that the sources name, and beside each the cases that a server with
// that one thing wrong would fail. An empty cell is a gap in the suite.
//
// It needs the corpus, the reference and the judge: what is sent and expected comes from the bound corpus, what there
// is to ask from the reference, and whether an answer would conform from the judge. It looks at no name of a case.
package coverage
