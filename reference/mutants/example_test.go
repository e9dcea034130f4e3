package mutants_test

import (
	"fmt"

	"github.com/sendspec/sendspec/reference/mutants"
)

func ExampleAll() {
	for _, m := range mutants.All() {
		if m.Name == "constraint/SendCommand/TimeoutSeconds/range-below" {
			fmt.Println(m.Level, m.Area())
		}
	}
	// Output: must constraint
}
