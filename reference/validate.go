package reference

import "github.com/aws/aws-sdk-go-v2/service/ssm"

// Validate returns every constraint that the request breaks, in the order of the members, or nil for a valid request. A
// nil in is a request without members. As in the SDK a nil pointer, a nil list and an empty enum value are absent members.
//
// It looks at the request alone: whether the document, the nodes or the alarm exist is the business of
// reference/service. It never changes in.
func Validate(in *ssm.SendCommandInput) []Violation {
	if in == nil {
		in = &ssm.SendCommandInput{}
	}
	constrained := *in
	constrained.Parameters = nil // no source has a constraint on them
	var w walker
	w.tree(inputs()[SendCommand], TreeOf(&constrained))
	return w.found
}
