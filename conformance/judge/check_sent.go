package judge

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// asSentCheck looks at what does not change in a command's life.
var asSentCheck = caseCheck{
	rule("Command/as-sent", "A command, and each of its invocations, is shown with what was sent and as it was shown first, but for its "+
		"status, counts and output; its invocations are of the nodes that it was sent to, one of each",
		fixtures.Must, "echo/whole-later", "expiry/list", "notifications/later", "notifications/invocations", "output/log-group",
		"calls/GetCommandInvocation-members", "calls/one-per-node", "calls/no-urls"),
	asSent,
}

// The members that stay, of a Command, of an invocation, and of one in a list.
var (
	constantOfCommand = []string{
		"DocumentName", "DocumentVersion", "Comment", "ExpiresAfter", "Parameters", "InstanceIds", "Targets", "RequestedDateTime",
		"OutputS3Region", "OutputS3BucketName", "OutputS3KeyPrefix", "MaxConcurrency", "MaxErrors", "ServiceRole", "NotificationConfig",
		"CloudWatchOutputConfig", "TimeoutSeconds", "AlarmConfiguration",
	}
	constantOfInvocation = []string{"DocumentName", "DocumentVersion", "Comment", "CloudWatchOutputConfig"}
	constantInList       = append(slices.Clone(constantOfInvocation), "ServiceRole", "NotificationConfig")
	// comesBack are the members of a request that a Command shows as they are; what it makes of the others only its answer tells.
	comesBack = []string{
		"DocumentName", "DocumentVersion", "Comment", "Parameters", "InstanceIds", "Targets", "OutputS3BucketName", "OutputS3KeyPrefix",
		"MaxConcurrency", "MaxErrors", "TimeoutSeconds",
	}
)

func asSent(h *history, e *Exchanged, s *subject) []Finding {
	var found []Finding
	names, operation := constantOfCommand, e.Step.Request.Operation
	switch {
	case operation == reference.SendCommand:
		h.rememberRequest(e, s.by)
	case s.of == reference.OfInvocation:
		names = constantOfInvocation
		found = append(h.ofNode(s), h.urls(s)...)
		if operation == reference.ListCommandInvocations { // its own, a little later than the command's
			names = constantInList
			found = append(found, h.constant(s, "RequestedDateTime", s.node+"/")...)
		}
	}
	for _, name := range names {
		found = append(found, h.constant(s, name, "")...)
	}
	return found
}

// rememberRequest notes what a Command shows of its request. A member that appears twice counts as none.
func (h *history) rememberRequest(e *Exchanged, by place) {
	body := e.requestBody()
	if body == nil || len(body.Duplicates()) > 0 {
		return
	}
	note := func(name string, v *jsontree.Value) {
		if v != nil && v.Kind != jsontree.Null {
			h.remember(h.sent, name, v, by)
		}
	}
	for _, name := range comesBack {
		if v := body.Get(name); name != "DocumentName" || !strings.ContainsAny(v.Str(), ":/") { // an ARN may come back as a name
			note(name, v)
		}
	}
	note("ServiceRole", body.Get("ServiceRoleArn"))
}

// constant holds a member against what was sent and what was shown first: where the two differ, that answer was judged
// for it, and either may come.
func (h *history) constant(s *subject, name, prefix string) []Finding {
	got := s.value.Get(name)
	shown, wasShown := h.shown[prefix+name]
	if !wasShown {
		if got != nil {
			h.remember(h.shown, prefix+name, got, s.by)
		}
		if shown = h.sent[prefix+name]; shown.text == "" || shown.by == s.by {
			return nil
		}
	}
	want, whence := shown, "as in "
	if sent, ok := h.sent[prefix+name]; ok {
		want, whence = sent, "as sent in "
	}
	if stays(name, shown, got) || stays(name, want, got) {
		return nil
	}
	level := fixtures.Must
	if got != nil && name != "Parameters" && bytes.Equal(unordered(want.value()), unordered(got)) {
		level = fixtures.Should // the order of nodes, targets and events is not recorded (evidence: echo/InstanceIds-order)
	}
	return want.differs(level, s.path+"/"+name, ", "+whence+want.by.name, got)
}

// stays reports whether a member still has a value. One that is left out later, and had nothing in it, is a matter of
// which members an answer has.
func stays(name string, before known, got *jsontree.Value) bool {
	if got == nil {
		return before.empty
	}
	text := string(got.AppendJSON(nil))
	if text == before.text || strings.Contains(before.text+text, "(redacted)") {
		return true
	}
	want := before.value()
	if jsontree.Equal(want, got) {
		return true
	}
	switch name {
	case "RequestedDateTime", "ExpiresAfter":
		x, ok1 := want.Float64()
		y, ok2 := got.Float64()
		return ok1 && ok2 && math.Abs(x-y) <= afterTolerance
	case "CloudWatchOutputConfig": // the group that is made where none was named may show later (evidence: echo/CloudWatch-empty-structure)
		return want.Get("CloudWatchLogGroupName").Str() == "" &&
			jsontree.Equal(want.Get("CloudWatchOutputEnabled"), got.Get("CloudWatchOutputEnabled"))
	}
	return false
}

// unordered writes a value so that two are equal in any order of what is in their lists and structures.
func unordered(v *jsontree.Value) []byte {
	var parts [][]byte
	for i := range v.Items {
		parts = append(parts, unordered(&v.Items[i]))
	}
	for i := range v.Members {
		parts = append(parts, append(jsontree.AppendString(nil, v.Members[i].Name), unordered(&v.Members[i].Value)...))
	}
	if parts == nil {
		return v.AppendJSON(nil)
	}
	slices.SortFunc(parts, bytes.Compare)
	return bytes.Join(parts, []byte{','})
}

// isEmpty reports whether there is nothing in a value but what AWS shows of a member that was not given.
func isEmpty(v *jsontree.Value) bool {
	switch {
	case v == nil || v.Kind == jsontree.Null:
		return true
	case v.Kind == jsontree.Number || v.Text != "" || v.Bool || len(v.Items) > 0:
		return false
	}
	return !slices.ContainsFunc(v.Members, func(m jsontree.Member) bool { return !isEmpty(&m.Value) })
}

// mostOfNodes is more than the text of the 50 InstanceIds that a command can have.
const mostOfNodes = 4096

// ofNode holds the node of an invocation against those that the command was sent to, and against those of the page.
func (h *history) ofNode(s *subject) []Finding {
	path := s.path + "/InstanceId"
	if s.again {
		return broken(fixtures.Must, path, "a node once among the invocations of a command", described(s.value.Get("InstanceId")))
	}
	to, ok := h.sent["InstanceIds"]
	if !ok {
		to = h.shown["InstanceIds"]
	}
	if len(to.text) > mostOfNodes {
		return nil
	}
	list := to.value()
	if list == nil || len(list.Items) == 0 ||
		slices.ContainsFunc(list.Items, func(v jsontree.Value) bool { return v.Str() == s.node }) {
		return nil
	}
	return broken(fixtures.Must, path, fmt.Sprintf("one of %s, the InstanceIds in %s", show(list), to.by),
		described(s.value.Get("InstanceId")))
}

// urls looks at where the output is: nowhere without a bucket, and in the bucket and its folder with one.
func (h *history) urls(s *subject) []Finding {
	place, ok := h.shown["OutputS3BucketName"]
	if !ok {
		return nil
	}
	bucket, prefix := place.value().Str(), h.shown["OutputS3KeyPrefix"].value().Str()
	var found []Finding
	for _, name := range []string{"StandardOutputUrl", "StandardErrorUrl"} {
		v := s.value.Get(name)
		switch url := v.Str(); {
		case url == "":
		case bucket == "":
			want := Description{Words: `"", without a bucket in ` + place.by.name, Kind: kindString}
			found = append(found, Finding{Path: s.path + "/" + name, Want: want, Got: described(v), Level: fixtures.Must})
		default:
			for _, part := range []string{bucket, prefix, s.command, s.node} {
				if !strings.Contains(url, part) {
					found = append(found, broken(fixtures.Should, s.path+"/"+name,
						fmt.Sprintf("a URL with %q in it, by %s", part, place.by), described(v))...)
					break
				}
			}
		}
	}
	return found
}
