// Package conformancetest runs sendspec inside go test: a subtest for each case, named by its ID,
// so that go test -run TestSSM/constraint/Targets asks those cases alone. It is the only package
// of the engine that imports testing.
package conformancetest
