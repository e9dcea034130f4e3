package oracle

import (
	"cmp"
	"regexp"

	"github.com/sendspec/sendspec/fixtures"
)

var validation = []string{"ValidationException"}

// causes are those of every rule.
var causes []string

// Causes returns what each semantic rule is broken by: the causes of Expectation.
func Causes() []string { return causes }

// rule is a semantic rule that is sure, and which errors AWS answers: what is wrong in a few words, the rule as a
// sentence, and the fact that it rests on.
func rule(cause, sentence, fact string, types ...string) refusal {
	causes = append(causes, cause)
	return refusal{cause: cause, rule: sentence, level: fixtures.Must, evidence: fixtures.Evidence{fact}, types: types}
}

// saying is the rule with the recorded text.
func (r refusal) saying(message string) refusal {
	r.message = message
	return r
}

// like is the rule with what the text looks like, where a part of it is not known.
func (r refusal) like(pattern string) refusal {
	r.pattern = pattern
	return r
}

// Rules about targets and nodes.
var (
	duplicateValue = rule("a value twice in a target", "A target does not name a value twice", "targets/duplicate-value", validation...).
			saying("Duplicate values are not supported for Instance IDs, tag or resource group targets." +
			"Remove the duplicate value from key, and try again.")
	duplicateKey = rule("two targets of a key", "Two targets do not have the same key", "targets/duplicate-key", validation...).
			saying("Duplicate keys are not supported for targets. Remove the duplicate key, and try again.")
	tagBesideGroup = rule("a tag beside a resource group", "A tag and a resource group do not go together",
		"targets/tag-and-group", validation...).
		saying("A tag-key name or tag key-value pair can’t be specified together in the same command as a resource group target. " +
			"Remove one target type, and try again.")
	idsBesideGroup = rule("instances beside a resource group", "Instance IDs as target and a resource group do not go together",
		"targets/instances-and-group", validation...).
		saying("Instance IDs and a target resource group can’t be specified together in the same command. " +
			"Remove one target type, and try again.")
	severalGroups = rule("several resource groups", "A resource group target names one group", "targets/two-groups", validation...).
			saying("Multiple resource key values are not supported for resource group targets. " +
			"Remove all but one value, and try again.")
	noRunnableType = rule("resource types that run nothing", "Resource type filters need a type that a command can be sent to",
		"targets/types-that-run-nothing", validation...).
		saying("Resource type filters must specify at least one of the valid send-command resource types: " +
			"AWS::EC2::Instance or AWS::SSM::ManagedInstance." +
			"Add one or all of these valid types, and try again.")
	tooManyTypes = rule("six resource types", "Resource type filters are at most five", "targets/at-most-five-types", validation...).
			ofAnyType(fixtures.Should)

	noDestination = rule("no node and no target", "A command needs managed nodes or targets", "request/Targets.needed",
		"InvalidInstanceId", "ValidationException", "InvalidParameters").ofAnyType(fixtures.Must)
	bothDestinations = rule("nodes and targets", "InstanceIds and Targets together are refused", "errors/destination/neither-or-both",
		"InvalidInstanceId", "ValidationException", "InvalidParameters").ofAnyType(fixtures.Should)
	unknownInstance = rule("an instance that is no managed node", "An instance that is no managed node is InvalidInstanceId",
		"errors/InvalidInstanceId/unknown", "InvalidInstanceId")
	unknownTarget = rule("an instance that is no managed node, as a target",
		"An instance that is no managed node is InvalidInstanceId under the target key InstanceIds, too",
		"errors/InvalidInstanceId/in-Targets", "InvalidInstanceId")
	stoppedInstance = rule("a managed node that is stopped", "A managed node that EC2 has stopped is InvalidInstanceId",
		"errors/InvalidInstanceId/stopped", "InvalidInstanceId")
	duplicateInstance = rule("an instance twice", "The same managed node twice in InstanceIds is refused",
		"errors/DuplicateInstanceId/open", "DuplicateInstanceId", "ValidationException").at(fixtures.Should)
	deniedInstance = rule("a node that the caller may not send to", "A node that the caller may not send to is AccessDeniedException",
		"errors/AccessDeniedException/node", "AccessDeniedException")
	otherPlatform = rule("a document for another platform", "A document for one platform cannot be sent to a node of another",
		"errors/UnsupportedPlatformType/message", "UnsupportedPlatformType")
)

// denialOf is what the text looks like that names a node which the caller may not send to; the region may be unknown.
func denialOf(id, region string) string {
	return denial + `aws[a-z-]*:ec2:` + cmp.Or(region, `[a-z0-9-]+`) + `:[0-9]{12}:instance/` + regexp.QuoteMeta(id) +
		` because no identity-based policy allows the ssm:SendCommand action$`
}

// denial is how the text of an AccessDeniedException begins, up to the account in the ARN of what is denied.
const denial = `^User: \S+ is not authorized to perform: ssm:SendCommand on resource: arn:`

// Rules about documents and their parameters.
var (
	unknownDocument = rule("an unknown document", "A document that does not exist is InvalidDocument",
		"errors/InvalidDocument/unknown", "InvalidDocument")
	deniedDocument = rule("a document that the caller may not send", "A document that the caller may not send is AccessDeniedException",
		"errors/AccessDeniedException/denied", "AccessDeniedException").like(denial + `\S+`)
	otherDocumentType = rule("a document of type Automation", "A document of type Automation is not for Run Command",
		"errors/InvalidDocument/other-types",
		"InvalidDocument", "ValidationException", "InvalidParameters", "UnsupportedPlatformType").ofAnyType(fixtures.Must)
	unknownVersion = rule("an unknown version", "A version that the document does not have is InvalidDocumentVersion",
		"errors/InvalidDocumentVersion/unknown", "InvalidDocumentVersion")
	wrongHash = rule("a hash that is not the document's", "A Sha256 hash that is not the document's is InvalidDocument",
		"errors/InvalidDocument/hash", "InvalidDocument").like(`^document hash [0-9a-fA-F]{64} does not match Sha256\.$`)
	wrongHashElsewhere = rule("a hash that is not the document's", "A hash that is not the document's is refused",
		"errors/InvalidDocument/hash-elsewhere",
		"InvalidDocument", "ValidationException", "InvalidParameters", "InvalidDocumentVersion", "InvalidDocumentContent").
		ofAnyType(fixtures.Should)
	undeclaredParameter = rule("a parameter that the document does not declare",
		"A parameter that the document does not declare is InvalidParameters", "errors/InvalidParameters/unknown", "InvalidParameters")
	missingParameter = rule("a required parameter missing", "A required parameter that has no value is InvalidParameters",
		"errors/InvalidParameters/required", "InvalidParameters")
	forbiddenValue = rule("a value that the parameter does not allow",
		"A value against a parameter's allowedValues or allowedPattern is InvalidParameters",
		"errors/InvalidParameters/values", "InvalidParameters")
	otherParameterType = rule("a value of another type than the parameter's",
		"A value that cannot be read as the parameter's type is refused", "errors/InvalidParameters/types",
		"InvalidParameters", "ValidationException").ofAnyType(fixtures.Should)
	tooLarge = rule("parameters beyond 97 KB", "Document and parameters of more than 100000 bytes are MaxDocumentSizeExceeded",
		"errors/MaxDocumentSizeExceeded/message", "MaxDocumentSizeExceeded").
		saying("The total size of your parameter(s) and document exceeds the 97KB limit.")
)

// Rules about notifications and alarms.
var (
	missingRole = rule("a notification without a role", "A NotificationConfig needs a ServiceRoleArn",
		"errors/InvalidRole/missing", "InvalidRole").saying("ServiceRoleArn is a required parameter to enable notification.")
	missingTopic = rule("a notification without a topic", "A NotificationConfig with events or type needs a NotificationArn",
		"errors/InvalidNotificationConfig/missing", "InvalidNotificationConfig").
		saying("NotificationArn is a required parameter to enable notification.")
	noTopicARN = rule("a topic that is no ARN of one", "A NotificationArn that is no ARN of an SNS topic is refused",
		"errors/InvalidNotificationConfig/form", "InvalidNotificationConfig", "ValidationException").ofAnyType(fixtures.Should)
	noRoleARN = rule("a role that is no ARN", "A ServiceRoleArn that is no ARN cannot publish a notification",
		"errors/InvalidRole/form", "InvalidRole", "ValidationException", "AccessDeniedException").ofAnyType(fixtures.Should)
	firingAlarm = rule("an alarm that fires", "A command is refused while its alarm is in ALARM, also where poll failures are ignored",
		"alarms/firing", validation...)
	missingAlarm = rule("an alarm that does not exist", "An alarm that does not exist is UNKNOWN, and that is refused",
		"alarms/missing", validation...)
)
