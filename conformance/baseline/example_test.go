package baseline_test

import (
	"fmt"
	"time"

	"github.com/sendspec/sendspec/conformance/baseline"
	"github.com/sendspec/sendspec/fixtures"
)

func ExampleParse() {
	today := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	known, err := baseline.Parse("ssm.baseline", []byte("constraint/Comment status=200 ref=#12 # we take any length\n"), today)
	if err != nil {
		fmt.Println(err)
		return
	}
	cases, err := fixtures.Embedded()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(known.Check(cases))
	_, err = baseline.Parse("ssm.baseline", []byte("constraint/Comment\n"), today)
	fmt.Println(err != nil)
	// Output:
	// <nil>
	// true
}
