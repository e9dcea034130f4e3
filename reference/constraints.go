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

// Evidence says how a fact about AWS is known.
type Evidence string

// The kinds of evidence, strongest first.
const (
	// Recorded means seen in a call recorded from AWS.
	Recorded Evidence = "recorded"
	// Documented means written in AWS's documentation.
	Documented Evidence = "documented"
	// Model means stated by the public service model.
	Model Evidence = "model"
	// Reported means a user's copy of what AWS answered.
	Reported Evidence = "reported"
	// Inferred means concluded from other facts.
	Inferred Evidence = "inferred"
)

// Source is where a constraint was taken from.
type Source struct {
	// Document and Section name the place, for example model.json and "shapes.Comment".
	Document string `json:"document"`
	Section  string `json:"section"`
	// Evidence is the strongest kind of evidence for it.
	Evidence Evidence `json:"evidence"`
}

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
	// Source is where the constraint was taken from.
	Source Source `json:"source"`
}

// rule is a constraint as the table has it: not yet bound to a path.
type rule struct {
	shape          string
	kind           ConstraintKind
	min, max       int64
	hasMin, hasMax bool
	pattern        string
	matches        func(string) bool
	values         []string
	hidden         bool
	evidence       Evidence
	document       string
	section        string
}

func length(least, most int64) rule {
	return rule{kind: Length, min: least, max: most, hasMin: true, hasMax: true, evidence: Model}
}

func minLength(least int64) rule {
	return rule{kind: Length, min: least, hasMin: true, evidence: Model}
}

func between(least, most int64) rule {
	return rule{kind: Range, min: least, max: most, hasMin: true, hasMax: true, evidence: Model}
}

func pattern(text string, matches func(string) bool) rule {
	return rule{kind: Pattern, pattern: text, matches: matches, evidence: Model}
}

func oneOf(values ...string) rule {
	return rule{kind: Enum, values: values, evidence: Model}
}

func required() rule { return rule{kind: Required, evidence: Model} }

// by tells that there is stronger evidence than the model, and where.
func (r rule) by(evidence Evidence, document, section string) rule {
	r.evidence, r.document, r.section = evidence, document, section
	return r
}

// beyondModel marks a constraint that AWS enforces and the public model does not have.
func (r rule) beyondModel() rule {
	r.hidden = true
	return r
}

const (
	factsDocument  = "facts.md"
	factsModel     = "1 Model vs server"
	factsMessages  = "3 ValidationException – constraint messages"
	alarmsDocument = "recorded/alarms.jsonl"
	runDocument    = "recorded/managed-execution.jsonl"
)

// constraintTable holds the constraints by the model's shape name; Structure$Member where the
// constraint belongs to one member. Bounds, patterns and values are those of model.json unless
// the rule names another source. Patterns stand as the server prints them: the published Smithy
// model wraps each in ^...$, which changes what alternatives mean (facts.md section 1).
func constraintTable() map[string][]rule {
	return map[string][]rule{
		"SendCommandRequest$DocumentName": {required()},
		"InstanceIdList":                  {length(0, 50)},
		"InstanceId":                      {pattern(`(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)`, isInstanceID)},
		"Targets":                         {length(0, 5)},
		"TargetKey": {
			length(1, 163),
			pattern(`^[\p{L}\p{Z}\p{N}_.:/=\-@]*$|resource-groups:ResourceTypeFilters|resource-groups:Name`, isTargetKey),
		},
		"TargetValues":     {length(0, 50)},
		"DocumentARN":      {pattern(`^[a-zA-Z0-9_\-.:/]{3,128}$`, isDocumentARN)},
		"DocumentVersion":  {pattern(`([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)`, isDocumentVersion)},
		"DocumentHash":     {length(0, 256)},
		"DocumentHashType": {oneOf("Sha256", "Sha1")},
		"TimeoutSeconds":   {between(30, 2592000).by(Recorded, runDocument, "send-timeout-too-small")},
		"Comment": {
			length(0, 100).by(Reported, factsDocument, factsMessages),
			pattern(`^.{0,100}$`, isComment).by(Reported, factsDocument, factsMessages).beyondModel(),
		},
		"S3Region":     {length(3, 20)},
		"S3BucketName": {length(3, 63)},
		"S3KeyPrefix":  {length(0, 500)},
		"MaxConcurrency": {
			length(1, 7),
			pattern(`^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$`, isMaxConcurrency).by(Recorded, runDocument, "send-concurrency-zero"),
		},
		"MaxErrors": {
			length(1, 7),
			pattern(`^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$`, isMaxErrors).by(Recorded, runDocument, "send-errors-negative"),
		},
		// The printed order is the one reported, not the model's (facts.md section 3).
		"NotificationEvent": {
			oneOf("All", "Success", "Cancelled", "InProgress", "TimedOut", "Failed").by(Reported, factsDocument, factsMessages),
		},
		"NotificationType":          {oneOf("Command", "Invocation").by(Reported, factsDocument, factsMessages)},
		"CloudWatchLogGroupName":    {length(1, 512)},
		"AlarmConfiguration$Alarms": {required().by(Recorded, alarmsDocument, "empty")},
		"AlarmList":                 {length(1, 1).by(Recorded, alarmsDocument, "zero, two")},
		"Alarm$Name":                {required().by(Recorded, alarmsDocument, "missing-name")},
		"AlarmName": {
			length(1, 255).by(Recorded, alarmsDocument, "empty-name, long-name"),
			pattern(`^(?!\s*$).+`, isAlarmName).by(Recorded, alarmsDocument, "empty-name, space-name"),
		},

		"GetCommandInvocationRequest$CommandId":  {required()},
		"GetCommandInvocationRequest$InstanceId": {required(), minLength(10).by(Recorded, factsDocument, factsModel).beyondModel()},
		"CancelCommandRequest$CommandId":         {required()},
		"CommandId": {
			length(36, 36).by(Recorded, factsDocument, factsMessages),
			pattern(`^[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$`, isCommandID).
				by(Recorded, factsDocument, factsMessages).beyondModel(),
		},
		"CommandMaxResults":   {between(1, 50)},
		"CommandFilterList":   {length(1, 5)},
		"CommandFilter$key":   {required()},
		"CommandFilter$value": {required()},
		"CommandFilterKey":    {oneOf("InvokedAfter", "InvokedBefore", "Status", "ExecutionStage", "DocumentName")},
		"CommandFilterValue":  {length(1, 128)},
		"CommandPluginName":   {minLength(4)},
	}
}
