package judge

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sendspec/sendspec/conformance/stable"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/matcher"
	"github.com/sendspec/sendspec/reference/jsontree"
)

func (m *matching) apply(name, path string, arg, got *jsontree.Value) {
	row := matcher.Find(name)
	if row == nil {
		m.miss(path, anything("a matcher that this version knows"), anything(name))
		return
	}
	if err := row.Wrong(arg); err != nil {
		m.miss(path, anything(name+" with another argument: "+err.Error()), described(arg))
		return
	}
	if row.Test == nil {
		m.compose(name, path, arg, got)
	} else if got == nil || !row.Test(arg, got) {
		want, came := Description{Words: row.Words(arg, m.describe), Kind: Kind(row.Kind(arg))}, described(got)
		if name == "$validationMessage" {
			want, came = contrast(want, came, arg, got)
		}
		m.miss(path, want, came)
	}
}

// compose runs a matcher that looks at more than one value.
func (m *matching) compose(name, path string, arg, got *jsontree.Value) {
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
		for i := range arg.Items {
			if m.try(path, &arg.Items[i], got) {
				m.match(path, &arg.Items[i], got) // for the notes of lower level inside it
				return
			}
		}
		m.miss(path, anything(m.matcherWords(name, arg)), described(got))
	case "$all":
		for i := range arg.Items {
			m.match(path, &arg.Items[i], got)
		}
	case "$not":
		if m.try(path, arg, got) {
			m.miss(path, anything(m.matcherWords(name, arg)), described(got))
		}
	case "$exact":
		if !jsontree.Equal(arg, got) {
			m.differ(path, described(arg), arg, got)
		}
	case "$echo", "$earlier":
		want, whence := m.resolve(name, arg)
		m.same(path, want, got, whence)
	case "$each", "$some":
		m.elements(name, path, arg, got)
	case "$after":
		m.after(path, arg, got)
	case "$epochSeconds":
		m.epochSeconds(path, arg, got)
	default:
		panic("matcher " + name + " has neither a test nor code here")
	}
}

// resolve is the value of the case that $echo or $earlier stands for, nil where there is none: what was sent, in this
// step or in the one that [STEP, POINTER] names, or what that was answered.
func (m *matching) resolve(name string, arg *jsontree.Value) (v *jsontree.Value, whence string) {
	step, pointer, elsewhere := matcher.Place(arg)
	e, whence := m.answer, "as sent"
	if elsewhere {
		e, whence = m.step(step), "as sent in step "+step
	} else {
		pointer = arg.Text
	}
	if name == "$earlier" {
		whence = "as in step " + step
	}
	switch {
	case e == nil:
		return nil, whence
	case name == "$earlier":
		if v = e.Body.Pointer(pointer); v == nil {
			m.unread = cmp.Or(m.unread, e.limit())
		}
		return v, whence
	}
	return e.requestBody().Pointer(pointer), whence
}

// same compares with a value of the case. Where there is none nothing conforms, or a member that a server leaves out of
// both answers would.
func (m *matching) same(path string, want, got *jsontree.Value, whence string) {
	if want == nil && m.unread != "" {
		return // it is beyond what was read
	}
	if want == nil {
		m.miss(path, anything("a value "+whence+", where there is none"), described(got))
	} else if !jsontree.Equal(want, got) {
		m.differ(path, Description{Words: show(want) + ", " + whence, Kind: kindOf(want)}, want, got)
	}
}

func (m *matching) elements(name, path string, arg, got *jsontree.Value) {
	if got == nil || got.Kind != jsontree.Array {
		m.miss(path, Description{Words: "a list", Kind: kindList}, described(got))
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
		m.miss(path, Description{Words: m.matcherWords(name, arg), Kind: kindList}, described(got))
	}
}

// afterTolerance allows for a timestamp that is rounded to milliseconds on either side.
const afterTolerance = 0.002

func (m *matching) after(path string, arg, got *jsontree.Value) {
	pointer, span, _ := matcher.After(arg)
	base, ok := m.answer.Body.Pointer(pointer).Float64()
	f, number := got.Float64()
	if ok && number && math.Abs(f-base-span.Seconds()) <= afterTolerance {
		return
	}
	found := anything(matcher.Later(pointer, math.Round((f-base)*1000)/1000))
	if !ok {
		found = anything(pointer + " is no number")
	} else if !number {
		found = described(got)
	}
	m.miss(path, anything(matcher.Later(pointer, span.Seconds())), found)
}

func (m *matching) epochSeconds(path string, arg, got *jsontree.Value) {
	within, _ := matcher.Within(arg)
	f, ok := got.Float64()
	if !ok {
		m.miss(path, Description{Words: "a number of seconds since 1970", Kind: kindNumber}, described(got))
		return
	}
	now := float64(m.answer.Sent.UnixMilli()) / 1000
	if math.Abs(f-now) > within.Seconds() {
		// Not how far: that is new each time.
		m.miss(path, Description{Words: m.matcherWords("$epochSeconds", arg), Kind: kindNumber}, described(got))
	}
}

// span writes a number of seconds as a duration, or as a number where it is beyond one.
func span(seconds float64) string {
	if math.Abs(seconds) > 1e9 {
		return fmt.Sprintf("%g s", seconds)
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}

// describe writes what a matcher or literal wants in words, with the values that it resolves to in this case: whoever
// reads a failure need not know how fixtures are written.
func (m *matching) describe(want *jsontree.Value) string {
	switch {
	case matcher.Is(want):
		words := make([]string, len(want.Members))
		for i := range want.Members {
			words[i] = m.matcherWords(want.Members[i].Name, &want.Members[i].Value)
		}
		return strings.Join(words, " and ")
	case want != nil && want.Kind == jsontree.Object && hasMatcher(want):
		words := make([]string, len(want.Members))
		for i := range want.Members {
			words[i] = strconv.Quote(want.Members[i].Name) + ": " + m.describe(&want.Members[i].Value)
		}
		return cut("{" + strings.Join(words, ", ") + "}")
	case want != nil && want.Kind == jsontree.Array && hasMatcher(want):
		words := make([]string, len(want.Items))
		for i := range want.Items {
			words[i] = m.describe(&want.Items[i])
		}
		return cut("[" + strings.Join(words, ", ") + "]")
	}
	return show(want)
}

func (m *matching) described(want *jsontree.Value) Description {
	return Description{Words: m.describe(want), Kind: kindOf(want)}
}

func (m *matching) matcherWords(name string, arg *jsontree.Value) string {
	row := matcher.Find(name)
	if row == nil || row.Wrong(arg) != nil {
		return name + " " + show(arg) // a mistake in the case, as its author wrote it
	}
	if row.Words != nil {
		return row.Words(arg, m.describe)
	}
	v, whence := m.resolve(name, arg)
	if v == nil {
		_, pointer, elsewhere := matcher.Place(arg)
		if !elsewhere {
			pointer = arg.Text
		}
		return pointer + " " + whence
	}
	return show(v) + " " + whence
}

func hasMatcher(v *jsontree.Value) bool {
	for part := range v.All() {
		if matcher.Is(part) {
			return true
		}
	}
	return false
}

const (
	// alike is how much two texts have in common before a reader is told where they differ.
	alike = 40
	// around is how much of the common part is shown before that place.
	around = 24
)

// contrast changes the words for two values so that they show where two long texts differ. Other values may hold what is
// new each time, of which no place is the same.
func contrast(want, got Description, w, g *jsontree.Value) (Description, Description) {
	if w == nil || g == nil || w.Kind != jsontree.String || g.Kind != jsontree.String {
		return want, got
	}
	wanted, came := string(w.AppendJSON(nil)), string(g.AppendJSON(nil))
	at := inCommon(wanted, came)
	if at < alike || wanted == came {
		return want, got
	}
	if len(wanted) > shown || len(came) > shown {
		want.Words = strings.Replace(want.Words, show(w), from(wanted, at), 1)
		got.Words = from(came, at)
	}
	got.Words += fmt.Sprintf(", which differs at byte %d", inCommon(w.Text, g.Text))
	if rest := strings.TrimSuffix(came[at:], `"`); rest != "" && len(came) <= shown {
		got.Words += ": " + stable.Cut(rest, around)
	}
	return want, got
}

// inCommon is how many bytes of whole letters two texts have in common.
func inCommon(a, b string) int {
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	for at > 0 && at < len(b) && !utf8.RuneStart(b[at]) {
		at--
	}
	return at
}

// from is a text from a little before a place on. It begins with a word, so that no identifier is cut, where there is one.
func from(s string, at int) string {
	begin := max(0, at-around)
	if space := strings.LastIndexByte(s[:begin], ' '); space >= 0 && begin-space < shown/2 {
		begin = space + 1
	}
	for begin > 0 && !utf8.RuneStart(s[begin]) {
		begin--
	}
	if begin == 0 {
		return cut(s)
	}
	return "…" + cut(s[begin:])
}
