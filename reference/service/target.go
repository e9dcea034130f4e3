package service

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// The target keys of Run Command, other than tag:<key>.
const (
	keyTagKey        = "tag-key"
	keyGroupName     = "resource-groups:Name"
	keyResourceTypes = "resource-groups:ResourceTypeFilters"
)

// isInstanceIDsKey: both spellings are accepted (evidence: targets/InstanceIds-key; the console sends lower case).
func isInstanceIDsKey(key string) bool { return strings.EqualFold(key, "InstanceIds") }

func isTagKey(key string) bool {
	return key == keyTagKey || strings.HasPrefix(key, "tag:") && len(key) > len("tag:")
}

// maxResourceTypes bounds the values of resource-groups:ResourceTypeFilters (evidence: targets/at-most-five-types).
const maxResourceTypes = 5

// checkTargets applies the rules that go beyond the model. The texts are recorded (evidence: targets/duplicate-value)
// except where a comment says otherwise; that
// duplicates come first is recorded, the rest of the order is our choice.
func checkTargets(targets []types.Target) *answer {
	for _, t := range targets {
		values := slices.Clone(t.Values)
		slices.Sort(values)
		if len(slices.Compact(values)) < len(t.Values) {
			return validation("Duplicate values are not supported for Instance IDs, tag or resource group targets." +
				"Remove the duplicate value from key, and try again.")
		}
	}
	var instanceIDs, tags, groups, filters bool
	seen := make(map[string]bool, len(targets))
	for _, t := range targets {
		key := aws.ToString(t.Key)
		if seen[key] {
			return validation("Duplicate keys are not supported for targets. Remove the duplicate key, and try again.")
		}
		seen[key] = true
		switch {
		case isInstanceIDsKey(key):
			instanceIDs = true
		case isTagKey(key):
			tags = true
		case key == keyGroupName:
			groups = true
		case key == keyResourceTypes:
			filters = true
		default:
			// Our choice: what AWS answers to a key of no documented form is not known.
			return validation("The target key " + key + " is not supported. Specify a supported key, and try again.")
		}
	}
	switch {
	case tags && (groups || filters):
		return validation("A tag-key name or tag key-value pair can’t be specified together in the same command " +
			"as a resource group target. Remove one target type, and try again.")
	case instanceIDs && (groups || filters):
		return validation("Instance IDs and a target resource group can’t be specified together in the same command. " +
			"Remove one target type, and try again.")
	case filters && !groups:
		// Our choice of error and text.
		return validation("Resource type filters must be specified together with a resource group. Add a resource group, and try again.")
	}
	return checkGroups(targets)
}

func checkGroups(targets []types.Target) *answer {
	for _, t := range targets {
		switch aws.ToString(t.Key) {
		case keyGroupName:
			if len(t.Values) > 1 {
				return validation("Multiple resource key values are not supported for resource group targets. Remove all but one " +
					"value, and try again.")
			}
		case keyResourceTypes:
			if len(t.Values) > maxResourceTypes {
				// The bound is documented, the text is our choice.
				return validation("At most five resource type filters are supported. Remove resource types, and try again.")
			}
			if !slices.Contains(t.Values, "AWS::EC2::Instance") && !slices.Contains(t.Values, "AWS::SSM::ManagedInstance") {
				return validation("Resource type filters must specify at least one of the valid send-command resource types: " +
					"AWS::EC2::Instance or AWS::SSM::ManagedInstance." +
					"Add one or all of these valid types, and try again.")
			}
		}
	}
	return nil
}

// selectNodes returns the managed nodes that all targets have in common, in the order they were
// added: keys are ANDed, the values of one key ORed (evidence: targets/and-or). IDs, tags and groups
// that match nothing select nothing.
func (c *config) selectNodes(targets []types.Target) []Node {
	var selected []Node
	for _, id := range c.nodeOrder {
		node := c.nodes[id]
		matches := len(targets) > 0
		for _, t := range targets {
			matches = matches && c.matches(&node, t)
		}
		if matches {
			selected = append(selected, node)
		}
	}
	return selected
}

func (c *config) matches(n *Node, t types.Target) bool {
	key := aws.ToString(t.Key)
	return slices.ContainsFunc(t.Values, func(value string) bool {
		switch {
		case isInstanceIDsKey(key):
			return n.ID == value
		case key == keyTagKey:
			_, tagged := n.Tags[value]
			return tagged
		case key == keyGroupName:
			return slices.Contains(c.groups[c.groupName(value)], n.ID)
		case key == keyResourceTypes:
			return value == "AWS::EC2::Instance" && strings.HasPrefix(n.ID, "i-") ||
				value == "AWS::SSM::ManagedInstance" && strings.HasPrefix(n.ID, "mi-")
		}
		tagged, present := n.Tags[strings.TrimPrefix(key, "tag:")]
		return present && tagged == value
	})
}

// groupName is the name of a resource group that is given by name or ARN.
func (c *config) groupName(value string) string {
	name, _ := strings.CutPrefix(value, groupARN(c.region, c.account, ""))
	return name
}

func groupARN(region, account, name string) string {
	return "arn:aws:resource-groups:" + region + ":" + account + ":group/" + name
}
