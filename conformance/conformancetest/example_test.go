package conformancetest_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/conformancetest"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/reference/service"
)

// An emulator in Go is tested in its own process.
func ExampleRunHandler() {
	emulator := service.New() // your http.Handler here

	test := func(t *testing.T) { // func TestSSM(t *testing.T)
		conformancetest.RunHandler(t, emulator)
	}
	_ = test
	// Output:
}

// A server that runs elsewhere is named by its URL; what is known of its world lets more cases run.
func ExampleRun() {
	test := func(t *testing.T) { // func TestSSM(t *testing.T)
		conformancetest.Run(t, conformance.Target{
			URL:   os.Getenv("SSM_ENDPOINT"),
			Nodes: []string{"i-0123456789abcdef0"},
		}, conformance.WithStrict())
	}
	_ = test
	// Output:
}

// Known failures are in a file: only what is new fails the test.
func ExampleWithBaseline() {
	test := func(t *testing.T) { // func TestSSM(t *testing.T)
		conformancetest.RunHandler(t, service.New(), conformancetest.WithBaseline("testdata/ssm.baseline"))
	}
	_ = test
	// Output:
}

// Without go test, a Runner returns a report.
func ExampleRun_report() {
	picks, err := selector.Parse([]string{"accept/minimal"}, os.ReadFile)
	if err != nil {
		fmt.Println(err)
		return
	}
	runner, err := conformance.New(conformance.Target{Handler: service.New()}, conformance.WithSelector(picks))
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := runner.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(found.Profiles[0].Profile, found.Profiles[0].Standing)
	// Output: core conformant
}
