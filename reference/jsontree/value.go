package jsontree

import (
	"iter"
	"strconv"
	"strings"
)

// Kind is the type of a JSON value, as RFC 8259 section 3 names them.
type Kind uint8

// The kinds of RFC 8259 section 3; true and false are one kind.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

var kindNames = [...]string{"null", "boolean", "number", "string", "array", "object"}

// String returns the name used in messages: null, boolean, number, string, array or object.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return "kind " + strconv.Itoa(int(k))
	}
	return kindNames[k]
}

// Value is one JSON value. A tree is read-only by convention once parsed: parts of it share
// memory with each other and with the text.
type Value struct {
	// Kind says which of the other fields has a meaning.
	Kind Kind
	// Bool is the value of a Bool.
	Bool bool
	// LoneSurrogate tells that a String held a \uD800..\uDFFF escape without its partner;
	// Text has U+FFFD in its place.
	LoneSurrogate bool
	// Offset is where the value begins, in bytes from the start of the text. A tree is mostly Values: 32 bits
	// make it a seventh smaller.
	Offset int32
	// Text is the decoded string of a String, or the literal of a Number exactly as written.
	Text string
	// Items are the elements of an Array.
	Items []Value
	// Members are the members of an Object in the order written, duplicates included.
	Members []Member
}

// Member is one name and value of an Object.
type Member struct {
	// Name is the decoded name.
	Name string
	// LoneSurrogate tells that the name held a lone surrogate escape.
	LoneSurrogate bool
	// Value is the member's value.
	Value Value
}

// Get returns the value of the member called name, or nil where v is no Object or has no such
// member. Of duplicates it returns the last, as encoding/json and Jackson do. It is safe on nil.
func (v *Value) Get(name string) *Value {
	if v == nil || v.Kind != Object {
		return nil
	}
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Name == name {
			return &v.Members[i].Value
		}
	}
	return nil
}

// Index returns the element of an Array, or nil where v is no Array or is shorter.
// It is safe on nil.
func (v *Value) Index(i int) *Value {
	if v == nil || v.Kind != Array || i < 0 || i >= len(v.Items) {
		return nil
	}
	return &v.Items[i]
}

// Pointer resolves an RFC 6901 JSON pointer ("" is v itself, "/Targets/0/Key" a part of it). It
// returns nil where nothing is there, and also where the pointer is not well-formed.
func (v *Value) Pointer(pointer string) *Value {
	for pointer != "" && v != nil {
		if pointer[0] != '/' {
			return nil
		}
		token := pointer[1:]
		pointer = ""
		if i := strings.IndexByte(token, '/'); i >= 0 {
			token, pointer = token[:i], token[i:]
		}
		name, ok := unescapeToken(token)
		if !ok {
			return nil
		}
		if v.Kind == Array {
			v = v.Index(arrayIndex(name))
		} else {
			v = v.Get(name)
		}
	}
	return v
}

// EscapeToken writes a member name as a reference token of RFC 6901 section 3.
func EscapeToken(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func unescapeToken(token string) (string, bool) {
	if !strings.Contains(token, "~") {
		return token, true
	}
	for i := 0; i < len(token); i++ {
		if token[i] == '~' && (i+1 == len(token) || token[i+1] != '0' && token[i+1] != '1') {
			return "", false
		}
	}
	// RFC 6901 section 4: ~1 first, so that ~01 becomes ~1 and not /.
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~"), true
}

func arrayIndex(token string) int {
	if token == "" || len(token) > 1 && token[0] == '0' || token[0] == '+' || token[0] == '-' {
		return -1
	}
	n, err := strconv.Atoi(token)
	if err != nil {
		return -1
	}
	return n
}

// Str returns the text of a String, and "" of anything else. It is safe on nil.
func (v *Value) Str() string {
	if v == nil || v.Kind != String {
		return ""
	}
	return v.Text
}

// All returns v and everything below it in document order. It is safe on nil.
func (v *Value) All() iter.Seq[*Value] { return func(yield func(*Value) bool) { v.all(yield) } }

func (v *Value) all(yield func(*Value) bool) bool {
	if v == nil {
		return true
	}
	if !yield(v) {
		return false
	}
	for i := range v.Items {
		if !v.Items[i].all(yield) {
			return false
		}
	}
	for i := range v.Members {
		if !v.Members[i].Value.all(yield) {
			return false
		}
	}
	return true
}

// Walk calls visit for v and everything below it in document order, with its RFC 6901 pointer.
// It stops, and returns false, as soon as visit returns false.
func (v *Value) Walk(visit func(pointer string, v *Value) bool) bool {
	if v == nil {
		return true
	}
	return v.walk("", visit)
}

func (v *Value) walk(pointer string, visit func(string, *Value) bool) bool {
	if !visit(pointer, v) {
		return false
	}
	for i := range v.Items {
		if !v.Items[i].walk(pointer+"/"+strconv.Itoa(i), visit) {
			return false
		}
	}
	for i := range v.Members {
		m := &v.Members[i]
		if !m.Value.walk(pointer+"/"+EscapeToken(m.Name), visit) {
			return false
		}
	}
	return true
}

// Duplicates returns the RFC 6901 pointers of the members, at any depth, whose name an earlier
// member of the same object already has; nil where there are none. It is safe on nil.
func (v *Value) Duplicates() []string {
	var found []string
	for below := range v.All() {
		if below.repeated() != nil { // in the common case no pointer is written
			v.duplicates("", &found)
			break
		}
	}
	return found
}

func (v *Value) duplicates(pointer string, found *[]string) {
	for i := range v.Items {
		if v.Items[i].Kind >= Array { // a pointer to each scalar would be its length times as many bytes
			v.Items[i].duplicates(pointer+"/"+strconv.Itoa(i), found)
		}
	}
	repeated := v.repeated()
	for i := range v.Members {
		m := &v.Members[i]
		if !repeated[i] && m.Value.Kind < Array {
			continue
		}
		below := pointer + "/" + EscapeToken(m.Name)
		if repeated[i] {
			*found = append(*found, below)
		}
		m.Value.duplicates(below, found)
	}
}

// repeated has the indexes of the members whose name an earlier one has; nil where there are none.
func (v *Value) repeated() (is map[int]bool) {
	var seen map[string]bool
	if len(v.Members) > smallObject {
		seen = make(map[string]bool, len(v.Members))
	}
	for i := range v.Members {
		name := v.Members[i].Name
		again := seen[name]
		if seen != nil {
			seen[name] = true
		}
		for j := 0; seen == nil && j < i && !again; j++ {
			again = v.Members[j].Name == name
		}
		if again && is == nil {
			is = map[int]bool{}
		}
		if again {
			is[i] = true
		}
	}
	return is
}

// smallObject is the number of members up to which comparing every pair is cheaper than a map,
// and above which it would let a hostile object of n members cost n*n steps.
const smallObject = 32
