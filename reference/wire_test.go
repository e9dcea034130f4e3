package reference_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference"
)

func TestMalformedBodies(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"empty": "", "open": "{", "null": "null", "string": `"x"`, "number": "1", "true": "true",
		"trailing comma": `{"DocumentName":"abc",}`,
		"trailing bytes": `{"DocumentName":"abc"}x`, "byte order mark": "\ufeff{}", "invalid UTF-8": "{\"Comment\":\"\xff\"}",
		"raw line feed": "{\"Comment\":\"\n\"}",
	} {
		r := reference.ValidateJSON([]byte(body))
		assert.Equal(t, reference.Malformed, r.Validity(), name)
		exception, message := r.Exception()
		assert.Equal(t, "SerializationException", exception, name)
		assert.Empty(t, message, name)
	}
}

// The texts measured on another service of AWS's framework (evidence: framework/serialization-types).
func TestTypeErrors(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][2]string{
		`[]`:                                             {"", "Start of list found where not expected"},
		`{"TimeoutSeconds":"60"}`:                        {"TimeoutSeconds", "STRING_VALUE can not be converted to an Integer"},
		`{"TimeoutSeconds":true}`:                        {"TimeoutSeconds", "TRUE_VALUE can not be converted to an Integer"},
		`{"TimeoutSeconds":false}`:                       {"TimeoutSeconds", "FALSE_VALUE can not be converted to an Integer"},
		`{"TimeoutSeconds":[]}`:                          {"TimeoutSeconds", "Start of list found where not expected"},
		`{"TimeoutSeconds":{}}`:                          {"TimeoutSeconds", "Start of structure or map found where not expected."},
		`{"Comment":1}`:                                  {"Comment", "NUMBER_VALUE can not be converted to a String"},
		`{"Comment":true}`:                               {"Comment", "TRUE_VALUE can not be converted to a String"},
		`{"Comment":[]}`:                                 {"Comment", "Start of list found where not expected"},
		`{"Comment":{}}`:                                 {"Comment", "Start of structure or map found where not expected."},
		`{"DocumentHashType":1}`:                         {"DocumentHashType", "NUMBER_VALUE can not be converted to a String"},
		`{"Targets":"x"}`:                                {"Targets", "Expected list or null"},
		`{"Targets":{}}`:                                 {"Targets", "Start of structure or map found where not expected."},
		`{"Targets":["x"]}`:                              {"Targets[0]", "Expected null"},
		`{"Targets":[{"Values":[1]}]}`:                   {"Targets[0].Values[0]", "NUMBER_VALUE can not be converted to a String"},
		`{"AlarmConfiguration":[]}`:                      {"AlarmConfiguration", "Start of list found where not expected"},
		`{"AlarmConfiguration":"x"}`:                     {"AlarmConfiguration", "Expected null"},
		`{"Parameters":[]}`:                              {"Parameters", "Start of list found where not expected"},
		`{"Parameters":{"a":"x"}}`:                       {"Parameters.a", "Expected list or null"},
		`{"Parameters":{"a":[{}]}}`:                      {"Parameters.a[0]", "Start of structure or map found where not expected."},
		`{"MaxErrors":1,"Comment":2,"TimeoutSeconds":1}`: {"MaxErrors", "NUMBER_VALUE can not be converted to a String"},
		`{"CloudWatchOutputConfig":{"CloudWatchOutputEnabled":"true"}}`: {"CloudWatchOutputConfig.CloudWatchOutputEnabled",
			"STRING_VALUE can not be converted to a Boolean"},
	} {
		r := reference.ValidateJSON([]byte(body))
		require.Equal(t, reference.Mistyped, r.Validity(), body)
		assert.Equal(t, want[0], r.TypeErrors[0].Path, body)
		exception, message := r.Exception()
		assert.Equal(t, "SerializationException", exception, body)
		assert.Equal(t, want[1], message, body)
		assert.Empty(t, r.Violations, "type errors win over everything else: %s", body)
	}
}

func TestIntegersAreTruncatedAndClamped(t *testing.T) {
	t.Parallel()
	for literal, tc := range map[string]struct {
		seconds int32
		unknown bool
	}{
		"60": {60, false}, "60.9": {60, true}, "6e1": {60, true}, "60.0": {60, true},
	} {
		r := reference.ValidateJSON([]byte(`{"DocumentName":"abc","TimeoutSeconds":` + literal + `}`))
		require.Equal(t, reference.Valid, r.Validity(), literal)
		assert.Equal(t, tc.seconds, *reference.InputOf(r.Tree).TimeoutSeconds, literal)
		assert.Equal(t, tc.unknown, len(r.Unknown) > 0, literal)
	}
	for literal, want := range map[string]string{"99999999999": "'2147483647'", "-99999999999": "'-2147483648'",
		"1e999": "'2147483647'", "29.99": "'29'", "0": "'0'"} {
		r := reference.ValidateJSON([]byte(`{"DocumentName":"abc","TimeoutSeconds":` + literal + `}`))
		require.Equal(t, reference.Invalid, r.Validity(), literal)
		assert.Contains(t, reference.Message(r.Violations), want, literal)
	}
}

func TestDoubtsAreTold(t *testing.T) {
	t.Parallel()
	for body, pointer := range map[string]string{
		`{"DocumentName":"abc","InstanceIds":[null]}`:                     "/InstanceIds/0",
		`{"DocumentName":"abc","Parameters":{"a/b":null}}`:                "/Parameters/a~1b",
		`{"DocumentName":"abc","Parameters":{"a":[null]}}`:                "/Parameters/a/0",
		`{"DocumentName":"abc","Comment":"\ud800"}`:                       "/Comment",
		`{"DocumentName":"abc","Comment":"a","Comment":"b"}`:              "/Comment",
		`{"DocumentName":"abc","TimeoutSeconds":60.5}`:                    "/TimeoutSeconds",
		`{"DocumentName":"abc","Parameters":{"a":[],"a":[]}}`:             "/Parameters/a",
		`{"DocumentName":"abc","x":` + strings.Repeat("[", 1001):          "",
		`{"DocumentName":"abc","Targets":[null,{"Key":"tag-key"}],"z":1}`: "/Targets/0",
	} {
		r := reference.ValidateJSON([]byte(body))
		require.Len(t, r.Unknown, 1, body)
		assert.Equal(t, pointer, r.Unknown[0].Path, body)
	}
}

func TestNullAndUnknownMembersAreAbsent(t *testing.T) {
	t.Parallel()
	all := `{"documentName":1,"X":[{}],"DocumentName":"abc"`
	for _, name := range reference.MemberNames(reference.SendCommand) {
		if name != "DocumentName" {
			all += `,"` + name + `":null`
		}
	}
	r := reference.ValidateJSON([]byte(all + "}"))
	require.Equal(t, reference.Valid, r.Validity())
	assert.Empty(t, r.Unknown)
	in := reference.InputOf(r.Tree)
	assert.Equal(t, "abc", *in.DocumentName)
	assert.Nil(t, in.TimeoutSeconds)
	assert.Nil(t, in.Targets)
	assert.Nil(t, in.Parameters)
	assert.Nil(t, in.AlarmConfiguration)
	null := reference.ValidateJSON([]byte(`{"DocumentName":null}`))
	assert.Equal(t, []string{"DocumentName required"}, paths(null.Violations))
}

func TestInputHasEveryMemberOfTheBody(t *testing.T) {
	t.Parallel()
	want := full()
	r := reference.ValidateJSON(wireOf(t, want))
	require.Equal(t, reference.Valid, r.Validity())
	assert.Equal(t, want, reference.InputOf(r.Tree))
}

func TestOtherOperations(t *testing.T) {
	t.Parallel()
	id := "01234567-89ab-cdef-0123-456789abcdef"
	for _, tc := range []struct {
		operation, body string
		want            []string
	}{
		{reference.ListCommands, `{}`, nil},
		{reference.ListCommands, `{"MaxResults":0,"Filters":[]}`, []string{"MaxResults range", "Filters length"}},
		{reference.ListCommands, `{"MaxResults":51,"InstanceId":"x"}`, []string{"InstanceId pattern", "MaxResults range"}},
		{reference.ListCommands, `{"Filters":[{"key":"Status","value":"Success"},{"key":"status","value":""},{}]}`,
			[]string{"Filters[1].key enum", "Filters[1].value length", "Filters[2].key required", "Filters[2].value required"}},
		{reference.ListCommandInvocations, `{"CommandId":"` + id + `","Details":true}`, nil},
		{reference.GetCommandInvocation, `{}`, []string{"CommandId required", "InstanceId required"}},
		{reference.GetCommandInvocation, `{"CommandId":"` + id + `","InstanceId":"i-12345678","PluginName":"abc"}`,
			[]string{"PluginName length"}},
		{reference.CancelCommand, `{"CommandId":"` + id + `","InstanceIds":["x"]}`, []string{"InstanceIds[0] pattern"}},
	} {
		r := reference.ValidateOperation(tc.operation, []byte(tc.body))
		require.NoError(t, r.Malformed)
		require.Empty(t, r.TypeErrors)
		assert.Equal(t, tc.want, paths(r.Violations), "%s %s", tc.operation, tc.body)
	}
	r := reference.ValidateOperation(reference.ListCommandInvocations, []byte(`{"Details":"true"}`))
	assert.Equal(t, reference.Mistyped, r.Validity())
	unknown := reference.ValidateOperation("PutParameter", []byte(`{}`))
	assert.ErrorContains(t, unknown.Malformed, `unknown operation "PutParameter"`)
}
