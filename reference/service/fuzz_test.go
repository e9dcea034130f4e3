package service_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sendspec/sendspec/reference/service"
)

// FuzzServeHTTP: whatever the body, the answer is one JSON object, and no server error unless the
// document is the damaged one.
func FuzzServeHTTP(f *testing.F) {
	world := service.Demo("", "")
	s := service.New(world.Options...)
	f.Add([]byte(`{"DocumentName":"sendspec-typed","Parameters":{"name":["x"],"number":["1"]},"InstanceIds":["i-01234567"]}`))
	f.Add([]byte(`{"DocumentName":"AWS-RunShellScript","Targets":[{"Key":"tag:a","Values":["b"]}],"NotificationConfig":{},"AlarmConfiguration":{"Alarms":[{"Name":"x"}]}}`))
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
