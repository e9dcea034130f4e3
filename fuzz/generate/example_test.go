package generate_test

import (
	"fmt"

	"github.com/sendspec/sendspec/fuzz/generate"
)

func ExampleNew() {
	one, err := generate.New(7, generate.World{})
	if err != nil {
		fmt.Println(err)
		return
	}
	other, _ := generate.New(7, generate.World{})
	fmt.Println(one.At(41).ID() == other.At(41).ID())
	// Output: true
}
