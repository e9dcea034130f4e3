package main

import (
	_ "embed" // the files for CI
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/fixtures"
)

type initFlags struct {
	endpoint, exec, ci string
	force              bool
}

var (
	//go:embed init/github.yml
	githubCI string
	//go:embed init/gitlab-ci.yml
	gitlabCI string
	//go:embed init/Jenkinsfile
	jenkinsCI string
)

var ciFiles = map[string][2]string{
	"github":  {".github/workflows/sendspec.yml", githubCI},
	"gitlab":  {"sendspec.gitlab-ci.yml", gitlabCI},
	"jenkins": {"sendspec.Jenkinsfile", jenkinsCI},
}

func newInit(s Streams) *cobra.Command {
	var f initFlags
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a target file, and with --ci what runs it in CI",
		Long: `init writes sendspec.yaml, which run finds by itself, into the working directory; and with --ci the file that runs it in
GitHub Actions, GitLab CI or Jenkins. An existing file is left alone unless --force is given.`,
		Example: `  sendspec init --exec 'moto_server -H 127.0.0.1 -p {port}' --ci github
  sendspec run --update-baseline   # once: records what fails today`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return f.run(s) },
	}
	c.Flags().StringVar(&f.endpoint, "endpoint", "", "`URL` of the server under test")
	c.Flags().StringVar(&f.exec, "exec", "", "`COMMAND` that starts it; {port} becomes a free port")
	c.Flags().StringVar(&f.ci, "ci", "", "also write the file that runs it on `SYSTEM`: "+strings.Join(sortedNames(ciFiles), ", "))
	c.Flags().BoolVar(&f.force, "force", false, "overwrite existing files")
	c.MarkFlagsMutuallyExclusive("endpoint", "exec")
	completeFlag(c, "ci", sortedNames(ciFiles)...)
	return c
}

func (f *initFlags) run(s Streams) error {
	target, err := f.target()
	if err != nil {
		return err
	}
	files := [][2]string{{foundTargetFile, target}}
	if f.ci != "" {
		file, known := ciFiles[f.ci]
		if !known {
			names := sortedNames(ciFiles)
			return fmt.Errorf("--ci %q: want one of %s%s", f.ci, strings.Join(names, ", "), nearest.Question(f.ci, names))
		}
		files = append(files, file)
	}
	for _, file := range files {
		if _, err := os.Lstat(file[0]); err == nil && !f.force {
			return fmt.Errorf("%s is there already, and nothing was written: --force overwrites it", file[0])
		}
	}
	for _, file := range files {
		if err := os.MkdirAll(filepath.Dir(file[0]), 0o755); err != nil { //nolint:gosec // files of a repository
			return err
		}
		if err := atomicfile.Write(file[0], atomicfile.Bytes([]byte(file[1]))); err != nil {
			return err
		}
		fmt.Fprintf(s.Err, "sendspec: wrote %s\n", file[0])
	}
	fmt.Fprintln(s.Err, "sendspec: next: sendspec run --update-baseline records what fails today; then commit the files")
	return nil
}

func (f *initFlags) target() (string, error) {
	if f.endpoint != "" {
		if err := conformance.Check(conformance.Target{URL: f.endpoint}); err != nil {
			return "", err
		}
	}
	field, value, comment := "endpoint", f.endpoint, "the server under test"
	switch {
	case f.exec != "":
		field, value, comment = "exec", f.exec, "starts the server under test; {port} becomes a free port"
	case f.endpoint == "":
		value = "http://127.0.0.1:5000"
	}
	b, err := yaml.Marshal(map[string]string{field: value})
	if err != nil {
		return "", err
	}
	return "# What sendspec run tests; sendspec run --help lists the fields. ${NAME} is a variable of the environment.\n# " +
		comment + "\n" + string(b) + `# name: my-emulator                  # in reports
# region: us-east-1
# profiles: [core, lifecycle]         # the others are left out
baseline: ssm.baseline                # known failures; sendspec run --update-baseline writes the file, which is to be committed
# suite: "` + string(fixtures.Suite) + `"                        # leaves out the cases that a later version of the suite brings
# setup: ./prepare.sh                 # prints what the server has, such as {"nodes": {"linux": ["i-0123456789abcdef0"]}}
# nodes: {linux: i-0123456789abcdef0}
`, nil
}
