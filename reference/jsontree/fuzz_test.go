package jsontree_test

import (
	"encoding/json"
	"math"
	"testing"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// encodingJSONDepth is the nesting encoding/json allows (maxNestingDepth in its scanner.go).
const encodingJSONDepth = 10000

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-0.5e+3,"x\u00e9\ud83d\ude00",true,false,null,{}]}`, ``, ` `, `[1,]`, `{"a":1,"a":2}`, "\ufeff1", "\"\xff\"", `"\ud800"`,
		`01`, `1.`, `-`, `nul`, `[[[[`, `"\u12g4"`, "\"\x1f\"", `1e5`, `{"":{"":0}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := jsontree.ParseBounded(data, encodingJSONDepth, math.MaxInt)
		if want := json.Valid(data) && utf8.Valid(data); want != (err == nil) {
			t.Fatalf("%q: encoding/json says valid=%v, jsontree says %v", data, want, err)
		}
		if err != nil {
			return
		}
		text := v.AppendJSON(nil)
		again, err := jsontree.ParseBounded(text, encodingJSONDepth, math.MaxInt)
		if err != nil {
			t.Fatalf("%q written as %q: %v", data, text, err)
		}
		lone := false
		v.Walk(func(_ string, v *jsontree.Value) bool {
			lone = lone || v.LoneSurrogate
			return !lone
		})
		if !lone && !jsontree.Equal(v, again) {
			t.Fatalf("%q written as %q reads back as another value", data, text)
		}
	})
}
