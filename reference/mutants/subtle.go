package mutants

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familySubtle Family = "subtle"

const (
	boundSource   = "facts.md section 1: the bound of the model"
	patternSource = "facts.md section 1: the pattern of the model, which has to match the whole value"
	enumSource    = "facts.md section 1: the enum of the model; facts.md section 3: 'command' and 'all' are refused"
	everySource   = "facts.md section 3: every element of a list is looked at"
)

// subtleMutants take or refuse a few values that lie beside a bound.
func subtleMutants() []Mutant {
	return answerMutants(familySubtle, []Profile{Core}, []answerRow{
		{"comment-101", "A Comment may have 101 characters",
			boundSource, Must, []string{"constraint/Comment"}, takes("Comment", length(101))},
		{"comment-line-feed-last", "A Comment may end in a line feed, before which $ matches",
			"facts.md section 3: the hidden pattern of Comment", Should, []string{"constraint/Comment"}, takes("Comment", lastLineFeed)},
		{"comment-dot-all", "The dot in Comment's pattern stands for line ends, too",
			"facts.md section 3: the hidden pattern of Comment", Should, []string{"constraint/Comment"},
			takes("Comment", func(v *jsontree.Value) bool {
				return strings.Contains(v.Text, "\n") && utf8.RuneCountInString(v.Text) <= 100
			})},
		{"comment-in-bytes", "The length of a Comment is that of its UTF-8",
			boundSource, Must, []string{"constraint/Comment"},
			refuses("Comment", func(v *jsontree.Value) bool { return len(v.Text) > 100 }, atMost(100))},
		{"comment-in-utf-16", "The length of a Comment is that of its UTF-16",
			boundSource + "; the unit of a Smithy length is the code point", Should, []string{"constraint/Comment"},
			refuses("Comment", func(v *jsontree.Value) bool { return units(v.Text) > 100 }, atMost(100))},
		{"comment-below-100", "A Comment has to be shorter than 100 characters",
			boundSource, Must, []string{"constraint/Comment"}, refuses("Comment", length(100), atMost(99))},
		{"timeout-29", "A TimeoutSeconds of 29 is taken",
			boundSource, Must, []string{"constraint/TimeoutSeconds"}, takes("TimeoutSeconds", number64(29))},
		{"timeout-2592001", "A TimeoutSeconds of 2592001 is taken",
			boundSource, Must, []string{"constraint/TimeoutSeconds"}, takes("TimeoutSeconds", number64(2592001))},
		{"timeout-above-30", "A TimeoutSeconds of 30 is refused",
			boundSource, Must, []string{"constraint/TimeoutSeconds"},
			refuses("TimeoutSeconds", number64(30), "Member must have value greater than or equal to 31")},
		{"timeout-below-2592000", "A TimeoutSeconds of 2592000 is refused",
			boundSource, Must, []string{"constraint/TimeoutSeconds"},
			refuses("TimeoutSeconds", number64(2592000), "Member must have value less than or equal to 2591999")},
		{"instance-ids-51", "51 InstanceIds are taken",
			boundSource, Must, []string{"constraint/InstanceIds", "constraint/precedence"}, takes("InstanceIds", items(51))},
		{"targets-6", "Six Targets are taken",
			boundSource, Must, []string{"constraint/Targets"}, takes("Targets", items(6))},
		{"targets-below-5", "Five Targets are refused",
			boundSource, Must, []string{"constraint/Targets"}, refuses("Targets", items(5), atMost(4))},
		{"target-values-51", "A target of 51 Values is taken",
			boundSource, Must, []string{"constraint/Targets.Values"}, takes("Targets[].Values", items(51))},
		{"alarms-two", "Two Alarms are taken",
			"facts.md section 3: recorded for two alarms", Must, []string{"constraint/AlarmConfiguration.Alarms"}, takes("AlarmConfiguration.Alarms", items(2))},
		{"key-164", "The Key of a target may have 164 characters",
			boundSource, Must, []string{"constraint/Targets.Key"}, takes("Targets[].Key", length(164))},
		{"key-in-bytes", "The length of a target's Key is that of its UTF-8",
			boundSource, Must, []string{"constraint/Targets.Key"},
			refuses("Targets[].Key", func(v *jsontree.Value) bool { return len(v.Text) > 163 }, atMost(163))},
		{"key-line-feed-last", "The Key of a target may end in a line feed, before which $ matches",
			patternSource, Should, []string{"constraint/Targets.Key"}, takes("Targets[].Key", lastLineFeed)},
		{"key-unanchored", "The words behind the bars of the Key's pattern are found anywhere, as they have no anchors",
			patternSource, Should, []string{"constraint/Targets.Key"},
			takes("Targets[].Key", func(v *jsontree.Value) bool { return strings.Contains(v.Text, "resource-groups:") })},
		{"key-ascii", "The letters of a Key's pattern are those of ASCII",
			patternSource, Must, []string{"constraint/Targets.Key"},
			refuses("Targets[].Key", func(v *jsontree.Value) bool { return !isASCII(v.Text) }, `Member must satisfy regular expression pattern: ^[\w .:/=\-@]*$`)},
		{"key-of-first", "Only the first target's Key is looked at",
			everySource, Must, []string{"constraint/Targets.Key"}, takesElsewhere("Targets[].Key", first)},
		{"key-of-last", "Only the last target's Key is looked at, as the loop keeps one result",
			everySource, Must, []string{"constraint/Targets.Key"}, takesElsewhere("Targets[].Key", last)},
		{"alarm-255-in-bytes", "The length of an alarm's Name is that of its UTF-8",
			boundSource, Must, []string{"constraint/AlarmConfiguration.Alarms.Name"},
			refuses("AlarmConfiguration.Alarms[].Name", func(v *jsontree.Value) bool { return len(v.Text) > 255 }, atMost(255))},
		{"concurrency-percent-0", "A MaxConcurrency of 0% is taken, as a MaxErrors is",
			patternSource, Must, []string{"constraint/MaxConcurrency"}, takes("MaxConcurrency", exactly("0%"))},
		{"concurrency-percent-101", "A MaxConcurrency of 101% is taken",
			"facts.md section 3: recorded for 101%", Must, []string{"constraint/MaxConcurrency"}, takes("MaxConcurrency", exactly("101%"))},
		{"concurrency-leading-zero", "A MaxConcurrency may begin with zeros",
			patternSource, Must, []string{"constraint/MaxConcurrency"},
			takes("MaxConcurrency", func(v *jsontree.Value) bool { return len(v.Text) > 1 && v.Text[0] == '0' && digits(v.Text) })},
		{"concurrency-line-feed-last", "A MaxConcurrency may end in a line feed, before which $ matches",
			patternSource, Should, []string{"constraint/MaxConcurrency"}, takes("MaxConcurrency", lastLineFeed)},
		{"concurrency-trimmed", "White space around a MaxConcurrency is cut off before it is looked at",
			patternSource, Must, []string{"constraint/MaxConcurrency"}, takes("MaxConcurrency", padded)},
		{"concurrency-100-percent", "A MaxConcurrency in percent has at most two digits",
			patternSource, Must, []string{"constraint/MaxConcurrency"},
			refuses("MaxConcurrency", exactly("100%"), "Member must satisfy regular expression pattern: ^([1-9][0-9]*|[1-9][0-9]?%)$")},
		{"errors-minus-1", "A MaxErrors of -1 is taken for no bound",
			"facts.md section 3: recorded for -1", Must, []string{"constraint/MaxErrors"}, takes("MaxErrors", exactly("-1"))},
		{"errors-as-concurrency", "A MaxErrors is held to the pattern of MaxConcurrency, so that 0 is refused",
			patternSource, Must, []string{"constraint/MaxErrors"},
			refuses("MaxErrors", exactly("0"), "Member must satisfy regular expression pattern: ^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$")},
		{"errors-line-feed-last", "A MaxErrors may end in a line feed, before which $ matches",
			patternSource, Should, []string{"constraint/MaxErrors"}, takes("MaxErrors", lastLineFeed)},
		{"hash-type-folded", "A DocumentHashType is taken in any case",
			enumSource, Must, []string{"constraint/DocumentHashType"}, takes("DocumentHashType", folded("Sha256", "Sha1"))},
		{"hash-type-trimmed", "White space around a DocumentHashType is cut off before it is looked at",
			enumSource, Must, []string{"constraint/DocumentHashType"}, takes("DocumentHashType", padded)},
		{"notification-type-folded", "A NotificationType is taken in any case",
			enumSource, Must, []string{"constraint/NotificationConfig.NotificationType"}, takes("NotificationConfig.NotificationType", folded("Command", "Invocation"))},
		{"events-folded", "NotificationEvents are taken in any case",
			enumSource, Must, []string{"constraint/NotificationConfig.NotificationEvents"},
			takes("NotificationConfig.NotificationEvents[]", folded("All", "InProgress", "Success", "TimedOut", "Cancelled", "Failed"))},
		{"events-of-first", "Only the first of the NotificationEvents is looked at",
			everySource, Must, []string{"constraint/NotificationConfig.NotificationEvents"}, takesElsewhere("NotificationConfig.NotificationEvents[]", first)},
		{"events-at-most-6", "There may be as many NotificationEvents as the enum has values",
			"facts.md section 1: no limit", Should, []string{"constraint/NotificationConfig.NotificationEvents"},
			refuses("NotificationConfig.NotificationEvents", func(v *jsontree.Value) bool { return len(v.Items) > 6 }, atMost(6))},
		{"topic-arn", "A NotificationArn has to begin as an ARN does",
			"facts.md section 1: no constraint", Should, []string{"constraint/unbounded"},
			refuses("NotificationConfig.NotificationArn", func(v *jsontree.Value) bool { return !strings.HasPrefix(v.Text, "arn:") }, "Member must satisfy regular expression pattern: ^arn:.+$")},
		{"topic-account-number", "The account in a NotificationArn may not begin with a zero, as a number does not",
			"facts.md section 1: no constraint", Should, []string{"constraint/unbounded"},
			refuses("NotificationConfig.NotificationArn", func(v *jsontree.Value) bool { return strings.Contains(v.Text, ":000000000000:") }, "Member must satisfy regular expression pattern: ^arn:aws:sns:[a-z0-9-]+:[1-9][0-9]{11}:.+$")},
		{"id-of-first", "Only the first of the InstanceIds is looked at",
			everySource, Must, []string{"constraint/InstanceIds"}, takesElsewhere("InstanceIds[]", first)},
		{"id-of-last", "Only the last of the InstanceIds is looked at, as the loop keeps one result",
			everySource, Must, []string{"constraint/InstanceIds"}, takesElsewhere("InstanceIds[]", last)},
		{"version-folded", "$latest and $default are versions in any case",
			patternSource, Must, []string{"constraint/DocumentVersion"}, takes("DocumentVersion", folded("$LATEST", "$DEFAULT"))},
	})
}

// nullMutants fail on a null where a list has its elements.
func nullMutants() []Mutant {
	return answerMutants(familySubtle, []Profile{Lifecycle}, []answerRow{
		{"null-filter-fails", "A null among the Filters makes the server fail",
			"CommonErrors: 5xx is for the server's faults", Must, []string{"lifecycle/Null"}, failing500(nullIn("Filters"))},
		{"null-id-fails", "A null among the InstanceIds of CancelCommand makes the server fail",
			"CommonErrors: 5xx is for the server's faults", Must, []string{"lifecycle/Null"}, failing500(nullIn("InstanceIds"))},
	})
}

func nullIn(list string) func(c *call) bool {
	return func(c *call) bool {
		found := false
		at(c.tree(), list+"[]", func(_ string, v *jsontree.Value) { found = found || v.Kind == jsontree.Null })
		return found && c.operation != reference.SendCommand
	}
}

// takes puts a good value in the place of those that the mutant takes and AWS does not.
func takes(path string, wrongly func(v *jsontree.Value) bool) func() defect {
	return takesAt(path, func(_, _ int, v *jsontree.Value) bool { return wrongly(v) })
}

// takesElsewhere looks at one element of a list alone.
func takesElsewhere(path string, looksAt func(i, n int) bool) func() defect {
	return takesAt(path, func(i, n int, _ *jsontree.Value) bool { return !looksAt(i, n) })
}

func takesAt(path string, wrongly func(i, n int, v *jsontree.Value) bool) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		if !c.is(reference.SendCommand) {
			return p.ask(c)
		}
		broken := map[string]bool{}
		result := reference.ValidateOperation(c.operation, c.body)
		for i := range result.Violations {
			broken[pointerOf(result.Violations[i].Path)] = true
		}
		n, i := 0, -1
		at(c.tree(), path, func(string, *jsontree.Value) { n++ })
		given := map[string]jsontree.Value{}
		at(c.tree(), path, func(pointer string, v *jsontree.Value) {
			i++
			// AWS tells the faults of a list's texts on the list.
			list := pointer[:strings.LastIndexByte(pointer, '/')]
			if (broken[pointer] || strings.HasSuffix(path, "[]") && broken[list]) && wrongly(i, n, v) {
				given[pointer] = *v
				*v = instead(v, path)
			}
		})
		if len(given) == 0 {
			return p.ask(c)
		}
		return restore(p.askTree(c), given)
	})
}

// refuses refuses values that AWS takes.
func refuses(path string, wrongly func(v *jsontree.Value) bool, rule string) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		if !c.is(reference.SendCommand) || !valid(c) {
			return p.ask(c)
		}
		var refused []string
		at(c.tree(), path, func(_ string, v *jsontree.Value) {
			if wrongly(v) {
				refused = append(refused, "Value at '"+path+"' failed to satisfy constraint: "+rule)
			}
		})
		r := p.ask(c)
		if len(refused) == 0 {
			return r
		}
		return r.refuse("ValidationException", "1 validation error detected: "+refused[0])
	})
}

func atMost(n int) string { return "Member must have length less than or equal to " + strconv.Itoa(n) }

func length(n int) func(v *jsontree.Value) bool {
	return func(v *jsontree.Value) bool { return utf8.RuneCountInString(v.Text) == n }
}

func items(n int) func(v *jsontree.Value) bool {
	return func(v *jsontree.Value) bool { return len(v.Items) == n }
}

func number64(n int64) func(v *jsontree.Value) bool {
	return func(v *jsontree.Value) bool {
		got, ok := v.Int64()
		return ok && got == n
	}
}

func exactly(s string) func(v *jsontree.Value) bool {
	return func(v *jsontree.Value) bool { return v.Text == s }
}

func folded(words ...string) func(v *jsontree.Value) bool {
	return func(v *jsontree.Value) bool {
		for _, w := range words {
			if strings.EqualFold(v.Text, w) {
				return true
			}
		}
		return false
	}
}

func lastLineFeed(v *jsontree.Value) bool {
	return strings.HasSuffix(v.Text, "\n") && strings.Count(v.Text, "\n") == 1
}

func padded(v *jsontree.Value) bool {
	return v.Text != strings.TrimSpace(v.Text) && strings.TrimSpace(v.Text) != ""
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

func first(i, _ int) bool { return i == 0 }

func last(i, n int) bool { return i == n-1 }
