package fuzz

import (
	"strings"
	"sync"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// jsonChange makes odd JSON, or none, of a request. It says in a few words what it did.
type jsonChange func(b *body, d dice) string

// jsonChanges are the ways in which the text of a body goes wrong, or only looks as if it did.
var jsonChanges = []jsonChange{
	dropMember, addMember, duplicateMember, replaceValue, nullValue, oddNumber, oddString, oddLiteral, oddComma, deepNesting, oddName, largeMember, prefixed, trailed, cutShort, noObject,
}

// oddJSON makes one change, and now and then a second one.
func (g *Generator) oddJSON(in *Input, d *inputDice) {
	if chance(d, 30) {
		in.body.tree = g.valid(d)
	} else {
		in.body.tree = g.base(d)
	}
	in.What = pick(d, jsonChanges)(&in.body, d)
	if chance(d, 15) && in.body.tree.Kind == jsontree.Object {
		in.What += ", " + pick(d, jsonChanges)(&in.body, d)
	}
}

// objects lists the objects of a tree, the root first.
func objects(v *Value) []*Value {
	var list []*Value
	visit(v, func(v *Value) {
		if v.Kind == jsontree.Object {
			list = append(list, v)
		}
	})
	return list
}

// anyValue picks a part of a tree below the root; the root where it has none.
func anyValue(root *Value, d dice) *Value {
	var list []*Value
	visit(root, func(v *Value) { list = append(list, v) })
	if len(list) == 1 {
		return root
	}
	return pick(d, list[1:])
}

func dropMember(b *body, d dice) string {
	o := pick(d, objects(b.tree))
	if len(o.Members) == 0 {
		return "nothing dropped"
	}
	i := d.Intn(len(o.Members))
	name := o.Members[i].Name
	o.Members = append(o.Members[:i:i], o.Members[i+1:]...)
	return "member " + name + " dropped"
}

func addMember(b *body, d dice) string {
	name := pick(d, []string{"Sendspec", "", "__type", "comment", "DOCUMENTNAME", "timeoutSeconds", "CommandId", "RequestedDateTime", "$schema", "__proto__", "a.b", "é", "Interactive"})
	o := pick(d, objects(b.tree))
	at := d.Intn(len(o.Members) + 1)
	o.Members = append(o.Members[:at:at], append([]jsontree.Member{member(name, anyJSON(d))}, o.Members[at:]...)...)
	return "a member that the model lacks"
}

// anyJSON draws a small value of any type.
func anyJSON(d dice) Value {
	return *literal(pick(d, []string{
		`null`, `true`, `false`, `0`, `-1`, `1.5`, `1e3`, `""`, `"x"`, `[]`, `[1,"x",null]`, `{}`, `{"a":{"b":[1]}}`, `[[[]]]`, `"DocumentName"`, `1494825472.676`,
	}))
}

func duplicateMember(b *body, d dice) string {
	o := pick(d, objects(b.tree))
	if len(o.Members) == 0 {
		return "nothing twice"
	}
	m := pick(d, o.Members)
	again := member(m.Name, copied(&m.Value))
	if chance(d, 50) {
		again.Value = anyJSON(d)
	}
	o.Members = append(o.Members[:len(o.Members):len(o.Members)], again)
	return "member " + m.Name + " twice"
}

func replaceValue(b *body, d dice) string {
	*anyValue(b.tree, d) = anyJSON(d)
	return "a value replaced"
}

func nullValue(b *body, d dice) string {
	*anyValue(b.tree, d) = Value{}
	return "a value null"
}

// exact puts text, which may be no JSON, in the place of a value.
func (b *body) exact(v *Value, text string) { b.nested(v, exactText{inside: text}) }

func (b *body) nested(v *Value, text exactText) {
	if b.raw == nil {
		b.raw = map[string]exactText{}
	}
	key := hole + string(rune('a'+len(b.raw)))
	b.raw[key] = text
	*v = str(key)
}

// oddNumbers are JSON numbers that readers stumble over. None makes a reader compute without end.
var oddNumbers = []string{
	"-0", "0.0", "60.0", "60.5", "6e1", "6E+1", "600e-1", "1e400", "-1e400", "1e-400", "2147483647", "2147483648", "-2147483649", "4294967356", "9223372036854775808",
	"18446744073709551676", "99999999999", "1" + strings.Repeat("0", 300), "60." + strings.Repeat("0", 300), "1" + strings.Repeat("0", 1200), "3.6E3",
}

func oddNumber(b *body, d dice) string {
	n := pick(d, oddNumbers)
	if chance(d, 75) {
		put(b.tree, "TimeoutSeconds", number(n))
		return "TimeoutSeconds a number like " + short(n)
	}
	*anyValue(b.tree, d) = number(n)
	return "a number like " + short(n)
}

func short(s string) string {
	if len(s) > 24 {
		return s[:24] + "…"
	}
	return s
}

// oddStrings are the texts of strings: some are JSON, and some are not.
var oddStrings = []string{
	`"\u0041\u0042"`, `"\/"`, `"\ud83d\ude00"`, `"a\ud800b"`, `"a\udc00b"`, `"\udc00\ud800"`, `"a\u0000b"`, `"\u007f\u0080"`, `"\u2028"`, `"\x41"`, `"\'"`, `"\U0041"`,
	`"\u00g0"`, `"\u041"`, "\"a\tb\"", "\"a\nb\"", "\"a\x00b\"", "\"a\xffb\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", `'x'`, `"a`, `a"`, `"a""b"`, "\"\u202e\"",
}

func oddString(b *body, d dice) string {
	put(b.tree, "Comment", str(""))
	list := []*Value{b.tree.Get("Comment")}
	if chance(d, 40) {
		visit(b.tree, func(v *Value) {
			if v.Kind == jsontree.String {
				list = append(list, v)
			}
		})
	}
	b.exact(pick(d, list), pick(d, oddStrings))
	return "an odd string"
}

func oddLiteral(b *body, d dice) string {
	text := pick(d, []string{
		"NaN", "Infinity", "-Infinity", "True", "None", "undefined", "nil", "0x10", "010", "+1", ".5", "5.", "1e", "--1", "1_0", "#", "/* */1", "1 // x\n", "<x/>", "@",
	})
	if chance(d, 50) {
		put(b.tree, "TimeoutSeconds", Value{})
		b.exact(b.tree.Get("TimeoutSeconds"), text)
	} else {
		b.exact(anyValue(b.tree, d), text)
	}
	return "the literal " + strings.TrimSpace(text)
}

// oddName writes a member's name in a way that only lenient readers take.
func oddName(b *body, d dice) string {
	o := pick(d, objects(b.tree))
	if len(o.Members) == 0 {
		return "no name"
	}
	m := &o.Members[d.Intn(len(o.Members))]
	held := copied(&m.Value)
	b.exact(&m.Value, pick(d, []string{m.Name, "'" + m.Name + "'", "7", "null", `["` + m.Name + `"]`}))
	m.Name, m.Value = m.Value.Text, held
	return "an odd name"
}

const largestMember = 1500000

// largeText is cut to size by those that need a part of it.
var largeText = sync.OnceValue(func() string { return strings.Repeat("x", largestMember) })

// largeMember adds a member of a size that few servers expect; few inputs have it.
func largeMember(b *body, d dice) string {
	size := 2000
	if n := d.Intn(100); n < 4 {
		size = largestMember
	} else if n < 20 {
		size = 20000
	}
	if b.tree.Kind != jsontree.Object {
		return "no member"
	}
	put(b.tree, "Sendspec", str(largeText()[:size]))
	return "a large member"
}

func oddComma(b *body, d dice) string {
	put(b.tree, "Comment", Value{})
	text := pick(d, []string{`"x",`, `"x",,`, `"x""y"`, ``, `:`, `"x":"y"`, `"x";`, `"x"}`, `"x"]`, `{"x"}`, `["x",]`, `[,]`, `{"x":}`, `{,}`})
	b.exact(b.tree.Get("Comment"), text)
	return "punctuation out of place"
}

func deepNesting(b *body, d dice) string {
	depth := pick(d, []int{8, 50, 100, 500, 999, 1001, 2000})
	open, end := "[", "]"
	if chance(d, 30) {
		open, end = `{"a":`, "}"
	}
	inside := "1"
	if open == "[" {
		inside = ""
	}
	name := pick(d, []string{"Sendspec", "Sendspec", "Comment", "Targets"})
	put(b.tree, name, Value{})
	b.nested(b.tree.Get(name), exactText{open, inside, end, depth})
	return "deep nesting"
}

func prefixed(b *body, d dice) string {
	b.prefix = pick(d, []string{"\xef\xbb\xbf", " ", "\r\n\t ", "\x00", ",", ")]}',\n", "x", "//\n", "\xff\xfe", "\xa0", "null", "[", "\v"})
	return "bytes before the body"
}

func trailed(b *body, d dice) string {
	b.suffix = pick(d, []string{" ", "\n", "}", "]", ",", "x", "{}", "\x00", " null", "\xff", "\r\n\r\n", "//", "\x1a", `{"DocumentName":"AWS-RunShellScript"}`})
	return "bytes behind the body"
}

func cutShort(b *body, d dice) string {
	b.cut = 1 + d.Intn(len(b.tree.AppendJSON(nil)))
	return "cut short"
}

func noObject(b *body, d dice) string {
	v := pick(d, []Value{{}, boolean(true), number("7"), str(""), str("x"), array(), array(*b.tree)})
	b.tree = &v
	return "no object"
}
