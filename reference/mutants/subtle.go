package mutants

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	boundSource   = "evidence: shape/Comment; the bound of the model"
	patternSource = "evidence: shape/whole-string; the pattern of the model, which has to match the whole value"
	enumSource    = "evidence: validation/NotificationConfig; the enum of the model; 'command' and 'all' are refused"
	elementSource = "evidence: validation/InstanceIds; every element of a list is looked at"
)

// boundMutants take or refuse a few values that lie beside a bound, or fail at a null among them.
func boundMutants() []Mutant {
	return []Mutant{
		{"subtle/comment-101", "A Comment may have 101 characters", boundSource, Must, "constraint/Comment",
			takes("Comment", length(101))},
		{"subtle/comment-line-feed-last", "A Comment may end in a line feed, before which $ matches",
			"evidence: validation/Comment-pattern", Should, "constraint/Comment", takes("Comment", lastLineFeed)},
		{"subtle/comment-dot-all", "The dot in Comment's pattern matches line ends, too",
			"evidence: validation/Comment-pattern; the hidden pattern of Comment", Should, "constraint/Comment",
			takes("Comment", func(v *jsontree.Value) bool {
				return strings.Contains(v.Text, "\n") && utf8.RuneCountInString(v.Text) <= 100
			})},
		{"subtle/comment-in-bytes", "The length of a Comment is that of its UTF-8", boundSource, Must, "constraint/Comment",
			refuses("Comment", func(v *jsontree.Value) bool { return len(v.Text) > 100 }, atMost(100))},
		{"subtle/comment-in-utf-16", "The length of a Comment is that of its UTF-16",
			boundSource + "; the unit of a Smithy length is the code point", Should, "constraint/Comment",
			refuses("Comment", func(v *jsontree.Value) bool { return units(v.Text) > 100 }, atMost(100))},
		{"subtle/comment-below-100", "A Comment has to be shorter than 100 characters", boundSource, Must, "constraint/Comment",
			refuses("Comment", length(100), atMost(99))},
		{"subtle/timeout-29", "A TimeoutSeconds of 29 is taken", boundSource, Must, "constraint/TimeoutSeconds",
			takes("TimeoutSeconds", number64(29))},
		{"subtle/timeout-2592001", "A TimeoutSeconds of 2592001 is taken", boundSource, Must, "constraint/TimeoutSeconds",
			takes("TimeoutSeconds", number64(2592001))},
		{"subtle/timeout-above-30", "A TimeoutSeconds of 30 is refused", boundSource, Must, "constraint/TimeoutSeconds",
			refuses("TimeoutSeconds", number64(30), "Member must have value greater than or equal to 31")},
		{"subtle/timeout-below-2592000", "A TimeoutSeconds of 2592000 is refused", boundSource, Must, "constraint/TimeoutSeconds",
			refuses("TimeoutSeconds", number64(2592000), "Member must have value less than or equal to 2591999")},
		{"subtle/instance-ids-51", "51 InstanceIds are taken", boundSource, Must, "constraint/InstanceIds constraint/precedence",
			takes("InstanceIds", items(51))},
		{"subtle/targets-6", "Six Targets are taken", boundSource, Must, "constraint/Targets", takes("Targets", items(6))},
		{"subtle/targets-below-5", "Five Targets are refused", boundSource, Must, "constraint/Targets",
			refuses("Targets", items(5), atMost(4))},
		{"subtle/target-values-51", "A target of 51 Values is taken", boundSource, Must, "constraint/Targets.Values",
			takes("Targets[].Values", items(51))},
		{"subtle/alarms-two", "Two Alarms are taken", "evidence: validation/alarms-two; recorded for two alarms", Must,
			"constraint/AlarmConfiguration.Alarms", takes("AlarmConfiguration.Alarms", items(2))},
		{"subtle/key-164", "The Key of a target may have 164 characters", boundSource, Must, "constraint/Targets.Key",
			takes("Targets[].Key", length(164))},
		{"subtle/key-in-bytes", "The length of a target's Key is that of its UTF-8", boundSource, Must, "constraint/Targets.Key",
			refuses("Targets[].Key", func(v *jsontree.Value) bool { return len(v.Text) > 163 }, atMost(163))},
		{"subtle/key-line-feed-last", "The Key of a target may end in a line feed, before which $ matches", patternSource, Should,
			"constraint/Targets.Key", takes("Targets[].Key", lastLineFeed)},
		{"subtle/key-unanchored", "The words after the bars of the Key's pattern are found anywhere, as they have no anchors",
			patternSource, Should, "constraint/Targets.Key",
			takes("Targets[].Key", func(v *jsontree.Value) bool { return strings.Contains(v.Text, "resource-groups:") })},
		{"subtle/key-ascii", "The letters of a Key's pattern are those of ASCII", patternSource, Must, "constraint/Targets.Key",
			refuses("Targets[].Key", not(ascii),
				pattern+`^[\w .:/=\-@]*$`)},
		{"subtle/key-of-first", "Only the first target's Key is looked at", elementSource, Must, "constraint/Targets.Key",
			takesElsewhere("Targets[].Key", first)},
		{"subtle/key-of-last", "Only the last target's Key is looked at, as the loop keeps one result", elementSource, Must,
			"constraint/Targets.Key", takesElsewhere("Targets[].Key", last)},
		{"subtle/alarm-255-in-bytes", "The length of an alarm's Name is that of its UTF-8", boundSource, Must,
			"constraint/AlarmConfiguration.Alarms.Name",
			refuses("AlarmConfiguration.Alarms[].Name", func(v *jsontree.Value) bool { return len(v.Text) > 255 }, atMost(255))},
		{"subtle/concurrency-percent-0", "A MaxConcurrency of 0% is taken, as a MaxErrors is", patternSource, Must,
			"constraint/MaxConcurrency", takes("MaxConcurrency", has("", "0%"))},
		{"subtle/concurrency-percent-101", "A MaxConcurrency of 101% is taken", "evidence: validation/MaxConcurrency", Must,
			"constraint/MaxConcurrency", takes("MaxConcurrency", has("", "101%"))},
		{"subtle/concurrency-leading-zero", "A MaxConcurrency may begin with zeros", patternSource, Must, "constraint/MaxConcurrency",
			takes("MaxConcurrency", func(v *jsontree.Value) bool { return len(v.Text) > 1 && v.Text[0] == '0' && digits(v.Text) })},
		{"subtle/concurrency-line-feed-last", "A MaxConcurrency may end in a line feed, before which $ matches", patternSource, Should,
			"constraint/MaxConcurrency", takes("MaxConcurrency", lastLineFeed)},
		{"subtle/concurrency-trimmed", "White space around a MaxConcurrency is cut off before it is looked at", patternSource, Must,
			"constraint/MaxConcurrency", takes("MaxConcurrency", padded)},
		{"subtle/concurrency-100-percent", "A MaxConcurrency in percent has at most two digits", patternSource, Must,
			"constraint/MaxConcurrency",
			refuses("MaxConcurrency", has("", "100%"), pattern+"^([1-9][0-9]*|[1-9][0-9]?%)$")},
		{"subtle/errors-minus-1", "A MaxErrors of -1 is taken for no bound", "evidence: validation/MaxErrors; recorded for -1", Must,
			"constraint/MaxErrors", takes("MaxErrors", has("", "-1"))},
		{"subtle/errors-as-concurrency", "A MaxErrors is held to the pattern of MaxConcurrency, so that 0 is refused", patternSource,
			Must, "constraint/MaxErrors",
			refuses("MaxErrors", has("", "0"), pattern+"^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$")},
		{"subtle/errors-line-feed-last", "A MaxErrors may end in a line feed, before which $ matches", patternSource, Should,
			"constraint/MaxErrors", takes("MaxErrors", lastLineFeed)},
		{"subtle/hash-type-folded", "A DocumentHashType is taken in any case", enumSource, Must, "constraint/DocumentHashType",
			takes("DocumentHashType", folded("Sha256", "Sha1"))},
		{"subtle/hash-type-trimmed", "White space around a DocumentHashType is cut off before it is looked at", enumSource, Must,
			"constraint/DocumentHashType", takes("DocumentHashType", padded)},
		{"subtle/notification-type-folded", "A NotificationType is taken in any case", enumSource, Must,
			"constraint/NotificationConfig.NotificationType",
			takes("NotificationConfig.NotificationType", folded("Command", "Invocation"))},
		{"subtle/events-folded", "NotificationEvents are taken in any case", enumSource, Must,
			"constraint/NotificationConfig.NotificationEvents",
			takes("NotificationConfig.NotificationEvents[]", folded("All", "InProgress", "Success", "TimedOut", "Cancelled", "Failed"))},
		{"subtle/events-of-first", "Only the first of the NotificationEvents is looked at", elementSource, Must,
			"constraint/NotificationConfig.NotificationEvents", takesElsewhere("NotificationConfig.NotificationEvents[]", first)},
		{"subtle/events-at-most-6", "There may be as many NotificationEvents as the enum has values", "evidence: shape/NotificationEvents",
			Should, "constraint/NotificationConfig.NotificationEvents",
			refuses("NotificationConfig.NotificationEvents", moreThan(6), atMost(6))},
		{"subtle/topic-arn", "A NotificationArn has to begin as an ARN does", "evidence: shape/unbounded; no constraint", Should,
			"constraint/unbounded",
			refuses("NotificationConfig.NotificationArn", not(starting("arn:")),
				pattern+"^arn:.+$")},
		{"subtle/topic-account-number", "The account in a NotificationArn may not begin with a zero, as a number does not",
			"evidence: shape/unbounded; no constraint", Should, "constraint/unbounded",
			refuses("NotificationConfig.NotificationArn", func(v *jsontree.Value) bool {
				return strings.Contains(v.Text, ":000000000000:")
			},
				pattern+"^arn:aws:sns:[a-z0-9-]+:[1-9][0-9]{11}:.+$")},
		{"subtle/id-of-first", "Only the first of the InstanceIds is looked at", elementSource, Must, "constraint/InstanceIds",
			takesElsewhere("InstanceIds[]", first)},
		{"subtle/id-of-last", "Only the last of the InstanceIds is looked at, as the loop keeps one result", elementSource, Must,
			"constraint/InstanceIds", takesElsewhere("InstanceIds[]", last)},
		{"subtle/version-folded", "$latest and $default are versions in any case", patternSource, Must, "constraint/DocumentVersion",
			takes("DocumentVersion", folded("$LATEST", "$DEFAULT"))},
		{"subtle/null-filter-fails", "A null among the Filters makes the server fail", failsSource, Must, "lifecycle/Null",
			failing500(nullIn("Filters"))},
		{"subtle/null-id-fails", "A null among the InstanceIds of CancelCommand makes the server fail", failsSource, Must,
			"lifecycle/Null", failing500(nullIn("InstanceIds"))},
	}
}

// nullIn reports whether a List, Get or Cancel call has a null in a list.
func nullIn(list string) func(c *call) bool {
	return func(c *call) bool {
		return c.operation != reference.SendCommand && some(list+"[]", kind(jsontree.Null))(c.tree())
	}
}

// takes puts a good value in the place of those that the mutant takes and AWS does not.
func takes(path string, wrongly condition) answer {
	return takesAt(path, func(_, _ int, v *jsontree.Value) bool { return wrongly(v) })
}

// takesElsewhere looks at one element of a list alone.
func takesElsewhere(path string, looksAt func(i, n int) bool) answer {
	return takesAt(path, func(i, n int, _ *jsontree.Value) bool { return !looksAt(i, n) })
}

func takesAt(path string, wrongly func(i, n int, v *jsontree.Value) bool) answer {
	return func(c *call) *reply {
		if !c.is(reference.SendCommand) {
			return c.ask()
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
			return c.ask()
		}
		return c.restore(c.askTree(), given)
	}
}

// refuses refuses values that AWS takes.
func refuses(path string, wrongly condition, rule string) answer {
	return answered(func(c *call, _ *reply) bool {
		return c.is(reference.SendCommand) && c.valid() && some(path, wrongly)(c.tree())
	}, says("ValidationException", "1 validation error detected: Value at '"+path+"' failed to satisfy constraint: "+rule))
}

const pattern = "Member must satisfy regular expression pattern: "

func atMost(n int) string { return "Member must have length less than or equal to " + strconv.Itoa(n) }

func folded(words ...string) condition {
	return func(v *jsontree.Value) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(v.Text, w) })
	}
}

func lastLineFeed(v *jsontree.Value) bool {
	return strings.HasSuffix(v.Text, "\n") && strings.Count(v.Text, "\n") == 1
}

func padded(v *jsontree.Value) bool {
	return v.Text != strings.TrimSpace(v.Text) && strings.TrimSpace(v.Text) != ""
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func units(s string) int { return len(utf16.Encode([]rune(s))) }

func first(i, _ int) bool { return i == 0 }

func last(i, n int) bool { return i == n-1 }
