package compare_test

import (
	"fmt"

	"github.com/sendspec/sendspec/conformance/compare"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
)

func ExampleTwo() {
	reportOf := func(v judge.Verdict) report.Named {
		return report.Named{Document: report.Document{Cases: []report.CaseInfo{{ID: "constraint/Comment/above-max/n=101", Verdict: v}}}}
	}
	for _, change := range compare.Two(reportOf(judge.Pass), reportOf(judge.Fail)).Changes {
		fmt.Println(change.ID, change.Before, change.After)
	}
	// Output: constraint/Comment/above-max/n=101 pass fail
}
