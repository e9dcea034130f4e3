package service

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// body is a value of the SDK's types as AWS writes it, in compact JSON: the members in alphabetical order (evidence:
// echo/members), empty texts and lists, but nothing for a nil pointer.
func body(v any) []byte {
	tree := rendered(reflect.ValueOf(v))
	return tree.AppendJSON(nil)
}

func rendered(v reflect.Value) jsontree.Value {
	if at, ok := v.Interface().(time.Time); ok {
		return jsontree.NewNumber(epochSeconds(at))
	}
	switch v.Kind() {
	case reflect.Pointer:
		return rendered(v.Elem())
	case reflect.Bool:
		return jsontree.NewBool(v.Bool())
	case reflect.Int32:
		return jsontree.NewNumber(strconv.FormatInt(v.Int(), 10))
	case reflect.Slice:
		list := jsontree.NewArray()
		for i := range v.Len() {
			list.Items = append(list.Items, rendered(v.Index(i)))
		}
		return list
	case reflect.Map, reflect.Struct:
		return jsontree.NewObject(members(v)...)
	}
	return jsontree.NewString(v.String())
}

func members(v reflect.Value) []jsontree.Member {
	var all []jsontree.Member
	if v.Kind() == reflect.Map {
		for _, key := range v.MapKeys() {
			all = append(all, jsontree.NewMember(key.String(), rendered(v.MapIndex(key))))
		}
	} else {
		for field, value := range v.Fields() {
			if field.IsExported() && field.Name != "ResultMetadata" && (value.Kind() != reflect.Pointer || !value.IsNil()) {
				all = append(all, jsontree.NewMember(field.Name, rendered(value)))
			}
		}
	}
	slices.SortFunc(all, func(a, b jsontree.Member) int { return strings.Compare(a.Name, b.Name) })
	return all
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
