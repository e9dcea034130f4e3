package oracle

import (
	"slices"
	"strings"
	"unicode"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
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

// unknownMembers are about members that the model lacks: AWS was seen to ignore them, on Athena. Whether
// it looks at the case of a name, or takes a control character in one, was not recorded.
func unknownMembers(tree *jsontree.Value) []uncertainty {
	var uncertainties []uncertainty
	if depth(tree) > deepest {
		uncertainties = append(uncertainties, uncertainty{anyAnswer: true})
	}
	visitUnknown(tree, func(name string, known []string) {
		otherCase := slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
		if otherCase || strings.ContainsFunc(name, unicode.IsControl) {
			uncertainties = append(uncertainties, uncertainty{anyAnswer: true})
		}
	})
	return uncertainties
}

// deepest is how deep a request may nest without uncertainty: parsers have limits (RFC 8259 section 9), and
// those of AWS are not known.
const deepest = 64

func depth(v *jsontree.Value) int {
	below := 0
	for i := range v.Items {
		below = max(below, depth(&v.Items[i]))
	}
	for i := range v.Members {
		below = max(below, depth(&v.Members[i].Value))
	}
	return below + 1
}

// spelledOtherwise reports whether a member has the name of the model's but for the case.
func spelledOtherwise(tree *jsontree.Value) bool {
	found := false
	visitUnknown(tree, func(name string, known []string) {
		found = found || slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
	})
	return found
}

// visitUnknown visits the members that the model lacks.
func visitUnknown(tree *jsontree.Value, visit func(name string, known []string)) {
	visitUnknownIn(tree, "", visit)
	for _, name := range []string{"NotificationConfig", "CloudWatchOutputConfig", "AlarmConfiguration"} {
		visitUnknownIn(tree.Get(name), name, visit)
	}
	visitUnknownOf(tree.Get("Targets"), "Targets", visit)
	visitUnknownOf(tree.Get("AlarmConfiguration").Get("Alarms"), "Alarms", visit)
}

// visitUnknownIn visits those of one structure, visitUnknownOf those of a list of them.
func visitUnknownIn(v *jsontree.Value, structure string, visit func(name string, known []string)) {
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

func visitUnknownOf(list *jsontree.Value, structure string, visit func(name string, known []string)) {
	if list == nil {
		return
	}
	for i := range list.Items {
		visitUnknownIn(&list.Items[i], structure, visit)
	}
}
