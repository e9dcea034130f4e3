package model_test

import (
	"fmt"

	"github.com/sendspec/sendspec/reference/model"
)

func ExampleCompare() {
	fmt.Println(len(model.Compare(model.Encoded(), model.Encoded())))
	// Output: 0
}
