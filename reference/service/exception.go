package service

import "github.com/sendspec/sendspec/reference/jsontree"

// exception is an error answer. AWS writes the bare shape name into __type; the name of the
// text's key depends on the exception (evidence: errors/raw-2026).
type exception struct {
	status  int
	name    string
	key     string
	message string
}

// modelled is an error of the SSM model: its text is called Message, and is absent where message
// is empty.
func modelled(name, message string) *exception {
	return &exception{status: 400, name: name, key: "Message", message: message}
}

// framework is an error of AWS's framework: its text is called message.
func framework(name, message string) *exception {
	return &exception{status: 400, name: name, key: "message", message: message}
}

func validation(message string) *exception { return framework("ValidationException", message) }

// accessDenied names the resource as IAM does (evidence: errors/AccessDeniedException/denied; the user's name is ours).
func accessDenied(account, operation, resource string) *exception {
	return modelled("AccessDeniedException", "User: arn:aws:iam::"+account+":user/sendspec is not authorized to perform: ssm:"+operation+
		" on resource: "+resource+" because no identity-based policy allows the ssm:"+operation+" action")
}

// internalServerError has a text of our choice: none was recorded.
func internalServerError() *exception {
	e := modelled("InternalServerError", "An internal error occurred.")
	e.status = 500
	return e
}

func (e *exception) body() []byte {
	dst := append([]byte(`{"__type":`), jsontree.AppendString(nil, e.name)...)
	if e.message != "" {
		dst = append(dst, `,"`+e.key+`":`...)
		dst = jsontree.AppendString(dst, e.message)
	}
	return append(dst, '}')
}
