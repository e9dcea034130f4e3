package service_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sendspec/sendspec/reference/service"
)

// FuzzServeHTTP: whatever the body, the answer is one JSON object, and no server error unless the
// document is the damaged one.
func FuzzServeHTTP(f *testing.F) {
	world := service.Demo("", "")
	s := service.New(world.Options...)
	f.Add([]byte(`{"DocumentName":"sendspec-typed","Parameters":{"name":["x"],"number":["1"]},"InstanceIds":["i-01234567"]}`))
	f.Add([]byte(`{"DocumentName":"AWS-RunShellScript","Targets":[{"Key":"tag:a","Values":["b"]}],"NotificationConfig":{},` +
		`"AlarmConfiguration":{"Alarms":[{"Name":"x"}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(string(body)))
		r.Header.Set("X-Amz-Target", "AmazonSSM.SendCommand")
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		var object map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &object); err != nil {
			t.Fatalf("%q is answered %q: %v", body, w.Body, err)
		}
		if w.Code >= 500 && !strings.Contains(string(body), "broken") {
			t.Fatalf("%q is answered %d %q", body, w.Code, w.Body)
		}
	})
}

// FuzzLifecycle: whatever is asked about commands, the answer is one JSON object and no server error.
func FuzzLifecycle(f *testing.F) {
	world := service.Demo("", "")
	clock := service.NewManualClock(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	s := service.New(append(world.Options, service.WithClock(clock))...)
	operations := []string{"SendCommand", "ListCommands", "ListCommandInvocations", "GetCommandInvocation", "CancelCommand"}
	f.Add(uint8(1), []byte(`{"MaxResults":1,"Filters":[{"key":"InvokedAfter","value":"2026-01-01T00:00:00Z"}],"NextToken":"MS4wAGFiYw"}`))
	f.Add(uint8(2), []byte(`{"Details":true,"InstanceId":"i-0123456789abcdef0","Filters":[{"key":"Status","value":"Success"}]}`))
	f.Add(uint8(3), []byte(`{"CommandId":"00000000-0000-4000-8000-999000999000","InstanceId":"i-0123456789abcdef0","PluginName":"step0"}`))
	f.Add(uint8(0), []byte(`{"DocumentName":"AWS-RunShellScript","InstanceIds":["i-0123456789abcdef0"],`+
		`"Parameters":{"commands":["printf '%s\\n' \"a;b\" >&2; sleep 1e3; exit 1"]}}`))
	f.Fuzz(func(t *testing.T, operation uint8, body []byte) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(string(body)))
		r.Header.Set("X-Amz-Target", "AmazonSSM."+operations[int(operation)%len(operations)])
		r.Header.Set("Content-Type", "application/x-amz-json-1.1")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		clock.Advance(time.Second)
		var object map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &object); err != nil {
			t.Fatalf("%q is answered %q: %v", body, w.Body, err)
		}
		if w.Code >= 500 && !strings.Contains(string(body), "broken") {
			t.Fatalf("%q is answered %d %q", body, w.Code, w.Body)
		}
	})
}
