package mutants

import (
	"regexp"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	togetherSource    = "evidence: targets/duplicate-value; ValidationException, semantic: recorded texts on Targets"
	instanceSource    = "evidence: errors/InvalidInstanceId/unknown; InvalidInstanceId, unknown/stopped/not-managed id in InstanceIds"
	accessSource      = "evidence: errors/AccessDeniedException/denied; AccessDeniedException"
	destinationSource = "evidence: request/Targets.needed; Targets is required if you don't provide one or more managed node IDs"
	groupKey          = "resource-groups:Name"
	typesKey          = "resource-groups:ResourceTypeFilters"
)

// targetMutants look at Targets and InstanceIds, and see less than AWS does.
func targetMutants() []Mutant {
	const together, instance, destination = "error/Targets error/Precedence", "error/InvalidInstanceId", "error/Destination"
	targets := func(mend func(targets *jsontree.Value) bool) answer {
		return overlooking("ValidationException", func(t *jsontree.Value) bool {
			v := t.Get("Targets")
			return v != nil && v.Kind == jsontree.Array && mend(v)
		})
	}
	// twice takes a target's repeated values; with apart, only where none is beside its equal.
	twice := func(apart bool, such func(i int, target *jsontree.Value) bool) answer {
		return targets(func(targets *jsontree.Value) (changed bool) {
			for i := range targets.Items {
				if values := targets.Items[i].Get("Values"); values != nil && such(i, &targets.Items[i]) {
					changed = once(values, apart, textOf) || changed
				}
			}
			return changed
		})
	}
	// besideGroup takes some targets beside a resource group, which is dropped with its resource types.
	besideGroup := func(such condition) answer {
		return overlooking("ValidationException", mending(every(targeting(groupKey), such), each(func(targets *jsontree.Value) {
			keep(targets, func(t *jsontree.Value) bool { return !isKey(t, groupKey) && !isKey(t, typesKey) })
		}, "Targets")))
	}
	// elsewhere takes some requests, and sends them to a tag that no node has.
	elsewhere := func(name string, such condition) answer {
		return overlooking(name, mending(such, drop("InstanceIds"), put("Targets", noNode)))
	}
	instances := func(such func(first, last string, n int) bool) answer {
		return elsewhere("InvalidInstanceId", some("InstanceIds", func(ids *jsontree.Value) bool {
			n := len(ids.Items)
			return n > 0 && such(ids.Items[0].Text, ids.Items[n-1].Text, n)
		}))
	}
	firstOnly := mending(func(t *jsontree.Value) bool { return t.Pointer("/InstanceIds/1") != nil },
		each(shorten(1), "InstanceIds"))
	return []Mutant{
		{"semantics/values-twice-behind-first", "Only the first target's values are looked at for duplicates", togetherSource, Must,
			together, twice(false, func(i int, _ *jsontree.Value) bool { return i > 0 })},
		{"semantics/values-twice-apart", "Only a value beside an equal one is a duplicate", togetherSource, Must, together,
			twice(true, func(int, *jsontree.Value) bool { return true })},
		{"semantics/instance-ids-twice", "A target of InstanceIds may have a node twice", togetherSource, Must, together,
			twice(false, func(_ int, t *jsontree.Value) bool { return isKey(t, "InstanceIds") })},
		{"semantics/keys-twice-apart", "Only a key beside an equal one is a duplicate", togetherSource, Must, together,
			targets(func(targets *jsontree.Value) bool { return once(targets, true, keyOf) })},
		{"semantics/tag-before-group", "A tag is taken before a resource group, which is looked for at the beginning", togetherSource,
			Must, together, besideGroup(func(t *jsontree.Value) bool { return isKey(t.Pointer("/Targets/0"), "tag:") })},
		{"semantics/group-and-tag-key", "tag-key is no tag, and is taken beside a resource group", togetherSource, Must, together,
			besideGroup(targeting("tag-key"))},
		{"semantics/six-types", "Resource type filters may be six", togetherSource, Should, together,
			overlooking("ValidationException",
				mending(valuesOf(typesKey, moreThan(5)), each(shorten(5), "Targets[].Values")))},
		{"semantics/managed-instances-only", "Resource type filters without AWS::EC2::Instance are refused", togetherSource, Must,
			"accept/Targets", taken(where(valuesOf(typesKey, not(has("[]", "AWS::EC2::Instance"))), says("ValidationException", "")))},
		{"semantics/group-arn-refused", "resource-groups:Name takes no ARN", "evidence: targets/group-ARN", Must, "accept/Targets",
			taken(where(valuesOf(groupKey, some("[]", starting("arn:"))), says("ValidationException", "")))},
		{"semantics/nodes-before-targets", "The nodes of a target are looked up before the targets are held against each other",
			"evidence: targets/instances-and-group; Key=InstanceIds + resource group is a ValidationException", Must, together,
			refused(where(valuesOf("InstanceIds", unknownFirst), says("InvalidInstanceId", "")), "ValidationException")},
		{"semantics/count-before-duplicates", "Six equal resource types are too many before they are equal",
			"evidence: targets/six-types; duplicate check precedes the check of more than 5 types", Should, together,
			refused(where(valuesOf(typesKey, moreThan(5)),
				editing(put("message", `"At most five resource type filters are supported."`))), "ValidationException")},
		{"semantics/instance-behind-targets", "Instances of the target key InstanceIds are not looked up",
			"evidence: errors/InvalidInstanceId/in-Targets", Must, instance,
			elsewhere("InvalidInstanceId", targeting("InstanceIds"))},
		{"semantics/instance-of-first", "Only the first instance is looked up", instanceSource, Must, instance,
			instances(func(first, _ string, n int) bool { return known(first) && n > 1 })},
		{"semantics/instance-of-last", "Only the last instance is looked up", instanceSource, Must, instance,
			instances(func(_, last string, n int) bool { return known(last) && n > 1 })},
		{"semantics/instance-of-eight", "Instance IDs of eight characters are not looked up", instanceSource, Must, instance,
			instances(func(first, _ string, _ int) bool { return len(first) == len("i-01234567") })},
		{"semantics/instance-hybrid", "Nodes of a hybrid activation are not looked up", instanceSource, Must, instance,
			instances(func(first, _ string, _ int) bool { return strings.HasPrefix(first, "mi-") })},
		{"semantics/instance-stopped", "A node that is known is taken though its agent does not answer", instanceSource, Should,
			instance, instances(func(first, _ string, n int) bool { return n == 1 && first == "i-0123456789abcdef8" })},
		{"semantics/node-without-parameters", "A node that is not known makes the server fail where a parameter is missing, too",
			"evidence: errors/precedence/node-and-parameters", Must, "error/Precedence",
			failing500(asks(every(some("InstanceIds", unknownFirst), not(has("Parameters")))))},
		{"semantics/instances-twice", "An instance may appear twice in InstanceIds", "service model: SendCommand, DuplicateInstanceId",
			Should, "error/DuplicateInstanceId",
			overlooking("DuplicateInstanceId", func(t *jsontree.Value) bool { return once(t.Get("InstanceIds"), false, textOf) })},
		{"semantics/platform-of-first", "Only the first node's platform is looked at",
			"evidence: errors/UnsupportedPlatformType/message; UnsupportedPlatformType", Should, "error/UnsupportedPlatformType",
			overlooking("UnsupportedPlatformType", firstOnly)},
		{"semantics/access-of-first", "Only the first node's permission is asked for", accessSource, Must, "error/AccessDeniedException",
			overlooking("AccessDeniedException", firstOnly)},
		{"semantics/access-to-unnamed", "What is denied is not named", "evidence: errors/AccessDeniedException/node", Should,
			"error/AccessDeniedException",
			refused(says("AccessDeniedException", "You do not have permission to send this command."), "AccessDeniedException")},
		{"semantics/access-to-document-of-node", "A denied node is told as the document that was sent to it",
			"evidence: errors/AccessDeniedException/node", Should, "error/AccessDeniedException", refused(func(_ *call, r *reply) {
				r.refuse("AccessDeniedException", instanceOfARN.ReplaceAllString(r.message(),
					"arn:aws:ssm:us-east-1::document/AWS-RunShellScript"))
			}, "AccessDeniedException")},
		{"semantics/access-without-reason", "A denial does not say why", "evidence: errors/AccessDeniedException/node", Should,
			"error/AccessDeniedException", refused(func(_ *call, r *reply) {
				message, _, _ := strings.Cut(r.message(), " because ")
				r.refuse("AccessDeniedException", message)
			}, "AccessDeniedException")},
		{"semantics/targets-printed-as-json", "A text prints Targets as JSON, not as Java does", "evidence: validation/Targets-max", Should,
			"constraint/Targets", refused(func(c *call, r *reply) {
				before, after, is := strings.Cut(r.message(), "Value '[Target(")
				_, after, _ = strings.Cut(after, "' at 'targets'")
				if is {
					r.refuse("ValidationException", before+"Value '"+string(c.tree().Get("Targets").AppendJSON(nil))+"' at 'targets'"+after)
				}
			}, "ValidationException")},
		{"semantics/neither", "A command may have neither InstanceIds nor Targets", destinationSource, Must, destination,
			elsewhere("InvalidInstanceId", func(t *jsontree.Value) bool { return t.Get("InstanceIds") == nil && t.Get("Targets") == nil })},
		{"semantics/empty-list-is-there", "An empty list of InstanceIds or Targets counts as one that is there", destinationSource, Must,
			destination, elsewhere("InvalidInstanceId", func(t *jsontree.Value) bool {
				return some("InstanceIds", emptyList)(t) || some("Targets", emptyList)(t)
			})},
		{"semantics/null-lists-fail", "InstanceIds and Targets that are both null make the server fail", failsSource, Must, destination,
			failing500(asks(every(some("InstanceIds", kind(jsontree.Null)), some("Targets", kind(jsontree.Null)))))},
		{"semantics/targets-win", "InstanceIds beside Targets are not looked at", destinationSource, Must, destination,
			overlooking("ValidationException", without("InstanceIds"))},
		{"semantics/instances-win", "Targets beside InstanceIds are not looked at", destinationSource, Should, destination,
			overlooking("ValidationException", mending(every(has("InstanceIds"), has("Targets")), drop("Targets")))},
	}
}

var instanceOfARN = regexp.MustCompile(`arn:\S+:instance/\S+`)

func isKey(target *jsontree.Value, key string) bool {
	return strings.HasPrefix(strings.ToLower(member(target, "Key")), strings.ToLower(key))
}

// targeting is the condition that a request has a target with this key.
func targeting(key string) condition {
	return some("Targets[]", func(t *jsontree.Value) bool { return isKey(t, key) })
}

// valuesOf is the condition that the values of a target with this key meet another one.
func valuesOf(key string, is condition) condition {
	return some("Targets[]", func(t *jsontree.Value) bool { return isKey(t, key) && some("Values", is)(t) })
}

func unknownFirst(ids *jsontree.Value) bool { return len(ids.Items) > 0 && !known(ids.Items[0].Text) }

// known reports whether an ID is of a node of the demonstration world, online or not.
func known(id string) bool {
	return id == "i-01234567" || strings.HasPrefix(strings.TrimPrefix(id, "m"), "i-0123456789abcdef")
}
