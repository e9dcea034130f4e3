package reference_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
)

// The schema that other languages get says of each body of the corpus what the validator says, wherever AWS's answer is known
// and no conversion is in play.
func TestTheJSONSchemaAgreesWithTheValidator(t *testing.T) {
	t.Parallel()
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	bindings := fixtures.Bindings{}
	for name := range fixtures.KnownBindings() {
		bindings[name] = "i-0123456789abcdef0"
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, operation := range reference.Operations() {
		b, err := reference.JSONSchema(operation)
		require.NoError(t, err)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		require.NoError(t, err)
		compiler := jsonschema.NewCompiler()
		require.NoError(t, compiler.AddResource("request.json", doc))
		schemas[operation], err = compiler.Compile("request.json")
		require.NoError(t, err)
	}
	agreed := map[string]int{}
	for _, c := range cases {
		steps, err := c.Bind(bindings)
		require.NoError(t, err)
		for _, step := range steps {
			operation, sent := step.Request.Operation, step.Request.Body
			r := reference.ValidateOperation(operation, sent)
			if schemas[operation] == nil || r.Malformed != nil || len(r.Unknown) > 0 || len(r.Tree.Duplicates()) > 0 {
				continue
			}
			body, err := jsonschema.UnmarshalJSON(bytes.NewReader(sent))
			if err != nil {
				continue
			}
			err = schemas[operation].Validate(body)
			valid := r.Validity() == reference.Valid
			if assert.Equal(t, valid, err == nil, "%s: %.300s\n%v %v", c.ID, sent, r.Validity(), err) {
				agreed[fmt.Sprint(operation, " ", valid)]++
			}
		}
	}
	for _, operation := range reference.Operations() {
		assert.NotZero(t, agreed[operation+" true"], operation)
		assert.NotZero(t, agreed[operation+" false"], operation)
	}
	t.Log(agreed)
	_, err = reference.JSONSchema("DeleteDocument")
	assert.ErrorContains(t, err, `no operation "DeleteDocument"; want one of SendCommand, ListCommands,`)
}
