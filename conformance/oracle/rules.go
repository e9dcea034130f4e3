package oracle

import "github.com/sendspec/sendspec/fixtures"

var validation = []string{"ValidationException"}

// Causes returns what each semantic rule is broken by: the causes of Expectation.
func Causes() []string {
	var causes []string
	for _, r := range []refusal{
		duplicateValue, duplicateKey, tagBesideGroup, idsBesideGroup, severalGroups, noRunnableType, tooManyTypes,
		noDestination, bothDestinations,
		unknownInstance, unknownTarget, stoppedInstance, duplicateInstance, deniedInstance, otherPlatform,
		unknownDocument, deniedDocument, otherDocumentType, unknownVersion, wrongHash, undeclaredParameter,
		missingParameter, forbiddenValue, otherParameterType, tooLarge,
		missingRole, missingTopic, noTopicARN, noRoleARN, firingAlarm, missingAlarm,
	} {
		causes = append(causes, r.cause)
	}
	return causes
}

// Rules about targets and nodes.
var (
	duplicateValue = refusal{
		cause: "a value twice in a target", rule: "A target does not name a value twice", level: fixtures.Must,
		evidence: fixtures.Evidence{"targets/duplicate-value"}, types: validation,
		message: "Duplicate values are not supported for Instance IDs, tag or resource group targets." +
			"Remove the duplicate value from key, and try again.",
	}
	duplicateKey = refusal{
		cause: "two targets of a key", rule: "Two targets do not have the same key", level: fixtures.Must,
		evidence: fixtures.Evidence{"targets/duplicate-key"}, types: validation,
		message: "Duplicate keys are not supported for targets. Remove the duplicate key, and try again.",
	}
	tagBesideGroup = refusal{
		cause: "a tag beside a resource group", rule: "A tag and a resource group do not go together", level: fixtures.Must,
		evidence: fixtures.Evidence{"targets/tag-and-group"}, types: validation,
		message: "A tag-key name or tag key-value pair can’t be specified together in the same command as a resource group target. " +
			"Remove one target type, and try again.",
	}
	idsBesideGroup = refusal{
		cause: "instances beside a resource group", rule: "Instance IDs as target and a resource group do not go together",
		level: fixtures.Must, evidence: fixtures.Evidence{"targets/instances-and-group"}, types: validation,
		message: "Instance IDs and a target resource group can’t be specified together in the same command. " +
			"Remove one target type, and try again.",
	}
	severalGroups = refusal{
		cause: "several resource groups", rule: "A resource group target names one group", level: fixtures.Must,
		evidence: fixtures.Evidence{"targets/two-groups"}, types: validation,
		message: "Multiple resource key values are not supported for resource group targets. Remove all but one value, and try again.",
	}
	noRunnableType = refusal{
		cause: "resource types that run nothing", rule: "Resource type filters need a type that a command can be sent to",
		level: fixtures.Must, evidence: fixtures.Evidence{"targets/types-that-run-nothing"}, types: validation,
		message: "Resource type filters must specify at least one of the valid send-command resource types: " +
			"AWS::EC2::Instance or AWS::SSM::ManagedInstance." +
			"Add one or all of these valid types, and try again.",
	}
	tooManyTypes = refusal{
		cause: "six resource types", rule: "Resource type filters are at most five", level: fixtures.Should, types: validation,
		anyType:  true,
		evidence: fixtures.Evidence{"targets/at-most-five-types"},
	}

	noDestination = refusal{
		cause: "no node and no target", rule: "A command needs managed nodes or targets", level: fixtures.Must, anyType: true,
		types:    []string{"InvalidInstanceId", "ValidationException", "InvalidParameters"},
		evidence: fixtures.Evidence{"request/Targets.needed"},
	}
	bothDestinations = refusal{
		cause: "nodes and targets", rule: "InstanceIds and Targets together are refused", level: fixtures.Should, anyType: true,
		types:    []string{"InvalidInstanceId", "ValidationException", "InvalidParameters"},
		evidence: fixtures.Evidence{"errors/destination/neither-or-both"},
	}
	unknownInstance = refusal{
		cause: "an instance that is no managed node", rule: "An instance that is no managed node is InvalidInstanceId",
		level: fixtures.Must,
		types: []string{"InvalidInstanceId"}, evidence: fixtures.Evidence{"errors/InvalidInstanceId/unknown"},
	}
	unknownTarget = refusal{
		cause: "an instance that is no managed node, as a target",
		rule:  "An instance that is no managed node is InvalidInstanceId under the target key InstanceIds, too",
		level: fixtures.Must,
		types: []string{"InvalidInstanceId"}, evidence: fixtures.Evidence{"errors/InvalidInstanceId/in-Targets"},
	}
	stoppedInstance = refusal{
		cause: "a managed node that is stopped", rule: "A managed node that EC2 has stopped is InvalidInstanceId",
		level: fixtures.Must,
		types: []string{"InvalidInstanceId"}, evidence: fixtures.Evidence{"errors/InvalidInstanceId/stopped"},
	}
	duplicateInstance = refusal{
		cause: "an instance twice", rule: "The same managed node twice in InstanceIds is refused", level: fixtures.Should,
		types: []string{"DuplicateInstanceId", "ValidationException"}, evidence: fixtures.Evidence{"errors/DuplicateInstanceId/open"},
	}
	deniedInstance = refusal{
		cause: "a node that the caller may not send to", rule: "A node that the caller may not send to is AccessDeniedException",
		level: fixtures.Must,
		types: []string{"AccessDeniedException"}, evidence: fixtures.Evidence{"errors/AccessDeniedException/node"},
	}
	otherPlatform = refusal{
		cause: "a document for another platform", rule: "A document for one platform cannot be sent to a node of another",
		level: fixtures.Must,
		types: []string{"UnsupportedPlatformType"}, evidence: fixtures.Evidence{"errors/UnsupportedPlatformType/message"},
	}
)

// Rules about documents and their parameters.
var (
	unknownDocument = refusal{
		cause: "an unknown document", rule: "A document that does not exist is InvalidDocument", level: fixtures.Must,
		types: []string{"InvalidDocument"}, evidence: fixtures.Evidence{"errors/InvalidDocument/unknown"},
	}
	deniedDocument = refusal{
		cause: "a document that the caller may not send", rule: "A document that the caller may not send is AccessDeniedException",
		level: fixtures.Must,
		types: []string{"AccessDeniedException"}, evidence: fixtures.Evidence{"errors/AccessDeniedException/denied"},
	}
	otherDocumentType = refusal{
		cause: "a document of type Automation", rule: "A document of type Automation is not for Run Command", level: fixtures.Must,
		anyType:  true,
		types:    []string{"InvalidDocument", "ValidationException", "InvalidParameters", "UnsupportedPlatformType"},
		evidence: fixtures.Evidence{"errors/InvalidDocument/other-types"},
	}
	unknownVersion = refusal{
		cause: "an unknown version", rule: "A version that the document does not have is InvalidDocumentVersion", level: fixtures.Must,
		types: []string{"InvalidDocumentVersion"}, evidence: fixtures.Evidence{"errors/InvalidDocumentVersion/unknown"},
	}
	wrongHash = refusal{
		cause: "a hash that is not the document's", rule: "A Sha256 hash that is not the document's is InvalidDocument",
		level: fixtures.Must, types: []string{"InvalidDocument"}, evidence: fixtures.Evidence{"errors/InvalidDocument/hash"},
		pattern: `^document hash [0-9a-fA-F]{64} does not match Sha256\.$`,
	}
	wrongHashElsewhere = refusal{
		cause: "a hash that is not the document's", rule: "A hash that is not the document's is refused", level: fixtures.Should,
		anyType: true,
		types: []string{"InvalidDocument", "ValidationException", "InvalidParameters", "InvalidDocumentVersion",
			"InvalidDocumentContent"},
		evidence: fixtures.Evidence{"errors/InvalidDocument/hash-elsewhere"},
	}
	undeclaredParameter = refusal{
		cause: "a parameter that the document does not declare",
		rule:  "A parameter that the document does not declare is InvalidParameters", level: fixtures.Must,
		types: []string{"InvalidParameters"}, evidence: fixtures.Evidence{"errors/InvalidParameters/unknown"},
	}
	missingParameter = refusal{
		cause: "a required parameter missing", rule: "A required parameter that has no value is InvalidParameters", level: fixtures.Must,
		types: []string{"InvalidParameters"}, evidence: fixtures.Evidence{"errors/InvalidParameters/required"},
	}
	forbiddenValue = refusal{
		cause: "a value that the parameter does not allow",
		rule:  "A value against a parameter's allowedValues or allowedPattern is InvalidParameters", level: fixtures.Must,
		types: []string{"InvalidParameters"}, evidence: fixtures.Evidence{"errors/InvalidParameters/values"},
	}
	otherParameterType = refusal{
		cause: "a value of another type than the parameter's", rule: "A value that cannot be read as the parameter's type is refused",
		level: fixtures.Should, anyType: true,
		types: []string{"InvalidParameters", "ValidationException"}, evidence: fixtures.Evidence{"errors/InvalidParameters/types"},
	}
	tooLarge = refusal{
		cause: "parameters beyond 97 KB", rule: "Document and parameters of more than 100000 bytes are MaxDocumentSizeExceeded",
		level: fixtures.Must,
		types: []string{"MaxDocumentSizeExceeded"}, evidence: fixtures.Evidence{"errors/MaxDocumentSizeExceeded/message"},
		message: "The total size of your parameter(s) and document exceeds the 97KB limit.",
	}
)

// Rules about notifications and alarms.
var (
	missingRole = refusal{
		cause: "a notification without a role", rule: "A NotificationConfig needs a ServiceRoleArn", level: fixtures.Must,
		types: []string{"InvalidRole"}, evidence: fixtures.Evidence{"errors/InvalidRole/missing"},
		message: "ServiceRoleArn is a required parameter to enable notification.",
	}
	missingTopic = refusal{
		cause: "a notification without a topic", rule: "A NotificationConfig with events or type needs a NotificationArn",
		level: fixtures.Must,
		types: []string{"InvalidNotificationConfig"}, evidence: fixtures.Evidence{"errors/InvalidNotificationConfig/missing"},
		message: "NotificationArn is a required parameter to enable notification.",
	}
	noTopicARN = refusal{
		cause: "a topic that is no ARN of one", rule: "A NotificationArn that is no ARN of an SNS topic is refused",
		level: fixtures.Should, anyType: true,
		types:    []string{"InvalidNotificationConfig", "ValidationException"},
		evidence: fixtures.Evidence{"errors/InvalidNotificationConfig/form"},
	}
	noRoleARN = refusal{
		cause: "a role that is no ARN", rule: "A ServiceRoleArn that is no ARN cannot publish a notification", level: fixtures.Should,
		anyType:  true,
		types:    []string{"InvalidRole", "ValidationException", "AccessDeniedException"},
		evidence: fixtures.Evidence{"errors/InvalidRole/form"},
	}
	firingAlarm = refusal{
		cause: "an alarm that fires", rule: "A command is refused while its alarm is in ALARM, also where poll failures are ignored",
		level: fixtures.Must,
		types: validation, evidence: fixtures.Evidence{"alarms/firing"},
	}
	missingAlarm = refusal{
		cause: "an alarm that does not exist", rule: "An alarm that does not exist is UNKNOWN, and that is refused", level: fixtures.Must,
		types: validation, evidence: fixtures.Evidence{"alarms/missing"},
	}
)
