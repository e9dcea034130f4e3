package mutants

import (
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	togetherSource    = "facts.md section 3, ValidationException, semantic: recorded texts on Targets"
	instanceSource    = "facts.md section 3, Messages: InvalidInstanceId, unknown/stopped/not-managed id in InstanceIds"
	destinationSource = "facts.md section 4: Targets is required if you don't provide one or more managed node IDs"
	groupKey          = "resource-groups:Name"
	typesKey          = "resource-groups:ResourceTypeFilters"
)

func targetMutants() []Mutant {
	row := func(what, wrong string, level Level, mend func(targets *jsontree.Value) bool) answerRow {
		return answerRow{what, wrong, togetherSource, level, []string{"error/Targets", "error/Precedence"}, overlooking("ValidationException", func(t *jsontree.Value) bool {
			targets := t.Get("Targets")
			return targets != nil && targets.Kind == jsontree.Array && mend(targets)
		})}
	}
	any := func(int, *jsontree.Value) bool { return true }
	return answerMutants(familySemantics, []Profile{Core}, []answerRow{
		row("values-twice-behind-first", "Only the first target's values are looked at for duplicates", Must, valuesOnce(func(i int, _ *jsontree.Value) bool { return i > 0 }, false)),
		row("values-twice-apart", "Only a value beside an equal one is a duplicate", Must, valuesOnce(any, true)),
		row("instance-ids-twice", "A target of InstanceIds may have a node twice", Must, valuesOnce(func(_ int, t *jsontree.Value) bool { return isKey(t, "InstanceIds") }, false)),
		row("keys-twice-apart", "Only a key beside an equal one is a duplicate", Must, keysOnce(true)),
		row("tag-before-group", "A tag may stand before a resource group, which is looked for at the beginning", Must,
			dropIf(func(targets []jsontree.Value) bool { return hasKey(targets[:1], "tag:") }, groupKey)),
		row("group-and-tag-key", "tag-key is no tag, and may stand beside a resource group", Must,
			dropIf(func(targets []jsontree.Value) bool { return hasKey(targets, "tag-key") }, groupKey)),
		row("six-types", "Resource type filters may be six", Should, firstValues(typesKey, 5)),
		{"managed-instances-only", "Resource type filters without AWS::EC2::Instance are refused", togetherSource, Must, []string{"accept/Targets"}, sending(func(c *call, r *reply) {
			at(c.tree(), "Targets[]", func(_ string, t *jsontree.Value) {
				if isKey(t, typesKey) && !slices.ContainsFunc(t.Get("Values").Items, func(v jsontree.Value) bool { return v.Text == "AWS::EC2::Instance" }) {
					r.fail(400, "ValidationException")
				}
			})
		})},
		{"nodes-before-targets", "The nodes of a target are looked up before the targets are held against each other", "facts.md section 3: Key=InstanceIds + resource group is a ValidationException", Must,
			[]string{"error/Targets", "error/Precedence"}, onRefusal(func(c *call, r *reply) {
				at(c.tree(), "Targets[]", func(_ string, t *jsontree.Value) {
					if ids := t.Get("Values"); isKey(t, "InstanceIds") && len(ids.Items) > 0 && !known(ids.Items[0].Text) && r.shapeOf() == "ValidationException" {
						r.fail(400, "InvalidInstanceId")
					}
				})
			})},
	})
}

func isKey(target *jsontree.Value, key string) bool {
	return strings.HasPrefix(strings.ToLower(member(target, "Key")), strings.ToLower(key))
}

func hasKey(targets []jsontree.Value, key string) bool {
	return slices.ContainsFunc(targets, func(t jsontree.Value) bool { return isKey(&t, key) })
}

// valuesOnce takes a target's repeated values out; with apart, only where none stands beside its equal.
func valuesOnce(such func(i int, target *jsontree.Value) bool, apart bool) func(targets *jsontree.Value) bool {
	return func(targets *jsontree.Value) bool {
		changed := false
		for i := range targets.Items {
			if list := targets.Items[i].Get("Values"); list != nil && such(i, &targets.Items[i]) {
				changed = once(list, apart, func(v *jsontree.Value) string { return v.Text }) || changed
			}
		}
		return changed
	}
}

func keysOnce(apart bool) func(targets *jsontree.Value) bool {
	return func(targets *jsontree.Value) bool {
		return once(targets, apart, func(t *jsontree.Value) string { return member(t, "Key") })
	}
}

func once(list *jsontree.Value, apart bool, name func(v *jsontree.Value) string) bool {
	var kept []jsontree.Value
	seen := map[string]bool{}
	for i := range list.Items {
		n := name(&list.Items[i])
		if apart && i > 0 && n == name(&list.Items[i-1]) {
			return false
		}
		if !seen[n] {
			kept = append(kept, list.Items[i])
		}
		seen[n] = true
	}
	shorter := len(kept) < len(list.Items)
	list.Items = kept
	return shorter
}

// dropIf drops the targets of a key, and of the resource types that stand beside a dropped group.
func dropIf(such func(targets []jsontree.Value) bool, key string) func(targets *jsontree.Value) bool {
	return func(targets *jsontree.Value) bool {
		if !hasKey(targets.Items, key) || !such(targets.Items) {
			return false
		}
		targets.Items = slices.DeleteFunc(slices.Clone(targets.Items), func(t jsontree.Value) bool {
			return isKey(&t, key) || key == groupKey && isKey(&t, typesKey)
		})
		return true
	}
}

func firstValues(key string, n int) func(targets *jsontree.Value) bool {
	return func(targets *jsontree.Value) bool {
		changed := false
		for i := range targets.Items {
			if list := targets.Items[i].Get("Values"); list != nil && len(list.Items) > n && isKey(&targets.Items[i], key) {
				list.Items, changed = list.Items[:n], true
			}
		}
		return changed
	}
}

func nodeMutants() []Mutant {
	instance, destination := []string{"error/InvalidInstanceId"}, []string{"error/Destination"}
	row := func(what, wrong string, level Level, such func(ids []jsontree.Value) bool) answerRow {
		return answerRow{what, wrong, instanceSource, level, instance, overlooking("InvalidInstanceId", func(t *jsontree.Value) bool {
			ids := t.Get("InstanceIds")
			if ids == nil || len(ids.Items) == 0 || !such(ids.Items) {
				return false
			}
			nowhere(t)
			return true
		})}
	}
	return answerMutants(familySemantics, []Profile{Core}, []answerRow{
		row("instance-of-first", "Only the first instance is looked up", Must, func(ids []jsontree.Value) bool { return known(ids[0].Text) && len(ids) > 1 }),
		row("instance-of-last", "Only the last instance is looked up", Must, func(ids []jsontree.Value) bool { return known(ids[len(ids)-1].Text) && len(ids) > 1 }),
		row("instance-of-eight", "Instance IDs of eight characters are not looked up", Must, func(ids []jsontree.Value) bool { return len(ids[0].Text) == len("i-01234567") }),
		row("instance-hybrid", "Nodes of a hybrid activation are not looked up", Must, func(ids []jsontree.Value) bool { return strings.HasPrefix(ids[0].Text, "mi-") }),
		row("instance-stopped", "A node that is known is taken though its agent does not answer", Should, func(ids []jsontree.Value) bool { return len(ids) == 1 && ids[0].Text == "i-0123456789abcdef8" }),
		{"instances-twice", "An instance may stand twice in InstanceIds", "model.json: SendCommand, DuplicateInstanceId", Should, []string{"error/DuplicateInstanceId"},
			overlooking("DuplicateInstanceId", func(t *jsontree.Value) bool {
				return once(t.Get("InstanceIds"), false, func(v *jsontree.Value) string { return v.Text })
			})},
		{"platform-of-first", "Only the first node's platform is looked at", "facts.md section 3, Messages: UnsupportedPlatformType", Should, []string{"error/UnsupportedPlatformType"},
			overlooking("UnsupportedPlatformType", firstInstance)},
		{"access-of-first", "Only the first node's permission is asked for", "facts.md section 3, Messages: AccessDeniedException", Must, []string{"error/AccessDeniedException"},
			overlooking("AccessDeniedException", firstInstance)},
		{"access-to-document", "The permission to send a document is not asked for", "facts.md section 3, Messages: AccessDeniedException", Must, []string{"error/AccessDeniedException"},
			overlooking("AccessDeniedException", func(t *jsontree.Value) bool {
				is := member(t, "DocumentName") == "sendspec-denied"
				set(t, "DocumentName", text("sendspec-plain"))
				return is
			})},
		{"neither", "A command may have neither InstanceIds nor Targets", destinationSource, Must, destination, overlooking("InvalidInstanceId", func(t *jsontree.Value) bool {
			none := t.Get("InstanceIds") == nil && t.Get("Targets") == nil
			nowhere(t)
			return none
		})},
		{"empty-list-is-there", "An empty list of InstanceIds or Targets counts as one that is there", destinationSource, Must, destination, overlooking("InvalidInstanceId", func(t *jsontree.Value) bool {
			empty := slices.ContainsFunc([]string{"InstanceIds", "Targets"}, func(name string) bool {
				list := t.Get(name)
				return list != nil && list.Kind == jsontree.Array && len(list.Items) == 0
			})
			nowhere(t)
			return empty
		})},
		{"null-lists-fail", "InstanceIds and Targets that are both null make the server fail", "CommonErrors: 5xx is for the server's faults", Must, destination, failing500(func(c *call) bool {
			ids, targets := c.tree().Get("InstanceIds"), c.tree().Get("Targets")
			return ids != nil && targets != nil && ids.Kind == jsontree.Null && targets.Kind == jsontree.Null
		})},
		{"targets-win", "InstanceIds beside Targets are not looked at", destinationSource, Must, destination, overlooking("ValidationException", without("InstanceIds"))},
		{"instances-win", "Targets beside InstanceIds are not looked at", destinationSource, Should, destination, overlooking("ValidationException", func(t *jsontree.Value) bool {
			return t.Get("InstanceIds") != nil && without("Targets")(t)
		})},
	})
}

// known tells whether an ID is of a node of the demonstration world, online or not.
func known(id string) bool {
	return id == "i-01234567" || strings.HasPrefix(strings.TrimPrefix(id, "m"), "i-0123456789abcdef")
}

// nowhere makes a request one to a tag that no node has.
func nowhere(t *jsontree.Value) {
	remove(t, "InstanceIds")
	set(t, "Targets", sample("Targets"))
}

func firstInstance(t *jsontree.Value) bool {
	ids := t.Get("InstanceIds")
	if ids == nil || len(ids.Items) < 2 {
		return false
	}
	ids.Items = ids.Items[:1]
	return true
}
