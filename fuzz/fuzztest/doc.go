// Package fuzztest lets go test -fuzz drive the generators and the judge of package fuzz, so that an
// emulator in Go is fuzzed in its own process, with the coverage of its own code as guidance. It is the
// fuzzer's counterpart of conformancetest.
//
// Give -fuzzminimizetime 10x to go test -fuzz: it takes a minute by default to make an input smaller that
// reaches new code, and a server with a clock seldom reaches the same code twice.
package fuzztest
