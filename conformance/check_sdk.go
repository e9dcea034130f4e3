package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/schemas"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"

	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// sdkProtocol is what ssm.Client itself reads answers with; a test holds the two together.
var sdkProtocol = awsjson.New11(schemas.AmazonSSM)

var sdkCheck = Check{
	rule("SDK/decodes", "aws-sdk-go-v2 reads SendCommand's answer into the values it holds, and every refusal into an API error of the type it names", fixtures.Must,
		fixtures.Evidence{Kind: fixtures.Model, Ref: "github.com/aws/aws-sdk-go-v2/service/ssm v1.82.0"}, awsJSON),
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

func sdkReadsOutput(e *Exchanged) []Finding {
	if e.Step.Request.Operation != "SendCommand" {
		return nil
	}
	out := &ssm.SendCommandOutput{}
	schema := smithy.NewOperationSchema(schemas.SendCommand, schemas.SendCommandRequest, schemas.SendCommandResult)
	if err := decode(schema, e, out); err != nil {
		return broken(fixtures.Must, pathBody, "a body that the SDK reads", cut(firstLine(err.Error())))
	}
	sent := e.Body.Get("Command")
	if sent == nil || sent.Kind != jsontree.Object {
		return nil
	}
	if out.Command == nil {
		return broken(fixtures.Must, "/Command", "a Command in the SDK's output", "none")
	}
	for _, f := range []struct {
		name string
		read any
	}{
		{"CommandId", out.Command.CommandId}, {"DocumentName", out.Command.DocumentName}, {"Comment", out.Command.Comment},
		{"StatusDetails", out.Command.StatusDetails}, {"MaxErrors", out.Command.MaxErrors}, {"TimeoutSeconds", out.Command.TimeoutSeconds},
		{"RequestedDateTime", out.Command.RequestedDateTime}, {"ExpiresAfter", out.Command.ExpiresAfter},
	} {
		if got, ok := sameRead(sent.Get(f.name), f.read); !ok {
			return broken(fixtures.Must, "/Command/"+f.name, show(sent.Get(f.name))+" in the SDK's output", got)
		}
	}
	return nil
}

// sameRead compares a member as sent with the SDK's value for it.
func sameRead(sent *jsontree.Value, read any) (string, bool) {
	if sent == nil || sent.Kind == jsontree.Null {
		return "", true
	}
	switch read := read.(type) {
	case *string:
		return fmt.Sprintf("%q", aws.ToString(read)), read != nil && *read == sent.Text
	case *int32:
		n, _ := sent.Int64()
		return fmt.Sprint(aws.ToInt32(read)), read != nil && int64(*read) == n
	case *time.Time:
		f, _ := sent.Float64()
		return fmt.Sprint(aws.ToTime(read)), read != nil && absolute(float64(read.UnixMilli())/1000-f) < 0.0015
	}
	return "", true
}

func absolute(f float64) float64 { return max(f, -f) }

func sdkReadsError(e *Exchanged) []Finding {
	schema := smithy.NewOperationSchema(schemas.SendCommand, schemas.SendCommandRequest, schemas.SendCommandResult)
	err := decode(schema, e, &ssm.SendCommandOutput{})
	var api smithy.APIError
	if !errors.As(err, &api) {
		return broken(fixtures.Must, pathBody, "an API error in the SDK", fmt.Sprintf("%v", err))
	}
	if e.ErrorType != "" && api.ErrorCode() != e.ErrorType {
		return broken(fixtures.Must, pathErrorType, e.ErrorType+" in the SDK", api.ErrorCode())
	}
	return nil
}

func decode(schema *smithy.OperationSchema, e *Exchanged, into smithy.Deserializable) error {
	resp := &smithyhttp.Response{Response: &http.Response{
		StatusCode: e.Response.Status, Header: e.Response.Header, Body: io.NopCloser(bytes.NewReader(e.Response.Body)),
		ContentLength: int64(len(e.Response.Body)),
	}}
	return sdkProtocol.DeserializeResponse(context.Background(), schema, ssm.TypeRegistry, resp, into)
}
