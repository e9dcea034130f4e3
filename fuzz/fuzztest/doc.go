// Package fuzztest lets go test -fuzz drive the generators and the judge of package fuzz, so that an
// emulator in Go is fuzzed in its own process, with the coverage of its own code as guidance. It is the
// fuzzer's counterpart of conformancetest.
package fuzztest
