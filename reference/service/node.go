package service

import (
	"cmp"
	"strings"
	"time"
)

// The platform types of managed nodes and documents.
const (
	Linux   = "Linux"
	Windows = "Windows"
	MacOS   = "MacOS"
)

// Node is a managed node.
type Node struct {
	// ID is i- and 8 or 17 word characters, or mi- and 17.
	ID string
	// Name is the host name that invocations show as InstanceName.
	Name string
	// Platform is Linux, Windows or MacOS; "" is Linux.
	Platform string
	// Online tells that the node is managed and last reported as online. SendCommand refuses
	// other nodes where it names them, among its InstanceIds or under the target key InstanceIds; reached by tags and
	// groups, they are as if their agent were stopped.
	Online bool
	// AgentStopped tells that the node's last report still says online, so that SendCommand takes it,
	// but its agent takes no command (evidence: status/agent-stopped): invocations stay Delayed until
	// the command expires.
	AgentStopped bool
	// Silent tells that the node takes a command and never tells of its end, although it counts as
	// online (evidence: status/agent-stopped).
	Silent bool
	// Late is how long after a command was sent the agent first takes it. Until then the invocation
	// is Delayed.
	Late time.Duration
	// Away is how long the node falls silent for right after a command was sent to it, as one that comes back from a
	// reboot: InProgress at first, then Delayed, and InProgress again when it is back (evidence: status/phase).
	Away time.Duration
	// Unreachable tells that the agent has lost its connection and that nothing can be delivered to the node: SendCommand
	// takes it, and its invocations end Undeliverable (evidence: status/lost-node), here at once.
	Unreachable bool
	// Tags are the node's tags.
	Tags map[string]string
	// Denied tells that the caller may not send commands to the node.
	Denied bool
}

func (n *Node) platform() string { return cmp.Or(n.Platform, Linux) }

// arn is the resource AWS names when access to the node is denied.
func (n *Node) arn(region, account string) string {
	if strings.HasPrefix(n.ID, "mi-") {
		return "arn:aws:ssm:" + region + ":" + account + ":managed-instance/" + n.ID
	}
	return "arn:aws:ec2:" + region + ":" + account + ":instance/" + n.ID
}
