package coverage_test

import (
	"fmt"

	"github.com/sendspec/sendspec/conformance/coverage"
	"github.com/sendspec/sendspec/fixtures"
)

func ExampleBuild() {
	cases, err := fixtures.Embedded()
	if err != nil {
		fmt.Println(err)
		return
	}
	table, err := coverage.Build(cases)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("constraints that no case asks:", len(table.Gaps()))
	// Output: constraints that no case asks: 0
}
