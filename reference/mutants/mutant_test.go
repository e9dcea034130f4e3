package mutants_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

// A wrong server that breaks where its defect is not would be noticed for the wrong reason.
func TestNoMutantBreaksOnOddRequests(t *testing.T) {
	t.Parallel()
	const command = `"CommandId":"00000000-0000-4000-8000-000000000000"`
	sent := []string{
		``, `null`, `[]`, `{}`, `{"DocumentName":"AWS-RunShellScript"}`, `{"DocumentName":null,"InstanceIds":null,"Targets":null}`,
		`{"DocumentName":"AWS-RunShellScript","InstanceIds":["i-00000000"],"Parameters":{"commands":["true"]}}`,
		`{"DocumentName":"AWS-RunShellScript","InstanceIds":["i-00000000"]}`,
		`{"DocumentName":"AWS-RunShellScript","InstanceIds":[]}`, `{"DocumentName":"none","Targets":[{}]}`,
		`{"DocumentName":"AWS-RunShellScript","Targets":[{"Key":"resource-groups:Name","Values":[]}]}`,
		`{"DocumentName":1,"InstanceIds":{},"Targets":[1],"Parameters":[],"AlarmConfiguration":{"Alarms":[null]}}`,
	}
	asked := []string{
		``, `{` + command + `}`, `{` + command + `,"InstanceId":"i-00000000","Filters":[null],"InstanceIds":[null],"MaxResults":1}`,
		`{"CommandId":null,"InstanceId":1,"Filters":[{"key":"Status","value":"Success"}],"NextToken":"x","Details":1}`,
	}
	for _, m := range mutants.All() {
		handler := m.Handler(service.Demo("", "").Options...)
		for _, operation := range reference.Operations() {
			bodies := asked
			if operation == reference.SendCommand {
				bodies = sent
			}
			for _, body := range bodies {
				request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
				request.Header.Set("Content-Type", "application/x-amz-json-1.1")
				request.Header.Set("X-Amz-Target", "AmazonSSM."+operation)
				assert.NotPanics(t, func() { handler.ServeHTTP(httptest.NewRecorder(), request) }, "%s: %s %s", m.Name, operation, body)
			}
		}
	}
}
