package oracle

import (
	"slices"
	"strings"
	"unicode"

	"github.com/sendspec/sendspec/reference"
)

// membersOfStructure are the members of each structure of a request.
var membersOfStructure = map[string][]string{
	"":                       reference.MemberNames(reference.SendCommand),
	"Targets":                {"Key", "Values"},
	"NotificationConfig":     {"NotificationArn", "NotificationEvents", "NotificationType"},
	"CloudWatchOutputConfig": {"CloudWatchLogGroupName", "CloudWatchOutputEnabled"},
	"AlarmConfiguration":     {"Alarms", "IgnorePollAlarmFailure"},
	"Alarms":                 {"Name"},
}

// strangerDoubts are about members that the model lacks: AWS was seen to ignore them, on Athena. Whether
// it looks at the case of a name, or takes a control character in one, was not recorded.
func strangerDoubts(tree *Value) []doubt {
	var doubts []doubt
	if depth(tree) > deepest {
		doubts = append(doubts, doubt{anything: true})
	}
	forStrangers(tree, func(name string, known []string) {
		if strings.ContainsFunc(name, unicode.IsControl) || slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) }) {
			doubts = append(doubts, doubt{anything: true})
		}
	})
	return doubts
}

// deepest is how deep a request may nest without a doubt: parsers have limits (RFC 8259 section 9), and
// those of AWS are not known.
const deepest = 64

func depth(v *Value) int {
	below := 0
	for i := range v.Items {
		below = max(below, depth(&v.Items[i]))
	}
	for i := range v.Members {
		below = max(below, depth(&v.Members[i].Value))
	}
	return below + 1
}

// spelledOtherwise tells whether a member has the name of the model's but for the case.
func spelledOtherwise(tree *Value) bool {
	found := false
	forStrangers(tree, func(name string, known []string) {
		found = found || slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
	})
	return found
}

// forStrangers visits the members that the model lacks.
func forStrangers(tree *Value, visit func(name string, known []string)) {
	forStrangersIn(tree, "", visit)
	for _, name := range []string{"NotificationConfig", "CloudWatchOutputConfig", "AlarmConfiguration"} {
		forStrangersIn(tree.Get(name), name, visit)
	}
	forStrangersOf(tree.Get("Targets"), "Targets", visit)
	forStrangersOf(tree.Get("AlarmConfiguration").Get("Alarms"), "Alarms", visit)
}

// forStrangersIn visits those of one structure, forStrangersOf those of a list of them.
func forStrangersIn(v *Value, structure string, visit func(name string, known []string)) {
	if v == nil {
		return
	}
	known := membersOfStructure[structure]
	for i := range v.Members {
		if name := v.Members[i].Name; !slices.Contains(known, name) {
			visit(name, known)
		}
	}
}

func forStrangersOf(list *Value, structure string, visit func(name string, known []string)) {
	if list == nil {
		return
	}
	for i := range list.Items {
		forStrangersIn(&list.Items[i], structure, visit)
	}
}
