package main

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/fixtures"
)

func exportedBy(t *testing.T, args ...string) (out []byte, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(context.Background(), append([]string{"export"}, args...), Streams{Out: &o, Err: &e})
	return o.Bytes(), e.String(), code
}

// What is exported is a fixture file that has nothing left to expand: it reads as the very cases.
func TestWhatIsExportedReadsAsTheCorpus(t *testing.T) {
	out, errs, code := exportedBy(t)
	require.Equal(t, exitConforms, code, errs)
	var document struct {
		Format     string                       `json:"format"`
		Cases      []map[string]json.RawMessage `json:"cases"`
		Invariants []struct{ ID string }        `json:"invariants"`
		Facts      []struct {
			ID    string
			Where []struct{ Source string }
		} `json:"facts"`
		Sources []struct{ ID string } `json:"sources"`
	}
	require.NoError(t, json.Unmarshal(out, &document))
	assert.Equal(t, exportFormat, document.Format)
	assert.NotEmpty(t, document.Invariants)
	for _, c := range document.Cases {
		assert.Contains(t, c, "needs")
		delete(c, "needs")
	}
	file, err := json.Marshal(map[string]any{"cases": document.Cases})
	require.NoError(t, err)
	read, err := fixtures.Parse("all/Cases.json", file)
	require.NoError(t, err)
	want, err := fixtures.Embedded()
	require.NoError(t, err)
	require.Len(t, read, len(want))
	facts := map[string]bool{}
	for i, c := range want {
		a, err := json.Marshal(c)
		require.NoError(t, err)
		b, err := json.Marshal(read[i])
		require.NoError(t, err)
		assert.Equal(t, string(a), string(b))
		assert.Equal(t, c.Needs(), read[i].Needs(), c.ID)
		for _, id := range c.Evidence {
			facts[id] = true
		}
	}
	sources := map[string]bool{}
	for _, s := range document.Sources {
		sources[s.ID] = true
	}
	for _, f := range document.Facts {
		delete(facts, f.ID)
		for _, place := range f.Where {
			assert.True(t, sources[place.Source], "%s names the source %s", f.ID, place.Source)
		}
	}
	assert.Empty(t, facts, "facts that cases name and the export does not have")
}

func TestExportTakesSelectorsAndWritesSchemas(t *testing.T) {
	out, errs, code := exportedBy(t, "constraint/Comment/within-max", "accept/minimal")
	require.Equal(t, exitConforms, code, errs)
	assert.NotContains(t, string(out), `"id":"echo/`)
	assert.Contains(t, string(out), `"id":"accept/minimal/tag-target"`)
	out, errs, code = exportedBy(t, "--schema", "SendCommand")
	require.Equal(t, exitConforms, code, errs)
	assert.True(t, json.Valid(out))
	_, errs, code = exportedBy(t, "--schema", "sendCommand")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, `sendspec: no operation "sendCommand"; want one of SendCommand,`)
	_, errs, code = exportedBy(t, "no/such")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, "no/such")
}
