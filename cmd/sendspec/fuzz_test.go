package main

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// AWS throttles an account and not a program: a campaign must not take from others what they need.
func TestAWSIsFuzzedSlowlyUnlessARateIsGiven(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want float64
	}{
		{nil, 0},
		{[]string{"--aws"}, awsRate},
		{[]string{"--aws", "--rate", "20"}, 20},
		{[]string{"--aws", "--rate", "0"}, 0},
		{[]string{"--rate", "7"}, 7},
	} {
		f := &fuzzFlags{}
		command := &cobra.Command{Use: "fuzz"}
		f.register(command)
		command.Flags().Float64Var(&f.rate, "rate", 0, "")
		require.NoError(t, command.ParseFlags(c.args))
		f.resolveRate(command.Flags().Changed("rate"))
		assert.InDelta(t, c.want, f.rate, 0, "%v", c.args)
	}
}
