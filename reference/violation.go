package reference

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// Violation is one constraint that one value of a request breaks.
type Violation struct {
	// Path leads to the value with indexes from 0, for example Targets[0].Key.
	Path string `json:"path"`
	// Shape is the model's name of the constrained shape, or Structure$Member.
	Shape string `json:"shape"`
	// Kind is the kind of the constraint.
	Kind ConstraintKind `json:"kind"`
	// Rule is the constraint in AWS's words, for example "Member must have length less than
	// or equal to 100".
	Rule string `json:"rule"`
	// Value is the value as Java prints it. It is empty, and Null set, where the member is
	// absent.
	Value string `json:"value,omitempty"`
	Null  bool   `json:"null,omitempty"`
	// Hidden tells that the public model does not have the constraint.
	Hidden bool `json:"hidden,omitempty"`
	// Evidence is the ID of the fact of fixtures/evidence that the constraint rests on.
	Evidence string `json:"evidence"`

	// at is the path in AWS's form: targets.1.member.key. Of a list's string it is the path of
	// the list, whose value and whose elements' rules AWS prints instead.
	at       string
	list     string
	allRules string
}

// segment is one step of a path: a member, the value of a map's key, or an element of a list.
type segment struct {
	name      string
	isElement bool
	index     int
}

// maxPathDepth is the deepest path of a request the package knows:
// AlarmConfiguration.Alarms[0].Name.
const maxPathDepth = 6

// walker collects the violations of one request. Paths are rendered only when
// something is wrong.
type walker struct {
	path  [maxPathDepth]segment
	depth int
	found []Violation
}

func (w *walker) push(s segment) {
	if w.depth < maxPathDepth {
		w.path[w.depth] = s
	}
	w.depth++
}

func (w *walker) pop() { w.depth-- }

func (w *walker) steps() []segment { return w.path[:min(w.depth, maxPathDepth)] }

// apiPath renders the path with indexes from 0: Targets[0].Key.
func (w *walker) apiPath() string { return apiPath(w.steps()) }

func apiPath(steps []segment) string {
	var b strings.Builder
	for _, s := range steps {
		switch {
		case s.isElement:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.name)
		}
	}
	return b.String()
}

// coralPath renders the path as AWS does: lowerCamel names, indexes from 1 between the list
// and the word member.
func coralPath(steps []segment) string {
	var b strings.Builder
	for _, s := range steps {
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		if s.isElement {
			b.WriteString(strconv.Itoa(s.index+1) + ".member")
		} else {
			b.WriteString(lowerFirst(s.name))
		}
	}
	return b.String()
}

func lowerFirst(name string) string {
	if name == "" {
		return ""
	}
	return strings.ToLower(name[:1]) + name[1:]
}

func (w *walker) add(r *rule, text, value string) *Violation {
	w.found = append(w.found, Violation{
		Path: w.apiPath(), Shape: r.Shape, Kind: r.Kind, Rule: text, Value: value, Hidden: r.Hidden,
		Evidence: r.Evidence, at: coralPath(w.steps()),
	})
	return &w.found[len(w.found)-1]
}

func (w *walker) missing(r *rule) {
	w.add(r, "Member must not be null", "").Null = true
}

// fails reports whether a string breaks a rule, and in which words.
func (r *rule) fails(s string) (text string, failed bool) {
	switch r.Kind {
	case Length:
		return r.failsBounds(int64(utf8.RuneCountInString(s)))
	case Pattern:
		if !r.matches(s) {
			return r.text(), true
		}
	case Enum:
		if !slices.Contains(r.Values, s) {
			return r.text(), true
		}
	}
	return "", false
}

func (r *rule) failsBounds(n int64) (text string, failed bool) {
	if r.Min != nil && n < *r.Min {
		return r.minText(), true
	}
	if r.Max != nil && n > *r.Max {
		return r.maxText(), true
	}
	return "", false
}

// text checks a string member, or the element of a list whose value is whole().
func (w *walker) text(s *shape, value string) {
	for i := range s.rules {
		if text, failed := s.rules[i].fails(value); failed {
			w.add(&s.rules[i], text, value)
		}
	}
}

// elements checks the strings of a list. AWS reports them on the list, once, with all the rules
// of an element whichever of them failed (evidence: validation/list-elements; the form is that of other Coral services).
func (w *walker) elements(s *shape, items []jsontree.Value) {
	from := len(w.found)
	for i := range items {
		value := items[i].Text
		for j := range s.element.rules {
			text, failed := s.element.rules[j].fails(value)
			if !failed {
				continue
			}
			w.push(segment{isElement: true, index: i})
			v := w.add(&s.element.rules[j], text, value)
			w.pop()
			v.at = coralPath(w.steps())
		}
	}
	if len(w.found) == from {
		return
	}
	values := make([]string, len(items))
	for i := range items {
		values[i] = items[i].Text
	}
	list, rules := javaList(values), s.element.ruleTexts()
	for i := from; i < len(w.found); i++ {
		w.found[i].list, w.found[i].allRules = list, rules
	}
}

func (s *shape) ruleTexts() string {
	var texts []string
	for i := range s.rules {
		r := &s.rules[i]
		switch r.Kind {
		case Length, Range:
			if r.Max != nil {
				texts = append(texts, r.maxText())
			}
			if r.Min != nil {
				texts = append(texts, r.minText())
			}
		default:
			texts = append(texts, r.text())
		}
	}
	return strings.Join(texts, ", ")
}

// bounds checks the number of elements of a list, or an integer; value renders it.
func (w *walker) bounds(s *shape, n int64, value func() string) {
	for i := range s.rules {
		if text, failed := s.rules[i].failsBounds(n); failed {
			w.add(&s.rules[i], text, value())
		}
	}
}

// isText reports whether values of the shape are JSON strings.
func (s *shape) isText() bool {
	return s.typ == smithy.ShapeTypeString || s.typ == smithy.ShapeTypeEnum
}
