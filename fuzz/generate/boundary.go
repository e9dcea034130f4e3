package generate

import (
	"fmt"
	"math/rand"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ssm/schemas"
	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// boundary is one value at one place of a request that a server should look at.
type boundary struct {
	mark  Mark
	value *jsontree.Value // nil takes the member away
	path  []step
}

// boundaries enumerates, for every constraint, what is below, at and above it, and for every place null,
// absence and every wrong type. Nothing of it is drawn.
func boundaries() []boundary {
	var all []boundary
	at := func(path, kind, side string, v *jsontree.Value) {
		all = append(all, boundary{Mark{path, kind, side}, v, steps(path)})
	}
	for _, c := range reference.Constraints() {
		if c.Operation != reference.SendCommand {
			continue
		}
		add := func(side string, v *jsontree.Value) { at(c.Path, string(c.Kind), side, v) }
		switch c.Kind {
		case reference.Required:
			add("absent", nil)
			add("null", &jsontree.Value{})
		case reference.Length:
			for _, n := range around(c.Min, c.Max, 0) {
				for _, v := range sized(&c, n.value) {
					add(n.side, v)
				}
			}
		case reference.Range:
			for _, n := range around(c.Min, c.Max, -1<<31) {
				add(n.side, new(number(strconv.FormatInt(n.value, 10))))
			}
		case reference.Pattern:
			for _, s := range nearMisses[c.Path] {
				add("near", new(str(s)))
			}
			add("near", new(str(nearMisses[c.Path][0]+"\n"))) // $ matches before a last line end, too
		case reference.Enum:
			for _, s := range c.Values {
				add("inside", new(str(s)))
				for _, miss := range []string{strings.ToLower(s), strings.ToUpper(s), " " + s, s + " ", s + s, s[:len(s)-1]} {
					add("outside", new(str(miss)))
				}
			}
			add("outside", new(str("")))
		}
	}
	reference.VisitMembers(schemas.SendCommandRequest, "", ".*", func(path string, of *smithy.Schema) {
		at(path, "type", "null", &jsontree.Value{})
		at(path, "type", "absent", nil)
		for _, v := range wrongTypes(of.Type()) {
			at(path, "type", v.Kind.String(), &v)
		}
	})
	return all
}

// sideValue is a size or number and where it lies.
type sideValue struct {
	side  string
	value int64
}

// around lists the values at the bounds and beside them, none below least.
func around(low, high *int64, least int64) []sideValue {
	var list []sideValue
	add := func(side string, n int64) {
		if n >= least {
			list = append(list, sideValue{side, n})
		}
	}
	if low != nil {
		add("below", *low-1)
		add("below", 0)
		add("below", -1)
		add("at-min", *low)
		add("inside", *low+1)
	}
	if high != nil {
		add("inside", *high-1)
		add("at-max", *high)
		add("above", *high+1)
		add("above", *high*2+3)
	}
	return slices.DeleteFunc(list, func(v sideValue) bool { return low != nil && v.side == "below" && v.value >= *low })
}

// sized makes strings or lists of a size for the place of a constraint.
func sized(c *reference.Constraint, n int64) []*jsontree.Value {
	if oracle.IsList(c.Path) {
		items := make([]jsontree.Value, n)
		for i := range items {
			items[i] = element(c.Path, i)
		}
		return []*jsontree.Value{new(array(items...))}
	}
	list := []*jsontree.Value{new(str(filled(c.Path, int(n), "x")))}
	if c.Path == "Comment" || c.Path == "OutputS3KeyPrefix" || c.Path == "Targets[].Key" || c.Path == "AlarmConfiguration.Alarms[].Name" {
		list = append(list, new(str(filled(c.Path, int(n), "é"))), new(str(filled(c.Path, int(n), "語"))))
	}
	return list
}

// element is the i-th good element of the list at the path; no two are the same.
func element(path string, i int) jsontree.Value {
	switch path {
	case "InstanceIds": // that no account has: a request that is taken may run something
		return str(fmt.Sprintf("i-%017d", i))
	case "Targets":
		return object(member("Key", str(fmt.Sprintf("tag:sendspec-%d", i))), member("Values", array(str("none"))))
	case "AlarmConfiguration.Alarms":
		return object(member("Name", str(fmt.Sprintf("sendspec-%d", i))))
	case "NotificationConfig.NotificationEvents":
		return str("All")
	}
	return str(fmt.Sprintf("none-%d", i))
}

// filled is a string of n code points that breaks no other constraint of its place, where there is one.
func filled(path string, n int, unit string) string {
	switch path {
	case "Targets[].Key":
		if n > 4 {
			return "tag:" + strings.Repeat(unit, n-4)
		}
	case "MaxConcurrency", "MaxErrors":
		if n > 0 {
			return "1" + strings.Repeat("0", n-1)
		}
		return ""
	}
	return strings.Repeat(unit, n)
}

// nearMisses are texts on either side of each pattern: the oracle tells which.
var nearMisses = map[string][]string{
	"InstanceIds[]": {
		"i-0badc0de", "i-0badc0d", "i-0badc0dee", "i-0badc0de0badc0de", "i-0badc0de0badc0de0", "i-0badc0de0badc0de01",
		"mi-0badc0de0badc0de0", "mi-0badc0de",
		"I-0badc0de", "i_0badc0de", "0badc0de", "i-0badc0d-", "i-0badc0dé", "xi-0badc0de", "i-0badc0de ", "", "i-", "mi-",
		"i-0badc0de,i-0badc0de", "ami-0badc0de",
	},
	"Targets[].Key": {
		"tag:a_b.c:d/e=f-g@h", "tag:cost center", "tag:a#b", "tag:a+b", "tag:a*", "tag:a,b", "tag:a;b", "tag:a(b)", "tag:a\"b",
		"tag:a\\b", "tag:a\tb", "tag:Größe",
		"tag:環境", "tag:😀", "resource-groups:Name", "tag:{x}", "tag:a&b", "tag:a%b", "tag:a!", "tag:a?",
		"tag:#resource-groups:Name",
	},
	"DocumentName": {
		"AWS-RunShellScript", "AWS RunShellScript", "AWS-RunShellScript ", "ab", "abc", "a", "", strings.Repeat("d", 128),
		strings.Repeat("d", 129), "AWS-RunShellScript$", "dök",
		"a,b,c", "a+b", "a@b.c", "(abc)", "*", "abc*", "a|b|c", "a;b;c", "a\\b", "a\"bc",
	},
	"DocumentVersion": {
		"$LATEST", "$DEFAULT", "1", "10", "0", "01", "-1", "+1", "1.0", "1e3", "", " 1", "1 ", "v1", "latest", "$latest", "LATEST",
		"DEFAULT", "$DEFAULT1", "1$LATEST", "１",
	},
	"Comment": {strings.Repeat("c", 100), strings.Repeat("c", 101), "two\nlines", "ends\n", "a\rb"},
	"MaxConcurrency": {
		"1", "50", "1%", "99%", "100%", "0", "0%", "00", "01", "010", "101%", "1000%", "-1", "+1", "1.5", "10.5%", "%", "%%", "50%%",
		"50 %", " 50", "50 ", "ten", "1e3", "0x10", "٥",
	},
	"MaxErrors": {
		"0", "0%", "1", "99%", "100%", "00", "00%", "01", "101%", "1000%", "-1", "-0", "+1", "1.5", "10.5%", "%", "%%", "50%%", "50 %",
		" 50", "50 ", "ten", "1e3", "0x10", "٥",
	},
	"AlarmConfiguration.Alarms[].Name": {"a", " ", "   ", "\t", " a", "a ", "", "a b", "\"", "a\nb"},
}

// wrongTypes lists values whose JSON type is not that of the shape.
func wrongTypes(t smithy.ShapeType) []jsontree.Value {
	want := reference.JSONKind(t)
	all := literal(`[true,false,7,1.5,0,"60","","x",[],["x"],{},{"x":"y"}]`).Items
	return slices.DeleteFunc(all, func(v jsontree.Value) bool { return v.Kind == want })
}

// boundary makes an input of the number-th boundary: in the first round in a plain request, which shows
// it best, and then in any.
func (g *Generator) boundary(in *Input, number uint64, r *rand.Rand) {
	n := uint64(len(g.boundaries))
	b := &g.boundaries[number%n]
	value := hexadecimal(r, 8)
	if number < n {
		in.Body.Tree = Plain("sendspec-" + value)
	} else {
		in.Body.Tree = g.valid(r)
	}
	g.world.setPath(in.Body.Tree, b.path, b.value, r)
	in.What, in.Marks = b.mark.String(), []Mark{b.mark}
}
