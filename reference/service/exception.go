package service

import (
	"net/http"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// refusal is an error answer. AWS writes the bare shape name into __type; the name of the
// text's key depends on the exception (evidence: errors/raw-2026).
func refusal(status int, name, key, message string) *answer {
	body := append([]byte(`{"__type":`), jsontree.AppendString(nil, name)...)
	if message != "" {
		body = append(body, `,"`+key+`":`...)
		body = jsontree.AppendString(body, message)
	}
	return &answer{status: status, contentType: jsonContentType, body: append(body, '}')}
}

// modelled is an error of the SSM model: its text is called Message, and is absent where message
// is empty.
func modelled(name, message string) *answer {
	return refusal(http.StatusBadRequest, name, "Message", message)
}

// framework is an error of AWS's framework: its text is called message.
func framework(name, message string) *answer {
	return refusal(http.StatusBadRequest, name, "message", message)
}

func validation(message string) *answer { return framework("ValidationException", message) }

// serialization: Coral services call its text Message (evidence: errors/raw-2026).
func serialization(message string) *answer { return modelled("SerializationException", message) }

// accessDenied names the resource as IAM does (evidence: errors/AccessDeniedException/denied; the user's name is ours).
func accessDenied(account, operation, resource string) *answer {
	return modelled("AccessDeniedException", "User: arn:aws:iam::"+account+":user/sendspec is not authorized to perform: ssm:"+operation+
		" on resource: "+resource+" because no identity-based policy allows the ssm:"+operation+" action")
}

// internalServerError has a text of our choice: none was recorded.
func internalServerError() *answer {
	return refusal(http.StatusInternalServerError, "InternalServerError", "Message", "An internal error occurred.")
}
