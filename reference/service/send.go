package service

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/reference"
)

// Defaults of SendCommand, as AWS echoes them (evidence: echo/members).
const (
	defaultTimeoutSeconds  = int32(reference.DefaultTimeout / time.Second)
	defaultMaxConcurrency  = "50"
	defaultMaxErrors       = "0"
	defaultDocumentVersion = "$DEFAULT"
)

// admit checks a request against the account and makes a command of it.
func (s *Service) admit(in *ssm.SendCommandInput) (*command, *answer) {
	if e := checkSelection(in); e != nil {
		return nil, e
	}
	if e := checkTargets(in.Targets); e != nil {
		return nil, e
	}
	if e := s.checkNotification(in); e != nil {
		return nil, e
	}
	document, e := s.findDocument(in)
	if e != nil {
		return nil, e
	}
	if e := document.checkParameters(in.Parameters); e != nil {
		return nil, e
	}
	if e := document.checkSize(in); e != nil {
		return nil, e
	}
	nodes, e := s.findNodes(in, document)
	if e != nil {
		return nil, e
	}
	if bucket := aws.ToString(in.OutputS3BucketName); s.missingBuckets[bucket] {
		return nil, modelled("InvalidOutputFolder", "")
	}
	if e := s.checkAlarms(in.AlarmConfiguration); e != nil {
		return nil, e
	}
	return s.newCommand(in, document, nodes)
}

// checkSelection asks for InstanceIds or Targets. No recording tells what AWS answers to neither
// or both (evidence: errors/destination/neither-or-both). Our choice for neither is InvalidInstanceId, which two users
// noted for an empty list; for both, a ValidationException in the words of the recorded one
// about node IDs beside a resource group.
func checkSelection(in *ssm.SendCommandInput) *answer {
	switch {
	case len(in.InstanceIds) == 0 && len(in.Targets) == 0:
		return invalidInstances()
	case len(in.InstanceIds) > 0 && len(in.Targets) > 0:
		return validation("Instance IDs and targets can’t be specified together in the same command. " +
			"Remove one target type, and try again.")
	}
	return nil
}

func invalidInstances() *answer {
	return modelled("InvalidInstanceId", "Instances not in a valid state for account")
}

// checkNotification: a notification needs a role and a topic
// (evidence: errors/InvalidRole/missing, errors/InvalidNotificationConfig/missing).
// That an empty NotificationConfig asks for none, that the role is asked for first, and what an
// unknown role or a topic that is no SNS ARN gets, is our choice.
func (s *Service) checkNotification(in *ssm.SendCommandInput) *answer {
	if !notifies(in.NotificationConfig) {
		return nil
	}
	role, topic := aws.ToString(in.ServiceRoleArn), aws.ToString(in.NotificationConfig.NotificationArn)
	switch {
	case role == "":
		return modelled("InvalidRole", "ServiceRoleArn is a required parameter to enable notification.")
	case topic == "":
		return modelled("InvalidNotificationConfig", "NotificationArn is a required parameter to enable notification.")
	case len(s.roles) > 0 && !s.roles[role]:
		return modelled("InvalidRole", "The role "+role+" does not exist or cannot be used to send notifications.")
	case !strings.HasPrefix(topic, "arn:") || !strings.Contains(topic, ":sns:"):
		return modelled("InvalidNotificationConfig", "The topic "+topic+" is not the ARN of an Amazon SNS topic.")
	}
	return nil
}

func notifies(c *types.NotificationConfig) bool {
	return c != nil && (aws.ToString(c.NotificationArn) != "" || len(c.NotificationEvents) > 0 || c.NotificationType != "")
}

// findDocument resolves DocumentName, by name or ARN of the same region, and DocumentVersion.
// Our choice: a document of another type is InvalidDocument, a hash without a type is Sha256, and the hash that the
// text of a wrong one names is the one that was sent (evidence: errors/InvalidDocument/hash).
func (s *Service) findDocument(in *ssm.SendCommandInput) (*documentVersion, *answer) {
	name := aws.ToString(in.DocumentName)
	document := s.documents[name]
	if strings.Contains(name, ":") {
		document = s.documents[name[strings.LastIndexByte(name, '/')+1:]]
		if document != nil && document.ARN(s.region, s.account) != name {
			document = nil
		}
	}
	if document == nil {
		return nil, modelled("InvalidDocument", "")
	}
	if document.Denied {
		return nil, accessDenied(s.account, reference.SendCommand, document.ARN(s.region, s.account))
	}
	if document.Type != "" && document.Type != "Command" {
		return nil, modelled("InvalidDocument", "")
	}
	version := document.version(aws.ToString(in.DocumentVersion))
	if version == nil {
		return nil, modelled("InvalidDocumentVersion", "")
	}
	if version.damaged {
		return nil, internalServerError()
	}
	if hash := aws.ToString(in.DocumentHash); hash != "" {
		want, kind := version.sha256, types.DocumentHashTypeSha256
		if in.DocumentHashType == types.DocumentHashTypeSha1 {
			want, kind = version.sha1, types.DocumentHashTypeSha1
		}
		if !strings.EqualFold(hash, want) {
			return nil, modelled("InvalidDocument", "document hash "+hash+" does not match "+string(kind)+".")
		}
	}
	return version, nil
}

// findNodes selects the managed nodes. Those that the request names are checked before admission; tags and groups that
// match nothing are accepted (evidence: targets/no-match). That a node which is not online is refused behind the target
// key InstanceIds as one that is not managed, that a repeated ID is a DuplicateInstanceId, and the order (duplicates,
// state, access, platform) are our choice.
func (s *Service) findNodes(in *ssm.SendCommandInput, document *documentVersion) ([]Node, *answer) {
	for _, t := range in.Targets {
		if isInstanceIDsKey(aws.ToString(t.Key)) && slices.ContainsFunc(t.Values, func(id string) bool { return !s.nodes[id].Online }) {
			return nil, invalidInstances() // (evidence: errors/InvalidInstanceId/in-Targets)
		}
	}
	if len(in.InstanceIds) == 0 {
		return s.selectNodes(in.Targets), nil
	}
	seen := make(map[string]bool, len(in.InstanceIds))
	for _, id := range in.InstanceIds {
		if seen[id] {
			return nil, modelled("DuplicateInstanceId", "")
		}
		seen[id] = true
	}
	nodes := make([]Node, 0, len(in.InstanceIds))
	for _, id := range in.InstanceIds {
		node := s.nodes[id]
		if !node.Online {
			return nil, invalidInstances()
		}
		nodes = append(nodes, node)
	}
	for i := range nodes {
		if nodes[i].Denied {
			return nil, accessDenied(s.account, reference.SendCommand, nodes[i].arn(s.region, s.account))
		}
	}
	for i := range nodes {
		if platform := nodes[i].platform(); !slices.Contains(document.platformTypes, platform) {
			return nil, modelled("UnsupportedPlatformType",
				"Cannot perform operation for instance id "+nodes[i].ID+" of platform type "+platform)
		}
	}
	return nodes, nil
}

// checkAlarms (evidence: alarms/firing, alarms/missing): a firing alarm refuses always, an unknown one unless
// IgnorePollAlarmFailure is set.
func (s *Service) checkAlarms(c *types.AlarmConfiguration) *answer {
	if c == nil {
		return nil
	}
	for _, alarm := range c.Alarms {
		name := aws.ToString(alarm.Name)
		state, known := s.alarms[name]
		if !known {
			state = AlarmUnknown
		}
		if state == AlarmFiring || state == AlarmUnknown && !c.IgnorePollAlarmFailure {
			return validation("The following Cloudwatch alarm(s) were not in a compliant state: " + name + " in state: " + string(state))
		}
	}
	return nil
}

// newCommand fills in what AWS answers: everything as given, the defaults for what was not, the
// service's region, not OutputS3Region, and no hash (evidence: echo/OutputS3Region, echo/hash).
func (s *Service) newCommand(in *ssm.SendCommandInput, document *documentVersion, nodes []Node) (*command, *answer) {
	id, err := s.newUUID()
	if err != nil {
		return nil, internalServerError()
	}
	timeout := defaultTimeoutSeconds
	if in.TimeoutSeconds != nil {
		timeout = *in.TimeoutSeconds
	}
	admitted := s.clock.Now()
	requested := admitted.UTC().Truncate(time.Millisecond)
	c := &command{
		document: document, nodes: nodes, refusal: s.refusal(in, nodes),
		Command: types.Command{
			CommandId: &id, DocumentName: in.DocumentName,
			DocumentVersion: or(in.DocumentVersion, defaultDocumentVersion), Comment: or(in.Comment, ""),
			Parameters: in.Parameters, InstanceIds: in.InstanceIds, Targets: in.Targets,
			RequestedDateTime: &requested, Status: types.CommandStatusPending, StatusDetails: aws.String("Pending"),
			OutputS3Region: aws.String(s.region), OutputS3BucketName: or(in.OutputS3BucketName, ""),
			OutputS3KeyPrefix: or(in.OutputS3KeyPrefix, ""),
			MaxConcurrency:    or(in.MaxConcurrency, defaultMaxConcurrency), MaxErrors: or(in.MaxErrors, defaultMaxErrors),
			// Recorded: the number of InstanceIds, and 0 for every form of Targets.
			TargetCount: int32(len(in.InstanceIds)),
			ServiceRole: or(in.ServiceRoleArn, ""), NotificationConfig: echoNotification(in.NotificationConfig),
			CloudWatchOutputConfig: echoCloudWatch(in.CloudWatchOutputConfig), TimeoutSeconds: &timeout,
			AlarmConfiguration: in.AlarmConfiguration,
		},
	}
	expires := requested.Add(time.Duration(timeout)*time.Second + document.executionTimeout(in.Parameters))
	c.ExpiresAfter = &expires
	if c.AlarmConfiguration == nil {
		c.AlarmConfiguration = &types.AlarmConfiguration{}
	}
	c.begin(s, admitted)
	return c, nil
}

// refusal tells how a command ends whose targets may not be listed or are too many: AWS admits it
// and finds out later (evidence: targets/denied-list). That the invocations of other
// commands do not count against the limit is our choice.
func (s *Service) refusal(in *ssm.SendCommandInput, nodes []Node) reference.Details {
	for _, t := range in.Targets {
		if aws.ToString(t.Key) == keyGroupName && slices.ContainsFunc(t.Values,
			func(v string) bool { return s.deniedGroups[s.groupName(v)] }) {
			return reference.AccessDenied
		}
	}
	if s.pendingLimit > 0 && len(nodes) > s.pendingLimit {
		return reference.RateExceeded
	}
	return ""
}

func or(given *string, otherwise string) *string {
	if given == nil {
		return &otherwise
	}
	return given
}

func echoCloudWatch(c *types.CloudWatchOutputConfig) *types.CloudWatchOutputConfig {
	if c == nil {
		c = &types.CloudWatchOutputConfig{}
	}
	return &types.CloudWatchOutputConfig{
		CloudWatchLogGroupName: or(c.CloudWatchLogGroupName, ""), CloudWatchOutputEnabled: c.CloudWatchOutputEnabled,
	}
}

// echoNotification fills in Command and All where a notification is asked for
// (evidence: notifications/type-default, notifications/events-default).
func echoNotification(c *types.NotificationConfig) *types.NotificationConfig {
	if !notifies(c) {
		return &types.NotificationConfig{NotificationArn: aws.String("")}
	}
	echo := types.NotificationConfig{
		NotificationArn: c.NotificationArn, NotificationEvents: c.NotificationEvents, NotificationType: c.NotificationType,
	}
	if len(echo.NotificationEvents) == 0 {
		echo.NotificationEvents = []types.NotificationEvent{types.NotificationEventAll}
	}
	if echo.NotificationType == "" {
		echo.NotificationType = types.NotificationTypeCommand
	}
	return &echo
}
