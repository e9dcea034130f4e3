package fuzz_test

import (
	"context"
	"fmt"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/reference/service"
)

func ExampleRun() {
	server := service.New()
	runner, err := conformance.New(conformance.Target{Handler: server}, conformance.WithSeed(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	session, err := runner.Open(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	report, err := fuzz.Run(ctx, session, fuzz.Options{Count: 200})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Complete, len(report.Divergences))
	// Output: true 0
}
