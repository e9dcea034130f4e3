package reference

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
