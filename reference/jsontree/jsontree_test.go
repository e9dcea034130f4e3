package jsontree_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference/jsontree"
)

func parse(t *testing.T, text string) *jsontree.Value {
	t.Helper()
	v, err := jsontree.Parse([]byte(text))
	require.NoError(t, err)
	return v
}

func TestParseRefusesWithOffset(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		offset     int
	}{
		{"empty", "", 0},
		{"only space", " \n", 2},
		{"byte order mark", "\ufeff{}", 0},
		{"trailing bytes", "{} x", 3},
		{"second value", "1 2", 2},
		{"truncated object", `{"a":1`, 6},
		{"truncated after name", `{"a"`, 4},
		{"trailing comma in object", `{"a":1,}`, 7},
		{"trailing comma in array", `[1,]`, 3},
		{"unquoted name", `{a:1}`, 1},
		{"single quotes", `{'a':1}`, 1},
		{"comment", `{/**/}`, 1},
		{"NaN", `NaN`, 0},
		{"Infinity", `-Infinity`, 1},
		{"leading zero", `01`, 1},
		{"leading plus", `+1`, 0},
		{"bare fraction", `.5`, 0},
		{"empty fraction", `1.`, 2},
		{"empty exponent", `1e+`, 3},
		{"half a word", `nul`, 3},
		{"wrong case", `True`, 0},
		{"raw line feed", "\"a\nb\"", 2},
		{"raw NUL", "\"\x00\"", 1},
		{"invalid UTF-8", "\"a\xff\"", 2},
		{"overlong UTF-8", "\"\xc0\xaf\"", 1},
		{"surrogate in UTF-8", "\"\xed\xa0\x80\"", 1},
		{"invalid UTF-8 outside a string", "\xff", 0},
		{"unknown escape", `"\x41"`, 2},
		{"short unicode escape", `"\u12"`, 5},
		{"open string", `"abc`, 4},
		{"no-break space", "\u00a01", 0},
		{"too deep", strings.Repeat("[", 1001) + strings.Repeat("]", 1001), 1000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, err := jsontree.Parse([]byte(tc.text))
			require.Nil(t, v)
			var syntax *jsontree.SyntaxError
			require.ErrorAs(t, err, &syntax)
			assert.Equal(t, tc.offset, syntax.Offset, err)
		})
	}
}

func TestParseKeepsWhatWasWritten(t *testing.T) {
	t.Parallel()
	v := parse(t, ` {"b": 1.50E+2, "a": [true,false,null,{}],"b":"x\u0041\n\ud83d\ude00","":[]} `)
	require.Equal(t, jsontree.Object, v.Kind)
	require.Len(t, v.Members, 4)
	assert.Equal(t, "b", v.Members[0].Name)
	assert.Equal(t, "1.50E+2", v.Members[0].Value.Text)
	assert.EqualValues(t, 7, v.Members[0].Value.Offset)
	assert.Equal(t, "xA\n😀", v.Get("b").Text, "the last of duplicates")
	assert.True(t, v.Get("a").Items[0].Bool)
	assert.Equal(t, []string{"/b"}, v.Duplicates())
	assert.Nil(t, v.Get("c"))
	text, err := json.Marshal(v)
	require.NoError(t, err)
	assert.Equal(t, `{"b":1.50E+2,"a":[true,false,null,{}],"b":"xA\n😀","":[]}`, string(text))
}

func TestParseDepthCountsOpenContainers(t *testing.T) {
	t.Parallel()
	_, err := jsontree.ParseBounded([]byte(`[{"a":[]}]`), 3, math.MaxInt)
	require.NoError(t, err)
	_, err = jsontree.ParseBounded([]byte(`[{"a":[]}]`), 2, math.MaxInt)
	require.Error(t, err)
	_, err = jsontree.ParseBounded([]byte(`[[],[],[],[]]`), 2, math.MaxInt)
	require.NoError(t, err)
}

func TestParseFlagsLoneSurrogates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"\ud83d"`:             "\uFFFD",
		`"\ude00x"`:            "\uFFFDx",
		`"\ud83d\ud83d\ude00"`: "\uFFFD😀",
		`"\ud83d\u0041"`:       "\uFFFDA",
		`"\ud83d\n"`:           "\uFFFD\n",
	} {
		v := parse(t, text)
		assert.True(t, v.LoneSurrogate, text)
		assert.Equal(t, want, v.Text, text)
	}
	assert.False(t, parse(t, `"\ufffd"`).LoneSurrogate)
	assert.True(t, parse(t, `{"\udc00":1}`).Members[0].LoneSurrogate)
}

func TestPointerFollowsRFC6901(t *testing.T) {
	t.Parallel()
	v := parse(t, `{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"m~n":8,"~1":9}`)
	for pointer, want := range map[string]string{
		"/foo/0": `"bar"`, "/": "0", "/a~1b": "1", "/c%d": "2", "/m~0n": "8", "/~01": "9", "/foo": `["bar","baz"]`,
	} {
		got := v.Pointer(pointer)
		require.NotNil(t, got, pointer)
		assert.Equal(t, want, string(got.AppendJSON(nil)), pointer)
	}
	assert.Same(t, v, v.Pointer(""))
	for _, pointer := range []string{"foo", "/foo/2", "/foo/-", "/foo/00", "/foo/-1", "/foo/+1", "/foo/x", "/nope", "/~2", "/foo/0/x"} {
		assert.Nil(t, v.Pointer(pointer), pointer)
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{`1`, `1.0`, true}, {`10e-1`, `1`, true}, {`0`, `-0.0e5`, true}, {`1.494825472676E9`, `1494825472.676`, true},
		{`1`, `2`, false}, {`1`, `-1`, false}, {`1e999999999999`, `10e999999999998`, true}, {`1e99999999999999999999`, `1`, false},
		{`100`, `1e2`, true}, {`1`, `"1"`, false}, {`true`, `false`, false}, {`null`, `null`, true},
		{`{"a":1,"b":2}`, `{"b":2,"a":1}`, true}, {`{"a":1}`, `{"a":1,"b":2}`, false}, {`{"a":1,"b":2}`, `{"a":1,"c":2}`, false},
		{`{"a":1,"b":0,"a":2}`, `{"b":0,"a":1,"a":2}`, true}, {`{"a":1,"b":0,"a":2}`, `{"b":0,"a":2,"a":1}`, false},
		{`[1,2]`, `[2,1]`, false}, {`[1,[2]]`, `[1,[2]]`, true}, {`"\ud800"`, `"\ufffd"`, false},
	} {
		assert.Equal(t, tc.want, jsontree.Equal(parse(t, tc.a), parse(t, tc.b)), "%s and %s", tc.a, tc.b)
		assert.Equal(t, tc.want, jsontree.Equal(parse(t, tc.b), parse(t, tc.a)), "%s and %s", tc.b, tc.a)
	}
	assert.True(t, jsontree.Equal(nil, nil))
	assert.False(t, jsontree.Equal(parse(t, "1"), nil))
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"0": 0, "-0": 0, "1e3": 1000, "10.0": 10, "-5E0": -5,
		"9223372036854775807": 9223372036854775807} {
		got, ok := parse(t, text).Int64()
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"1.5", "1e19", "9223372036854775808", "1e999999999999999999999", `"1"`} {
		_, ok := parse(t, text).Int64()
		assert.False(t, ok, text)
	}
	f, ok := parse(t, "1.494825472676E9").Float64()
	assert.True(t, ok)
	assert.InDelta(t, 1494825472.676, f, 1e-6)
}

func TestDuplicatesAreFoundAtAnyDepthAndSize(t *testing.T) {
	t.Parallel()
	assert.Nil(t, parse(t, `{"a":{"a":[{"a":1}]}}`).Duplicates())
	assert.Equal(t, []string{"/x/0/a~1b"}, parse(t, `{"x":[{"a/b":1,"a/b":2}]}`).Duplicates())
	var b strings.Builder
	for range 40 {
		b.WriteString(`"k":1,`)
	}
	assert.Len(t, parse(t, `{`+b.String()+`"z":0}`).Duplicates(), 39)
}

// A long name over many values takes no pointer for each.
func TestDuplicatesTakeLittleMemory(t *testing.T) {
	const name, values = 100_000, 20_000
	v := parse(t, `{"a":1,"a":1,"`+strings.Repeat("k", name)+`":[`+strings.Repeat("1,", values)+`1]}`)
	result := testing.Benchmark(func(b *testing.B) {
		for range b.N {
			v.Duplicates()
		}
	})
	assert.Less(t, result.AllocedBytesPerOp(), int64(10*name))
}

func TestWalkVisitsInDocumentOrder(t *testing.T) {
	t.Parallel()
	var seen []string
	parse(t, `{"b":[1,{"c":2}],"a":3}`).Walk(func(pointer string, _ *jsontree.Value) bool {
		seen = append(seen, pointer)
		return true
	})
	assert.Equal(t, []string{"", "/b", "/b/0", "/b/1", "/b/1/c", "/a"}, seen)
}

func TestAppendStringIsReadBackByEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "a\"\\/\b\f\n\r\t\x00\x1f\x7f", "é😀\u2028", "\uFFFD"} {
		var back string
		require.NoError(t, json.Unmarshal(jsontree.AppendString(nil, s), &back))
		assert.Equal(t, s, back)
	}
	assert.Equal(t, "\"a\uFFFDb\"", string(jsontree.AppendString(nil, "a\xffb")))
}

func BenchmarkParse(b *testing.B) {
	text := []byte(`{"DocumentName":"AWS-RunShellScript","Targets":[{"Key":"tag:sendspec","Values":["x"]}],` +
		`"Parameters":{"commands":["true"]},"TimeoutSeconds":60}`)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jsontree.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTheNumberOfValuesIsBounded(t *testing.T) {
	t.Parallel()
	for text, values := range map[string]int{`1`: 1, `[]`: 1, `[1,2]`: 3, `{"a":[{}],"b":null}`: 4} {
		_, err := jsontree.ParseBounded([]byte(text), jsontree.DefaultMaxDepth, values)
		require.NoError(t, err, text)
		_, err = jsontree.ParseBounded([]byte(text), jsontree.DefaultMaxDepth, values-1)
		var syntax *jsontree.SyntaxError
		require.ErrorAs(t, err, &syntax, text)
		assert.True(t, syntax.TooMany)
	}
}
