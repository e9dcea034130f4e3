package traffic_test

import (
	"fmt"
	"strings"

	"github.com/sendspec/sendspec/conformance/traffic"
)

func ExampleRead() {
	capture, err := traffic.Read(strings.NewReader(`{"log": {"version": "1.2", "creator": {"name": "proxy", "version": "1"}, "entries": []}}`))
	fmt.Println(len(capture.Calls), err)
	// Output: 0 <nil>
}
