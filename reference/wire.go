package reference

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// Verdict is what AWS's framework does with a request body, before it looks at the account.
type Verdict string

// The verdicts, in the order AWS comes to them.
const (
	// Malformed bodies are refused with a SerializationException: no JSON object.
	Malformed Verdict = "malformed"
	// Mistyped bodies are refused with a SerializationException: a member of a wrong type.
	Mistyped Verdict = "mistyped"
	// Invalid bodies are refused with a ValidationException: constraints are broken.
	Invalid Verdict = "invalid"
	// Valid bodies go on to the checks that depend on the account.
	Valid Verdict = "valid"
)

// TypeError is a member whose JSON type is not the one the model wants.
type TypeError struct {
	// Path leads to the value, for example TimeoutSeconds or Targets[0].Key; "" is the body.
	Path string `json:"path"`
	// Offset is where the value begins, in bytes from the start of the body.
	Offset int `json:"offset"`
	// Want is the Smithy type wanted, Got the JSON type that came.
	Want string `json:"want"`
	Got  string `json:"got"`
	// Message is the text of AWS's SerializationException (facts.md section 3, measured on
	// another service of the same framework). It is that of the nearest type where none was
	// measured, and empty for a scalar in place of a map.
	Message string `json:"message,omitempty"`
}

// Error says what was wanted and what came.
func (e *TypeError) Error() string {
	path := e.Path
	if path == "" {
		path = "the body"
	}
	return "expected " + e.Want + " at " + path + ", got " + e.Got
}

// Unknown is a doubt: nobody has seen what AWS does about it, so no other part of the result
// may be held against a server.
type Unknown struct {
	// Path leads to the place: an RFC 6901 pointer into the body.
	Path string `json:"path"`
	// Reason says what is not known.
	Reason string `json:"reason"`
}

// Result is what the framework makes of one request body. Where Unknown is not empty, the rest
// is our choice.
type Result struct {
	// Operation is the operation the body was judged for.
	Operation string
	// Tree is the body; nil where it is not JSON.
	Tree *jsontree.Value
	// Malformed is set where the body is no JSON object: a *jsontree.SyntaxError, or an error
	// that names the value that came.
	Malformed error
	// TypeErrors are all members of a wrong type, in document order. AWS tells the first.
	TypeErrors []TypeError
	// Violations are all broken constraints; they are looked for only where there are no type
	// errors.
	Violations []Violation
	// Unknown are the doubts.
	Unknown []Unknown
	// Input is the request where the body is valid and the operation is SendCommand.
	Input *ssm.SendCommandInput
}

// Verdict sums the result up.
func (r *Result) Verdict() Verdict {
	switch {
	case r.Malformed != nil:
		return Malformed
	case len(r.TypeErrors) > 0:
		return Mistyped
	case len(r.Violations) > 0:
		return Invalid
	}
	return Valid
}

// Exception returns the type and the text of the error AWS answers; the text is empty where AWS
// sends none. Both are empty for a valid body.
func (r *Result) Exception() (exception, message string) {
	switch r.Verdict() {
	case Malformed:
		return "SerializationException", ""
	case Mistyped:
		return "SerializationException", r.TypeErrors[0].Message
	case Invalid:
		return "ValidationException", Message(r.Violations)
	}
	return "", ""
}

// errNotObject is the malformed body that is JSON, but neither an object nor an array.
var errNotObject = errors.New("expected a JSON object")

// ValidateJSON judges the body of a SendCommand request as AWS's framework does.
func ValidateJSON(body []byte) Result {
	r := ValidateOperation(SendCommand, body)
	if r.Verdict() == Valid {
		r.Input = sendCommandInput(r.Tree)
	}
	return r
}

// ValidateOperation judges the body of a request of any operation of Operations. For another
// operation it reports a malformed body.
func ValidateOperation(operation string, body []byte) Result {
	r := Result{Operation: operation}
	root := inputs()[operation]
	if root == nil {
		r.Malformed = errors.New("unknown operation " + strconv.Quote(operation) + "; expected one of " + strings.Join(Operations(), ", "))
		return r
	}
	tree, err := jsontree.Parse(body)
	if err != nil {
		r.Malformed = err
		if syntax := (*jsontree.SyntaxError)(nil); errors.As(err, &syntax) && syntax.TooDeep {
			r.doubt("", "how deep AWS lets JSON nest is not known")
		}
		return r
	}
	r.Tree = tree
	// Athena's answers for the bodies null and "x" are those for text that is not JSON, while
	// [] is a type error (facts.md section 3).
	if tree.Kind != jsontree.Object && tree.Kind != jsontree.Array {
		r.Malformed = errNotObject
		return r
	}
	r.doubts(tree)
	t := typer{result: &r}
	t.check(root, tree)
	if len(r.TypeErrors) > 0 {
		return r
	}
	var w walker
	w.tree(root, tree)
	r.Violations = w.found
	return r
}

func (r *Result) doubt(path, reason string) {
	r.Unknown = append(r.Unknown, Unknown{Path: path, Reason: reason})
}

func (r *Result) doubts(tree *jsontree.Value) {
	for _, pointer := range tree.Duplicates() {
		r.doubt(pointer, "which of duplicate members AWS takes, or whether it refuses them, is not known; here the last counts")
	}
	if !hasLoneSurrogate(tree) {
		return
	}
	tree.Walk(func(pointer string, v *jsontree.Value) bool {
		lone := v.LoneSurrogate
		for i := range v.Members {
			lone = lone || v.Members[i].LoneSurrogate
		}
		if lone {
			r.doubt(pointer, "what AWS makes of a lone surrogate is not known; here it becomes U+FFFD")
		}
		return true
	})
}

// hasLoneSurrogate spares Walk's pointers in the common case.
func hasLoneSurrogate(v *jsontree.Value) bool {
	if v.LoneSurrogate {
		return true
	}
	for i := range v.Items {
		if hasLoneSurrogate(&v.Items[i]) {
			return true
		}
	}
	for i := range v.Members {
		if v.Members[i].LoneSurrogate || hasLoneSurrogate(&v.Members[i].Value) {
			return true
		}
	}
	return false
}

// typer compares the JSON types of a tree with the shapes of a request.
type typer struct {
	walker
	result *Result
}

// pointer renders the path as an RFC 6901 pointer.
func (t *typer) pointer() string {
	var b strings.Builder
	for _, s := range t.steps() {
		b.WriteByte('/')
		if s.isElement {
			b.WriteString(strconv.Itoa(s.index))
		} else {
			b.WriteString(jsontree.EscapeToken(s.name))
		}
	}
	return b.String()
}

func (t *typer) check(s *shape, v *jsontree.Value) {
	if v.Kind == jsontree.Null {
		return
	}
	switch s.typ {
	case smithy.ShapeTypeStructure:
		if t.want(v, jsontree.Object, "a structure", "Expected null") {
			t.members(s, v)
		}
	case smithy.ShapeTypeMap:
		if !t.want(v, jsontree.Object, "a map", "") {
			return
		}
		for i := range v.Members {
			m := &v.Members[i]
			t.push(segment{name: m.Name})
			t.element(s, &m.Value)
			t.pop()
		}
	case smithy.ShapeTypeList:
		if !t.want(v, jsontree.Array, "a list", "Expected list or null") {
			return
		}
		for i := range v.Items {
			t.push(segment{isElement: true, index: i})
			t.element(s, &v.Items[i])
			t.pop()
		}
	case smithy.ShapeTypeInteger:
		if t.want(v, jsontree.Number, "an Integer", "can not be converted to an Integer") && strings.ContainsAny(v.Text, ".eE") {
			t.result.doubt(t.pointer(), "whether AWS takes an integer with a fraction or an exponent is known of another service only, which truncates")
		} else if n, ok := v.Int64(); v.Kind == jsontree.Number && (!ok || n > math.MaxInt32 || n < math.MinInt32) {
			t.result.doubt(t.pointer(), "which error AWS answers to an integer beyond 32 bits is known of another service only, which clamps it")
		}
	case smithy.ShapeTypeBoolean:
		t.want(v, jsontree.Bool, "a Boolean", "can not be converted to a Boolean")
	default:
		t.want(v, jsontree.String, "a String", "can not be converted to a String")
	}
}

func (t *typer) members(s *shape, v *jsontree.Value) {
	for i := range v.Members {
		m := &v.Members[i]
		known := s.member(m.Name)
		if known == nil {
			// AWS ignores members it does not know (facts.md section 3).
			continue
		}
		t.push(segment{name: m.Name})
		t.check(known.shape, &m.Value)
		t.pop()
	}
}

func (t *typer) element(s *shape, v *jsontree.Value) {
	if v.Kind == jsontree.Null {
		t.result.doubt(t.pointer(), "what AWS makes of null in a list or map that is not sparse is not known; here it is left out")
		return
	}
	t.check(s.element, v)
}

// want records a type error unless v is of the kind. The text for a list or object where
// something else belongs does not depend on what belongs there (facts.md section 3).
func (t *typer) want(v *jsontree.Value, kind jsontree.Kind, wanted, otherwise string) bool {
	if v.Kind == kind {
		return true
	}
	message := otherwise
	switch v.Kind {
	case jsontree.Array:
		message = "Start of list found where not expected"
	case jsontree.Object:
		message = "Start of structure or map found where not expected."
	default:
		if strings.HasPrefix(message, "can not") {
			message = tokenName(v) + " " + message
		}
	}
	t.result.TypeErrors = append(t.result.TypeErrors, TypeError{
		Path: t.apiPath(), Offset: v.Offset, Want: wanted, Got: v.Kind.String(), Message: message,
	})
	return false
}

// tokenName is the name of a scalar in AWS's texts.
func tokenName(v *jsontree.Value) string {
	switch {
	case v.Kind == jsontree.String:
		return "STRING_VALUE"
	case v.Kind == jsontree.Number:
		return "NUMBER_VALUE"
	case v.Bool:
		return "TRUE_VALUE"
	}
	return "FALSE_VALUE"
}

// present returns the member's value, or nil where it is absent or null, which AWS treats alike.
func present(v *jsontree.Value, name string) *jsontree.Value {
	found := v.Get(name)
	if found == nil || found.Kind == jsontree.Null {
		return nil
	}
	return found
}

// tree checks the constraints on a value whose types are right.
func (w *walker) tree(s *shape, v *jsontree.Value) {
	switch s.typ {
	case smithy.ShapeTypeStructure:
		for _, m := range s.members {
			value := present(v, m.name)
			w.push(segment{name: m.name})
			if value != nil {
				w.tree(m.shape, value)
			} else if m.required != nil {
				w.missing(m.required)
			}
			w.pop()
		}
	case smithy.ShapeTypeList:
		w.list(s, v)
	case smithy.ShapeTypeInteger:
		n := clamp(v.Text)
		if r, text := s.boundsFailed(Range, int64(n)); r != nil {
			w.add(r, text, strconv.Itoa(int(n)))
		}
	case smithy.ShapeTypeString, smithy.ShapeTypeEnum:
		w.text(s, v.Text)
	}
	// The only map of these requests, Parameters, has no constraint in any source.
}

func (w *walker) list(s *shape, v *jsontree.Value) {
	items := withoutNulls(v.Items)
	if r, text := s.boundsFailed(Length, int64(len(items))); r != nil {
		w.add(r, text, javaTree(s, v))
	}
	if s.element.isText() {
		values := make([]string, len(items))
		for i := range items {
			values[i] = items[i].Text
		}
		w.elements(s, values)
		return
	}
	for i := range items {
		w.push(segment{isElement: true, index: i})
		w.tree(s.element, &items[i])
		w.pop()
	}
}

func withoutNulls(items []jsontree.Value) []jsontree.Value {
	kept := items
	for i := range items {
		if items[i].Kind != jsontree.Null {
			continue
		}
		kept = make([]jsontree.Value, 0, len(items))
		for j := range items {
			if items[j].Kind != jsontree.Null {
				kept = append(kept, items[j])
			}
		}
		break
	}
	return kept
}

// clamp makes an Integer of a JSON number as AWS does: a fraction is cut off, a value beyond 32
// bits becomes the nearest one (facts.md section 3).
func clamp(literal string) int32 {
	f, err := strconv.ParseFloat(literal, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0
	}
	return int32(max(math.MinInt32, min(math.MaxInt32, f)))
}

// javaTree renders a value as Java's toString does, structures as AWS's classes do:
// [Alarm(name=A)].
func javaTree(s *shape, v *jsontree.Value) string {
	if v == nil || v.Kind == jsontree.Null {
		return "null"
	}
	switch s.typ {
	case smithy.ShapeTypeStructure:
		texts := make([]string, len(s.members))
		for i, m := range s.members {
			texts[i] = lowerFirst(m.name) + "=" + javaTree(m.shape, v.Get(m.name))
		}
		return s.name + "(" + strings.Join(texts, ", ") + ")"
	case smithy.ShapeTypeList:
		items := withoutNulls(v.Items)
		texts := make([]string, len(items))
		for i := range items {
			texts[i] = javaTree(s.element, &items[i])
		}
		return javaList(texts)
	case smithy.ShapeTypeInteger:
		return strconv.Itoa(int(clamp(v.Text)))
	case smithy.ShapeTypeBoolean:
		return strconv.FormatBool(v.Bool)
	}
	return v.Text
}
