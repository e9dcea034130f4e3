package judge

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/conformance/stable"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Description is what was wanted, or what came: by its type, of which fingerprints are made, and in words, which alone
// JSON has.
type Description struct {
	Words string
	Kind  Kind
	// Status is that of an answer; where a class was wanted, the first of it: 400 for 4xx.
	Status int
	// ErrorType is the type of the error that an answer is, or that a string names.
	ErrorType string
}

func (d Description) String() string { return d.Words }

// MarshalText returns the words.
func (d Description) MarshalText() ([]byte, error) { return []byte(d.Words), nil }

// UnmarshalText reads words, which say nothing of the type.
func (d *Description) UnmarshalText(b []byte) error { *d = Description{Words: string(b)}; return nil }

// Kind is the type of what is described: that of a JSON value, one of these, or of a failed exchange its wire.Failure with
// dashes. Baselines have the kinds in them, so none can be renamed.
type Kind string

// The kinds that other packages know.
const (
	KindNull     Kind = "null"
	KindNothing  Kind = "nothing" // no such member or header field
	KindAnswer   Kind = "answer"
	KindNoAnswer Kind = "no-answer"
)

const (
	kindNumber     Kind = "number"
	kindString     Kind = "string"
	kindList       Kind = "list"
	kindObject     Kind = "object"
	kindSeveral    Kind = "several" // members of the same name
	kindNone       Kind = "none"    // no error type, no step to compare with
	kindEmpty      Kind = "empty"   // no body
	kindUnreadable Kind = "no-json" // what no client can read: a body that is no JSON, an error without a type
	kindOther      Kind = "other"   // such as one of several values
)

// Type is what is described without any words, such as "string", "200" or "400/InvalidDocument".
func (d Description) Type() string {
	code := strconv.Itoa(d.Status)
	switch {
	case d.Status == 0:
		return cmp.Or(d.ErrorType, string(d.Kind), string(kindOther))
	case d.ErrorType != "":
		return code + "/" + d.ErrorType
	case d.Kind != KindAnswer:
		return code + "/" + string(d.Kind)
	}
	return code
}

func anything(words string) Description { return Description{Words: words, Kind: kindOther} }

func nothing() Description { return Description{Words: "nothing", Kind: KindNothing} }

// described quotes a value, nil where there is none.
func described(v *jsontree.Value) Description { return Description{Words: show(v), Kind: kindOf(v)} }

func kindOf(v *jsontree.Value) Kind {
	switch {
	case v == nil:
		return KindNothing
	case v.Kind == jsontree.Array:
		return kindList
	}
	return Kind(v.Kind.String())
}

func describedStatus(code int) Description {
	return Description{Words: StatusText(code), Kind: KindAnswer, Status: code}
}

func describedError(err *wire.Error) Description {
	return Description{Words: untrusted.FirstLine(err.Error()), Kind: Kind(strings.ReplaceAll(string(err.Failure), " ", "-"))}
}

func describedBody(e *Exchanged) Description {
	if len(e.Response.Body) == 0 {
		return Description{Words: "an empty body", Kind: kindEmpty}
	}
	return Description{Words: e.bodyErr.Error(), Kind: kindUnreadable}
}

// refusalShown is how much of a refusal is quoted: the longest that was recorded from AWS has 418 bytes.
const refusalShown = 1000

func (e *Exchanged) described() Description {
	if e.Response == nil {
		if e.Err == nil {
			return Description{Words: "no answer", Kind: KindNoAnswer}
		}
		d := describedError(e.Err)
		d.Words = "no answer (" + d.Words + ")"
		return d
	}
	d := describedStatus(e.Response.Status)
	switch {
	case e.ErrorType != "":
		d.ErrorType = owned(e.ErrorType)
		refusal := e.ErrorType
		if e.Message != "" {
			refusal += ": " + e.Message
		}
		d.Words += " " + stable.Cut(strings.ToValidUTF8(refusal, ""), refusalShown)
	case e.Body == nil && len(e.Response.Body) == 0:
		d.Kind = kindEmpty
		d.Words += " with an empty body"
	case e.Body == nil:
		d.Kind = kindUnreadable
		d.Words += " with a body that is no JSON"
	case e.Response.Status/100 != 2:
		d.Kind = kindUnreadable
		d.Words += " without an error type"
	}
	return d
}

// Summary says in a few words what came back.
func (e *Exchanged) Summary() string { return e.described().Words }
