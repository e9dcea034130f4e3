package generate

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// relation makes of a request another one that means the same, and must get the same verdict.
type relation struct {
	name     string
	apply    func(b Payload) fixtures.Request
	level    fixtures.Level
	evidence fixtures.Evidence
}

var (
	byTheGrammar   = fixtures.Evidence{"json/white-space", "json/key-order", "json/escapes"}
	unknownMembers = fixtures.Evidence{"framework/unknown-members"}
)

// relations lists the relations. None draws anything: a smaller request has a smaller twin.
var relations = []relation{
	{"members in another order", onTree(reverse), fixtures.Must, byTheGrammar},
	{"white space", onText(" \n", jsontree.AppendString), fixtures.Must, byTheGrammar},
	{"white space with tabs and carriage returns", onText("\t\r", jsontree.AppendString), fixtures.Must, byTheGrammar},
	{"every character escaped", onText("", escapedString), fixtures.Must, byTheGrammar},
	{"an unknown member", onTree(func(v *jsontree.Value) {
		v.Set("Sendspec", array(object(), number("1")))
	}), fixtures.Should, unknownMembers},
	{"an unknown member in front", onTree(func(v *jsontree.Value) {
		v.Members = slices.Insert(v.Members, 0, member("AAA", object(member("Comment", number("1")))))
	}), fixtures.Should, unknownMembers},
	{"an unknown member of each structure", onTree(unknownEverywhere), fixtures.Should, unknownMembers},
	{"null for absent", onTree(nullForAbsent), fixtures.Must, fixtures.Evidence{"protocol/null"}},
	{"an empty InstanceIds beside Targets", onTree(func(v *jsontree.Value) {
		if v.Get("InstanceIds") == nil {
			v.Set("InstanceIds", array())
		}
	}), fixtures.Must, fixtures.Evidence{"targets/empty-InstanceIds"}},
	{"a charset", onRequest(func(r *fixtures.Request) {
		setHeader(r, "Content-Type", "application/x-amz-json-1.1; charset=utf-8")
	}), fixtures.Must, fixtures.Evidence{"protocol/content-type-parameters"}},
	{"chunks of 7 bytes", onRequest(func(r *fixtures.Request) {
		r.Framing = &fixtures.Framing{Chunked: 7}
	}), fixtures.Must, documentedHTTP},
	{"a header of elsewhere", onRequest(func(r *fixtures.Request) {
		setHeader(r, "X-Forwarded-For", "192.0.2.1")
	}), fixtures.Should, nobodySaw},
}

func onTree(change func(v *jsontree.Value)) func(b Payload) fixtures.Request {
	return func(b Payload) fixtures.Request {
		v := b.Tree.Clone()
		change(v)
		return exactly(v.AppendJSON(nil))
	}
}

func onText(space string, text func(dst []byte, s string) []byte) func(b Payload) fixtures.Request {
	return func(b Payload) fixtures.Request { return exactly(spelled(nil, b.Tree, space, text)) }
}

func onRequest(change func(r *fixtures.Request)) func(b Payload) fixtures.Request {
	return func(b Payload) fixtures.Request {
		r := exactly(b.Bytes())
		change(&r)
		return r
	}
}

// reverse turns the order of the members round, but not that of a map's: it may be echoed.
func reverse(v *jsontree.Value) {
	slices.Reverse(v.Members)
	for i := range v.Members {
		if v.Members[i].Name != "Parameters" {
			reverse(&v.Members[i].Value)
		}
	}
	for i := range v.Items {
		reverse(&v.Items[i])
	}
}

func unknownEverywhere(v *jsontree.Value) {
	for _, name := range []string{"CloudWatchOutputConfig", "AlarmConfiguration", "NotificationConfig"} {
		if m := v.Get(name); m != nil && m.Kind == jsontree.Object {
			m.Set("Sendspec", object(member("a", jsontree.Value{})))
		}
	}
	if targets := v.Get("Targets"); targets != nil {
		for i := range targets.Items {
			if targets.Items[i].Kind == jsontree.Object {
				targets.Items[i].Set("Sendspec", number("1"))
			}
		}
	}
	v.Set("Sendspec", jsontree.Value{})
}

func nullForAbsent(v *jsontree.Value) {
	for _, name := range []string{
		"DocumentVersion", "DocumentHash", "DocumentHashType", "TimeoutSeconds", "Comment", "OutputS3Region", "OutputS3BucketName",
		"OutputS3KeyPrefix",
		"MaxConcurrency", "MaxErrors", "ServiceRoleArn", "NotificationConfig",
		"CloudWatchOutputConfig", "AlarmConfiguration", "InstanceIds",
	} {
		if v.Get(name) == nil {
			v.Set(name, jsontree.Value{})
		}
	}
}

// spelled writes a value with white space wherever the grammar allows it, and its strings and names as text does.
func spelled(dst []byte, v *jsontree.Value, space string, text func(dst []byte, s string) []byte) []byte {
	dst = append(dst, space...)
	switch v.Kind {
	case jsontree.String:
		dst = text(dst, v.Text)
	case jsontree.Array:
		dst = append(dst, '[')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = spelled(dst, &v.Items[i], space, text)
		}
		if len(v.Items) == 0 {
			dst = append(dst, space...)
		}
		dst = append(dst, ']')
	case jsontree.Object:
		dst = append(dst, '{')
		for i := range v.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = text(append(dst, space...), v.Members[i].Name)
			dst = append(append(dst, space...), ':')
			dst = spelled(dst, &v.Members[i].Value, space, text)
		}
		if len(v.Members) == 0 {
			dst = append(dst, space...)
		}
		dst = append(dst, '}')
	default:
		dst = v.AppendJSON(dst)
	}
	return append(dst, space...)
}

// escapedString writes a string with every character as \u.
func escapedString(dst []byte, s string) []byte {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, `\u%04x`, unit)
	}
	return append(append(append(dst, '"'), b.String()...), '"')
}
