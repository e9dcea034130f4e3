package mutants

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

func wholeNumber(n int64) jsontree.Value {
	return jsontree.Value{Kind: jsontree.Number, Text: strconv.FormatInt(n, 10)}
}

func sortByText(list *jsontree.Value) {
	if list != nil {
		list.Items = slices.Clone(list.Items)
		slices.SortFunc(list.Items, func(a, b jsontree.Value) int { return cmp.Compare(a.Text, b.Text) })
	}
}

// sortByHash puts texts in the order of the buckets that a hash table would have for them.
func sortByHash(list *jsontree.Value) {
	if list == nil {
		return
	}
	hash := func(v jsontree.Value) uint32 {
		h := fnv.New32a()
		_, _ = h.Write([]byte(v.Text))
		return h.Sum32()
	}
	list.Items = slices.Clone(list.Items)
	slices.SortStableFunc(list.Items, func(a, b jsontree.Value) int { return cmp.Compare(hash(a), hash(b)) })
}

func sortTargets(list *jsontree.Value) {
	if list != nil {
		slices.SortFunc(list.Items, func(a, b jsontree.Value) int { return cmp.Compare(a.Get("Key").Text, b.Get("Key").Text) })
	}
}

func unequal(list *jsontree.Value) {
	seen := map[string]bool{}
	list.Items = slices.DeleteFunc(list.Items, func(v jsontree.Value) bool {
		twice := seen[v.Text]
		seen[v.Text] = true
		return twice
	})
}

func joined(_ string, list *jsontree.Value) {
	var all []string
	for _, v := range list.Items {
		all = append(all, v.Text)
	}
	if len(all) > 0 {
		list.Items = []jsontree.Value{text(strings.Join(all, ","))}
	}
}

func lowered(_ string, v *jsontree.Value) { v.Text = strings.ToLower(v.Text) }

func canonicalKey(_ string, v *jsontree.Value) {
	if strings.EqualFold(v.Text, "InstanceIds") {
		v.Text = "InstanceIds"
	}
}

func copyMember(from *jsontree.Value, name string, to *jsontree.Value, as string) {
	if v := from.Get(name); v != nil {
		set(to, as, *v)
	}
}

func idsFromKey(_, command *jsontree.Value) {
	for _, target := range command.Get("Targets").Items {
		if strings.EqualFold(target.Get("Key").Text, "InstanceIds") {
			set(command, "InstanceIds", *target.Get("Values"))
		}
	}
}

func idsAsTarget(_, command *jsontree.Value) {
	if ids := command.Get("InstanceIds"); len(ids.Items) > 0 {
		set(command, "Targets", value(`[{"Key":"InstanceIds","Values":`+string(ids.AppendJSON(nil))+`}]`))
	}
}

// parameterLists changes the list of every parameter.
func parameterLists(change func(list *jsontree.Value)) func() defect {
	return answering(func(_, command *jsontree.Value) {
		at(command, "Parameters.*", func(_ string, v *jsontree.Value) { change(v) })
	})
}

func documentDefaults(_, command *jsontree.Value) {
	if command.Get("DocumentName").Text != "AWS-RunShellScript" {
		return
	}
	p := command.Get("Parameters")
	for _, d := range []struct{ name, fallback string }{{"executionTimeout", `["3600"]`}, {"workingDirectory", `[""]`}} {
		if p.Get(d.name) == nil {
			set(p, d.name, value(d.fallback))
		}
	}
}

// recased makes executionTimeout to ExecutionTimeout.
func recased(_, command *jsontree.Value) {
	p := command.Get("Parameters")
	for i := range p.Members {
		if name := p.Members[i].Name; name != "" {
			p.Members[i].Name = strings.ToUpper(name[:1]) + name[1:]
		}
	}
}

func resolved(word string) func(_, command *jsontree.Value) {
	return func(_, command *jsontree.Value) {
		if v := command.Get("DocumentVersion"); v != nil && v.Text == word {
			v.Text = "1"
		}
	}
}

// secondsBetween is how long behind its RequestedDateTime a command expires.
func secondsBetween(command *jsontree.Value) int64 {
	requested, _ := command.Get("RequestedDateTime").Float64()
	expires, _ := command.Get("ExpiresAfter").Float64()
	return int64(math.Round(expires - requested))
}
