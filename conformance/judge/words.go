package judge

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/conformance/stable"
	"github.com/sendspec/sendspec/fixtures/matcher"
	"github.com/sendspec/sendspec/reference/jsontree"
)

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
