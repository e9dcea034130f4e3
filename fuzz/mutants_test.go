package fuzz_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

var errFound = errors.New("found")

// untilFound fuzzes a wrong server until something is found; nil where nothing is.
func untilFound(t *testing.T, m mutants.Mutant, count uint64) *fuzz.Finding {
	t.Helper()
	world := service.Demo("", "")
	target := conformance.Target{Handler: m.Handler(append(world.Options, service.WithClockScale(1000))...), Bindings: world.Bindings}
	var found *fuzz.Finding
	_, err := fuzz.Run(context.Background(), session(t, target, 1), fuzz.Options{Count: count, Parallel: 4, Found: func(f *fuzz.Finding) error {
		found = f
		return errFound
	}})
	if found == nil {
		require.NoError(t, err)
	}
	return found
}

// TestWrongServersAreFound: a sample of the wrong servers that one SendCommand can show, each found within
// a few thousand inputs, with a request that a person can read.
func TestWrongServersAreFound(t *testing.T) {
	t.Parallel()
	step := 12
	if os.Getenv("ALL_MUTANTS") != "" {
		step = 1
	}
	var sizes []int
	for i, m := range mutants.All() {
		if i%step != 0 || slices.Contains(m.Expect, "lifecycle/Constraint.*") {
			continue
		}
		found := untilFound(t, m, 20000)
		if found == nil {
			t.Errorf("%s is not found: %s", m.Name, m.Wrong)
			continue
		}
		t.Logf("%-70s %6d inputs %4d bytes %3d calls %s", m.Name, found.Index+1, found.Size, found.Calls, found.ID)
		sizes = append(sizes, found.Size)
	}
	slices.Sort(sizes)
	require.NotEmpty(t, sizes)
	require.Less(t, sizes[len(sizes)/2], 200, "bytes, in the median")
}
