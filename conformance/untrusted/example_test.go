package untrusted_test

import (
	"fmt"

	"github.com/sendspec/sendspec/conformance/untrusted"
)

func ExampleLine() {
	fmt.Println(untrusted.Line("an answer\x1b[2J that clears the screen"))
	// Output: an answer\x1b[2J that clears the screen
}
