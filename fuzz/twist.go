package fuzz

import (
	"math/rand"
	"slices"

	"github.com/sendspec/sendspec/reference/jsontree"

	"github.com/sendspec/sendspec/conformance/oracle"
)

// twist changes what a plain request means: it makes a fault that no constraint knows of, or what only looks
// like one. It says in a few words what it did; "" where the target's world lacks what it takes.
type twist func(w *world, v *Value, d *rand.Rand) string

// twists are asked in turn. The oracle, not the twist, tells what conforms.
var twists = slices.Concat(targetTwists, nodeTwists, documentTwists, notificationTwists)

// twisted makes the number-th input of the strategy Meaning.
func (g *Generator) twisted(in *Input, number uint64, d *rand.Rand) {
	in.body.tree = g.base(d)
	n := uint64(len(twists))
	for i := range n {
		if in.What = twists[(number+i)%n](g.world, in.body.tree, d); in.What != "" {
			break
		}
	}
	if chance(d, 15) { // beside another one: either may be named
		if other := pick(d, twists)(g.world, in.body.tree, d); other != "" {
			in.What += ", " + other
		}
	}
}

// bound draws the value of one of the bindings that the world has; "" where it has none.
func (w *world) bound(d dice, names ...string) string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return w.bindings[n] == "" })
	if len(names) == 0 {
		return ""
	}
	return w.bindings[pick(d, names)]
}

// stringsOf is a list of these strings.
func stringsOf(list ...string) Value { return strs(list) }

func target(key string, values ...string) Value {
	return object(member("Key", str(key)), member("Values", stringsOf(values...)))
}

// again puts one of the items into the list a second time, beside itself or apart.
func again[T any](d dice, list []T) []T {
	return slices.Insert(slices.Clone(list), d.Intn(len(list)+1), pick(d, list))
}

// setTargets sets Targets in any order.
func setTargets(v *Value, d *rand.Rand, targets ...Value) {
	d.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
	drop(v, "InstanceIds")
	put(v, "Targets", array(targets...))
}

func setNodes(v *Value, ids ...string) {
	drop(v, "Targets")
	put(v, "InstanceIds", stringsOf(ids...))
}

// none are values that no node has.
func none(d dice) []string {
	values := make([]string, 1+d.Intn(3))
	for i := range values {
		values[i] = "none-" + word(d, 6) + string(rune('a'+i))
	}
	return values
}

var targetTwists = []twist{
	func(w *world, v *Value, d *rand.Rand) string {
		key := pick(d, []string{"tag:sendspec", "tag:sendspec", "tag-key"})
		values := again(d, none(d))
		if len(w.nodes) > 0 && chance(d, 30) {
			key, values = "InstanceIds", again(d, w.nodes[:1+d.Intn(min(3, len(w.nodes)))])
		}
		targets := []Value{target(key, values...)}
		if key == "tag:sendspec" && chance(d, 50) {
			targets = append(targets, target("tag:Stage", none(d)...))
		}
		setTargets(v, d, targets...)
		return "a value twice in a target"
	},
	func(_ *world, v *Value, d *rand.Rand) string {
		keys := again(d, []string{"tag:sendspec", "tag:Stage", "tag:Team"}[:1+d.Intn(3)])
		if chance(d, 25) {
			keys = []string{oracle.GroupNameKey, oracle.GroupNameKey}
		}
		drop(v, "InstanceIds")
		put(v, "Targets", array())
		for i, key := range keys {
			list := v.Get("Targets")
			list.Items = append(list.Items, target(key, "none-"+string(rune('a'+i))))
		}
		return "two targets of a key"
	},
	func(w *world, v *Value, d *rand.Rand) string {
		targets := []Value{target(oracle.GroupNameKey, "none-"+word(d, 6)), target(pick(d, []string{"tag:sendspec", "tag-key"}), none(d)...)}
		if chance(d, 20) {
			targets = append(targets, target(oracle.TypeFiltersKey, oracle.RunnableTypes[0]))
		}
		setTargets(v, d, targets...)
		return "a tag beside a resource group"
	},
	func(w *world, v *Value, d *rand.Rand) string {
		id := w.node(d)
		if id == "" || chance(d, 30) {
			id = "i-0" + hexadecimal(d, 16)
		}
		setTargets(v, d, target(oracle.GroupNameKey, "none-"+word(d, 6)), target("InstanceIds", id))
		return "instances beside a resource group"
	},
	func(_ *world, v *Value, d *rand.Rand) string {
		setTargets(v, d, target(oracle.GroupNameKey, again(d, none(d))...))
		if chance(d, 70) {
			setTargets(v, d, target(oracle.GroupNameKey, "none-"+word(d, 6), "none-"+word(d, 7)))
		}
		return "several resource groups"
	},
	func(_ *world, v *Value, d *rand.Rand) string {
		others := []string{"AWS::S3::Bucket", "AWS::AllSupported", "AWS::EC2::Volume", "AWS::RDS::DBInstance", "AWS::Lambda::Function", "AWS::SQS::Queue"}
		d.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
		var values []string
		switch d.Intn(5) {
		case 4:
			values = slices.Repeat(oracle.RunnableTypes[:1], 6)
		case 0:
			values = others[:1+d.Intn(3)]
		case 1:
			values = slices.Clone(oracle.RunnableTypes[d.Intn(2):])
		case 2:
			values = append(slices.Clone(oracle.RunnableTypes[:1+d.Intn(2)]), others[:4+d.Intn(2)]...)
		case 3:
			values = again(d, again(d, append(slices.Clone(oracle.RunnableTypes), others[:d.Intn(4)]...)))
		}
		put(v, "Targets", array(target(oracle.GroupNameKey, "none-"+word(d, 6)), target(oracle.TypeFiltersKey, values...)))
		drop(v, "InstanceIds")
		return "resource type filters"
	},
	func(w *world, v *Value, _ *rand.Rand) string {
		key, value := w.bindings["tag.key"], w.bindings["tag.value"]
		if key == "" || value == "" || len(w.nodes) == 0 {
			return ""
		}
		drop(v, "InstanceIds")
		put(v, "Targets", array(target("tag:"+key, value)))
		return "a tag that nodes have"
	},
	func(w *world, v *Value, d *rand.Rand) string {
		for _, name := range []string{"InstanceIds", "Targets"} {
			drop(v, name)
			switch d.Intn(3) {
			case 0:
				put(v, name, array())
			case 1:
				put(v, name, Value{Kind: jsontree.Null})
			}
		}
		return "no destination"
	},
	func(w *world, v *Value, d *rand.Rand) string {
		id := w.node(d)
		if id == "" || chance(d, 40) {
			id = "i-0" + hexadecimal(d, 16)
		}
		put(v, "Targets", array(target("tag:sendspec", none(d)...)))
		put(v, "InstanceIds", stringsOf(id))
		return "nodes and targets"
	},
}

// node draws a node that may be sent to; "" where there is none.
func (w *world) node(d dice) string {
	if len(w.nodes) == 0 {
		return ""
	}
	return pick(d, w.nodes)
}

var nodeTwists = []twist{
	func(w *world, v *Value, d *rand.Rand) string {
		ids := []string{pick(d, []string{"i-0" + hexadecimal(d, 16), "mi-0" + hexadecimal(d, 16), "i-" + hexadecimal(d, 8)})}
		if id := w.node(d); id != "" && chance(d, 60) {
			ids = append(ids, id)
		}
		d.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		setNodes(v, ids...)
		return "an unknown instance"
	},
	func(w *world, v *Value, d *rand.Rand) string {
		ids := w.nodes[:min(len(w.nodes), 1+d.Intn(3))]
		if len(ids) == 0 {
			return ""
		}
		setNodes(v, again(d, ids)...)
		return "an instance twice"
	},
	func(w *world, v *Value, d *rand.Rand) string { return w.beside(v, d, "node.denied") },
	func(w *world, v *Value, d *rand.Rand) string { return w.beside(v, d, "node.windows") },
	func(w *world, v *Value, d *rand.Rand) string { return w.beside(v, d, "node.stopped") },
}

// beside sends to a special node of the world, alone or beside another one.
func (w *world) beside(v *Value, d *rand.Rand, name string) string {
	id := w.bindings[name]
	if id == "" || len(w.nodes) == 0 {
		return ""
	}
	ids := []string{id}
	if chance(d, 60) {
		ids = append(ids, w.node(d))
	}
	if chance(d, 30) {
		slices.Reverse(ids)
	}
	setNodes(v, ids...)
	return name
}
