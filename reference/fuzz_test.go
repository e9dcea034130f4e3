package reference_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference"
)

// FuzzValidateOperation: whatever the body of whatever operation, every refusal has its exception, and
// every broken constraint its place and its words.
func FuzzValidateOperation(f *testing.F) {
	f.Add(0, []byte(`{"DocumentName":"a","InstanceIds":["x",""],"AlarmConfiguration":{"Alarms":[{},{"Name":" "}]},`+
		`"NotificationConfig":{"NotificationEvents":["x"]}}`))
	f.Add(1, []byte(`{"CommandId":"x","MaxResults":0,"Filters":[{"key":"Status"}]}`))
	f.Fuzz(func(t *testing.T, operation int, body []byte) {
		names := reference.Operations()
		r := reference.ValidateOperation(names[uint(operation)%uint(len(names))], body)
		exception, message := r.Exception()
		switch r.Validity() {
		case reference.Valid:
			require.Empty(t, exception)
		case reference.Invalid:
			require.Equal(t, "ValidationException", exception)
			require.Contains(t, message, "validation error")
			for _, v := range r.Violations {
				require.NotEmpty(t, v.Path)
				require.True(t, strings.HasPrefix(v.Rule, "Member must"), v.Rule)
			}
		default:
			require.Equal(t, "SerializationException", exception)
		}
	})
}

func FuzzValidateJSON(f *testing.F) {
	f.Add([]byte(`{"DocumentName":"abc","TimeoutSeconds":60,"Targets":[{"Key":"tag:a","Values":["b"]}],` +
		`"AlarmConfiguration":{"Alarms":[{"Name":"x"}]}}`))
	f.Add([]byte(`{"InstanceIds":[null,1],"Parameters":{"a":[""]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := reference.ValidateJSON(body)
		if r.Validity() == reference.Valid {
			if typed := reference.Validate(reference.InputOf(r.Tree)); typed != nil {
				t.Fatalf("%q is valid on the wire, but its typed form is not: %v", body, typed)
			}
		}
	})
}
