package oracle_test

import (
	"fmt"

	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fixtures"
)

func ExampleOracle() {
	o := oracle.New(fixtures.Bindings{}, "us-east-1")
	e := o.Text([]byte(`{"DocumentName":"AWS-RunShellScript","TimeoutSeconds":29}`))
	for _, outcome := range e.Outcomes {
		fmt.Println(e.Level, outcome.Name)
	}
	// Output: must validation
}
