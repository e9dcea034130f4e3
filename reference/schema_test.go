package reference_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference"
)

// modelFile is the extract of the public service model (fixtures/evidence/model.json).
type modelFile struct {
	Operations map[string]struct{ Input string }
	Shapes     map[string]modelShape
}

type modelShape struct {
	Type    string
	Traits  modelTraits
	Members map[string]struct {
		Target string
		Traits modelTraits
	}
	Member, Value string
	Values        []string
}

type modelTraits struct {
	Length, Range *struct{ Min, Max *int64 }
	Pattern       *string
	Required      *struct{}
}

func readModel(t *testing.T) modelFile {
	t.Helper()
	data, err := os.ReadFile("../fixtures/evidence/model.json")
	require.NoError(t, err)
	var model modelFile
	require.NoError(t, json.Unmarshal(data, &model))
	return model
}

// fromModel lists the constraints the model has on an operation's request, as "path kind".
func (m modelFile) fromModel(path, name string, found map[string]modelShape) {
	s := m.Shapes[name]
	if s.Traits.Length != nil {
		found[path+" length"] = s
	}
	if s.Traits.Range != nil {
		found[path+" range"] = s
	}
	if s.Traits.Pattern != nil {
		found[path+" pattern"] = s
	}
	if s.Type == "enum" {
		found[path+" enum"] = s
	}
	for name, member := range s.Members {
		below := strings.TrimPrefix(path+"."+name, ".")
		if member.Traits.Required != nil {
			found[below+" required"] = s
		}
		m.fromModel(below, member.Target, found)
	}
	for _, element := range []string{s.Member, s.Value} {
		if element != "" {
			m.fromModel(path+"[]", element, found)
		}
	}
}

// wrapped is a pattern as the published Smithy model prints it.
func wrapped(pattern string) string {
	if !strings.HasPrefix(pattern, "^") {
		pattern = "^" + pattern
	}
	if !strings.HasSuffix(pattern, "$") {
		pattern += "$"
	}
	return pattern
}

// hidden are the constraints that AWS enforces and the public model does not have
// (evidence: validation/Comment-pattern, validation/InstanceId).
var hidden = []string{
	"SendCommand Comment pattern",
	"ListCommands CommandId pattern",
	"ListCommandInvocations CommandId pattern",
	"GetCommandInvocation CommandId pattern",
	"GetCommandInvocation InstanceId length",
	"CancelCommand CommandId pattern",
}

func TestTableHoldsTheModelsConstraintsAndNamesTheOthers(t *testing.T) {
	t.Parallel()
	model := readModel(t)
	facts, err := evidence.Embedded()
	require.NoError(t, err)
	left := map[string]modelShape{}
	for operation, op := range model.Operations {
		found := map[string]modelShape{}
		model.fromModel("", op.Input, found)
		for key, s := range found {
			left[operation+" "+key] = s
		}
	}
	require.NotEmpty(t, left)
	var extra []string
	for _, c := range reference.Constraints() {
		key := c.Operation + " " + c.Path + " " + string(c.Kind)
		assert.NotNil(t, facts.Fact(c.Evidence), "%s: fixtures/evidence has no fact %q", key, c.Evidence)
		if c.Hidden {
			extra = append(extra, key)
			continue
		}
		s, ok := left[key]
		if !assert.True(t, ok, "the model has no %s", key) {
			continue
		}
		delete(left, key)
		switch c.Kind {
		case reference.Length:
			assert.Equal(t, s.Traits.Length.Min, c.Min, key)
			assert.Equal(t, s.Traits.Length.Max, c.Max, key)
		case reference.Range:
			assert.Equal(t, s.Traits.Range.Min, c.Min, key)
			assert.Equal(t, s.Traits.Range.Max, c.Max, key)
		case reference.Pattern:
			assert.Equal(t, *s.Traits.Pattern, wrapped(c.Pattern), key)
		case reference.Enum:
			assert.ElementsMatch(t, s.Values, c.Values, key)
		}
	}
	assert.Empty(t, left, "constraints of the model that the table lacks")
	assert.ElementsMatch(t, hidden, extra)
}

func TestMembersAreThoseOfTheModel(t *testing.T) {
	t.Parallel()
	model := readModel(t)
	for _, operation := range reference.Operations() {
		var want []string
		for name := range model.Shapes[model.Operations[operation].Input].Members {
			want = append(want, name)
		}
		assert.ElementsMatch(t, want, reference.MemberNames(operation), operation)
	}
	assert.Nil(t, reference.MemberNames("PutParameter"))
}

func TestConstraintsCanBeChangedByTheCaller(t *testing.T) {
	t.Parallel()
	first := reference.Constraints()
	i := slices.IndexFunc(first, func(c reference.Constraint) bool { return c.Kind == reference.Length })
	*first[i].Max = -1
	assert.NotEqual(t, int64(-1), *reference.Constraints()[i].Max)
}
