package judge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/schemas"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"

	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// sdkProtocol is what ssm.Client itself reads answers with; a test holds the two together.
var sdkProtocol = awsjson.New11(schemas.AmazonSSM)

var sdkCheck = check{
	rule("SDK/decodes",
		"aws-sdk-go-v2 reads every answer into the values it holds, and every refusal into an API error of the type it names",
		fixtures.Must, "shape/sdk-reads"),
	func(e *Exchanged) []Finding {
		if e.Response == nil || e.Body == nil || e.Err != nil || belowProtocol(e) || e.Response.Status/100 == 3 {
			return nil
		}
		if e.OK() {
			return sdkReadsOutput(e)
		}
		return sdkReadsError(e)
	},
}

// forSDK is what the SDK is given of an answer: its bytes, but of a list that is too long only the elements that the
// invariants look at.
func forSDK(e *Exchanged) (*jsontree.Value, []byte) {
	cut := jsontree.Value{Kind: jsontree.Object, Members: slices.Clone(e.Body.Members)}
	long := false
	for i := range cut.Members {
		if v := &cut.Members[i].Value; len(v.Items) > maxElements {
			v.Items, long = elements(v), true
		}
	}
	if !long {
		return e.Body, e.Response.Body
	}
	return &cut, cut.AppendJSON(nil)
}

// sdkOutput is what the SDK reads the operation's answer into, and its schema; nil for an operation
// that is not judged.
func sdkOutput(operation string) (smithy.Deserializable, *smithy.OperationSchema) {
	switch operation {
	case "SendCommand":
		return &ssm.SendCommandOutput{}, smithy.NewOperationSchema(schemas.SendCommand,
			schemas.SendCommandRequest, schemas.SendCommandResult)
	case "ListCommands":
		return &ssm.ListCommandsOutput{}, smithy.NewOperationSchema(schemas.ListCommands,
			schemas.ListCommandsRequest, schemas.ListCommandsResult)
	case "ListCommandInvocations":
		return &ssm.ListCommandInvocationsOutput{},
			smithy.NewOperationSchema(schemas.ListCommandInvocations, schemas.ListCommandInvocationsRequest,
				schemas.ListCommandInvocationsResult)
	case "GetCommandInvocation":
		return &ssm.GetCommandInvocationOutput{},
			smithy.NewOperationSchema(schemas.GetCommandInvocation, schemas.GetCommandInvocationRequest, schemas.GetCommandInvocationResult)
	case "CancelCommand":
		return &ssm.CancelCommandOutput{},
			smithy.NewOperationSchema(schemas.CancelCommand, schemas.CancelCommandRequest, schemas.CancelCommandResult)
	}
	return nil, nil
}

func sdkReadsOutput(e *Exchanged) []Finding {
	out, schema := sdkOutput(e.Step.Request.Operation)
	if out == nil {
		return nil
	}
	body, text := forSDK(e)
	if err := decode(schema, e, text, out); err != nil {
		return broken(fixtures.Must, pathBody, anything("a body that the SDK reads"),
			Description{Words: cut(untrusted.FirstLine(err.Error())), Kind: kindUnreadable})
	}
	switch out := out.(type) {
	case *ssm.SendCommandOutput:
		sent := body.Get("Command")
		if sent == nil || sent.Kind != jsontree.Object {
			return nil
		}
		if out.Command == nil {
			return broken(fixtures.Must, "/Command", anything("a Command in the SDK's output"), anything("none"))
		}
		return sameMembers("/Command", sent, readCommand(out.Command))
	case *ssm.ListCommandsOutput:
		return sameElements(body, "Commands", len(out.Commands), func(i int) []readMember { return readCommand(&out.Commands[i]) })
	case *ssm.ListCommandInvocationsOutput:
		return sameElements(body, "CommandInvocations", len(out.CommandInvocations), func(i int) []readMember {
			v := &out.CommandInvocations[i]
			return []readMember{{"CommandId", v.CommandId}, {"InstanceId", v.InstanceId},
				{"StatusDetails", v.StatusDetails}, {"RequestedDateTime", v.RequestedDateTime}}
		})
	case *ssm.GetCommandInvocationOutput:
		return sameMembers("", body, []readMember{
			{"CommandId", out.CommandId}, {"InstanceId", out.InstanceId}, {"StatusDetails", out.StatusDetails},
			{"ResponseCode", &out.ResponseCode},
			{"StandardOutputContent", out.StandardOutputContent}, {"ExecutionStartDateTime", out.ExecutionStartDateTime},
		})
	}
	return nil
}

// readMember is a member as the SDK read it: a *string, *int32 or *time.Time.
type readMember struct {
	name string
	read any
}

func readCommand(c *types.Command) []readMember {
	return []readMember{
		{"CommandId", c.CommandId}, {"DocumentName", c.DocumentName}, {"Comment", c.Comment}, {"StatusDetails", c.StatusDetails},
		{"MaxErrors", c.MaxErrors}, {"TimeoutSeconds", c.TimeoutSeconds},
		{"RequestedDateTime", c.RequestedDateTime}, {"ExpiresAfter", c.ExpiresAfter},
	}
}

// sameElements compares the elements of a list as sent with those that the SDK read.
func sameElements(body *jsontree.Value, name string, read int, members func(i int) []readMember) []Finding {
	sent := body.Get(name)
	if sent == nil || sent.Kind != jsontree.Array {
		return nil
	}
	if read != len(sent.Items) {
		return broken(fixtures.Must, "/"+name, anything(fmt.Sprintf("%d elements in the SDK's output", len(sent.Items))),
			Description{Words: fmt.Sprint(read), Kind: kindNumber})
	}
	for i := range sent.Items {
		if found := sameMembers("/"+name+"/"+strconv.Itoa(i), &sent.Items[i], members(i)); found != nil {
			return found
		}
	}
	return nil
}

func sameMembers(path string, sent *jsontree.Value, members []readMember) []Finding {
	for _, m := range members {
		if v := sent.Get(m.name); !sameRead(v, m.read) {
			return broken(fixtures.Must, path+"/"+m.name, anything(show(v)+" in the SDK's output"), describeRead(m.read))
		}
	}
	return nil
}

// sameRead compares a member as sent with the SDK's value for it.
func sameRead(sent *jsontree.Value, read any) bool {
	if sent == nil || sent.Kind == jsontree.Null {
		return true
	}
	switch read := read.(type) {
	case *string:
		return read != nil && *read == sent.Text
	case *int32:
		n, _ := sent.Int64()
		return read != nil && int64(*read) == n
	case *time.Time:
		f, _ := sent.Float64()
		return read != nil && math.Abs(float64(read.UnixMilli())/1000-f) < 0.0015
	}
	return true
}

func describeRead(read any) Description {
	switch read := read.(type) {
	case *string:
		return Description{Words: fmt.Sprintf("%q", aws.ToString(read)), Kind: kindString}
	case *int32:
		return Description{Words: fmt.Sprint(aws.ToInt32(read)), Kind: kindNumber}
	case *time.Time:
		return Description{Words: fmt.Sprint(aws.ToTime(read)), Kind: kindNumber}
	}
	return Description{}
}

func sdkReadsError(e *Exchanged) []Finding {
	out, schema := sdkOutput(e.Step.Request.Operation)
	if out == nil { // what is no operation of Run Command has its refusal read as SendCommand's would be
		out, schema = sdkOutput("SendCommand")
	}
	err := decode(schema, e, e.Response.Body, out)
	var api smithy.APIError
	if !errors.As(err, &api) {
		return broken(fixtures.Must, pathBody, anything("an API error in the SDK"),
			Description{Words: fmt.Sprint(err), Kind: kindUnreadable})
	}
	if e.ErrorType != "" && api.ErrorCode() != e.ErrorType {
		return broken(fixtures.Must, pathErrorType, anything(e.ErrorType+" in the SDK"),
			Description{Words: api.ErrorCode(), Kind: kindNone})
	}
	return nil
}

func decode(schema *smithy.OperationSchema, e *Exchanged, body []byte, into smithy.Deserializable) error {
	resp := &smithyhttp.Response{Response: &http.Response{
		StatusCode: e.Response.Status, Header: e.Response.Header, Body: io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
	}}
	return sdkProtocol.DeserializeResponse(context.Background(), schema, ssm.TypeRegistry, resp, into)
}
