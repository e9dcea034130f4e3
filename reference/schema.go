package reference

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/ssm/schemas"
	"github.com/aws/smithy-go"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// The operations whose requests this package validates.
const (
	SendCommand            = "SendCommand"
	ListCommands           = "ListCommands"
	ListCommandInvocations = "ListCommandInvocations"
	GetCommandInvocation   = "GetCommandInvocation"
	CancelCommand          = "CancelCommand"
)

// ClockScaleHeader is the field of an answer in which a server says how many times as fast as the clock its commands
// live. AWS sends none; a server under test whose clock runs fast says so, and need not be waited for.
const ClockScaleHeader = "X-Sendspec-Clock-Scale"

// Operations returns the names of the operations this package knows, SendCommand first.
func Operations() []string {
	return []string{SendCommand, ListCommands, ListCommandInvocations, GetCommandInvocation, CancelCommand}
}

// RequestSchema is the structure of an operation's request as the SDK has it at run time; nil for an
// operation this package does not know.
func RequestSchema(operation string) *smithy.Schema { return structures[operation].request }

// ResponseSchema is the structure of an operation's answer as the SDK has it at run time; nil for an
// operation this package does not know.
func ResponseSchema(operation string) *smithy.Schema { return structures[operation].response }

var structures = map[string]struct{ request, response *smithy.Schema }{
	SendCommand:            {schemas.SendCommandRequest, schemas.SendCommandResult},
	ListCommands:           {schemas.ListCommandsRequest, schemas.ListCommandsResult},
	ListCommandInvocations: {schemas.ListCommandInvocationsRequest, schemas.ListCommandInvocationsResult},
	GetCommandInvocation:   {schemas.GetCommandInvocationRequest, schemas.GetCommandInvocationResult},
	CancelCommand:          {schemas.CancelCommandRequest, schemas.CancelCommandResult},
}

// Exceptions returns the names of the errors that the public model declares for an operation, sorted;
// nil for an operation this package does not know. Those of SendCommand are the ones that its API
// reference lists. What any operation may answer besides, such as ValidationException, is not among them.
func Exceptions(operation string) []string {
	switch operation {
	case SendCommand:
		return []string{
			"DuplicateInstanceId", "InternalServerError", "InvalidDocument", "InvalidDocumentVersion",
			"InvalidInstanceId", "InvalidNotificationConfig",
			"InvalidOutputFolder", "InvalidParameters", "InvalidRole", "MaxDocumentSizeExceeded", "UnsupportedPlatformType",
		}
	case ListCommands, ListCommandInvocations:
		return []string{"InternalServerError", "InvalidCommandId", "InvalidFilterKey", "InvalidInstanceId", "InvalidNextToken"}
	case GetCommandInvocation:
		return []string{"InternalServerError", "InvalidCommandId", "InvalidInstanceId", "InvalidPluginName", "InvocationDoesNotExist"}
	case CancelCommand:
		return []string{"DuplicateInstanceId", "InternalServerError", "InvalidCommandId", "InvalidInstanceId"}
	}
	return nil
}

// CallerErrors returns the errors that speak of the caller and of nothing that is asked, by their names in all of AWS's
// protocols: of credentials, signatures, permissions, and the caller's clock (evidence: auth/common-errors).
func CallerErrors() []string {
	return []string{
		"AccessDenied", "AccessDeniedException", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature",
		"IncompleteSignatureException", "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken",
		"MissingAuthenticationTokenException", "NotAuthorized", "OptInRequired", "RequestExpired", "SignatureDoesNotMatch",
		"UnrecognizedClientException",
	}
}

// ThrottlingErrors returns the errors that say that the caller asks too often (evidence: auth/common-errors).
func ThrottlingErrors() []string {
	return []string{"Throttling", "ThrottlingException", "TooManyRequestsException"}
}

// shape is a shape of the SDK's schema with our constraints on it.
type shape struct {
	name  string
	typ   smithy.ShapeType
	rules []rule
	// members of a structure, in the order of memberOrder.
	members []*member
	// element of a list, value of a map.
	element *shape
}

// member is one member of a structure. Its shape carries, besides the rules of the target
// shape, those that the table has for this member alone.
type member struct {
	name     string
	required *rule
	shape    *shape
}

func (s *shape) member(name string) *member {
	for _, m := range s.members {
		if m.name == name {
			return m
		}
	}
	return nil
}

// memberOrder is the order in which violations are told. The SDK's schema has none and AWS's is
// not known, so it is our choice: the order of the model, but NotificationType before
// NotificationEvents, as in the one message of several members that was reported (evidence: validation/NotificationConfig).
var memberOrder = map[string][]string{
	"SendCommandRequest": {
		"InstanceIds", "Targets", "DocumentName", "DocumentVersion", "DocumentHash", "DocumentHashType", "TimeoutSeconds", "Comment",
		"Parameters", "OutputS3Region", "OutputS3BucketName", "OutputS3KeyPrefix", "MaxConcurrency", "MaxErrors", "ServiceRoleArn",
		"NotificationConfig", "CloudWatchOutputConfig", "AlarmConfiguration",
	},
	"Target":                        {"Key", "Values"},
	"NotificationConfig":            {"NotificationArn", "NotificationType", "NotificationEvents"},
	"CloudWatchOutputConfig":        {"CloudWatchLogGroupName", "CloudWatchOutputEnabled"},
	"AlarmConfiguration":            {"IgnorePollAlarmFailure", "Alarms"},
	"ListCommandsRequest":           {"CommandId", "InstanceId", "MaxResults", "NextToken", "Filters"},
	"ListCommandInvocationsRequest": {"CommandId", "InstanceId", "MaxResults", "NextToken", "Filters", "Details"},
	"GetCommandInvocationRequest":   {"CommandId", "InstanceId", "PluginName"},
	"CancelCommandRequest":          {"CommandId", "InstanceIds"},
	"CommandFilter":                 {"key", "value"},
}

// inputs returns the request shapes by operation. They are built once and never changed.
var inputs = sync.OnceValue(func() map[string]*shape {
	b := schemaBuilder(constraintTable())
	built := make(map[string]*shape, len(Operations()))
	for _, operation := range Operations() {
		schema := RequestSchema(operation)
		built[operation] = b.shape(schema, schema.ID().Name)
	}
	return built
})

// schemaBuilder is the table of constraints.
type schemaBuilder map[string][]rule

func (b schemaBuilder) rules(name string) []rule {
	rules := slices.Clone(b[name])
	for i := range rules {
		rules[i].Shape = name
	}
	return rules
}

func (b schemaBuilder) shape(schema *smithy.Schema, name string) *shape {
	s := &shape{name: name, typ: schema.Type(), rules: b.rules(name)}
	switch schema.Type() {
	case smithy.ShapeTypeStructure:
		for _, memberName := range orderedMembers(name, schema) {
			target := schema.Member(memberName)
			m := &member{name: memberName, shape: b.shape(target, target.TargetID().Name)}
			for _, r := range b.rules(name + "$" + memberName) {
				if r.Kind == Required {
					m.required = &r
				} else {
					m.shape.rules = slices.Insert(m.shape.rules, 0, r)
				}
			}
			s.members = append(s.members, m)
		}
	case smithy.ShapeTypeList:
		s.element = b.shape(schema.ListMember(), schema.ListMember().TargetID().Name)
	case smithy.ShapeTypeMap:
		s.element = b.shape(schema.MapValue(), schema.MapValue().TargetID().Name)
	}
	return s
}

// orderedMembers returns the members the SDK knows: those of memberOrder first, then, so that
// a newer SDK loses nothing, the rest by name.
func orderedMembers(structure string, schema *smithy.Schema) []string {
	names := slices.Sorted(maps.Keys(schema.Members()))
	known := slices.DeleteFunc(slices.Clone(memberOrder[structure]), func(name string) bool { return !slices.Contains(names, name) })
	return append(known, slices.DeleteFunc(names, func(name string) bool { return slices.Contains(known, name) })...)
}

// Constraints returns every constraint on every request member of the operations, those of
// SendCommand first, in the order of the members. The caller may change the result.
func Constraints() []Constraint {
	var all []Constraint
	for _, operation := range Operations() {
		collect(&all, operation, "", inputs()[operation])
	}
	return all
}

func collect(all *[]Constraint, operation, path string, s *shape) {
	for _, r := range s.rules {
		*all = append(*all, r.bind(operation, path))
	}
	for _, m := range s.members {
		below := m.name
		if path != "" {
			below = path + "." + m.name
		}
		if m.required != nil {
			*all = append(*all, m.required.bind(operation, below))
		}
		collect(all, operation, below, m.shape)
	}
	if s.element != nil {
		collect(all, operation, path+"[]", s.element)
	}
}

func (r *rule) bind(operation, path string) Constraint {
	c := r.Constraint
	c.Operation, c.Path, c.Values = operation, path, slices.Clone(c.Values)
	for _, bound := range []**int64{&c.Min, &c.Max} {
		if *bound != nil {
			*bound = new(**bound)
		}
	}
	return c
}

// MemberNames returns the names of the members of an operation's request, in the order of the
// model; nil for an operation this package does not know.
func MemberNames(operation string) []string {
	s := inputs()[operation]
	if s == nil {
		return nil
	}
	names := make([]string, len(s.members))
	for i, m := range s.members {
		names[i] = m.name
	}
	return names
}

// VisitMembers visits every member below a structure by its path, and the elements of lists (Targets[]) and the values
// of maps, which are mapped: [] or .*.
func VisitMembers(s *smithy.Schema, path, mapped string, visit func(path string, s *smithy.Schema)) {
	below := func(path string, s *smithy.Schema) {
		visit(path, s)
		VisitMembers(s, path, mapped, visit)
	}
	switch s.Type() {
	case smithy.ShapeTypeStructure:
		for _, name := range slices.Sorted(maps.Keys(s.Members())) {
			below(strings.TrimPrefix(path+"."+name, "."), s.Member(name))
		}
	case smithy.ShapeTypeList:
		below(path+"[]", s.ListMember())
	case smithy.ShapeTypeMap:
		below(path+mapped, s.MapValue())
	default: // a value has nothing in it
	}
}

// JSONKind is the type of JSON that a shape has on the wire (AWS JSON 1.1: timestamps are numbers).
func JSONKind(t smithy.ShapeType) jsontree.Kind {
	switch t {
	case smithy.ShapeTypeStructure, smithy.ShapeTypeMap:
		return jsontree.Object
	case smithy.ShapeTypeList:
		return jsontree.Array
	case smithy.ShapeTypeBoolean:
		return jsontree.Bool
	case smithy.ShapeTypeInteger, smithy.ShapeTypeLong, smithy.ShapeTypeTimestamp:
		return jsontree.Number
	}
	return jsontree.String
}
