package conformance_test

import (
	"context"
	"fmt"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/reference/service"
)

func ExampleNew() {
	server := service.New() // yours: an http.Handler, or the URL of a running server
	only, err := selector.Parse([]string{"constraint/Comment", "accept/minimal/tag-target"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	runner, err := conformance.New(conformance.Target{Handler: server}, conformance.WithSelector(only), conformance.WithSeed(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := runner.Run(context.Background())
	if err != nil {
		fmt.Println(err) // nothing could be judged
		return
	}
	for _, r := range report.Results {
		if r.Verdict == judge.Fail {
			fmt.Println(r.Case.ID, r.Fingerprint)
		}
	}
	fmt.Println("failed:", report.Failed())
	// Output: failed: false
}
