package oracle

import (
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/sendspec/sendspec/fixtures"
)

// The size of a command (evidence: size/pairs, size/rule): what is sent to the agent, and the parameters in JSON
// that is safe within HTML, have at most 100000 bytes each.
const (
	largestPayload = 100000
	aDocument      = 3000  // more than any document that is known here has, with what is beside it in the message
	LongestCommand = 98883 // alone for AWS-RunShellScript, of ASCII characters
	// shellFrame is what the message for AWS-RunShellScript has besides the parameters.
	shellFrame = largestPayload - LongestCommand - len(`{"commands":[""]}`)
)

// payload says what is certain: too large is what has too many bytes however the characters, the lists and the
// document count, and how they count is known in part.
func (o *Oracle) payload(m *semantics, in *ssm.SendCommandInput) {
	agent, html := sizeOf(in.Parameters, false), sizeOf(in.Parameters, true)
	frame := bounds{0, aDocument}
	if aws.ToString(in.DocumentName) == ShellScript {
		frame = outputSize(in).plus(shellFrame)
	}
	plain := 0
	for _, list := range in.Parameters {
		for _, v := range list {
			plain += utf8.RuneCountInString(v)
		}
	}
	switch {
	case plain > largestPayload:
		m.refuse(tooLarge)
	case agent.least+frame.least > largestPayload, html.least > largestPayload:
		m.refuse(tooLarge.at(fixtures.Should))
	case agent.most+frame.most > largestPayload, html.most > largestPayload:
		m.uncertain(uncertainty{exceptions: tooLarge.types, level: fixtures.Should})
	case max(agent.most, html.most) > largestPayload-aDocument: // taken, until AWS revises the document
		m.uncertain(uncertainty{level: fixtures.Should})
	}
}

// bounds are of a size that is not known exactly.
type bounds struct{ least, most int }

func (b bounds) plus(n int) bounds { return bounds{b.least + n, b.most + n} }

func (b *bounds) add(o bounds) { b.least, b.most = b.least+o.least, b.most+o.most }

// outputSize is what the members about the output add to those of CloudWatch that are always there: an empty name and
// "false". Whether a log group counts that is not enabled was not recorded.
func outputSize(in *ssm.SendCommandInput) bounds {
	var size bounds
	if bucket := aws.ToString(in.OutputS3BucketName); bucket != "" {
		size.add(textSize(bucket, false).plus(len(`"OutputS3BucketName":,`)))
	}
	if prefix := aws.ToString(in.OutputS3KeyPrefix); prefix != "" {
		size.add(textSize(prefix, false).plus(len(`"OutputS3KeyPrefix":,`)))
	}
	if watch := in.CloudWatchOutputConfig; watch != nil {
		group := textSize(aws.ToString(watch.CloudWatchLogGroupName), false).plus(-len(`""`))
		if watch.CloudWatchOutputEnabled {
			size.add(group.plus(len("true") - len("false")))
		} else {
			size.most += group.most
		}
	}
	return size
}

// sizeOf is the size of the parameters in JSON, whose single values may be lists or bare.
func sizeOf(parameters map[string][]string, html bool) bounds {
	size := bounds{}.plus(len(`{}`) + max(0, len(parameters)-1))
	for name, values := range parameters {
		size.add(textSize(name, html).plus(len(`:`) + max(0, len(values)-1)))
		switch {
		case name == "commands" || len(values) != 1:
			size = size.plus(len(`[]`))
		case html:
			size.most += len(`[]`)
		}
		for _, v := range values {
			size.add(textSize(v, html))
		}
	}
	return size
}

// textSize is the size of a text in JSON of ASCII characters. Recorded with six bytes are NUL, the euro sign and, for
// HTML, the less-than sign; what is not certain of others is within the bounds.
func textSize(s string, html bool) bounds {
	size := bounds{}.plus(len(`""`))
	for _, r := range s {
		switch {
		case r == '"' || r == '\\' || r == '\n' || r == '\r' || r == '\t':
			size = size.plus(2)
		case r == '\b' || r == '\f':
			size.add(bounds{2, 6})
		case r == 0x7f || html && (r == '>' || r == '&' || r == '\'' || r == '='):
			size.add(bounds{1, 6})
		case r > 0xffff:
			size.add(bounds{utf8.RuneLen(r), 12})
		case r < ' ' || r >= utf8.RuneSelf || html && r == '<':
			size = size.plus(6)
		default:
			size = size.plus(1)
		}
	}
	return size
}
