package oracle

import "github.com/sendspec/sendspec/fixtures"

func recorded(ref string) fixtures.Evidence {
	return fixtures.Evidence{Kind: fixtures.Recorded, Ref: ref}
}

func documented(ref string) fixtures.Evidence {
	return fixtures.Evidence{Kind: fixtures.Documented, Ref: ref}
}

func reported(ref string) fixtures.Evidence {
	return fixtures.Evidence{Kind: fixtures.Reported, Ref: ref}
}

func inferred(ref string) fixtures.Evidence {
	return fixtures.Evidence{Kind: fixtures.Inferred, Ref: ref}
}

var (
	semantics = fixtures.Source{Doc: "facts.md", Section: "3. ValidationException - semantic"}
	messages  = fixtures.Source{Doc: "facts.md", Section: "3. Errors: messages"}
	gaps      = fixtures.Source{Doc: "facts.md", Section: "6. Gaps"}

	duplicates = recorded("stackd-ssm-rg-boundary-7f5ed62afe.json duplicate-type; its text names tags and instances, too")
	together   = recorded("stackd-ssm-rg-3347d1af0988.json")
	validation = []string{"ValidationException"}
)

// Causes returns what each rule about the meaning of a request is broken by: the causes of Expectation.
func Causes() []string {
	var causes []string
	for _, r := range []refusal{
		duplicateValue, duplicateKey, tagBesideGroup, idsBesideGroup, severalGroups, noRunnableType, tooManyTypes, noDestination, bothDestinations,
		unknownInstance, stoppedInstance, duplicateInstance, deniedInstance, otherPlatform,
		unknownDocument, deniedDocument, otherDocumentType, unknownVersion, wrongHash, undeclaredParameter, missingParameter, forbiddenValue, otherParameterType, tooLarge,
		missingRole, missingTopic, noTopicARN, noRoleARN, firingAlarm, missingAlarm,
	} {
		causes = append(causes, r.cause)
	}
	return causes
}

// Rules about targets and nodes.
var (
	duplicateValue = refusal{
		cause: "a value twice in a target", rule: "A target does not name a value twice", level: fixtures.Must, evidence: duplicates, source: semantics, types: validation,
		message: "Duplicate values are not supported for Instance IDs, tag or resource group targets.Remove the duplicate value from key, and try again.",
	}
	duplicateKey = refusal{
		cause: "two targets of a key", rule: "Two targets do not have the same key", level: fixtures.Must, evidence: together, source: semantics, types: validation,
		message: "Duplicate keys are not supported for targets. Remove the duplicate key, and try again.",
	}
	tagBesideGroup = refusal{
		cause: "a tag beside a resource group", rule: "A tag and a resource group do not go together", level: fixtures.Must, evidence: together, source: semantics, types: validation,
		message: "A tag-key name or tag key-value pair can’t be specified together in the same command as a resource group target. Remove one target type, and try again.",
	}
	idsBesideGroup = refusal{
		cause: "instances beside a resource group", rule: "Instance IDs as target and a resource group do not go together", level: fixtures.Must, evidence: together, source: semantics, types: validation,
		message: "Instance IDs and a target resource group can’t be specified together in the same command. Remove one target type, and try again.",
	}
	severalGroups = refusal{
		cause: "several resource groups", rule: "A resource group target names one group", level: fixtures.Must, evidence: together, source: semantics, types: validation,
		message: "Multiple resource key values are not supported for resource group targets. Remove all but one value, and try again.",
	}
	noRunnableType = refusal{
		cause: "resource types that run nothing", rule: "Resource type filters need a type that a command can be sent to", level: fixtures.Must, evidence: together, source: semantics, types: validation,
		message: "Resource type filters must specify at least one of the valid send-command resource types: AWS::EC2::Instance or AWS::SSM::ManagedInstance." +
			"Add one or all of these valid types, and try again.",
	}
	tooManyTypes = refusal{
		cause: "six resource types", rule: "Resource type filters are at most five", level: fixtures.Should, source: semantics, types: validation, anyType: true,
		evidence: inferred("facts.md section 4: ResourceTypeFilters (≤5); the text was not recorded"),
	}

	noDestination = refusal{
		cause: "no node and no target", rule: "A command needs managed nodes or targets", level: fixtures.Must, source: gaps, anyType: true,
		types: []string{"InvalidInstanceId", "ValidationException", "InvalidParameters"}, evidence: documented("Targets is required if you don't provide one or more managed node IDs in the call"),
	}
	bothDestinations = refusal{
		cause: "nodes and targets", rule: "InstanceIds and Targets together are refused", level: fixtures.Should, source: gaps, anyType: true,
		types: []string{"InvalidInstanceId", "ValidationException", "InvalidParameters"}, evidence: inferred("facts.md section 4: which error is not specified"),
	}
	unknownInstance = refusal{
		cause: "an instance that is no managed node", rule: "An instance that is no managed node is InvalidInstanceId", level: fixtures.Must, source: messages,
		types: []string{"InvalidInstanceId"}, evidence: recorded("recorded/managed-execution.jsonl send-missing-instance"),
	}
	stoppedInstance = refusal{
		cause: "a managed node that is stopped", rule: "A managed node that cannot be reached is InvalidInstanceId", level: fixtures.Should, source: messages,
		types: []string{"InvalidInstanceId"}, evidence: reported("facts.md section 3: unknown, stopped or not managed"),
	}
	duplicateInstance = refusal{
		cause: "an instance twice", rule: "The same managed node twice in InstanceIds is refused", level: fixtures.Should, source: gaps,
		types: []string{"DuplicateInstanceId", "ValidationException"}, evidence: inferred("facts.md section 6: nobody has recorded which of the two it is"),
	}
	deniedInstance = refusal{
		cause: "a node that the caller may not send to", rule: "A node that the caller may not send to is AccessDeniedException", level: fixtures.Must, source: messages,
		types: []string{"AccessDeniedException"}, evidence: reported("facts.md section 3: is not authorized to perform: ssm:SendCommand on resource"),
	}
	otherPlatform = refusal{
		cause: "a document for another platform", rule: "A document for one platform cannot be sent to a node of another", level: fixtures.Must, source: messages,
		types: []string{"UnsupportedPlatformType"}, evidence: reported("facts.md section 3: Cannot perform operation for instance id i-xxx of platform type Windows"),
	}
)

// Rules about documents and their parameters.
var (
	unknownDocument = refusal{
		cause: "an unknown document", rule: "A document that does not exist is InvalidDocument", level: fixtures.Must, source: messages,
		types: []string{"InvalidDocument"}, evidence: recorded("recorded/managed-execution.jsonl send-missing-document (sent with InstanceIds)"),
	}
	deniedDocument = refusal{
		cause: "a document that the caller may not send", rule: "A document that the caller may not send is AccessDeniedException", level: fixtures.Must, source: messages,
		types: []string{"AccessDeniedException"}, evidence: reported("facts.md section 3: is not authorized to perform: ssm:SendCommand on resource"),
	}
	otherDocumentType = refusal{
		cause: "a document of type Automation", rule: "A document of type Automation is not for Run Command", level: fixtures.Must, source: gaps, anyType: true,
		types:    []string{"InvalidDocument", "ValidationException", "InvalidParameters", "UnsupportedPlatformType"},
		evidence: inferred("Run Command runs Command documents; the type of the error was not recorded"),
	}
	unknownVersion = refusal{
		cause: "an unknown version", rule: "A version that the document does not have is InvalidDocumentVersion", level: fixtures.Must, source: messages,
		types: []string{"InvalidDocumentVersion"}, evidence: recorded("recorded/managed-execution.jsonl send-missing-version (sent with InstanceIds)"),
	}
	wrongHash = refusal{
		cause: "a hash that is not the document's", rule: "A hash that is not the document's is refused", level: fixtures.Should, source: gaps, anyType: true,
		types:    []string{"InvalidDocument", "ValidationException", "InvalidParameters", "InvalidDocumentVersion", "InvalidDocumentContent"},
		evidence: inferred("DocumentHash is there to verify the document; the answer to a mismatch was not recorded"),
	}
	undeclaredParameter = refusal{
		cause: "a parameter that the document does not declare", rule: "A parameter that the document does not declare is InvalidParameters", level: fixtures.Must, source: messages,
		types: []string{"InvalidParameters"}, evidence: recorded("recorded/managed-execution.jsonl send-unknown-parameter (sent with InstanceIds)"),
	}
	missingParameter = refusal{
		cause: "a required parameter missing", rule: "A required parameter that has no value is InvalidParameters", level: fixtures.Must, source: messages,
		types: []string{"InvalidParameters"}, evidence: documented("You must specify values for all required parameters"),
	}
	forbiddenValue = refusal{
		cause: "a value that the parameter does not allow", rule: "A value against a parameter's allowedValues or allowedPattern is InvalidParameters", level: fixtures.Must, source: messages,
		types: []string{"InvalidParameters"}, evidence: recorded("facts.md section 3: parameter not declared / value not in allowedValues / pattern"),
	}
	otherParameterType = refusal{
		cause: "a value of another type than the parameter's", rule: "A value that cannot be read as the parameter's type is refused", level: fixtures.Should, source: messages, anyType: true,
		types: []string{"InvalidParameters", "ValidationException"}, evidence: inferred("only values that the document's parameters can take"),
	}
	tooLarge = refusal{
		cause: "parameters beyond 97 KB", rule: "Document and parameters of more than 100000 bytes are MaxDocumentSizeExceeded", level: fixtures.Must, source: messages,
		types: []string{"MaxDocumentSizeExceeded"}, evidence: recorded("facts.md section 4: size; counted with JSON escaping"),
		message: "The total size of your parameter(s) and document exceeds the 97KB limit.",
	}
)

// Rules about notifications and alarms.
var (
	missingRole = refusal{
		cause: "a notification without a role", rule: "A NotificationConfig needs a ServiceRoleArn", level: fixtures.Must, source: messages,
		types: []string{"InvalidRole"}, evidence: recorded("recorded/notifications.jsonl missing-role (sent with InstanceIds)"), message: "ServiceRoleArn is a required parameter to enable notification.",
	}
	missingTopic = refusal{
		cause: "a notification without a topic", rule: "A NotificationConfig with events or type needs a NotificationArn", level: fixtures.Must, source: messages,
		types: []string{"InvalidNotificationConfig"}, evidence: recorded("recorded/notifications.jsonl missing-topic (sent with InstanceIds)"), message: "NotificationArn is a required parameter to enable notification.",
	}
	noTopicARN = refusal{
		cause: "a topic that is no ARN of one", rule: "A NotificationArn that is no ARN of an SNS topic is refused", level: fixtures.Should, source: messages, anyType: true,
		types: []string{"InvalidNotificationConfig", "ValidationException"}, evidence: documented("InvalidNotificationConfig: Verify that a valid Amazon Resource Name (ARN) was provided"),
	}
	noRoleARN = refusal{
		cause: "a role that is no ARN", rule: "A ServiceRoleArn that is no ARN cannot publish a notification", level: fixtures.Should, source: messages, anyType: true,
		types: []string{"InvalidRole", "ValidationException", "AccessDeniedException"}, evidence: documented("InvalidRole: The role name can't contain invalid characters"),
	}
	firingAlarm = refusal{
		cause: "an alarm that fires", rule: "A command is refused while its alarm is in ALARM, also where poll failures are ignored", level: fixtures.Must, source: semantics,
		types: validation, evidence: recorded("recorded/alarms.jsonl ALARM-ignore-False, ALARM-ignore-True (sent with InstanceIds)"),
	}
	missingAlarm = refusal{
		cause: "an alarm that does not exist", rule: "An alarm that does not exist is UNKNOWN, and that is refused", level: fixtures.Must, source: semantics,
		types: validation, evidence: recorded("recorded/alarms.jsonl missing-ignore-False (sent with InstanceIds)"),
	}
)
