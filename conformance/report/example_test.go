package report_test

import (
	"fmt"

	"github.com/sendspec/sendspec/conformance/report"
)

func ExampleFormatNamed() {
	format, err := report.FormatNamed("junit")
	fmt.Println(format.Name, err)
	_, err = report.FormatNamed("pdf")
	fmt.Println(err != nil)
	// Output:
	// junit <nil>
	// true
}
