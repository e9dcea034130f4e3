package generate

import (
	"math/rand"
	"slices"

	"github.com/sendspec/sendspec/reference/jsontree"

	"github.com/sendspec/sendspec/conformance/oracle"
)

// mutation changes what a plain request means: it makes a fault that no constraint knows of, or what only looks
// like one. It says in a few words what it did; "" where the target's world lacks what it takes.
type mutation func(w *world, v *jsontree.Value, r *rand.Rand) string

// semanticMutations are asked in turn. The oracle, not the mutation, tells what conforms.
var semanticMutations = slices.Concat(targetMutations, nodeMutations, documentMutations, notificationMutations)

// recordedEvery is of how many inputs one has a size that was recorded, which is large. It is prime, so that it is not the
// turn of the same mutation each time.
const recordedEvery = 61

// semantic makes the number-th input of the strategy Semantic.
func (g *Generator) semantic(in *Input, number uint64, r *rand.Rand) {
	in.Body.Tree = g.base(r)
	if number%recordedEvery == recordedEvery-1 {
		in.What = recordedSize(in.Body.Tree, number/recordedEvery)
		return
	}
	n := uint64(len(semanticMutations))
	for i := range n {
		if in.What = semanticMutations[(number+i)%n](g.world, in.Body.Tree, r); in.What != "" {
			break
		}
	}
	if chance(r, 15) { // beside another one: either may be named
		if other := pick(r, semanticMutations)(g.world, in.Body.Tree, r); other != "" {
			in.What += ", " + other
		}
	}
}

// bound draws the value of one of the bindings that the world has; "" where it has none.
func (w *world) bound(r *rand.Rand, names ...string) string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return w.bindings[n] == "" })
	if len(names) == 0 {
		return ""
	}
	return w.bindings[pick(r, names)]
}

// stringsOf is a list of these strings.
func stringsOf(list ...string) jsontree.Value { return jsontree.NewStrings(list) }

func target(key string, values ...string) jsontree.Value {
	return object(member("Key", str(key)), member("Values", stringsOf(values...)))
}

// again puts one of the items into the list a second time, beside itself or apart.
func again[T any](r *rand.Rand, list []T) []T {
	return slices.Insert(slices.Clone(list), r.Intn(len(list)+1), pick(r, list))
}

// setTargets sets Targets in any order.
func setTargets(v *jsontree.Value, r *rand.Rand, targets ...jsontree.Value) {
	r.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
	setInOrder(v, targets...)
}

func setInOrder(v *jsontree.Value, targets ...jsontree.Value) {
	v.Remove("InstanceIds")
	v.Set("Targets", array(targets...))
}

func setNodes(v *jsontree.Value, ids ...string) {
	v.Remove("Targets")
	v.Set("InstanceIds", stringsOf(ids...))
}

// none are values that no node has.
func none(r *rand.Rand) []string {
	values := make([]string, 1+r.Intn(3))
	for i := range values {
		values[i] = "none-" + word(r, 6) + string(rune('a'+i))
	}
	return values
}

var targetMutations = []mutation{
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		key := pick(r, []string{"tag:sendspec", "tag:sendspec", "tag-key"})
		values := again(r, none(r))
		if len(w.nodes) > 0 && chance(r, 30) {
			key, values = "InstanceIds", again(r, w.nodes[:1+r.Intn(min(3, len(w.nodes)))])
		}
		targets := []jsontree.Value{target(key, values...)}
		if key == "tag:sendspec" && chance(r, 50) {
			targets = append(targets, target("tag:Stage", none(r)...))
		}
		setTargets(v, r, targets...)
		return "a value twice in a target"
	},
	func(_ *world, v *jsontree.Value, r *rand.Rand) string {
		keys := again(r, []string{"tag:sendspec", "tag:Stage", "tag:Team"}[:1+r.Intn(3)])
		if chance(r, 25) {
			keys = []string{oracle.GroupNameKey, oracle.GroupNameKey}
		}
		var targets []jsontree.Value
		for i, key := range keys {
			targets = append(targets, target(key, "none-"+string(rune('a'+i))))
		}
		setInOrder(v, targets...)
		return "two targets of a key"
	},
	func(_ *world, v *jsontree.Value, r *rand.Rand) string {
		targets := []jsontree.Value{target(oracle.GroupNameKey, "none-"+word(r, 6)),
			target(pick(r, []string{"tag:sendspec", "tag-key"}), none(r)...)}
		if chance(r, 20) {
			targets = append(targets, target(oracle.TypeFiltersKey, oracle.RunnableTypes[0]))
		}
		setTargets(v, r, targets...)
		return "a tag beside a resource group"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		id := w.nodeOrUnknown(r, 30)
		setTargets(v, r, target(oracle.GroupNameKey, "none-"+word(r, 6)), target("InstanceIds", id))
		return "instances beside a resource group"
	},
	func(_ *world, v *jsontree.Value, r *rand.Rand) string {
		setTargets(v, r, target(oracle.GroupNameKey, again(r, none(r))...))
		if chance(r, 70) {
			setTargets(v, r, target(oracle.GroupNameKey, "none-"+word(r, 6), "none-"+word(r, 7)))
		}
		return "several resource groups"
	},
	func(_ *world, v *jsontree.Value, r *rand.Rand) string {
		others := []string{
			"AWS::S3::Bucket", "AWS::AllSupported", "AWS::EC2::Volume", "AWS::RDS::DBInstance", "AWS::Lambda::Function",
			"AWS::SQS::Queue",
		}
		r.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
		var values []string
		switch r.Intn(5) {
		case 4:
			values = slices.Repeat(oracle.RunnableTypes[:1], 6)
		case 0:
			values = others[:1+r.Intn(3)]
		case 1:
			values = slices.Clone(oracle.RunnableTypes[r.Intn(2):])
		case 2:
			values = append(slices.Clone(oracle.RunnableTypes[:1+r.Intn(2)]), others[:4+r.Intn(2)]...)
		case 3:
			values = again(r, again(r, append(slices.Clone(oracle.RunnableTypes), others[:r.Intn(4)]...)))
		}
		setInOrder(v, target(oracle.GroupNameKey, "none-"+word(r, 6)), target(oracle.TypeFiltersKey, values...))
		return "resource type filters"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		group := w.bound(r, "group.empty", "group.empty.arn")
		if group == "" {
			return ""
		}
		setInOrder(v, target(oracle.GroupNameKey, group))
		return "a resource group without nodes"
	},
	func(w *world, v *jsontree.Value, _ *rand.Rand) string {
		key, value := w.bindings["tag.key"], w.bindings["tag.value"]
		if key == "" || value == "" || len(w.nodes) == 0 {
			return ""
		}
		setInOrder(v, target("tag:"+key, value))
		return "a tag that nodes have"
	},
	func(_ *world, v *jsontree.Value, r *rand.Rand) string {
		for _, name := range []string{"InstanceIds", "Targets"} {
			v.Remove(name)
			switch r.Intn(3) {
			case 0:
				v.Set(name, array())
			case 1:
				v.Set(name, jsontree.Value{Kind: jsontree.Null})
			}
		}
		return "no destination"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		id := w.nodeOrUnknown(r, 40)
		v.Set("Targets", array(target("tag:sendspec", none(r)...)))
		v.Set("InstanceIds", stringsOf(id))
		return "nodes and targets"
	},
}

// node draws a node that may be sent to; "" where there is none.
func (w *world) node(r *rand.Rand) string {
	if len(w.nodes) == 0 {
		return ""
	}
	return pick(r, w.nodes)
}

// nodeOrUnknown draws a node that may be sent to, or so often, and where there is none, one that is not there.
func (w *world) nodeOrUnknown(r *rand.Rand, percent int) string {
	if id := w.node(r); id != "" && !chance(r, percent) {
		return id
	}
	return "i-0" + hexadecimal(r, 16)
}

var nodeMutations = []mutation{
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		ids := []string{pick(r, []string{"i-0" + hexadecimal(r, 16), "mi-0" + hexadecimal(r, 16), "i-" + hexadecimal(r, 8)})}
		if id := w.node(r); id != "" && chance(r, 60) {
			ids = append(ids, id)
		}
		r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		setNodes(v, ids...)
		return "an unknown instance"
	},
	func(_ *world, v *jsontree.Value, r *rand.Rand) string {
		setTargets(v, r, target("InstanceIds", pick(r, []string{"i-0", "mi-0"})+hexadecimal(r, 16)))
		return "an unknown instance as a target"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string {
		ids := w.nodes[:min(len(w.nodes), 1+r.Intn(3))]
		if len(ids) == 0 {
			return ""
		}
		setNodes(v, again(r, ids)...)
		return "an instance twice"
	},
	func(w *world, v *jsontree.Value, r *rand.Rand) string { return w.beside(v, r, "node.denied") },
	func(w *world, v *jsontree.Value, r *rand.Rand) string { return w.beside(v, r, "node.windows") },
	func(w *world, v *jsontree.Value, r *rand.Rand) string { return w.beside(v, r, "node.stopped") },
}

// beside sends to a special node of the world, alone or beside another one.
func (w *world) beside(v *jsontree.Value, r *rand.Rand, name string) string {
	id := w.bindings[name]
	if id == "" || len(w.nodes) == 0 {
		return ""
	}
	ids := []string{id}
	if chance(r, 60) {
		ids = append(ids, w.node(r))
	}
	if chance(r, 30) {
		slices.Reverse(ids)
	}
	setNodes(v, ids...)
	return name
}
