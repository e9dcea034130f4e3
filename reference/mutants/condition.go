package mutants

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// condition is what may hold of a request, of an answer, or of a part of them.
type condition func(v *jsontree.Value) bool

// some is the condition that a value at a path meets another one.
func some(path string, is condition) condition {
	return func(v *jsontree.Value) bool {
		met := false
		at(v, path, func(_ string, v *jsontree.Value) { met = met || is(v) })
		return met
	}
}

// has is the condition that a value at a path is one of these texts, or is there at all.
func has(path string, texts ...string) condition {
	return some(path, func(v *jsontree.Value) bool { return len(texts) == 0 || slices.Contains(texts, v.Str()) })
}

// kind is the condition that a value is of one of these kinds.
func kind(kinds ...jsontree.Kind) condition {
	return func(v *jsontree.Value) bool { return slices.Contains(kinds, v.Kind) }
}

// starting is the condition that a value is a text that begins in this way.
func starting(with string) condition {
	return func(v *jsontree.Value) bool { return strings.HasPrefix(v.Str(), with) }
}

// matching is the condition that a value is a text in which a pattern is found.
func matching(pattern string) condition {
	is := regexp.MustCompile(pattern)
	return func(v *jsontree.Value) bool { return is.MatchString(v.Str()) }
}

// moreThan is the condition that a list has more elements.
func moreThan(n int) condition { return func(v *jsontree.Value) bool { return len(v.Items) > n } }

func emptyList(v *jsontree.Value) bool { return v.Kind == jsontree.Array && len(v.Items) == 0 }

// not is the opposite of a condition.
func not(is condition) condition { return func(v *jsontree.Value) bool { return !is(v) } }

// every is the condition that all of these hold.
func every(conditions ...condition) condition {
	return func(v *jsontree.Value) bool {
		return !slices.ContainsFunc(conditions, func(holds condition) bool { return !holds(v) })
	}
}

// asks reports whether a request meets a condition.
func asks(is condition) func(c *call) bool { return func(c *call) bool { return is(c.tree()) } }

// length is the condition that a text has so many characters.
func length(n int) condition {
	return func(v *jsontree.Value) bool { return utf8.RuneCountInString(v.Text) == n }
}

// items is the condition that a list has so many elements.
func items(n int) condition {
	return func(v *jsontree.Value) bool { return len(v.Items) == n }
}

// number64 is the condition that a value is this number.
func number64(n int64) condition {
	return func(v *jsontree.Value) bool {
		got, ok := v.Int64()
		return ok && got == n
	}
}

// The states of a command and of an invocation that are terminal, and the others.
var (
	ended   = has("Status", "Success", "Failed", "Cancelled", "TimedOut")
	running = not(ended)
)
