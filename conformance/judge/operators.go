package judge

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// apply runs the matcher of that name, and tells whether there is one.
func (m *matching) apply(name, path string, arg, got *jsontree.Value) bool {
	switch name {
	case "$should":
		m.at(fixtures.Should, func() { m.match(path, arg, got) })
	case "$may":
		m.at(fixtures.May, func() { m.match(path, arg, got) })
	case "$absent":
		if got != nil {
			m.miss(path, nothing(), described(got))
		}
	case "$optional":
		if got != nil && got.Kind != jsontree.Null {
			m.match(path, arg, got)
		}
	case "$in":
		m.in(path, arg, got)
	case "$all":
		for i := range arg.Items {
			m.match(path, &arg.Items[i], got)
		}
	case "$not":
		if m.try(path, arg, got) {
			m.miss(path, anything("not "+describe(arg)), described(got))
		}
	case "$exact":
		if !jsontree.Equal(arg, got) {
			m.miss(path, described(arg), described(got))
		}
	case "$echo":
		m.echo(path, arg, got)
	case "$earlier":
		m.fromEarlier(path, arg, got)
	case "$each", "$some":
		m.elements(name, path, arg, got)
	case "$after":
		m.after(path, arg, got)
	case "$epochSeconds":
		m.epochSeconds(path, arg, got)
	default:
		test := predicate(name)
		if test == nil {
			return false
		}
		if got == nil || !test(arg, got) {
			m.miss(path, Description{Words: inWords(name, arg), Kind: kindWanted(name, arg)}, described(got))
		}
	}
	return true
}

// predicate returns the test of a matcher that looks at one value alone, nil where the name is not that of one.
func predicate(name string) func(arg, v *jsontree.Value) bool {
	switch name {
	case "$uuid":
		return func(_, v *jsontree.Value) bool { return v.Kind == jsontree.String && isUUID(v.Text) }
	case "$type":
		return func(arg, v *jsontree.Value) bool { return hasType(v, arg.Text) }
	case "$contains":
		return func(arg, v *jsontree.Value) bool {
			return v.Kind == jsontree.String && strings.Contains(v.Text, arg.Text)
		}
	case "$regex":
		return func(arg, v *jsontree.Value) bool {
			re, err := regexp.Compile(arg.Text)
			return err == nil && v.Kind == jsontree.String && re.MatchString(v.Text)
		}
	case "$validationMessage":
		return func(arg, v *jsontree.Value) bool {
			return v.Kind == jsontree.String && sameValidationMessage(arg.Text, v.Text)
		}
	case "$details":
		return func(arg, v *jsontree.Value) bool { return v.Kind == jsontree.String && sameDetails(arg.Text, v.Text) }
	case "$length":
		return func(arg, v *jsontree.Value) bool {
			n, _ := arg.Int64()
			return v.Kind == jsontree.Array && int64(len(v.Items)) == n
		}
	case "$class":
		return func(arg, v *jsontree.Value) bool {
			class, _ := arg.Int64()
			n, ok := v.Int64()
			return ok && n/100 == class
		}
	}
	return nil
}

// inWords says what a matcher wants that looks at one value alone, "" for any other.
func inWords(name string, arg *jsontree.Value) string {
	switch name {
	case "$uuid":
		return "a UUID of 36 characters"
	case "$type":
		return article(arg.Text)
	case "$contains":
		return fmt.Sprintf("a string with %q in it", arg.Text)
	case "$regex":
		if _, err := regexp.Compile(arg.Text); err != nil {
			return "a regular expression that compiles: " + err.Error()
		}
		return "a string that matches " + arg.Text
	case "$validationMessage":
		return fmt.Sprintf("%q", arg.Text)
	case "$details":
		return arg.Text
	case "$length":
		n, _ := arg.Int64()
		return fmt.Sprintf("a list of %d", n)
	case "$class":
		class, _ := arg.Int64()
		return fmt.Sprintf("%dxx", class)
	}
	return ""
}

// kindWanted is the kind of value that a matcher wants that looks at one value alone.
func kindWanted(name string, arg *jsontree.Value) Kind {
	switch name {
	case "$type":
		if arg.Text == "integer" {
			return KindNumber
		}
		return Kind(arg.Text)
	case "$length":
		return KindList
	case "$class":
		return KindNumber
	}
	return KindString
}

// isUUID tells whether a text has the form of RFC 9562, section 4.
func isUUID(s string) bool {
	if len(s) != len("00000000-0000-0000-0000-000000000000") {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F'):
			return false
		}
	}
	return true
}

func (m *matching) in(path string, arg, got *jsontree.Value) {
	wants := make([]string, len(arg.Items))
	for i := range arg.Items {
		if m.try(path, &arg.Items[i], got) {
			m.match(path, &arg.Items[i], got) // for the notes of lower level inside it
			return
		}
		wants[i] = describe(&arg.Items[i])
	}
	m.miss(path, anything("one of "+strings.Join(wants, ", ")), described(got))
}

// echo compares with what was sent: in this step, or in the one that [STEP, POINTER] names.
func (m *matching) echo(path string, arg, got *jsontree.Value) {
	if arg.Kind == jsontree.String {
		m.same(path, m.answer.RequestBody().Pointer(arg.Text), got, "as sent")
		return
	}
	step, pointer, ok := m.place("$echo", path, arg)
	if !ok {
		return
	}
	var sent *jsontree.Value
	if e := m.step(step); e != nil {
		sent = e.RequestBody().Pointer(pointer)
	}
	m.same(path, sent, got, "as sent in step "+step)
}

// place reads the argument of a matcher that names a place in another step.
func (m *matching) place(matcher, path string, arg *jsontree.Value) (step, pointer string, ok bool) {
	name, at := arg.Index(0), arg.Index(1)
	if name == nil || at == nil {
		m.miss(path, anything(fmt.Sprintf(`a matcher of the form {%q: [STEP, POINTER]}`, matcher)), described(arg))
		return "", "", false
	}
	return name.Text, at.Text, true
}

// same compares with a value of the case. Where there is none nothing conforms, or a member that a server leaves out of
// both answers would.
func (m *matching) same(path string, want, got *jsontree.Value, whence string) {
	if want == nil {
		m.miss(path, anything("a value "+whence+", where there is none"), described(got))
	} else if !jsontree.Equal(want, got) {
		m.miss(path, Description{Words: show(want) + ", " + whence, Kind: kindOf(want)}, described(got))
	}
}

// sameDetails compares StatusDetails: the API reference writes them with spaces, the wire without.
func sameDetails(a, b string) bool {
	return strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", "")
}

func (m *matching) fromEarlier(path string, arg, got *jsontree.Value) {
	step, pointer, ok := m.place("$earlier", path, arg)
	if !ok {
		return
	}
	var want *jsontree.Value
	if e := m.step(step); e != nil {
		want = e.Body.Pointer(pointer)
	}
	m.same(path, want, got, "as in step "+step)
}

func (m *matching) elements(name, path string, arg, got *jsontree.Value) {
	if got == nil || got.Kind != jsontree.Array {
		m.miss(path, Description{Words: "a list", Kind: KindList}, described(got))
		return
	}
	for i := range got.Items {
		at := fmt.Sprintf("%s/%d", path, i)
		matches := m.try(at, arg, &got.Items[i])
		if name == "$each" && !matches {
			m.match(at, arg, &got.Items[i]) // one tells enough: how many there are is the target's affair
			return
		}
		if name == "$some" && matches {
			return
		}
	}
	if name == "$some" {
		m.miss(path, Description{Words: "a list with " + describe(arg), Kind: KindList}, described(got))
	}
}

// afterTolerance allows for a timestamp that is rounded to milliseconds on either side.
const afterTolerance = 0.002

func (m *matching) after(path string, arg, got *jsontree.Value) {
	pointer, span := arg.Index(0), arg.Index(1)
	if pointer == nil || span == nil {
		m.miss(path, anything(`a matcher of the form {"$after": [POINTER, DURATION]}`), described(arg))
		return
	}
	d, err := time.ParseDuration(span.Text)
	if err != nil {
		m.miss(path, anything("a matcher with a duration"), described(span))
		return
	}
	base, ok := m.answer.Body.Pointer(pointer.Text).Float64()
	f, number := got.Float64()
	if ok && number && math.Abs(f-base-d.Seconds()) <= afterTolerance {
		return
	}
	later := func(seconds float64) Description { return anything(fmt.Sprintf("%s + %gs", pointer.Text, seconds)) }
	found := later(math.Round((f-base)*1000) / 1000)
	if !ok {
		found = anything(pointer.Text + " is no number")
	} else if !number {
		found = described(got)
	}
	m.miss(path, later(d.Seconds()), found)
}

func (m *matching) epochSeconds(path string, arg, got *jsontree.Value) {
	allowed := arg.Get("within")
	if allowed == nil {
		m.miss(path, anything(`a matcher of the form {"$epochSeconds": {"within": DURATION}}`), described(arg))
		return
	}
	within, err := time.ParseDuration(allowed.Text)
	if err != nil {
		m.miss(path, anything("a matcher with a duration"), described(arg))
		return
	}
	f, ok := got.Float64()
	if !ok {
		m.miss(path, Description{Words: "a number of seconds since 1970", Kind: KindNumber}, described(got))
		return
	}
	now := float64(m.answer.time().UnixMilli()) / 1000
	if math.Abs(f-now) > within.Seconds() {
		m.miss(path, Description{Words: fmt.Sprintf("a time at most %s from now", within), Kind: KindNumber}, described(got)) // not how far: that is new each time
	}
}

// span writes a number of seconds as a duration, or as a number where it is beyond one.
func span(seconds float64) string {
	if math.Abs(seconds) > 1e9 {
		return fmt.Sprintf("%g s", seconds)
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}

// describe writes what a matcher or literal wants, in words.
func describe(want *jsontree.Value) string {
	if !isMatcher(want) {
		return show(want)
	}
	var words []string
	for i := range want.Members {
		words = append(words, describeMatcher(want.Members[i].Name, &want.Members[i].Value))
	}
	return strings.Join(words, " and ")
}

func describeMatcher(name string, arg *jsontree.Value) string {
	switch name {
	case "$exact":
		return describe(arg)
	case "$should", "$may":
		return describe(arg) + " (" + name[1:] + ")"
	case "$absent":
		return "nothing"
	case "$echo":
		if arg.Kind == jsontree.Array {
			return "what was sent as " + show(arg)
		}
		return "what was sent as " + arg.Text
	}
	if words := inWords(name, arg); words != "" {
		return words
	}
	return name + " " + show(arg)
}

func hasType(v *jsontree.Value, name string) bool {
	switch name {
	case "integer":
		f, ok := v.Float64()
		return ok && f == math.Trunc(f)
	case "list":
		return v.Kind == jsontree.Array
	}
	return v.Kind.String() == name
}

func article(noun string) string {
	if noun != "" && strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
