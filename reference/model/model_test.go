package model_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference/model"
)

func readFile(t *testing.T, name string) *model.Service {
	t.Helper()
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	m, err := model.Read(f)
	require.NoError(t, err, name)
	return m
}

func lines(differences []model.Difference) []string {
	var all []string
	for _, d := range differences {
		all = append(all, d.String())
	}
	return all
}

// The three forms of one model, of which two are trimmed to the shapes that count, say what the suite
// encodes.
func TestTheSuiteEncodesTheModel(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"testdata/smithy.json", "testdata/service-2.json", "../../fixtures/evidence/model.json"} {
		assert.Empty(t, lines(model.Compare(model.Encoded(), readFile(t, name))), name)
	}
}

// SENDSPEC_MODEL names a model as it is published, whole: CI gives botocore's.
func TestTheSuiteEncodesThePublishedModel(t *testing.T) {
	t.Parallel()
	name := os.Getenv("SENDSPEC_MODEL")
	if name == "" {
		t.Skip("SENDSPEC_MODEL names no service model")
	}
	assert.Empty(t, lines(model.Compare(model.Encoded(), readFile(t, name))))
}

// edited is the trimmed botocore model with one place changed, at the end of path.
func edited(t *testing.T, path []string, value any) *model.Service {
	t.Helper()
	text, err := os.ReadFile("testdata/service-2.json")
	require.NoError(t, err)
	var tree map[string]any
	require.NoError(t, json.Unmarshal(text, &tree))
	at := tree
	for _, name := range path[:len(path)-1] {
		at = at[name].(map[string]any)
	}
	last := path[len(path)-1]
	if list, ok := at[last].([]any); ok {
		at[last] = append(list, value)
	} else {
		at[last] = value
	}
	if value == nil {
		delete(at, last)
	}
	text, err = json.Marshal(tree)
	require.NoError(t, err)
	m, err := model.Read(bytes.NewReader(text))
	require.NoError(t, err)
	return m
}

func TestADifferenceIsToldOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path  string
		value any
		want  []string
	}{
		"bound": {"shapes Comment max", 120, []string{"SendCommand request Comment: maximum: the suite has 100, the model 120"}},
		"bound of a number": {
			"shapes TimeoutSeconds min", 10,
			[]string{"SendCommand request TimeoutSeconds: minimum: the suite has 30, the model 10"},
		},
		"bound of a list": {"shapes Targets max", 6, []string{"SendCommand request Targets: maximum: the suite has 5, the model 6"}},
		"bound gone": {"shapes S3KeyPrefix max", nil,
			[]string{"SendCommand request OutputS3KeyPrefix: maximum: the suite has 500, the model none"}},
		"bound new": {
			"shapes ServiceRole max", 9, []string{"SendCommand request ServiceRoleArn: maximum: the suite has none, the model 9"}},
		"pattern": {
			"shapes MaxErrors pattern", "^[0-9]+$",
			[]string{
				"SendCommand request MaxErrors: pattern: the suite has ^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$, the model ^[0-9]+$"},
		},
		"enum value": {
			"shapes DocumentHashType enum", "Sha512",
			[]string{"SendCommand request DocumentHashType: enum value: the suite has none, the model Sha512"},
		},
		"enum value of requests and answers": {
			"shapes NotificationType enum", "Target",
			[]string{
				"SendCommand request NotificationConfig.NotificationType: enum value: the suite has none, the model Target",
				"SendCommand response Command.NotificationConfig.NotificationType: enum value: the suite has none, the model Target",
				"ListCommands response Commands[].NotificationConfig.NotificationType: enum value: the suite has none, the model Target",
				"ListCommandInvocations response CommandInvocations[].NotificationConfig.NotificationType: enum value: the suite has " +
					"none, the model Target",
			},
		},
		"status": {
			"shapes CommandStatus enum", "Paused",
			[]string{
				"SendCommand response Command.Status: enum value: the suite has none, the model Paused",
				"ListCommands response Commands[].Status: enum value: the suite has none, the model Paused",
			},
		},
		"member": {
			"shapes SendCommandRequest members Priority", map[string]any{"shape": "AlarmConfiguration"},
			[]string{"SendCommand request Priority: member: the suite has none, the model structure"},
		},
		"member gone": {"shapes SendCommandRequest members Targets", nil,
			[]string{"SendCommand request Targets: member: the suite has list, the model none"}},
		"member of an answer": {
			"shapes GetCommandInvocationResult members Retries", map[string]any{"shape": "ErrorCount"},
			[]string{"GetCommandInvocation response Retries: member: the suite has none, the model integer"},
		},
		"type": {"shapes CommandMaxResults type", "long", []string{
			"ListCommands request MaxResults: type: the suite has integer, the model long",
			"ListCommandInvocations request MaxResults: type: the suite has integer, the model long",
		}},
		"required": {"shapes SendCommandRequest required", "Targets",
			[]string{"SendCommand request Targets: required: the suite has no, the model yes"}},
		"no longer required": {
			"shapes SendCommandRequest required", nil,
			[]string{"SendCommand request DocumentName: required: the suite has yes, the model no"},
		},
		"error": {
			"operations SendCommand errors", map[string]any{"shape": "InvalidCommandId"},
			[]string{"SendCommand error InvalidCommandId: error: the suite has none, the model InvalidCommandId"},
		},
		"deprecated member": {
			"shapes SendCommandRequest members OutputS3Region deprecated", true,
			[]string{"SendCommand request OutputS3Region: deprecated: the suite has no, the model yes"},
		},
		"operation gone": {"operations CancelCommand", nil,
			[]string{"CancelCommand: operation: the suite has CancelCommand, the model none"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, lines(model.Compare(model.Encoded(), edited(t, strings.Fields(test.path), test.value))))
		})
	}
}

// What the Smithy form says in ways of its own: traits on a member, enums of either version, the prelude.
func TestSmithyFormsAreRead(t *testing.T) {
	t.Parallel()
	m, err := model.Read(strings.NewReader(`{"smithy": "2.0", "shapes": {
		"a#SendCommand": {"type": "operation", "input": {"target": "a#In"}, "output": {"target": "smithy.api#Unit"},
			"errors": [{"target": "a#Bad"}]},
		"a#In": {"type": "structure", "members": {
			"Size": {"target": "smithy.api#PrimitiveInteger", "traits": {
				"smithy.api#range": {"min": 2}, "smithy.api#required": {}, "smithy.api#deprecated": {}}},
			"Old": {"target": "a#Old"}, "New": {"target": "a#New"}, "Map": {"target": "a#Map"}}},
		"a#Old": {"type": "string", "traits": {"smithy.api#enum": [{"value": "y"}, {"value": "x"}]}},
		"a#New": {"type": "enum", "members": {
			"P": {"target": "smithy.api#Unit"}, "Q": {"target": "smithy.api#Unit", "traits": {"smithy.api#enumValue": "q"}}}},
		"a#Map": {"type": "map", "key": {"target": "smithy.api#String"}, "value": {"target": "smithy.api#String"}}}}`))
	require.NoError(t, err)
	two := int64(2)
	assert.Equal(t, model.Operation{
		Request: map[string]model.Member{
			"Size":  {Type: "integer", Required: true, Range: model.Bounds{Min: &two}, Deprecated: true},
			"Old":   {Type: "string", Values: []string{"x", "y"}},
			"New":   {Type: "string", Values: []string{"P", "q"}},
			"Map":   {Type: "map"},
			"Map[]": {Type: "string"},
		},
		Response: map[string]model.Member{},
		Errors:   []string{"Bad"},
	}, m.Operations["SendCommand"])
}

func gzipped(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestGzipIsToldByContent(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/service-2.json")
	require.NoError(t, err)
	m, err := model.Read(bytes.NewReader(gzipped(t, text)))
	require.NoError(t, err)
	assert.Empty(t, model.Compare(model.Encoded(), m))
}

func TestWhatIsNoModelIsRefused(t *testing.T) {
	t.Parallel()
	send := func(shapes string) string {
		return `{"metadata": {}, "operations": {"SendCommand": {"input": {"shape": "A"}}}, "shapes": {` + shapes + `}}`
	}
	var doubling []string
	for _, at := range []string{"A", "B", "C", "D", "E", "F", "G", "H", "I"} {
		var members []string
		for i := range 8 {
			members = append(members, `"m`+string(rune('0'+i))+`": {"shape": "`+string(rune(at[0]+1))+`"}`)
		}
		doubling = append(doubling, `"`+at+`": {"type": "structure", "members": {`+strings.Join(members, ", ")+`}}`)
	}
	for name, test := range map[string]struct{ text, want string }{
		"empty":              {"", "unexpected end"},
		"no JSON":            {"<html>", "invalid character"},
		"a list":             {"[]", "cannot unmarshal array"},
		"other JSON":         {`{"openapi": "3.1.0"}`, "no service model"},
		"no shapes":          {`{"smithy": "2.0"}`, "no service model"},
		"another service":    {`{"metadata": {}, "operations": {"GetObject": {}}, "shapes": {}}`, "no operation SendCommand"},
		"shapes of a list":   {`{"smithy": "2.0", "shapes": []}`, "cannot unmarshal array"},
		"a shape is missing": {send(`"B": {}`), `"A"`},
		"a circle":           {send(`"A": {"type": "structure", "members": {"a": {"shape": "A"}}}`), "more than 12 levels"},
		"doubling":           {send(strings.Join(append(doubling, `"J": {"type": "string"}`), ", ")), "5000 members"},
		"a broken gzip":      {"\x1f\x8b" + strings.Repeat("x", 20), "gzip"},
		"a gzip bomb":        {string(gzipped(t, bytes.Repeat([]byte(" "), 9<<20))), "more than 8388608 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := model.Read(strings.NewReader(test.text))
			require.ErrorIs(t, err, model.ErrNoModel)
			require.ErrorContains(t, err, test.want)
			assert.False(t, slices.Contains([]byte(err.Error()), '\n'))
		})
	}
}
