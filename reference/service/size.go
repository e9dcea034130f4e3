package service

import (
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// maxPayload is the largest size of a command in bytes (evidence: size/limit; AWS's text calls it 97KB).
const maxPayload = 100000

// checkSize bounds what a command takes, in either of two forms: what is sent to the agent, and the
// parameters in JSON that is safe within HTML. Every recorded pair fits (evidence: size/pairs, size/rule).
func (v *documentVersion) checkSize(in *ssm.SendCommandInput) *answer {
	if max(v.agentPayloadSize(in), htmlSafeSize(in.Parameters)) <= maxPayload {
		return nil
	}
	return modelled("MaxDocumentSizeExceeded", "The total size of your parameter(s) and document exceeds the 97KB limit.")
}

// agentPayloadSize is the size of the message that the agent gets. Its members are those of SendCommandPayload in
// amazon-ssm-agent: the two of CloudWatch are always there, those of S3 only where they are given (recorded).
func (v *documentVersion) agentPayloadSize(in *ssm.SendCommandInput) int {
	const fixed = `{"CloudWatchLogGroupName":,"CloudWatchOutputEnabled":,"CommandId":"00000000-0000-4000-8000-000000000000",` +
		`"DocumentContent":,"DocumentName":,"Parameters":}`
	watch := in.CloudWatchOutputConfig
	if watch == nil {
		watch = &types.CloudWatchOutputConfig{}
	}
	enabled := `"false"`
	if watch.CloudWatchOutputEnabled {
		enabled = `"true"`
	}
	size := len(fixed) + v.size + jsonSize(aws.ToString(in.DocumentName), false) +
		jsonSize(aws.ToString(watch.CloudWatchLogGroupName), false) + len(enabled)
	if bucket := aws.ToString(in.OutputS3BucketName); bucket != "" {
		size += len(`,"OutputS3BucketName":`) + jsonSize(bucket, false)
	}
	if prefix := aws.ToString(in.OutputS3KeyPrefix); prefix != "" {
		size += len(`,"OutputS3KeyPrefix":`) + jsonSize(prefix, false)
	}
	return size + parametersSize(in.Parameters, false, func(name string) bool { return v.parameters[name].kind == "StringList" })
}

func htmlSafeSize(parameters map[string][]string) int {
	return parametersSize(parameters, true, func(string) bool { return true })
}

// parametersSize is the size of the parameters as an object, in which some are lists and the others single values.
func parametersSize(parameters map[string][]string, html bool, isList func(name string) bool) int {
	size := len(`{}`) + max(0, len(parameters)-1)
	for name, values := range parameters {
		size += jsonSize(name, html) + len(`:`) + max(0, len(values)-1)
		if isList(name) {
			size += len(`[]`)
		}
		for _, value := range values {
			size += jsonSize(value, html)
		}
	}
	return size
}

// jsonSize is the size of a string in JSON of ASCII characters. Recorded are NUL, the euro sign and, for HTML, the
// less-than sign, with six bytes each; that others of their kind take as many is our choice.
func jsonSize(s string, html bool) int {
	size := len(`""`)
	for _, r := range s {
		switch {
		case r == '"' || r == '\\' || r == '\n' || r == '\r' || r == '\t' || r == '\b' || r == '\f':
			size += len(`\n`)
		case r > 0xffff:
			size += len(`\ud83d\ude00`)
		case r < ' ' || r >= utf8.RuneSelf || html && (r == '<' || r == '>' || r == '&' || r == '\''):
			size += len(`\u0000`)
		default:
			size++
		}
	}
	return size
}
