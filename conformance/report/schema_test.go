package report_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
)

func rendered(t *testing.T, format string, r *event.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, formatNamed(t, format).Write(&b, r, report.Options{Rerun: "sendspec run --seed 1"}))
	return b.Bytes()
}

// unjudged is the report of a run that found nothing to ask.
func unjudged() *event.Report {
	return &event.Report{Target: event.Target{Name: "a target"}, Stopped: "cannot judge: a target cannot be reached",
		Totals: event.Tally{}}
}

// halfway is the report of a run that was interrupted: a case in it could not be judged, and another was
// not asked.
func halfway(t *testing.T) *event.Report {
	t.Helper()
	r := nastyReport(t)
	r.Complete, r.Cut, r.Stopped = false, true, "interrupted"
	for i, reason := range []string{"cannot be signed: <b>", "not asked: the run was ended"} {
		at := &r.Results[len(r.Results)-1-i]
		*at = judge.Result{Case: at.Case, Verdict: []judge.Verdict{judge.Error, judge.Skip}[i], Reason: reason}
	}
	return r
}

// documentSchema is the JSON Schema of the JSON report.
func documentSchema(t *testing.T) []byte {
	t.Helper()
	schema, err := os.ReadFile("report.schema.json")
	require.NoError(t, err)
	return schema
}

func compiled(t *testing.T, name string, files map[string][]byte) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	for file, b := range files {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		require.NoError(t, err, file)
		require.NoError(t, c.AddResource("file:///schemas/"+file, doc))
	}
	schema, err := c.Compile("file:///schemas/" + name)
	require.NoError(t, err)
	return schema
}

func validates(t *testing.T, schema *jsonschema.Schema, document []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	require.NoError(t, err)
	require.NoError(t, schema.Validate(doc))
}

func TestTheJSONReportFollowsItsPublishedSchema(t *testing.T) {
	t.Parallel()
	schema := compiled(t, "report.json", map[string][]byte{"report.json": documentSchema(t)})
	for name, r := range map[string]*event.Report{"whole": nastyReport(t), "interrupted": halfway(t), "unjudged": unjudged()} {
		t.Run(name, func(t *testing.T) { validates(t, schema, rendered(t, "json", r)) })
	}
	for name, change := range map[string]func(map[string]any){
		"an unknown member":  func(d map[string]any) { d["colour"] = 1 },
		"another version":    func(d map[string]any) { d["format"] = "sendspec-report/1" },
		"an unknown verdict": func(d map[string]any) { d["cases"].([]any)[0].(map[string]any)["verdict"] = "passed" },
		"no cases":           func(d map[string]any) { delete(d, "cases") },
	} {
		t.Run(name, func(t *testing.T) {
			var d map[string]any
			require.NoError(t, json.Unmarshal(rendered(t, "json", nastyReport(t)), &d))
			change(d)
			require.Error(t, schema.Validate(d))
		})
	}
}

// The words of the schema are those of the code: a verdict that is added there is added here.
func TestTheSchemaKnowsEveryWord(t *testing.T) {
	t.Parallel()
	var schema struct {
		Defs map[string]struct {
			Enum []string `json:"enum"`
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(documentSchema(t), &schema))
	var verdicts, profiles, kinds []string
	for _, v := range judge.Verdicts() {
		verdicts = append(verdicts, string(v))
	}
	for _, p := range fixtures.Profiles() {
		profiles = append(profiles, string(p))
	}
	for _, k := range evidence.Kinds() {
		kinds = append(kinds, string(k))
	}
	assert.Equal(t, kinds, schema.Defs["kind"].Enum)
	assert.Equal(t, verdicts, schema.Defs["verdict"].Enum)
	assert.Equal(t, profiles, schema.Defs["profile"].Enum)
}

func TestTheSARIFReportFollowsItsSchema(t *testing.T) {
	t.Parallel()
	// The schema that OASIS publishes (sarif-schema-2.1.0.json), without its descriptions.
	published, err := os.ReadFile("testdata/sarif-schema-2.1.0.json")
	require.NoError(t, err)
	schema := compiled(t, "sarif.json", map[string][]byte{"sarif.json": published})
	for name, r := range map[string]*event.Report{"whole": nastyReport(t), "interrupted": halfway(t), "unjudged": unjudged()} {
		t.Run(name, func(t *testing.T) {
			document := rendered(t, "sarif", r)
			validates(t, schema, document)
			var log struct {
				Runs []struct {
					Invocations []struct{ ExecutionSuccessful bool }
					Tool        struct {
						Driver struct {
							Rules []struct{ ID, HelpURI string }
						}
					}
					Results []struct {
						RuleID    string
						RuleIndex int
						Locations []struct {
							PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
							LogicalLocations []struct{ FullyQualifiedName string }
						}
					}
				}
			}
			require.NoError(t, json.Unmarshal(document, &log))
			run := log.Runs[0]
			require.Len(t, run.Invocations, 1)
			assert.Equal(t, r.Complete, run.Invocations[0].ExecutionSuccessful)
			divergences := 0
			for _, res := range r.Results {
				if res.Verdict == judge.Fail || res.Verdict == judge.Warn {
					divergences++
				}
			}
			assert.Len(t, run.Results, divergences)
			for _, rule := range run.Tool.Driver.Rules {
				if strings.HasPrefix(rule.ID, "area/") { // the evidence of some invariants is a recording without an address
					assert.Regexp(t, `^https://\S+$`, rule.HelpURI)
				}
			}
			for _, result := range run.Results {
				assert.Equal(t, result.RuleID, run.Tool.Driver.Rules[result.RuleIndex].ID)
				where := result.Locations[0]
				uri := where.PhysicalLocation.ArtifactLocation.URI
				assert.FileExists(t, filepath.Join("..", "..", strings.Replace(uri, "fixtures/area/Topic.json", "README.md", 1)))
				assert.True(t, strings.HasPrefix(where.LogicalLocations[0].FullyQualifiedName, result.RuleID))
			}
		})
	}
}

func harSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	names, err := filepath.Glob("testdata/har-schema/*.json")
	require.NoError(t, err)
	files := map[string][]byte{}
	for _, name := range names {
		files[filepath.Base(name)], err = os.ReadFile(name)
		require.NoError(t, err)
	}
	return compiled(t, "har.json", files)
}

func TestTheHARReportFollowsTheSchemaOfTheFormat(t *testing.T) {
	t.Parallel()
	schema := harSchema(t)
	for name, r := range map[string]*event.Report{"whole": nastyReport(t), "interrupted": halfway(t), "unjudged": unjudged()} {
		t.Run(name, func(t *testing.T) { validates(t, schema, rendered(t, "har", r)) })
	}
}

// What a HAR holds of an answer is the answer: its bytes can be judged again.
func TestTheHARReportKeepsTheBytes(t *testing.T) {
	t.Parallel()
	var har struct {
		Log struct {
			Entries []struct {
				Case    string `json:"_case"`
				Request struct {
					Raw     string `json:"_raw"`
					Comment string `json:"comment"`
				} `json:"request"`
				Response struct {
					Status  int `json:"status"`
					Content struct {
						Text      string `json:"text"`
						Encoding  string `json:"encoding"`
						Truncated bool   `json:"_truncated"`
					} `json:"content"`
				} `json:"response"`
			} `json:"entries"`
		} `json:"log"`
	}
	require.NoError(t, json.Unmarshal(rendered(t, "har", nastyReport(t)), &har))
	seen := map[string]bool{}
	for _, e := range har.Log.Entries {
		_, name, _ := strings.Cut(e.Case, "area/Nasty/")
		seen[name] = true
		got := e.Response.Content.Text
		if e.Response.Content.Encoding == "base64" {
			b, err := base64.StdEncoding.DecodeString(got)
			require.NoError(t, err)
			got = string(b)
		}
		switch want := nasty[name]; {
		case name == "secrets":
			assert.NotContains(t, got, "distinctive")
		case e.Response.Content.Truncated:
			assert.Equal(t, "megabytes", name)
			assert.Equal(t, want[:len(got)], got)
		case want != "":
			assert.Equal(t, want, got, name)
		}
		if name == "framed" {
			raw, err := base64.StdEncoding.DecodeString(e.Request.Raw)
			require.NoError(t, err)
			assert.Contains(t, string(raw), "\r\nContent-Length: 19\r\nConnection: close\r\n\r\n{\"Comment\":\"framed\"}")
			assert.NotContains(t, string(raw), "Signature=")
			assert.NotContains(t, string(raw), "distinctive")
			assert.Contains(t, e.Request.Comment, "framed by hand")
		}
	}
	for name := range nasty {
		assert.True(t, seen[name], name)
	}
}
