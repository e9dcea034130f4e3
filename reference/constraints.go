package reference

// ConstraintKind is the kind of a constraint, by the name of its Smithy trait.
type ConstraintKind string

// The constraint traits that the model uses on the requests of Run Command.
const (
	Required ConstraintKind = "required"
	Length   ConstraintKind = "length"
	Range    ConstraintKind = "range"
	Pattern  ConstraintKind = "pattern"
	Enum     ConstraintKind = "enum"
)

// Constraint is one constraint on one member of a request.
type Constraint struct {
	// Operation is the operation whose request has the member, for example SendCommand.
	Operation string `json:"operation"`
	// Path leads to the member, for example Comment, Targets[].Key or InstanceIds[].
	Path string `json:"path"`
	// Shape is the model's name of the constrained shape, or for a constraint on one member
	// only Structure$Member.
	Shape string `json:"shape"`
	// Kind says which of the fields below has a meaning.
	Kind ConstraintKind `json:"kind"`
	// Min and Max are the bounds of Length (code points of a string, elements of a list) and
	// Range, both inclusive; nil where there is none.
	Min *int64 `json:"min,omitempty"`
	Max *int64 `json:"max,omitempty"`
	// Pattern is the Java regular expression as the server prints it. It has to match the
	// whole string.
	Pattern string `json:"pattern,omitempty"`
	// Values are the values of an Enum, in the order the server prints them.
	Values []string `json:"values,omitempty"`
	// Hidden tells that the public model does not have the constraint.
	Hidden bool `json:"hidden,omitempty"`
	// Evidence is the ID of the fact of fixtures/evidence that it rests on.
	Evidence string `json:"evidence"`
}

// rule is a constraint as the table has it: not yet bound to a path.
type rule struct {
	Constraint
	matches func(string) bool // a Pattern
}

func length(least, most int64) rule {
	return rule{Constraint: Constraint{Kind: Length, Min: &least, Max: &most}}
}

func minLength(least int64) rule { return rule{Constraint: Constraint{Kind: Length, Min: &least}} }

func between(least, most int64) rule {
	return rule{Constraint: Constraint{Kind: Range, Min: &least, Max: &most}}
}

func oneOf(values ...string) rule { return rule{Constraint: Constraint{Kind: Enum, Values: values}} }

func required() rule { return rule{Constraint: Constraint{Kind: Required}} }

// by names the fact that the rule rests on.
func (r rule) by(fact string) rule {
	r.Evidence = fact
	return r
}

// beyondModel marks a constraint that AWS enforces and the public model does not have.
func (r rule) beyondModel() rule {
	r.Hidden = true
	return r
}

// constraintTable holds the constraints by the model's shape name; Structure$Member where the
// constraint belongs to one member. Facts named shape/... say what fixtures/evidence/model.json has. Patterns are as the
// server prints them: the published Smithy model wraps each in ^...$, which changes what alternatives mean (evidence:
// shape/whole-string).
func constraintTable() map[string][]rule {
	return map[string][]rule{
		"SendCommandRequest$DocumentName": {required().by("shape/required")},
		"InstanceIdList":                  {length(0, 50).by("shape/InstanceIds")},
		"InstanceId":                      {pattern(`(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)`, isInstanceID).by("shape/InstanceId")},
		"Targets":                         {length(0, 5).by("shape/Targets")},
		"TargetKey": {
			length(1, 163).by("shape/Target.Key"),
			pattern(`^[\p{L}\p{Z}\p{N}_.:/=\-@]*$|resource-groups:ResourceTypeFilters|resource-groups:Name`, isTargetKey).
				by("shape/Target.Key"),
		},
		"TargetValues":     {length(0, 50).by("shape/Target.Values")},
		"DocumentARN":      {pattern(`^[a-zA-Z0-9_\-.:/]{3,128}$`, isDocumentARN).by("shape/DocumentName")},
		"DocumentVersion":  {pattern(`([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)`, isDocumentVersion).by("shape/DocumentVersion")},
		"DocumentHash":     {length(0, 256).by("shape/DocumentHash")},
		"DocumentHashType": {oneOf("Sha256", "Sha1").by("shape/DocumentHashType")},
		"TimeoutSeconds":   {between(30, 2592000).by("validation/TimeoutSeconds")},
		"Comment": {
			length(0, 100).by("validation/Comment"),
			pattern(`^.{0,100}$`, isComment).by("validation/Comment-pattern").beyondModel(),
		},
		"S3Region":     {length(3, 20).by("shape/OutputS3Region")},
		"S3BucketName": {length(3, 63).by("shape/OutputS3BucketName")},
		"S3KeyPrefix":  {length(0, 500).by("shape/OutputS3KeyPrefix")},
		"MaxConcurrency": {
			length(1, 7).by("shape/MaxConcurrency"),
			pattern(`^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$`, isMaxConcurrency).by("validation/MaxConcurrency"),
		},
		"MaxErrors": {
			length(1, 7).by("shape/MaxErrors"),
			pattern(`^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$`, isMaxErrors).by("validation/MaxErrors"),
		},
		// The printed order is the one reported, not the model's (evidence: validation/NotificationConfig).
		"NotificationEvent": {
			oneOf("All", "Success", "Cancelled", "InProgress", "TimedOut", "Failed").by("validation/NotificationConfig"),
		},
		"NotificationType":          {oneOf("Command", "Invocation").by("validation/NotificationConfig")},
		"CloudWatchLogGroupName":    {length(1, 512).by("shape/CloudWatchLogGroupName")},
		"AlarmConfiguration$Alarms": {required().by("validation/alarms-missing")},
		"AlarmList":                 {length(1, 1).by("validation/alarms-two")},
		"Alarm$Name":                {required().by("validation/alarm-name-missing")},
		"AlarmName": {
			length(1, 255).by("validation/alarm-name-long"),
			pattern(`^(?!\s*$).+`, isAlarmName).by("validation/alarm-name-blank"),
		},

		"GetCommandInvocationRequest$CommandId": {required().by("shape/call-required")},
		"GetCommandInvocationRequest$InstanceId": {
			required().by("shape/call-required"), minLength(10).by("validation/InstanceId").beyondModel(),
		},
		"CancelCommandRequest$CommandId": {required().by("shape/call-required")},
		"CommandId": {
			length(36, 36).by("validation/CommandId"),
			pattern(commandIDPattern, isCommandID).by("validation/CommandId").beyondModel(),
		},
		"CommandMaxResults":   {between(1, 50).by("shape/MaxResults")},
		"CommandFilterList":   {length(1, 5).by("shape/Filters")},
		"CommandFilter$key":   {required().by("shape/Filters")},
		"CommandFilter$value": {required().by("shape/Filters")},
		"CommandFilterKey":    {oneOf("InvokedAfter", "InvokedBefore", "Status", "ExecutionStage", "DocumentName").by("shape/Filters")},
		"CommandFilterValue":  {length(1, 128).by("shape/Filters")},
		"CommandPluginName":   {minLength(4).by("shape/PluginName")},
	}
}
