package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

// version is that of the module this program was built from, "" for a working tree.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return ""
}

func newVersion(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit, and what names the cases and their evidence",
		Long: `version prints the version of this program, the commit that it was built from, the version of the suite, which run
--suite pins, and the digests of the cases and of their evidence. Reports with the same corpus digest were made with the same
cases and expectations.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return printVersion(s) },
	}
}

func printVersion(s Streams) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	corpus, err := corpusText()
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.Out, buildText(info)+corpus)
	return err
}

// buildText says which program this is. What no build recorded, such as go run, is said to be unknown.
func buildText(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, one := range info.Settings {
		settings[one.Key] = one.Value
	}
	commit := cmp.Or(settings["vcs.revision"], "unknown")
	if date := settings["vcs.time"]; date != "" {
		commit += ", " + date
	}
	if settings["vcs.modified"] == "true" {
		commit += ", and changes that are in no commit"
	}
	return fmt.Sprintf("sendspec %s\ncommit   %s\nbuilt    with %s for %s/%s\n", cmp.Or(info.Main.Version, "(devel)"), commit,
		cmp.Or(info.GoVersion, runtime.Version()), runtime.GOOS, runtime.GOARCH)
}

// corpusText names the cases and the evidence of this program.
func corpusText() (string, error) {
	cases, err := fixtures.Embedded()
	if err != nil {
		return "", err
	}
	facts, err := evidence.Embedded()
	if err != nil {
		return "", err
	}
	digest, err := evidence.Digest()
	return fmt.Sprintf("suite    %s\ncorpus   %s (%d cases)\nevidence %s (%d facts)\n", fixtures.Suite,
		fixtures.Digest(cases), len(cases), digest, len(facts.Facts())), err
}
