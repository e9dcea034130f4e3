package oracle

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/fixtures"
)

// selection looks at what the command is for.
func (o *Oracle) selection(m *semantics, in *ssm.SendCommandInput) {
	switch nodes, targets := len(in.InstanceIds) > 0, len(in.Targets) > 0; {
	case nodes && targets:
		m.refuse(bothDestinations)
	case !nodes && !targets:
		m.refuse(noDestination)
	case nodes && in.Targets != nil:
		m.uncertain(unrecorded)
	}
	if len(in.InstanceIds) > 0 {
		o.instances(m, in)
	}
	if len(in.Targets) > 0 {
		o.targets(m, in.Targets)
	}
}

// exampleInstance is how the IDs of AWS's documentation begin: a server that nobody described may have them.
const exampleInstance = "i-0123456789abcde"

// instances looks at InstanceIds: whom the world knows, and whether the document is for them.
func (o *Oracle) instances(m *semantics, in *ssm.SendCommandInput) {
	if repeats(in.InstanceIds) {
		m.refuse(duplicateInstance)
	}
	runsOn := "" // the only platform of the document, where that is known
	if document := o.documents[aws.ToString(in.DocumentName)]; document != nil {
		runsOn = document.platform
	}
	several := len(in.InstanceIds) > 1
	for _, id := range in.InstanceIds {
		platform := platformLinux
		switch {
		case slices.Contains(o.nodes, id), o.has(id, "node.silent"), o.has(id, "node.returning"), o.has(id, "node.reboot"):
		case o.has(id, "node.windows"):
			platform = platformWindows
		case o.has(id, "node.denied"):
			m.refuse(deniedInstance.like(denialOf(id, o.region)))
		case o.has(id, "node.stopped"):
			m.refuse(stoppedInstance)
		case o.has(id, "node.offline"), o.has(id, "node.lost"):
			m.uncertain(uncertainty{exceptions: unknownInstance.types})
		case o.hasNode(id):
			m.uncertain(uncertainty{exceptions: []string{"InvalidInstanceId", "UnsupportedPlatformType", "AccessDeniedException"}})
		case !o.knowsNodes() || strings.HasPrefix(id, exampleInstance):
			m.uncertain(uncertainty{exceptions: []string{"InvalidInstanceId", "UnsupportedPlatformType", "AccessDeniedException"}})
			continue
		default:
			m.refuse(unknownInstance)
			continue
		}
		switch {
		case runsOn != "" && runsOn != platform && several:
			m.refuse(otherPlatform.ofAnyType(fixtures.Should, otherPlatform.types...))
		case runsOn != "" && runsOn != platform:
			m.refuse(otherPlatform)
		case platform == platformWindows:
			m.uncertain(uncertainty{exceptions: otherPlatform.types})
		}
	}
}

// targets looks at what each target says, and whether they go together.
func (o *Oracle) targets(m *semantics, targets []types.Target) {
	keys := make([]string, len(targets))
	for i := range targets {
		keys[i] = aws.ToString(targets[i].Key)
		o.target(m, &targets[i])
	}
	is := func(prefix string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(k, prefix) })
	}
	groups, instances := slices.Contains(keys, GroupNameKey), slices.Contains(keys, "InstanceIds")
	tags := is("tag:") || slices.Contains(keys, "tag-key")
	if repeats(keys) {
		m.refuse(duplicateKey)
	}
	if groups && tags {
		m.refuse(tagBesideGroup)
	}
	if groups && instances { // which is looked at before the nodes are (evidence: errors/precedence/targets-before-nodes)
		m.refusals = slices.DeleteFunc(m.refusals, func(r refusal) bool { return r.cause == unknownTarget.cause })
		m.refuse(idsBesideGroup)
	}
	lower := make([]string, len(keys))
	for i, k := range keys {
		lower[i] = strings.ToLower(k)
	}
	others := slices.ContainsFunc(keys, func(k string) bool { return !strings.HasPrefix(k, "resource-groups:") })
	filters := slices.Contains(keys, TypeFiltersKey)
	switch {
	case repeats(lower) && !repeats(keys), filters && (!groups || others || keys[0] == TypeFiltersKey),
		groups && others && !tags && !instances:
		m.uncertain(unrecorded)
	case slices.Contains(keys, "tag-key") && is("tag:"):
		m.uncertain(unrecorded)
	}
}

// Keys of targets, and the most values of one.
const (
	GroupNameKey   = "resource-groups:Name"
	TypeFiltersKey = "resource-groups:ResourceTypeFilters"
	mostValues     = 5 // of a target, by the guide; the model has 50
)

// RunnableTypes are the resource types that a command can be sent to.
var RunnableTypes = []string{"AWS::EC2::Instance", "AWS::SSM::ManagedInstance"}

func (o *Oracle) target(m *semantics, t *types.Target) {
	key := aws.ToString(t.Key)
	if t.Key == nil || len(t.Values) == 0 {
		m.uncertain(uncertainty{anyAnswer: true})
		return
	}
	twice := repeats(t.Values)
	switch {
	case key == GroupNameKey:
		if len(t.Values) > 1 {
			m.refuse(severalGroups)
		}
	case key == TypeFiltersKey:
		resourceTypes(m, t.Values)
	case key == "InstanceIds":
		o.namedTargets(m, t.Values)
	case key == "tag-key":
	case strings.HasPrefix(key, "tag:") && len(key) > len("tag:"):
		if strings.ContainsFunc(key[len("tag:"):], notPlain) {
			m.uncertain(unrecorded)
		}
	default:
		m.uncertain(unrecorded)
		return
	}
	switch {
	case twice && key == "InstanceIds":
		m.refuse(duplicateValue.ofAnyType(fixtures.Must, "ValidationException", "DuplicateInstanceId"))
	case twice && key == "tag-key":
		m.refuse(duplicateValue.at(fixtures.Should))
	case twice:
		m.refuse(duplicateValue)
	case len(t.Values) > mostValues && key != TypeFiltersKey:
		m.uncertain(unrecorded)
	}
	if key == TypeFiltersKey {
		return
	}
	for _, v := range t.Values {
		if v == "" || len(v) > 200 || strings.ContainsFunc(v, notPlain) && !(key == GroupNameKey && o.has(v, "group.empty.arn")) {
			m.uncertain(unrecorded)
			return
		}
	}
}

// namedTargets looks at the nodes under the key InstanceIds: one that nobody manages is refused. What becomes of others
// that are not up nobody has seen.
func (o *Oracle) namedTargets(m *semantics, ids []string) {
	for _, id := range ids {
		switch {
		case slices.Contains(o.nodes, id):
		case o.knowsNodes() && !o.hasNode(id) && !strings.HasPrefix(id, exampleInstance):
			m.refuse(unknownTarget)
		default:
			m.uncertain(unrecorded, uncertainty{exceptions: unknownInstance.types})
		}
	}
}

func resourceTypes(m *semantics, values []string) {
	spelled := func(v string) bool { return slices.Contains(RunnableTypes, v) }
	otherwise := func(v string) bool {
		return !spelled(v) && slices.ContainsFunc(RunnableTypes, func(t string) bool { return strings.EqualFold(t, v) })
	}
	switch {
	case slices.ContainsFunc(values, otherwise):
		m.uncertain(uncertainty{semantic: true, level: fixtures.May})
	case !slices.ContainsFunc(values, spelled):
		m.refuse(noRunnableType)
	case slices.ContainsFunc(values, func(v string) bool { return !spelled(v) }):
		m.uncertain(unrecorded)
	}
	if len(values) > mostValues && !repeats(values) {
		m.refuse(tooManyTypes)
	}
}

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

func (o *Oracle) knowsNodes() bool { return o.bindings["node"] != "" }

func (o *Oracle) hasNode(id string) bool {
	for name, value := range o.bindings {
		if value == id && (name == "node" || strings.HasPrefix(name, "node.")) {
			return true
		}
	}
	return false
}
