package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// checkEnvironment refuses variables that are set, that matter to the target, and that are empty. To people it says
// which name an endpoint that is not asked.
func (f *targetFlags) checkEnvironment(embedded bool, people io.Writer) error {
	var matter []string
	if f.region == "" {
		matter = append(matter, "AWS_REGION")
	}
	if !embedded {
		for _, pair := range keyPairs {
			matter = append(matter, pair[0], pair[1])
		}
	}
	for _, name := range matter {
		if value, set := os.LookupEnv(name); set && isBlank(value) {
			return fmt.Errorf("%s %w", name, errEmpty)
		}
	}
	for _, pair := range keyPairs {
		_, id := os.LookupEnv(pair[0])
		if _, secret := os.LookupEnv(pair[1]); id != secret && !embedded {
			return fmt.Errorf("%s and %s: one of them is set: want both, or neither", pair[0], pair[1])
		}
	}
	var unused []string
	for _, name := range append([]string{"SENDSPEC_ENDPOINT"}, endpointVariables...) {
		if value := strings.TrimRight(os.Getenv(name), "/"); value != "" && value != strings.TrimRight(f.endpoint, "/") {
			unused = append(unused, name)
		}
	}
	if len(unused) > 0 {
		fmt.Fprintf(people, "sendspec: set and not used: %s; the target is named otherwise\n", strings.Join(unused, ", "))
	}
	return nil
}
