package traffic_test

import (
	"fmt"
	"strings"

	"github.com/sendspec/sendspec/conformance/traffic"
)

func ExampleRead() {
	har := `{"log": {"version": "1.2", "creator": {"name": "proxy", "version": "1"}, "entries": []}}`
	capture, err := traffic.Read(strings.NewReader(har))
	fmt.Println(len(capture.Calls), err)
	// Output: 0 <nil>
}
