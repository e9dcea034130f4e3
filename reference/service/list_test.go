package service_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference/service"
)

type page struct {
	Commands           []commandShown
	CommandInvocations []invocationShown
	NextToken          *string
}

// pages asks for all pages, and returns what identifies their entries.
func (a *account) pages(operation, members string) (ids []string, sizes []int) {
	a.t.Helper()
	token := ""
	for {
		request := "{" + bind(a.t, members, a.bindings) + token + "}"
		got := decode[page](a.t, ask(a.t, a, operation, request))
		for _, c := range got.Commands {
			ids = append(ids, c.CommandId)
		}
		for _, i := range got.CommandInvocations {
			ids = append(ids, i.CommandId+i.InstanceId)
		}
		sizes = append(sizes, len(got.Commands)+len(got.CommandInvocations))
		if got.NextToken == nil {
			return ids, sizes
		}
		token = `,"NextToken":"` + *got.NextToken + `"`
	}
}

func TestListsArePaged(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	var commands, invocations []string
	for range 7 {
		id := a.send(shell("true", two))
		commands = append([]string{id}, commands...)
		invocations = append([]string{id + a.bindings["node.2"], id + a.bindings["node"]}, invocations...)
		a.after(time.Second)
	}
	ids, sizes := a.pages("ListCommands", `"MaxResults":3`)
	assert.Equal(t, commands, ids, "newest first")
	assert.Equal(t, []int{3, 3, 1}, sizes)
	ids, sizes = a.pages("ListCommandInvocations", `"MaxResults":5,"Details":true`)
	assert.Equal(t, invocations, ids)
	assert.Equal(t, []int{5, 5, 4}, sizes)
	ids, sizes = a.pages("ListCommandInvocations", `"MaxResults":7,"InstanceId":"${node}"`)
	assert.Len(t, ids, 7)
	assert.Equal(t, []int{7}, sizes, "a full last page has no token")
	for range 60 {
		a.send(shell("true", one))
	}
	_, sizes = a.pages("ListCommands", `"InstanceId":"${node}"`)
	assert.Equal(t, []int{50, 17}, sizes, "the default")
	_, sizes = a.pages("ListCommands", `"InstanceId":"${node}","MaxResults":40.9`)
	assert.Equal(t, []int{40, 27}, sizes, "a fraction is cut off")
}

func TestNewCommandsDoNotShiftThePages(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	first, second := a.send(shell("true", one)), a.send(shell("true", one))
	got := decode[page](t, ask(t, a, "ListCommands", `{"MaxResults":1}`))
	assert.Equal(t, second, got.Commands[0].CommandId)
	a.send(shell("true", one))
	got = decode[page](t, ask(t, a, "ListCommands", `{"MaxResults":1,"NextToken":"`+*got.NextToken+`"}`))
	assert.Equal(t, first, got.Commands[0].CommandId)
	assert.Nil(t, got.NextToken)
}

func TestATokenHoldsForItsQuestionOnly(t *testing.T) {
	t.Parallel()
	a, other := newAccount(t), newAccount(t)
	for range 3 {
		a.send(shell("true", two))
		other.send(shell("true", two))
	}
	a.after(time.Second)
	const filters = `"Filters":[{"key":"Status","value":"Success"}]`
	token := *decode[page](t, ask(t, a, "ListCommands", `{"MaxResults":1,`+filters+`}`)).NextToken
	with := func(token string) string { return `"NextToken":"` + token + `"` }
	require.Equal(t, 200, ask(t, a, "ListCommands", `{"MaxResults":2,`+filters+`,`+with(token)+`}`).Status)
	flipped := strings.Map(func(r rune) rune {
		if r == rune(token[0]) {
			return 'Z'
		}
		return r
	}, token)
	for name, got := range map[string]reply{
		"other operation": ask(t, a, "ListCommandInvocations", `{`+filters+`,`+with(token)+`}`),
		"no filters":      ask(t, a, "ListCommands", `{`+with(token)+`}`),
		"other filters":   ask(t, a, "ListCommands", `{"Filters":[{"key":"Status","value":"Failed"}],`+with(token)+`}`),
		"other node":      ask(t, a, "ListCommands", `{`+filters+`,"InstanceId":"`+a.bindings["node"]+`",`+with(token)+`}`),
		"other service":   ask(t, other, "ListCommands", `{`+filters+`,`+with(token)+`}`),
		"flipped":         ask(t, a, "ListCommands", `{`+filters+`,`+with(flipped)+`}`),
		"longer":          ask(t, a, "ListCommands", `{`+filters+`,`+with(token+"AAAA")+`}`),
		"empty":           ask(t, a, "ListCommands", `{`+filters+`,`+with("")+`}`),
		"made up":         ask(t, a, "ListCommands", `{`+filters+`,`+with("MS4w")+`}`),
	} {
		assert.Equal(t, `{"__type":"InvalidNextToken"}`, got.Raw, name)
		assert.Equal(t, 400, got.Status, name)
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	want := map[string]string{}
	for name, members := range map[string]string{
		"ok": shell("true", one), "bad": shell("exit 1", one), "silent": shell("true", `"InstanceIds":["${node.silent}"]`),
		"offline": shell("true", by("node.offline")), "none": `"DocumentName":"${document}",` + nothing,
		"rate": shell("true", `"Targets":[{"Key":"tag:${rate.tag.key}","Values":["${rate.tag.value}"]}]`),
	} {
		want[a.send(members)] = name
	}
	a.after(time.Hour)
	want[a.send(shell("true", one))] = "later"
	names := func(operation, key, value string) string {
		ids, _ := a.pages(operation, `"Filters":[{"key":"`+key+`","value":"`+value+`"}]`)
		found := map[string]bool{}
		for _, id := range ids {
			found[want[id[:36]]] = true
		}
		var all []string
		for _, name := range strings.Fields("ok bad silent offline none rate later") {
			if found[name] {
				all = append(all, name)
			}
		}
		return strings.Join(all, " ")
	}
	for _, tc := range [][4]string{
		{"ListCommands", "Status", "Success", "ok none"},
		{"ListCommands", "Status", "NoInstancesInTag", "none"},
		{"ListCommands", "Status", "Failed", "bad rate"},
		{"ListCommands", "Status", "LimitExceeded", "rate"},
		{"ListCommands", "Status", "Pending", "offline later"},
		{"ListCommands", "Status", "Nonsense", ""},
		{"ListCommands", "ExecutionStage", "Executing", "silent offline later"},
		{"ListCommands", "ExecutionStage", "Complete", "ok bad none rate"},
		{"ListCommands", "DocumentName", "AWS-RunShellScript", "ok bad silent offline rate later"},
		{"ListCommands", "InvokedAfter", "2026-11-23T13:00:00Z", "later"},
		{"ListCommands", "InvokedBefore", "2026-11-23T13:00:00Z", "ok bad silent offline none rate"},
		{"ListCommandInvocations", "Status", "Success", "ok"},
		{"ListCommandInvocations", "Status", "Delayed", "offline"},
		{"ListCommandInvocations", "InvokedAfter", "2026-11-23T12:00:00+00:00", "ok bad silent offline"},
		{"ListCommandInvocations", "DocumentName", "other", ""},
	} {
		assert.Equal(t, tc[3], names(tc[0], tc[1], tc[2]), "%v", tc)
	}
	for _, value := range []string{"yesterday", "2026-11-23"} {
		got := ask(t, a, "ListCommands", `{"Filters":[{"key":"InvokedAfter","value":"`+value+`"}]}`)
		assert.Equal(t, "ValidationException", got.Type)
	}
	assert.Equal(t, "ValidationException", ask(t, a, "ListCommands", `{"Filters":[{"key":"ExecutionStage","value":"x"}]}`).Type)
}

func TestOldCommandsAreForgotten(t *testing.T) {
	t.Parallel()
	a := newAccount(t, service.WithHistory(5))
	first := a.send(shell("true", one))
	for i := range 9 {
		a.send(shell("true", one+`,"Comment":"`+strconv.Itoa(i)+`"`))
	}
	assert.Equal(t, "InvalidCommandId", ask(t, a, "CancelCommand", `{"CommandId":"`+first+`"}`).Type)
	ids, _ := a.pages("ListCommands", `"MaxResults":2`)
	assert.Len(t, ids, 5)
}
