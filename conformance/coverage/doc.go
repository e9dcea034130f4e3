// Package coverage computes the ledger: which case asks what. It lists every constraint, request member,
// response member, status and exception that the sources name, and beside each the cases that a server
// with that one thing wrong would fail. An empty cell is a gap in the suite.
//
// It stands above package conformance in the pipeline (fixtures, reference <- conformance <- fuzz <- cmd),
// since it needs both books and the judge: what is sent and expected comes from the bound corpus, what there
// is to ask from reference, and whether an answer would conform from the judge. No name of a case is looked at.
package coverage
