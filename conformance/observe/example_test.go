package observe_test

import (
	"fmt"

	"github.com/sendspec/sendspec/conformance/observe"
	"github.com/sendspec/sendspec/fixtures"
)

func ExampleIsOpen() {
	cases, err := fixtures.Embedded()
	if err != nil {
		fmt.Println(err)
		return
	}
	open := 0
	for _, c := range cases {
		if observe.IsOpen(c) {
			open++
		}
	}
	fmt.Println("AWS has not been asked everything yet:", open > 0)
	// Output: AWS has not been asked everything yet: true
}
