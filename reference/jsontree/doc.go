// Package jsontree parses one JSON text, strictly by RFC 8259, into an ordered tree that keeps
// what encoding/json throws away: the order of members, duplicate names, the literal text of
// numbers, byte offsets, and whether a string held a lone surrogate escape.
//
// It is below everything else in the pipeline: package reference validates request bytes
// with it, package conformance judges response bytes with it, package fuzz mutates and shrinks
// on its trees. It knows nothing of SendCommand.
package jsontree
