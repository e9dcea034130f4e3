package observe

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// step makes a step of a call; names are the texts that are replaced, and ownOutput says that the output is the node's own.
func (p *replay) step(line *evidence.Recording, input, answer *jsontree.Value,
	names map[string]string, ownOutput bool) *replayStep {
	r := replacer(names)
	s := &replayStep{Name: "call", Request: map[string]any{"operation": line.Operation}, same: line.Operation + string(line.Input)}
	switch {
	case input != nil && input.Duplicates() == nil:
		s.Request["body"] = map[string]any{"json": json.RawMessage(r.tree(input).AppendJSON(nil))}
	case line.Input != nil:
		s.Request["body"] = map[string]any{"text": r.text(string(line.Input))}
	}
	if q := line.Request; q != nil {
		s.Request["method"], s.Request["path"] = q.Method, r.text(q.Path)
		if q.Headers != nil {
			headers := map[string]any{}
			for name, values := range q.Headers {
				headers[name] = nil
				if len(values) > 0 {
					headers[name] = r.texts(values)
				}
			}
			s.Request["headers"] = headers
		}
		for name, raw := range map[string]json.RawMessage{"framing": q.Framing, "auth": q.Auth} {
			if raw != nil {
				s.Request[name] = raw
			}
		}
		switch {
		case q.Body != nil:
			s.Request["body"] = map[string]any{"text": r.text(*q.Body)}
		case q.Base64 != nil:
			s.Request["body"] = map[string]any{"base64": q.Base64}
		}
	}
	expect := map[string]any{"name": "as AWS answered", "status": line.HTTPStatus}
	switch {
	case line.Code != "Success" && line.Code != "":
		expect["error"] = p.errorOf(line, r)
	case line.HTTPStatus/100 != 2 || line.Code == "":
		expect["format"] = "any"
	default:
		status := terminal(answer)
		w := &wanted{
			replacer: r, region: p.region, sent: line.Operation == reference.SendCommand, ownOutput: ownOutput,
			moving: status == "" && statusOf(answer) != nil,
		}
		expect["body"] = json.RawMessage(w.value("", "", answer).AppendJSON(nil))
		if status != "" && line.Operation != reference.SendCommand {
			s.Poll = map[string]any{"until": until(answer, status), "within": "60s"}
		}
	}
	if belowProtocol(line) {
		expect["format"] = fixtures.FormatAny
	}
	s.Expect = []map[string]any{expect}
	return s
}

// belowProtocol reports whether AWS answered from below AWS JSON, as it does where the request is none of that.
func belowProtocol(line *evidence.Recording) bool {
	if line.Response == nil {
		return false
	}
	for name, values := range line.Response.Headers {
		if strings.EqualFold(name, "Content-Type") {
			return len(values) != 1 || !judge.IsAWSJSON(values[0])
		}
	}
	return len(line.Response.Body) > 0
}

func (p *replay) errorOf(line *evidence.Recording, r replacer) map[string]any {
	e := map[string]any{"type": line.Code}
	if line.Error == nil || line.Error.Error.Message == "" {
		return e
	}
	text := r.text(line.Error.Error.Message)
	e["message"] = map[string]any{"$should": text}
	if strings.Contains(text, "failed to satisfy constraint") {
		e["message"] = map[string]any{"$should": map[string]any{"$validationMessage": text}}
	}
	return e
}

// final are the statuses in which a command stays.
var final = []string{"Success", "Failed", "TimedOut", "Cancelled"}

// statusOf is where an answer has the status of its command or invocation.
func statusOf(answer *jsontree.Value) *jsontree.Value {
	for _, pointer := range []string{"/Status", "/Command/Status", "/Commands/0/Status", "/CommandInvocations/0/Status"} {
		if v := answer.Pointer(pointer); v != nil {
			return v
		}
	}
	return nil
}

// terminal is the status that an answer shows, where it is final.
func terminal(answer *jsontree.Value) string {
	if s := statusOf(answer).Str(); slices.Contains(final, s) {
		return s
	}
	return ""
}

// until is what a step waits for: the status of each that is listed.
func until(answer *jsontree.Value, status string) map[string]any {
	for _, name := range []string{"Commands", "CommandInvocations"} {
		if list := answer.Get(name); list != nil {
			var each []any
			for i := range list.Items {
				each = append(each, map[string]any{"Status": list.Items[i].Get("Status").Str()})
			}
			return map[string]any{name: each}
		}
	}
	return map[string]any{"Status": status}
}

// replacer replaces texts by templates. What looks like a template is escaped.
type replacer map[string]string

func (r replacer) text(s string) string {
	s = strings.ReplaceAll(s, "${", "$${")
	for _, from := range slices.SortedFunc(maps.Keys(r), func(a, b string) int { return len(b) - len(a) }) {
		s = strings.ReplaceAll(s, from, r[from])
	}
	return s
}

func (r replacer) texts(list []string) []string {
	var all []string
	for _, s := range list {
		all = append(all, r.text(s))
	}
	return all
}

func (r replacer) tree(v *jsontree.Value) *jsontree.Value {
	copied := *v
	if v.Kind == jsontree.String && !v.LoneSurrogate {
		copied.Text = r.text(v.Text)
	}
	copied.Items, copied.Members = slices.Clone(v.Items), slices.Clone(v.Members)
	for i := range copied.Items {
		copied.Items[i] = *r.tree(&v.Items[i])
	}
	for i := range copied.Members {
		copied.Members[i].Name = r.text(v.Members[i].Name)
		copied.Members[i].Value = *r.tree(&v.Members[i].Value)
	}
	return &copied
}

// wanted makes an expectation of an answer: what is new each time is matched by its form.
type wanted struct {
	replacer
	region string
	sent   bool // the answer of SendCommand
	// ownOutput reports whether the output is the node's own.
	ownOutput bool
	moving    bool // the command had not ended, and what it shows of that may differ
}

// progress are the members that change until a command has ended.
var progress = []string{"Status", "StatusDetails", "TargetCount", "CompletedCount", "ErrorCount", "DeliveryTimedOutCount", "ResponseCode",
	"CommandPlugins", "ExecutionStartDateTime", "ExecutionEndDateTime", "ExecutionElapsedTime"}

func (w *wanted) value(at, name string, v *jsontree.Value) *jsontree.Value {
	switch v.Kind {
	case jsontree.Object:
		return w.object(at, v)
	case jsontree.Array:
		list := &jsontree.Value{Kind: jsontree.Array}
		for i := range v.Items {
			list.Items = append(list.Items, *w.value(fmt.Sprintf("%s/%d", at, i), name, &v.Items[i]))
		}
		return list
	}
	if m := w.matcher(name, v); m != "" {
		return jsontree.Literal(m)
	}
	return w.tree(v)
}

func (w *wanted) object(at string, v *jsontree.Value) *jsontree.Value {
	o := &jsontree.Value{Kind: jsontree.Object}
	for i := range v.Members {
		member := &v.Members[i]
		if w.moving && !w.sent && slices.Contains(progress, member.Name) {
			continue
		}
		path := at + "/" + jsontree.EscapeToken(member.Name)
		want := w.value(path, member.Name, &member.Value)
		if member.Name == "ExpiresAfter" {
			from, ok := seconds(v.Get("RequestedDateTime"))
			to, also := seconds(&member.Value)
			if ok && also {
				span := fmt.Sprintf("%dms", int64((to-from)*1000+0.5))
				after := jsontree.NewStrings([]string{at + "/RequestedDateTime", span})
				matcher := jsontree.NewObject(jsontree.NewMember("$after", after))
				want = &matcher
			}
		}
		o.Members = append(o.Members, jsontree.Member{Name: member.Name, Value: *want})
	}
	return o
}

// ofNode are the members that say what a node is, outputs what it printed.
var (
	ofNode  = []string{"InstanceName"}
	outputs = []string{"StandardOutputContent", "StandardErrorContent", "Output"}
)

// matcher is the matcher of a value that is new each time, empty where the value is to be the same.
func (w *wanted) matcher(name string, v *jsontree.Value) string {
	switch {
	case name == "CommandId" && w.sent:
		return `{"$uuid":true}`
	case evidence.IsTime(name):
		return `{"$epochSeconds":{"within":"10m"}}`
	case name == "OutputS3Region" && v.Text != "":
		return `"${region}"`
	case strings.HasSuffix(name, "DateTime") && v.Text != "":
		return `{"$regex":"^[0-9]{4}-[0-9]{2}-[0-9]{2}T.*Z$"}`
	case name == "ExecutionElapsedTime" && v.Text != "":
		return `{"$regex":"^PT[0-9HMS.]+$"}`
	case slices.Contains(ofNode, name) && v.Kind == jsontree.String, w.ownOutput && slices.Contains(outputs, name):
		return `{"$type":"string"}`
	case name == "NextToken" && v.Text != "":
		return `{"$type":"string"}`
	}
	return ""
}

// seconds are those of a time, as a number or as a text.
func seconds(v *jsontree.Value) (float64, bool) {
	if n, ok := v.Float64(); ok {
		return n, true
	}
	at, err := time.Parse(time.RFC3339Nano, v.Str())
	return float64(at.UnixMilli()) / 1000, err == nil
}
