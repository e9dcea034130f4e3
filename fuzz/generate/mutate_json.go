package generate

import (
	"math/rand"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// jsonChange makes odd JSON, or none, of a request. It says in a few words what it did.
type jsonChange func(b *Payload, r *rand.Rand) string

// jsonChanges are the ways in which the text of a body goes wrong, or only looks as if it did.
var jsonChanges = []jsonChange{
	dropMember, addMember, duplicateMember, replaceValue, nullValue, oddNumber, oddString, oddLiteral, oddComma, deepNesting, oddName,
	largeMember, prefixed, trailed, cutShort, noObject,
}

// oddJSON makes one change, and now and then a second one.
func (g *Generator) oddJSON(in *Input, r *rand.Rand) {
	if chance(r, 30) {
		in.Body.Tree = g.valid(r)
	} else {
		in.Body.Tree = g.base(r)
	}
	in.What = pick(r, jsonChanges)(&in.Body, r)
	if chance(r, 15) && in.Body.Tree.Kind == jsontree.Object {
		in.What += ", " + pick(r, jsonChanges)(&in.Body, r)
	}
}

// ofKind lists the values of a kind in a tree, the root first.
func ofKind(root *jsontree.Value, kind jsontree.Kind) []*jsontree.Value {
	return slices.DeleteFunc(slices.Collect(root.All()), func(v *jsontree.Value) bool { return v.Kind != kind })
}

// anyObject picks an object of a tree.
func anyObject(root *jsontree.Value, r *rand.Rand) *jsontree.Value {
	return pick(r, ofKind(root, jsontree.Object))
}

// anyValue picks a part of a tree below the root; the root where it has none.
func anyValue(root *jsontree.Value, r *rand.Rand) *jsontree.Value {
	list := slices.Collect(root.All())
	if len(list) == 1 {
		return root
	}
	return pick(r, list[1:])
}

func dropMember(b *Payload, r *rand.Rand) string {
	o := anyObject(b.Tree, r)
	if len(o.Members) == 0 {
		return "nothing dropped"
	}
	i := r.Intn(len(o.Members))
	name := o.Members[i].Name
	o.Members = slices.Delete(o.Members, i, i+1)
	return "member " + name + " dropped"
}

func addMember(b *Payload, r *rand.Rand) string {
	name := pick(r, []string{
		"Sendspec", "", "__type", "comment", "DOCUMENTNAME", "timeoutSeconds", "CommandId", "RequestedDateTime", "$schema",
		"__proto__", "a.b", "é", "Interactive",
	})
	o := anyObject(b.Tree, r)
	o.Members = slices.Insert(o.Members, r.Intn(len(o.Members)+1), member(name, anyJSON(r)))
	return "a member that the model lacks"
}

// anyJSON draws a small value of any type.
func anyJSON(r *rand.Rand) jsontree.Value {
	return *literal(pick(r, []string{
		`null`, `true`, `false`, `0`, `-1`, `1.5`, `1e3`, `""`, `"x"`, `[]`, `[1,"x",null]`, `{}`, `{"a":{"b":[1]}}`, `[[[]]]`,
		`"DocumentName"`, `1494825472.676`,
	}))
}

func duplicateMember(b *Payload, r *rand.Rand) string {
	o := anyObject(b.Tree, r)
	if len(o.Members) == 0 {
		return "nothing twice"
	}
	m := pick(r, o.Members)
	again := member(m.Name, *m.Value.Clone())
	if chance(r, 50) {
		again.Value = anyJSON(r)
	}
	o.Members = append(o.Members, again)
	return "member " + m.Name + " twice"
}

func replaceValue(b *Payload, r *rand.Rand) string {
	*anyValue(b.Tree, r) = anyJSON(r)
	return "a value replaced"
}

func nullValue(b *Payload, r *rand.Rand) string {
	*anyValue(b.Tree, r) = jsontree.Value{}
	return "a value null"
}

// exact puts text, which may be no JSON, in the place of a value.
func (b *Payload) exact(v *jsontree.Value, text string) { b.nested(v, RawText{inside: text}) }

func (b *Payload) nested(v *jsontree.Value, text RawText) {
	if b.Raw == nil {
		b.Raw = map[string]RawText{}
	}
	key := Placeholder + strconv.Itoa(len(b.Raw))
	b.Raw[key] = text
	*v = str(key)
}

// oddNumbers are JSON numbers that readers stumble over. None makes a reader compute without end.
var oddNumbers = []string{
	"-0", "0.0", "60.0", "60.5", "6e1", "6E+1", "600e-1", "1e400", "-1e400", "1e-400", "2147483647", "2147483648", "-2147483649",
	"4294967356", "9223372036854775808",
	"18446744073709551676", "99999999999", "1" + strings.Repeat("0", 300), "60." + strings.Repeat("0", 300),
	"1" + strings.Repeat("0", 1200), "3.6E3",
}

func oddNumber(b *Payload, r *rand.Rand) string {
	n := pick(r, oddNumbers)
	what := "a number like " + n
	if len(n) > 24 {
		what = "a number like " + n[:24] + "…"
	}
	if chance(r, 75) {
		b.Tree.Set("TimeoutSeconds", number(n))
		return "TimeoutSeconds " + what
	}
	*anyValue(b.Tree, r) = number(n)
	return what
}

// oddStrings are the texts of strings: some are JSON, and some are not.
var oddStrings = []string{
	`"\u0041\u0042"`, `"\/"`, `"\ud83d\ude00"`, `"a\ud800b"`, `"a\udc00b"`, `"\udc00\ud800"`, `"a\u0000b"`, `"\u007f\u0080"`,
	`"\u2028"`, `"\x41"`, `"\'"`, `"\U0041"`,
	`"\u00g0"`, `"\u041"`, "\"a\tb\"", "\"a\nb\"", "\"a\x00b\"", "\"a\xffb\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
	"\"\xf4\x90\x80\x80\"", `'x'`, `"a`, `a"`, `"a""b"`, "\"\u202e\"",
}

func oddString(b *Payload, r *rand.Rand) string {
	b.Tree.Set("Comment", str(""))
	list := []*jsontree.Value{b.Tree.Get("Comment")}
	if chance(r, 40) {
		list = append(list, ofKind(b.Tree, jsontree.String)...)
	}
	b.exact(pick(r, list), pick(r, oddStrings))
	return "an odd string"
}

func oddLiteral(b *Payload, r *rand.Rand) string {
	text := pick(r, []string{
		"NaN", "Infinity", "-Infinity", "True", "None", "undefined", "nil", "0x40", "060", "+60", ".5", "5.", "1e", "--1", "1_0", "#",
		"/* */1", "1 // x\n", "<x/>", "@",
	})
	if chance(r, 50) {
		b.Tree.Set("TimeoutSeconds", jsontree.Value{})
		b.exact(b.Tree.Get("TimeoutSeconds"), text)
	} else {
		b.exact(anyValue(b.Tree, r), text)
	}
	return "the literal " + strings.TrimSpace(text)
}

// oddName writes a member's name in a way that only lenient readers take.
func oddName(b *Payload, r *rand.Rand) string {
	o := anyObject(b.Tree, r)
	if len(o.Members) == 0 {
		return "no name"
	}
	m := &o.Members[r.Intn(len(o.Members))]
	held := *m.Value.Clone()
	b.exact(&m.Value, pick(r, []string{m.Name, "'" + m.Name + "'", "7", "null", `["` + m.Name + `"]`}))
	m.Name, m.Value = m.Value.Text, held
	return "an odd name"
}

const largestMember = 1500000

// largeMember adds a member of a size that few servers expect; few inputs have it.
func largeMember(b *Payload, r *rand.Rand) string {
	size := 2000
	if n := r.Intn(100); n < 4 {
		size = largestMember
	} else if n < 20 {
		size = 20000
	}
	if b.Tree.Kind != jsontree.Object {
		return "no member"
	}
	b.Tree.Set("Sendspec", str(strings.Repeat("x", size)))
	return "a large member"
}

func oddComma(b *Payload, r *rand.Rand) string {
	b.Tree.Set("Comment", jsontree.Value{})
	text := pick(r, []string{`"x",`, `"x",,`, `"x""y"`, ``, `:`, `"x":"y"`, `"x";`, `"x"}`, `"x"]`,
		`{"x"}`, `["x",]`, `[,]`, `{"x":}`, `{,}`})
	b.exact(b.Tree.Get("Comment"), text)
	return "punctuation out of place"
}

func deepNesting(b *Payload, r *rand.Rand) string {
	depth := pick(r, []int{8, 50, 100, 500, 999, 1001, 2000})
	text := RawText{"[", "", "]", depth}
	if chance(r, 30) {
		text = RawText{`{"a":`, "1", "}", depth}
	}
	name := pick(r, []string{"Sendspec", "Sendspec", "Comment", "Targets"})
	b.Tree.Set(name, jsontree.Value{})
	b.nested(b.Tree.Get(name), text)
	return "deep nesting"
}

func prefixed(b *Payload, r *rand.Rand) string {
	b.Prefix = pick(r, []string{"\xef\xbb\xbf", " ", "\r\n\t ", "\x00", ",", ")]}',\n", "x", "//\n", "\xff\xfe", "\xa0", "null", "[", "\v"})
	return "bytes before the body"
}

func trailed(b *Payload, r *rand.Rand) string {
	b.Suffix = pick(r, []string{
		" ", "\n", "}", "]", ",", "x", "{}", "\x00", " null", "\xff", "\r\n\r\n", "//", "\x1a", `{"DocumentName":"AWS-RunShellScript"}`,
	})
	return "bytes behind the body"
}

func cutShort(b *Payload, r *rand.Rand) string {
	b.Cut = 1 + r.Intn(len(b.Tree.AppendJSON(nil)))
	return "cut short"
}

func noObject(b *Payload, r *rand.Rand) string {
	v := pick(r, []jsontree.Value{{}, boolean(true), number("7"), str(""), str("x"), array(), array(*b.Tree)})
	b.Tree = &v
	return "no object"
}
