package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
)

// refused asserts that a command line is a mistake that one line tells, before anything is asked.
func refused(t *testing.T, want string, args ...string) {
	t.Helper()
	var out, people bytes.Buffer
	code := Main(t.Context(), args, Streams{In: strings.NewReader(""), Out: &out, Err: &people})
	assert.Equal(t, exitUsage, code, "%q: %s", args, people.String())
	assert.Empty(t, out.String(), "%q", args)
	assert.Contains(t, people.String(), want, "%q", args)
	assert.Equal(t, 1, strings.Count(people.String(), "\n"), "%q: %s", args, people.String())
}

// An empty flag would be one left out, and to leave --endpoint out is to ask the embedded reference.
func TestNoFlagAndNoArgumentMayBeEmpty(t *testing.T) {
	t.Parallel()
	flags := 0
	var each func(c *cobra.Command, path []string)
	each = func(c *cobra.Command, path []string) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			flags++
			for _, value := range []string{"", " \t"} {
				refused(t, "--"+f.Name+`" flag`, append(path, "--"+f.Name+"="+value)...)
			}
		})
		if c.Runnable() {
			refused(t, "argument 1 is empty", append(path, "")...)
			refused(t, "argument 2 is empty", append(path, "x", " ")...)
		}
		for _, below := range c.Commands() {
			each(below, append(path, below.Name()))
		}
	}
	each(newRoot(Streams{}), nil)
	assert.Greater(t, flags, 60)
	refused(t, `"--profile" flag: is empty`, "run", "--profile=", "--profile=core")
	refused(t, `"--node" flag: is empty`, "fuzz", "--node=i-01234567", "--node=")
	refused(t, `binding "node" is empty`, "run", "--bind=node=")
}
