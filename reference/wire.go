package reference

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// Validity is what AWS's framework does with a request body, before it looks at the account.
type Validity string

// The verdicts, in the order AWS comes to them.
const (
	// Malformed bodies are refused with a SerializationException: no JSON object.
	Malformed Validity = "malformed"
	// Mistyped bodies are refused with a SerializationException: a member of a wrong type.
	Mistyped Validity = "mistyped"
	// Invalid bodies are refused with a ValidationException: constraints are broken.
	Invalid Validity = "invalid"
	// Valid bodies go on to the checks that depend on the account.
	Valid Validity = "valid"
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
	// Message is the text of AWS's SerializationException (evidence: framework/serialization-types).
	// It is that of the nearest type where none was
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

// Unknown is an uncertainty: nobody has seen what AWS does about it, so no other part of the result
// may be held against a server.
type Unknown struct {
	// Path leads to the place: an RFC 6901 pointer into the body.
	Path string `json:"path"`
	// Reason says what is not known.
	Reason string `json:"reason"`
}

// Validation is what the framework makes of one request body. Where Unknown is not empty, the rest
// is our choice.
type Validation struct {
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
	// Unknown are the uncertainties.
	Unknown []Unknown
}

// Validity sums the validation up.
func (r *Validation) Validity() Validity {
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
func (r *Validation) Exception() (exception, message string) {
	switch r.Validity() {
	case Malformed:
		return "SerializationException", ""
	case Mistyped:
		return "SerializationException", r.TypeErrors[0].Message
	case Invalid:
		return "ValidationException", Message(r.Violations)
	}
	return "", ""
}

// Validate returns every constraint that the request breaks, in the order of the members, or nil for a valid request. A
// nil in is a request without members. As in the SDK a nil pointer, a nil list and an empty enum value are absent members.
//
// It looks at the request alone: whether the document, the nodes or the alarm exist is the business of
// reference/service. It never changes in.
func Validate(in *ssm.SendCommandInput) []Violation {
	if in == nil {
		in = &ssm.SendCommandInput{}
	}
	constrained := *in
	constrained.Parameters = nil // no source has a constraint on them
	var w walker
	w.tree(inputs()[SendCommand], TreeOf(&constrained))
	return w.found
}

// errNotObject is the malformed body that is JSON, but neither an object nor an array.
var errNotObject = errors.New("expected a JSON object")

// ValidateJSON judges the body of a SendCommand request as AWS's framework does.
func ValidateJSON(body []byte) Validation { return ValidateOperation(SendCommand, body) }

// ValidateOperation judges the body of a request of any operation of Operations. For another
// operation it reports a malformed body.
func ValidateOperation(operation string, body []byte) Validation {
	r := Validation{Operation: operation}
	root := inputs()[operation]
	if root == nil {
		r.Malformed = errors.New("unknown operation " + strconv.Quote(operation) + "; expected one of " + strings.Join(Operations(), ", "))
		return r
	}
	tree, err := jsontree.Parse(body)
	if err != nil {
		r.Malformed = err
		if syntax := (*jsontree.SyntaxError)(nil); errors.As(err, &syntax) && syntax.TooDeep {
			r.uncertain("", "how deep AWS lets JSON nest is not known")
		}
		return r
	}
	r.validate(root, tree)
	return r
}

// ValidateTree is ValidateJSON for a body that was parsed already, or was never written.
func ValidateTree(tree *jsontree.Value) Validation {
	r := Validation{Operation: SendCommand}
	r.validate(inputs()[SendCommand], tree)
	return r
}

func (r *Validation) validate(root *shape, tree *jsontree.Value) {
	r.Tree = tree
	// Athena's answers for the bodies null and "x" are those for text that is not JSON, while
	// [] is a type error (evidence: framework/serialization).
	if tree.Kind != jsontree.Object && tree.Kind != jsontree.Array {
		r.Malformed = errNotObject
		return
	}
	r.findUncertain(tree)
	t := typer{result: r}
	t.check(root, tree)
	if len(r.TypeErrors) > 0 {
		return
	}
	var w walker
	w.tree(root, tree)
	r.Violations = w.found
}

func (r *Validation) uncertain(path, reason string) {
	r.Unknown = append(r.Unknown, Unknown{Path: path, Reason: reason})
}

func (r *Validation) findUncertain(tree *jsontree.Value) {
	for _, pointer := range tree.Duplicates() {
		r.uncertain(pointer, "which of duplicate members AWS takes, or whether it refuses them, is not known; here the last counts")
	}
	lone := func(v *jsontree.Value) bool {
		return v.LoneSurrogate || slices.ContainsFunc(v.Members, func(m jsontree.Member) bool { return m.LoneSurrogate })
	}
	for v := range tree.All() {
		if lone(v) {
			tree.Walk(func(pointer string, v *jsontree.Value) bool {
				if lone(v) {
					r.uncertain(pointer, "what AWS makes of a lone surrogate is not known; here it becomes U+FFFD")
				}
				return true
			})
			return
		}
	}
}
