// Package model reads public models of the Systems Manager service and tells where they differ from
// what package reference encodes: a member that is new, a bound that moved, an error that was added.
//
// It is beside the validator at the beginning of the pipeline (fixtures, reference <- conformance
// <- fuzz <- cmd). Three forms are read, gzip-compressed or not: the Smithy JSON AST that AWS publishes
// (ssm-2014-11-06.json), botocore's service-2.json, and the extract that the sources of this project
// hold (fixtures/evidence/model.json).
package model
