package service

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// appendValue writes a value of the SDK's types as AWS writes it, in compact JSON: the members in alphabetical order (evidence:
// echo/members), empty texts and lists, but nothing for a nil pointer.
func appendValue(dst []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Pointer:
		return appendValue(dst, v.Elem())
	case reflect.String:
		return jsontree.AppendString(dst, v.String())
	case reflect.Bool:
		return strconv.AppendBool(dst, v.Bool())
	case reflect.Int32:
		return strconv.AppendInt(dst, v.Int(), 10)
	case reflect.Slice:
		dst = append(dst, '[')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendValue(dst, v.Index(i))
		}
		return append(dst, ']')
	}
	if v.Type() == reflect.TypeFor[time.Time]() {
		return append(dst, epochSeconds(v.Interface().(time.Time))...)
	}
	dst = append(dst, '{')
	if v.Kind() == reflect.Map {
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			dst = appendMember(dst, key.String(), v.MapIndex(key))
		}
		return append(dst, '}')
	}
	for _, f := range sdkMembers(v.Type()) {
		if value := v.Field(f.Index[0]); value.Kind() != reflect.Pointer || !value.IsNil() {
			dst = appendMember(dst, f.Name, value)
		}
	}
	return append(dst, '}')
}

func appendMember(dst []byte, name string, v reflect.Value) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	return appendValue(append(jsontree.AppendString(dst, name), ':'), v)
}

// Looking up a structure's fields allocates: they are kept by type.
var membersByType sync.Map

func sdkMembers(t reflect.Type) []reflect.StructField {
	if known, ok := membersByType.Load(t); ok {
		return known.([]reflect.StructField)
	}
	members := slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
		return !f.IsExported() || f.Name == "ResultMetadata"
	})
	slices.SortFunc(members, func(a, b reflect.StructField) int { return strings.Compare(a.Name, b.Name) })
	membersByType.Store(t, members)
	return members
}

// epochSeconds writes a time as AWS does: what Java's Double.toString makes of the seconds with
// milliseconds, 1.494825472676E9 (evidence: echo/RequestedDateTime). Times near 1970, which only a
// clock of a test has, are written without an exponent, as Java does below ten million.
func epochSeconds(t time.Time) string {
	digits := strconv.FormatInt(t.UnixMilli(), 10)
	exponent := len(digits) - 4
	if t.UnixMilli() < 0 || exponent < 7 {
		return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', -1, 64)
	}
	fraction := strings.TrimRight(digits[1:], "0")
	if fraction == "" {
		fraction = "0"
	}
	return digits[:1] + "." + fraction + "E" + strconv.Itoa(exponent)
}
