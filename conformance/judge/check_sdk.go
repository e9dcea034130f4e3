package judge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/schemas"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"

	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
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

// sdkOutputs are what the SDK reads the operations' answers into. Holds is the member with what is compared; "" where that is
// the output itself.
var sdkOutputs = map[string]struct {
	output reflect.Type
	schema *smithy.Schema
	holds  string
}{
	reference.SendCommand:  {reflect.TypeFor[ssm.SendCommandOutput](), schemas.SendCommand, "Command"},
	reference.ListCommands: {reflect.TypeFor[ssm.ListCommandsOutput](), schemas.ListCommands, "Commands"},
	reference.ListCommandInvocations: {
		reflect.TypeFor[ssm.ListCommandInvocationsOutput](), schemas.ListCommandInvocations, "CommandInvocations",
	},
	reference.GetCommandInvocation: {reflect.TypeFor[ssm.GetCommandInvocationOutput](), schemas.GetCommandInvocation, ""},
	reference.CancelCommand:        {reflect.TypeFor[ssm.CancelCommandOutput](), schemas.CancelCommand, ""},
}

func sdkReadsOutput(e *Exchanged) []Finding {
	operation := e.Step.Request.Operation
	if sdkOutputs[operation].schema == nil {
		return nil // of an operation that is not judged
	}
	body, text := forSDK(e)
	out, err := decode(operation, e, text)
	if err != nil {
		return broken(fixtures.Must, pathBody, "a body that the SDK reads",
			Description{Words: cut(untrusted.FirstLine(err.Error())), Kind: kindUnreadable})
	}
	name, read := sdkOutputs[operation].holds, reflect.ValueOf(out).Elem()
	if name == "" {
		return sameMembers("", body, read)
	}
	path, sent, read := "/"+name, body.Get(name), read.FieldByName(name)
	switch {
	case sent == nil:
	case read.Kind() == reflect.Pointer && sent.Kind == jsontree.Object:
		if read.IsNil() {
			return broken(fixtures.Must, path, "a "+name+" in the SDK's output", anything("none"))
		}
		return sameMembers(path, sent, read.Elem())
	case read.Kind() == reflect.Slice && sent.Kind == jsontree.Array:
		if read.Len() != len(sent.Items) {
			return broken(fixtures.Must, path, fmt.Sprintf("%d elements in the SDK's output", len(sent.Items)),
				Description{Words: fmt.Sprint(read.Len()), Kind: kindNumber})
		}
		for i := range sent.Items {
			if found := sameMembers(path+"/"+strconv.Itoa(i), &sent.Items[i], read.Index(i)); found != nil {
				return found
			}
		}
	}
	return nil
}

// compared are the members that are compared with what the SDK made of them, where a structure has them.
var compared = []string{
	"CommandId", "DocumentName", "Comment", "StatusDetails", "MaxErrors", "TimeoutSeconds", "RequestedDateTime", "ExpiresAfter",
	"InstanceId", "ResponseCode", "StandardOutputContent", "ExecutionStartDateTime",
}

func sameMembers(path string, sent *jsontree.Value, structure reflect.Value) []Finding {
	for _, name := range compared {
		v := sent.Get(name)
		if v == nil || v.Kind == jsontree.Null {
			continue
		}
		field := structure.FieldByName(name)
		if field.IsValid() && field.Kind() != reflect.Pointer {
			field = field.Addr()
		}
		if field.IsValid() && !sameRead(v, field.Interface()) {
			return broken(fixtures.Must, path+"/"+name, show(v)+" in the SDK's output", describeRead(field.Interface()))
		}
	}
	return nil
}

func sameRead(sent *jsontree.Value, read any) bool {
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
	operation := e.Step.Request.Operation
	if sdkOutputs[operation].schema == nil { // what is no operation of Run Command has its refusal read as SendCommand's would be
		operation = reference.SendCommand
	}
	_, err := decode(operation, e, e.Response.Body)
	var api smithy.APIError
	if !errors.As(err, &api) {
		return broken(fixtures.Must, pathBody, "an API error in the SDK", Description{Words: fmt.Sprint(err), Kind: kindUnreadable})
	}
	if e.ErrorType != "" && api.ErrorCode() != e.ErrorType {
		return broken(fixtures.Must, pathErrorType, e.ErrorType+" in the SDK", Description{Words: api.ErrorCode(), Kind: kindNone})
	}
	return nil
}

func decode(operation string, e *Exchanged, body []byte) (smithy.Deserializable, error) {
	row := sdkOutputs[operation]
	schema := smithy.NewOperationSchema(row.schema, reference.RequestSchema(operation), reference.ResponseSchema(operation))
	resp := &smithyhttp.Response{Response: &http.Response{
		StatusCode: e.Response.Status, Header: e.Response.Header, Body: io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
	}}
	out := reflect.New(row.output).Interface().(smithy.Deserializable)
	return out, sdkProtocol.DeserializeResponse(context.Background(), schema, ssm.TypeRegistry, resp, out)
}
