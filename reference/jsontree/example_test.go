package jsontree_test

import (
	"fmt"

	"github.com/sendspec/sendspec/reference/jsontree"
)

func ExampleParse() {
	v, err := jsontree.Parse([]byte(`{"Command":{"TargetCount":1.0,"TargetCount":2}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(v.Pointer("/Command/TargetCount").Text, v.Duplicates())
	_, err = jsontree.Parse([]byte(`{"Command":}`))
	fmt.Println(err)
	// Output:
	// 2 [/Command/TargetCount]
	// invalid JSON at byte 11: expected a value, got '}'
}
