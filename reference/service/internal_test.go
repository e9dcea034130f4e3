package service

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference"
)

func TestEpochSecondsAreWrittenAsJavaWritesDoubles(t *testing.T) {
	t.Parallel()
	for ms, want := range map[int64]string{
		1494825472676: "1.494825472676E9", 1541991535040: "1.54199153504E9", 2000000000000: "2.0E9", 1500000000000: "1.5E9",
		10000000000: "1.0E7", 9999999999: "9999999.999", 0: "0", 1500: "1.5", -1: "-0.001",
	} {
		assert.Equal(t, want, epochSeconds(time.UnixMilli(ms)), ms)
	}
}

func TestHistoryIsBoundedByNumberAndSize(t *testing.T) {
	t.Parallel()
	h := newHistory(3)
	add := func(id string, size int) {
		h.add(&command{Command: types.Command{CommandId: aws.String(id)}, size: size})
	}
	for i := range 5 {
		add(fmt.Sprint(i), 1)
	}
	assert.Nil(t, h.find("", "1"))
	require.NotNil(t, h.find("", "2"))
	require.NotNil(t, h.find("", "4"))
	assert.Len(t, h.byID, 3)
	assert.Equal(t, 3, h.size)
	add("large", maxHistoryBytes)
	assert.Nil(t, h.find("", "4"), "the large one leaves no room")
	assert.NotNil(t, h.find("", "large"))
	assert.Len(t, h.commands, 1)
}

func TestTargetsSelectNodes(t *testing.T) {
	t.Parallel()
	s := New(
		WithNode(Node{ID: "a", Online: true, Tags: map[string]string{"env": "prod", "team": "x"}}),
		WithNode(Node{ID: "b", Online: true, Tags: map[string]string{"env": "test", "empty": ""}}),
		WithNode(Node{ID: "i-c", Tags: map[string]string{"env": "prod"}}),
		WithResourceGroup("g", "b", "i-c", "gone"),
	)
	target := func(key string, values ...string) types.Target {
		return types.Target{Key: aws.String(key), Values: values}
	}
	for name, tc := range map[string]struct {
		targets []types.Target
		want    string
	}{
		"tag":             {[]types.Target{target("tag:env", "prod")}, "a i-c"},
		"values are ORed": {[]types.Target{target("tag:env", "prod", "test")}, "a b i-c"},
		"keys are ANDed":  {[]types.Target{target("tag:env", "prod"), target("tag:team", "x")}, "a"},
		"empty tag value": {[]types.Target{target("tag:empty", "")}, "b"},
		"missing tag":     {[]types.Target{target("tag:nope", "")}, ""},
		"tag-key":         {[]types.Target{target("tag-key", "team", "empty")}, "a b"},
		"IDs":             {[]types.Target{target("instanceids", "b", "zz")}, "b"},
		"group":           {[]types.Target{target("resource-groups:Name", "g")}, "b i-c"},
		"group and types": {[]types.Target{target("resource-groups:Name", "g"),
			target("resource-groups:ResourceTypeFilters", "AWS::EC2::Instance")}, "i-c"},
		"group, no members": {[]types.Target{target("resource-groups:Name", "other")}, ""},
		"no values":         {[]types.Target{target("tag:env")}, ""},
		"no targets":        {nil, ""},
	} {
		var got []string
		for _, n := range s.selectNodes(tc.targets) {
			got = append(got, n.ID)
		}
		assert.Equal(t, tc.want, strings.Join(got, " "), name)
	}
}

func TestACommandKeepsWhatItWasSentTo(t *testing.T) {
	t.Parallel()
	world := Demo("", "")
	s := New(world.Options...)
	c, e := s.admit(mustInput(t, `{"DocumentName":"`+world.Bindings["document.versions"]+`","DocumentVersion":"$LATEST",`+
		`"Targets":[{"Key":"tag:`+world.Bindings["tag.key"]+`","Values":["`+world.Bindings["tag.value"]+`"]}],"TimeoutSeconds":30}`))
	require.Nil(t, e)
	assert.Len(t, c.nodes, 2)
	assert.Equal(t, 63*time.Second, c.ExpiresAfter.Sub(*c.RequestedDateTime))
	assert.Equal(t, "step0", c.document.steps[0].name)
	assert.Equal(t, "echo version 3", c.document.steps[0].inputs.Pointer("/runCommand/0").Text)
}

func TestDocumentsOfSchema12(t *testing.T) {
	t.Parallel()
	for properties, want := range map[string]int64{
		`{"timeoutSeconds":"5"}`:                          5,
		`{"timeoutSeconds":6}`:                            6,
		`[{"timeoutSeconds":"7"},{"timeoutSeconds":"8"}]`: 7,
		`[]`:                     3600,
		`{}`:                     3600,
		`{"timeoutSeconds":"0"}`: 3600,
	} {
		v := parseContent(`{"schemaVersion":"1.2","runtimeConfig":{"aws:runShellScript":{"properties":` + properties + `}}}`)
		require.Len(t, v.steps, 1, properties)
		assert.Equal(t, "aws:runShellScript", v.steps[0].name)
		assert.Equal(t, time.Duration(want)*time.Second, v.executionTimeout(nil), properties)
	}
	assert.Equal(t, time.Hour, parseContent(`{"schemaVersion":"1.2"}`).executionTimeout(nil))
	assert.True(t, parseContent(`[]`).damaged)
}

func mustInput(t *testing.T, body string) *ssm.SendCommandInput {
	t.Helper()
	r := reference.ValidateJSON([]byte(body))
	require.Equal(t, reference.Valid, r.Validity())
	return reference.InputOf(r.Tree)
}
