package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sendspec/sendspec/fuzz"
)

// mergeFlags are those that say something of findings that are joined; the others are of a campaign.
var mergeFlags = []string{"merge", "dir", "json", "strict", "verbose", "baseline", "update-baseline"}

// fuzzArgs wants folders with --merge, and nothing without it.
func fuzzArgs(merge *bool) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if *merge {
			return cobra.MinimumNArgs(1)(c, args)
		}
		return cobra.NoArgs(c, args)
	}
}

func (f *fuzzFlags) checkMerge(flags *pflag.FlagSet, dirs []string) (err error) {
	flags.Visit(func(one *pflag.Flag) {
		if !slices.Contains(mergeFlags, one.Name) {
			err = fmt.Errorf("--merge sends nothing: want no --%s with it", one.Name)
		}
	})
	for _, dir := range dirs {
		if f.dir != "" && (sameFile(dir, f.dir) || sameFile(dir, filepath.Dir(f.dir))) {
			err = fmt.Errorf("--dir %s: want another folder than those that are merged, and none in them", f.dir)
		}
	}
	return err
}

// sameFile reports whether two names are of one file, which need not exist.
func sameFile(a, b string) bool {
	first, err1 := filepath.Abs(a)
	second, err2 := filepath.Abs(b)
	if err1 == nil && err2 == nil && first == second {
		return true
	}
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// mergeCampaigns joins what the shards of a campaign saved, and says what that means as the campaign would have.
func (f *fuzzFlags) mergeCampaigns(ctx context.Context, s Streams, dirs []string) error {
	if err := f.check(); err != nil {
		return err
	}
	write, err := f.jsonWriter(ctx, s)
	if err != nil {
		return err
	}
	known, err := f.readBaseline(ctx)
	if err != nil {
		return err
	}
	found, err := fuzz.Merge(ctx, dirs, known)
	if err != nil {
		return err
	}
	if f.dir != "" {
		if err := found.Save(f.dir); err != nil {
			return exitOf(nil, err)
		}
	}
	if strings.Contains(found.Target.Name, "://") {
		f.endpoint = found.Target.Name
	}
	fmt.Fprintf(s.Err, "sendspec: merged the fuzzing of %s in %s, seed %d\n", shown(found.Target.Name), shown(found.Target.Region),
		found.Seed)
	return f.finishBaseline(s, known, found, f.conclude(s, found, write, nil))
}
