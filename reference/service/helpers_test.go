package service_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference/service"
)

// fixedClock never advances, so that times can be compared.
type fixedClock struct{ at time.Time }

func (c fixedClock) Now() time.Time { return c.at }

// reply is a decoded answer.
type reply struct {
	Status int
	Header http.Header
	Raw    string
	Type   string `json:"__type"`
	Upper  *string
	Lower  *string
	Cmd    map[string]any
}

// post sends a body the way every SDK does; edit may change the request.
func post(t *testing.T, h http.Handler, body string, edit ...func(*http.Request)) reply {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "AmazonSSM.SendCommand")
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	for _, f := range edit {
		f(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	got := reply{Status: w.Code, Header: w.Header(), Raw: w.Body.String()}
	if strings.HasPrefix(got.Raw, "{") {
		// Not into a struct: encoding/json would take message for Message.
		var members map[string]any
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &members))
		got.Type, _ = members["__type"].(string)
		if text, ok := members["Message"].(string); ok {
			got.Upper = &text
		}
		if text, ok := members["message"].(string); ok {
			got.Lower = &text
		}
		got.Cmd, _ = members["Command"].(map[string]any)
	}
	return got
}

// ask sends a request of any operation.
func ask(t *testing.T, h http.Handler, operation, body string) reply {
	t.Helper()
	return post(t, h, body, func(r *http.Request) { r.Header.Set("X-Amz-Target", "AmazonSSM."+operation) })
}

// decode reads an answer's body into a value.
func decode[T any](t *testing.T, got reply) T {
	t.Helper()
	var v T
	require.Equal(t, http.StatusOK, got.Status, got.Raw)
	require.NoError(t, json.Unmarshal([]byte(got.Raw), &v))
	return v
}

// demo is a service over the demo world and its bindings.
func demo(t *testing.T, opts ...service.Option) (*service.Service, map[string]string) {
	t.Helper()
	world := service.Demo("", "")
	s := service.New(append(world.Options, opts...)...)
	return s, world.Bindings
}

// bind fills ${name} in.
func bind(t *testing.T, template string, bindings map[string]string) string {
	t.Helper()
	for name, value := range bindings {
		template = strings.ReplaceAll(template, "${"+name+"}", value)
	}
	require.NotContains(t, template, "${")
	return template
}

// seconds is ExpiresAfter minus RequestedDateTime.
func seconds(t *testing.T, command map[string]any) float64 {
	t.Helper()
	expires, ok := command["ExpiresAfter"].(float64)
	require.True(t, ok)
	requested, ok := command["RequestedDateTime"].(float64)
	require.True(t, ok)
	return expires - requested
}
