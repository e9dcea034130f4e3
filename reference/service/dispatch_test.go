package service_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sendspec/sendspec/reference/service"
)

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del(name)
		if value != "" {
			r.Header.Set(name, value)
		}
	}
}

func TestDispatch(t *testing.T) {
	t.Parallel()
	s := service.New()
	const (
		body     = `{"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["true"]},"Targets":[{"Key":"tag:a","Values":["b"]}]}`
		unknown  = `{"__type":"UnknownOperationException"}`
		xml      = `<UnknownOperationException/>`
		json11   = "application/x-amz-json-1.1"
		notFound = http.StatusNotFound
	)
	for name, tc := range map[string]struct {
		edit        func(*http.Request)
		status      int
		contentType string
		body        string
	}{
		"charset":         {header("Content-Type", "application/x-amz-json-1.1; charset=utf-8"), 200, json11, ""},
		"upper case type": {header("Content-Type", "Application/X-Amz-Json-1.1"), 200, json11, ""},
		"no target":       {header("X-Amz-Target", ""), 400, json11, unknown},
		"unknown target":  {header("X-Amz-Target", "AmazonSSM.SendCommands"), 400, json11, unknown},
		"wrong case":      {header("X-Amz-Target", "AmazonSSM.sendCommand"), 400, json11, unknown},
		"other service":   {header("X-Amz-Target", "AmazonSNS.SendCommand"), 400, json11, unknown},
		"no prefix":       {header("X-Amz-Target", "SendCommand"), 400, json11, unknown},
		"plain JSON": {header("Content-Type", "application/json"), 200, "application/json",
			`{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}`},
		"no content type":   {header("Content-Type", ""), notFound, "text/xml", xml},
		"protocol 1.0":      {header("Content-Type", "application/x-amz-json-1.0"), notFound, "text/xml", xml},
		"other path":        {func(r *http.Request) { r.URL.Path = "/x" }, notFound, "text/xml", xml},
		"GET":               {func(r *http.Request) { r.Method = http.MethodGet }, 403, "text/xml", ""},
		"PUT":               {func(r *http.Request) { r.Method = http.MethodPut }, 403, "text/xml", ""},
		"query is left out": {func(r *http.Request) { r.URL.RawQuery = "a=b" }, 200, json11, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := post(t, s, body, tc.edit)
			assert.Equal(t, tc.status, got.Status, got.Raw)
			assert.Equal(t, tc.contentType, got.Header.Get("Content-Type"))
			assert.NotEmpty(t, got.Header.Get("x-amzn-RequestId"))
			if tc.body != "" {
				assert.Equal(t, tc.body, got.Raw)
			}
		})
	}
}

func TestBodiesThatAreNoRequest(t *testing.T) {
	t.Parallel()
	s := service.New()
	for body, want := range map[string]string{
		``:              `{"__type":"SerializationException"}`,
		`{`:             `{"__type":"SerializationException"}`,
		`null`:          `{"__type":"SerializationException"}`,
		`[]`:            `{"__type":"SerializationException","Message":"Start of list found where not expected"}`,
		`{"Comment":1}`: `{"__type":"SerializationException","Message":"NUMBER_VALUE can not be converted to a String"}`,
		`{}`: `{"__type":"ValidationException",` +
			`"message":"1 validation error detected: Value null at 'documentName' failed to satisfy constraint: Member must not be null"}`,
		`{"DocumentName":"abcd"}`: `{"__type":"InvalidInstanceId","Message":"Instances not in a valid state for account"}`,
	} {
		got := post(t, s, body)
		assert.Equal(t, 400, got.Status, body)
		assert.Equal(t, want, got.Raw, body)
	}
}

func TestBodyIsBounded(t *testing.T) {
	t.Parallel()
	s := service.New()
	got := post(t, s, strings.Repeat(" ", service.MaxBody+1))
	assert.Equal(t, http.StatusRequestEntityTooLarge, got.Status)
	assert.Equal(t, `{"__type":"RequestEntityTooLargeException"}`, got.Raw)
	assert.Equal(t, 400, post(t, s, strings.Repeat(" ", service.MaxBody)).Status)
}
