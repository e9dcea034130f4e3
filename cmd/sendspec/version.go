package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

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

func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the manual pages of every command into a folder",
		Hidden: true, // for whoever packs sendspec
		Args:   cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			date, err := manDate()
			if err != nil {
				return err
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil { //nolint:gosec // pages are for everyone
				return err
			}
			root := c.Root()
			root.DisableAutoGenTag = true
			header := &doc.GenManHeader{Title: "SENDSPEC", Section: "1", Source: "sendspec " + version(), Date: &date}
			return doc.GenManTree(root, header, args[0])
		},
	}
}

// manDate is SOURCE_DATE_EPOCH, so that two builds of one commit write the same pages; the Unix epoch without it.
func manDate() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return time.Unix(0, 0).UTC(), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH %q: want seconds since 1970", text)
	}
	return time.Unix(seconds, 0).UTC(), nil
}
