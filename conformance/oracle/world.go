package oracle

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
)

// Nodes returns the managed nodes that run commands, of those that the bindings describe.
func Nodes(b fixtures.Bindings) []string {
	var nodes []string
	for _, name := range []string{"node", "node.2", "node.3", "node.short", "node.hybrid"} {
		if id := b[name]; id != "" && !slices.Contains(nodes, id) {
			nodes = append(nodes, id)
		}
	}
	return nodes
}

// has reports whether value is one that the target's world is known to have under one of these names.
func (o *Oracle) has(value string, names ...string) bool {
	return value != "" && slices.ContainsFunc(names, func(n string) bool { return o.bindings[n] == value })
}

// knowsNodes reports whether any node of the world is known.
func (o *Oracle) knowsNodes() bool { return o.bindings["node"] != "" }

// hasNode reports whether the ID is that of a node of the world.
func (o *Oracle) hasNode(id string) bool {
	for name, value := range o.bindings {
		if value == id && (name == "node" || strings.HasPrefix(name, "node.")) {
			return true
		}
	}
	return false
}
