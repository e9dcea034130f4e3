package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
)

type targetFile struct {
	Name     string        `yaml:"name"`
	Endpoint string        `yaml:"endpoint"`
	Exec     string        `yaml:"exec"`
	ExecWait time.Duration `yaml:"exec-wait"`
	Setup    string        `yaml:"setup"`
	Region   string        `yaml:"region"`
	Profiles []string      `yaml:"profiles"`
	Evidence []string      `yaml:"evidence"`
	Baseline string        `yaml:"baseline"`
	Suite    string        `yaml:"suite"`
	Dispatch bool          `yaml:"allow-dispatch"`
	world    `yaml:",inline"`
}

// world is what a target has, in a target file or in the output of a setup command.
type world struct {
	// Nodes are managed nodes by kind: linux, of which there may be several, and the kinds of the
	// bindings node.KIND.
	Nodes     map[string]names  `yaml:"nodes"`
	Documents map[string]string `yaml:"documents"` // by kind: plain, and the kinds of the bindings document.KIND
	Alarms    map[string]string `yaml:"alarms"`    // by kind: ok, insufficient, firing ...
	Role      string            `yaml:"role"`
	Topic     string            `yaml:"topic"`
	Bucket    string            `yaml:"bucket"`
	Bindings  map[string]string `yaml:"bindings"` // anything else, by the names that sendspec bindings lists
}

type names []string

func (n *names) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		var one string
		err := node.Decode(&one)
		*n = names{one}
		return err
	}
	return node.Decode((*[]string)(n))
}

const maxTargetFile = 1 << 20

// load reads the target file, and fills in what the flags leave open.
func (f *runFlags) load(ctx context.Context) error {
	if f.file == "" {
		return nil
	}
	b, err := untrusted.ReadFile(ctx, f.file, maxTargetFile)
	if err != nil {
		return fmt.Errorf("--target: %w", err)
	}
	t := targetFile{ExecWait: f.startFlags.wait}
	if err := decodeStrictly(f.file, b, &t, slices.Concat(worldFields, targetFields), expandNode); err != nil {
		return err
	}
	here := !f.given("endpoint") && !f.given("exec")
	if here && t.Endpoint == "" && t.Exec == "" {
		return fmt.Errorf("%s: names no target: want endpoint or exec in it", f.file)
	}
	dir := filepath.Dir(f.file)
	if here {
		f.endpoint, f.exec, f.execDir = t.Endpoint, t.Exec, dir
	}
	if !f.given("setup") {
		f.setup, f.setupDir = t.Setup, dir
	}
	unless(f.given("name"), &f.name, t.Name)
	unless(f.given("exec-wait"), &f.startFlags.wait, t.ExecWait)
	unless(f.given("region"), &f.region, t.Region)
	unless(f.given("profile"), &f.profiles, t.Profiles)
	unless(f.given("evidence"), &f.kinds, t.Evidence)
	unless(f.given("allow-dispatch"), &f.dispatch, t.Dispatch)
	if !f.given("suite") && t.Suite != "" {
		if err := conformance.WithSuite(fixtures.Version(t.Suite))(&conformance.Runner{}); err != nil {
			return fmt.Errorf("%s: %w", f.file, err)
		}
		f.suite = t.Suite
	}
	if !f.given("baseline") && t.Baseline != "" {
		f.baseline = t.Baseline
		if !filepath.IsAbs(f.baseline) {
			f.baseline = filepath.Join(dir, f.baseline)
		}
	}
	return t.fill(f.file, &f.targetFlags)
}

// unless sets what no flag sets.
func unless[T any](given bool, field *T, value T) {
	if !given {
		*field = value
	}
}

var (
	worldFields  = []string{"nodes", "documents", "alarms", "role", "topic", "bucket", "bindings"}
	targetFields = []string{"name", "endpoint", "exec", "exec-wait", "setup", "region", "profiles", "evidence", "baseline",
		"suite", "allow-dispatch"}
)

// decodeStrictly reads one YAML mapping whose fields are all known. What is wrong is one line that
// begins with where:LINE. Expand may change the text of each value.
func decodeStrictly(where string, b []byte, into any, known []string, expand func(key string, n *yaml.Node) error) error {
	var document, second yaml.Node
	documents := yaml.NewDecoder(bytes.NewReader(b))
	if err := documents.Decode(&document); errors.Is(err, io.EOF) {
		return nil // empty
	} else if err != nil {
		return placed(where, err)
	}
	if err := documents.Decode(&second); err == nil {
		return fmt.Errorf("%s:%d: want one YAML document, and here a second one begins", where, second.Line)
	} else if !errors.Is(err, io.EOF) {
		return placed(where, err)
	}
	if len(document.Content) == 0 {
		return nil // nothing but comments
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: want a mapping of %s", where, root.Line, strings.Join(known, ", "))
	}
	for i := 0; i < len(root.Content); i += 2 {
		if key := root.Content[i]; !slices.Contains(known, key.Value) {
			return fmt.Errorf("%s:%d: unknown field %s: want one of %s%s", where, key.Line,
				untrusted.Quote(key.Value), strings.Join(known, ", "), nearest.Question(key.Value, known))
		}
	}
	for i := 0; i < len(root.Content) && expand != nil; i += 2 {
		if err := expandEntries(where, root.Content[i].Value, root.Content[i+1], expand); err != nil {
			return err
		}
	}
	if err := refuseEmptyEntries(where, root); err != nil {
		return err
	}
	if err := root.Decode(into); err != nil {
		return placed(where, err)
	}
	return nil
}

// expandEntries runs expand over the values of a field.
func expandEntries(where, field string, n *yaml.Node, expand func(field string, n *yaml.Node) error) error {
	if n.Kind == yaml.ScalarNode {
		if err := expand(field, n); err != nil {
			return fmt.Errorf("%s:%d: %w", where, n.Line, err)
		}
	}
	for i, below := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue // a name
		}
		if err := expandEntries(where, field, below, expand); err != nil {
			return err
		}
	}
	return nil
}

// variable is a reference to one: ${NAME}, or $${NAME} for the text itself. A shell's other forms stay as they are.
var variable = regexp.MustCompile(`\$?\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expandNode fills in variables of the environment. A command has them from its shell, so that their values are in no
// report, and they are looked at only.
func expandNode(key string, n *yaml.Node) error {
	var err error
	text := variable.ReplaceAllStringFunc(n.Value, func(found string) string {
		if strings.HasPrefix(found, "$$") {
			return found[1:]
		}
		name := found[2 : len(found)-1]
		value, set := os.LookupEnv(name)
		switch {
		case err != nil:
		case !set:
			err = fmt.Errorf("${%s} is not set in the environment", name)
		case isBlank(value):
			err = fmt.Errorf("${%s} %w", name, errEmpty)
		}
		return value
	})
	if err == nil && key != "exec" && key != "setup" && text != n.Value {
		n.Value, n.Tag, n.Style = text, "", 0
	}
	return err
}

// refuseEmptyEntries refuses entries without a value, at any depth.
func refuseEmptyEntries(where string, mapping *yaml.Node) error {
	for i := 0; i < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		values := []*yaml.Node{value}
		switch value.Kind {
		case yaml.MappingNode:
			if err := refuseEmptyEntries(where, value); err != nil {
				return err
			}
			fallthrough
		case yaml.SequenceNode:
			values = value.Content
		}
		isEmpty := func(n *yaml.Node) bool { // an alias refers to a node that is checked itself
			return n.Kind == yaml.ScalarNode && (n.Tag == "!!null" || isBlank(n.Value))
		}
		if len(values) == 0 || slices.ContainsFunc(values, isEmpty) {
			return fmt.Errorf("%s:%d: %s %w", where, key.Line, untrusted.Quote(key.Value), errEmpty)
		}
	}
	return nil
}

// placed writes an error of the decoder as one line with its place.
func placed(where string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	var wrong *yaml.TypeError
	if errors.As(err, &wrong) && len(wrong.Errors) > 0 {
		text = wrong.Errors[0]
	}
	text = untrusted.Cut(ownRedactor().Text(text), textShown)
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if line, message, ok := strings.Cut(rest, ": "); ok {
			return fmt.Errorf("%s:%s: %s", where, line, mismatch.ReplaceAllStringFunc(message, wantedType))
		}
	}
	return fmt.Errorf("%s: %s", where, text)
}

// mismatch is how the decoder words a value of another type.
var mismatch = regexp.MustCompile("^cannot unmarshal !!(\\w+)(?: `(.*)`)? into (.+)$")

// wantedType says the same without the types of Go and YAML.
func wantedType(text string) string {
	part := mismatch.FindStringSubmatch(text)
	wanted := map[string]string{
		"string": "one value", "[]string": "a list", "bool": "true or false", "time.Duration": "a duration such as 30s",
	}
	found := map[string]string{"seq": "a list", "map": "a mapping"}
	return fmt.Sprintf("want %s, got %s", cmp.Or(wanted[part[3]], "a mapping"), cmp.Or(found[part[1]], untrusted.Quote(part[2])))
}

// fill adds a world to the flags. What the flags say themselves stays.
func (w *world) fill(where string, t *targetFlags) error {
	bind := map[string]string{}
	maps.Copy(bind, w.Bindings)
	for _, group := range []struct {
		prefix, plain string
		of            map[string]string
	}{{"document", "plain", w.Documents}, {"alarm", "", w.Alarms}, {"", "", map[string]string{"role": w.Role, "topic": w.Topic,
		"bucket": w.Bucket}}} {
		for kind, value := range group.of {
			name := strings.TrimPrefix(group.prefix+"."+kind, ".")
			if kind == group.plain {
				name = group.prefix
			}
			if value != "" {
				bind[name] = value
			}
		}
	}
	var linux []string
	for kind, ids := range w.Nodes {
		if kind == "linux" {
			linux = ids
			continue
		}
		if len(ids) != 1 {
			return fmt.Errorf("%s: nodes of kind %s: want one ID; only linux may have several", where, untrusted.Quote(kind))
		}
		bind["node."+kind] = ids[0]
	}
	known := fixtures.KnownBindings()
	for _, name := range sortedNames(bind) {
		if known[name] == "" || name == fixtures.NonceBinding || name == fixtures.RegionBinding {
			return fmt.Errorf("%s: %s is not what a case could use%s (sendspec bindings lists that)", where, untrusted.Quote(name),
				nearest.Question(name, sortedNames(known)))
		}
	}
	if len(t.nodes) == 0 {
		t.nodes = linux
	}
	maps.Copy(bind, t.bind)
	t.bind = bind
	return nil
}
