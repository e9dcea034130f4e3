package fuzz_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/service"
)

// lenient is a server with several faults, found in a short campaign.
func lenient(t *testing.T, count uint64) (*fuzz.CampaignReport, conformance.Target) {
	t.Helper()
	inner := edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		switch {
		case strings.Contains(body, `"TimeoutSeconds":29`), strings.Contains(body, `"Comment":7`), strings.HasSuffix(body, "},"):
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.Header().Set("X-Amzn-Requestid", "11111111-2222-4333-8444-555555555555")
			_, _ = w.Write([]byte(`{"Command":{"CommandId":"11111111-2222-4333-8444-555555555555"}}`))
		case strings.Contains(body, `"MaxErrors"`) && strings.Contains(body, "é"):
			w.WriteHeader(http.StatusBadGateway)
		default:
			next.ServeHTTP(w, r)
		}
	})
	target := serving(t, inner.Handler, service.DemoWorld{Bindings: inner.Bindings})
	target.Credentials = aws.Credentials{
		AccessKeyID: "AKIDSECRETSECRET", SecretAccessKey: "supersecretsecret", SessionToken: "tokentokentoken",
	}
	return campaign(t, target, 1, fuzz.Options{Count: count}), target
}

func TestFindingsAreSavedReplayedAndPromoted(t *testing.T) {
	t.Parallel()
	report, target := lenient(t, 1000)
	require.GreaterOrEqual(t, len(report.Divergences), 3)
	dir, corpus := t.TempDir(), t.TempDir()
	require.NoError(t, report.Save(dir))
	for _, f := range report.Divergences {
		note := filepath.Join(dir, f.ID, "note.md")
		require.NoError(t, os.WriteFile(note, []byte("seen on Monday, too"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, f.ID, "curl.sh"), []byte("older"), 0o600))
	}
	require.NoError(t, report.Save(dir), "once more")
	for _, f := range report.Divergences {
		require.FileExists(t, filepath.Join(dir, f.ID, "note.md"), "it is not ours")
		b, err := os.ReadFile(filepath.Join(dir, f.ID, "curl.sh"))
		if err == nil {
			require.NotEqual(t, "older", string(b))
		}
	}
	require.Len(t, globbed(t, filepath.Join(dir, "*")), len(report.Divergences)+1, "and campaign.json")
	require.Empty(t, globbed(t, filepath.Join(dir, "*", ".*")), "no file half written")

	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() {
			return nil
		}
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, secret := range []string{"AKIDSECRETSECRET", "supersecretsecret", "tokentokentoken", "Signature="} {
			require.NotContains(t, string(b), secret, path)
		}
		return nil
	}))

	saved, err := fuzz.Load(t.Context(), dir)
	require.NoError(t, err)
	require.Len(t, saved, len(report.Divergences))
	wrong, right := session(t, target, 5), session(t, server(t), 5)
	asked := map[string]bool{}
	for _, s := range saved {
		asked[askedBy(t, s)] = true
		require.Equal(t, fuzz.Failing, status(t, wrong, s), s.ID)
		require.Equal(t, fuzz.Fixed, status(t, right, s), s.ID)
		_, err := fuzz.Promote(t.Context(), s, corpus)
		require.NoError(t, err)
		_, err = fuzz.Promote(t.Context(), s, corpus)
		require.NoError(t, err, "once more")
	}

	cases, err := fixtures.Load(os.DirFS(corpus))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(cases), 3)
	require.Len(t, cases, len(asked), "one case for each question, however many findings ask it")
	require.Empty(t, fixtures.Lint(cases))
	for _, c := range cases {
		require.Equal(t, evidence.Inferred, c.Evidence.Kind())
		require.Contains(t, c.Note, "not yet looked at")
		require.Equal(t, fixtures.Suite, c.Since)
		require.Equal(t, judge.Pass, right.RunCase(t.Context(), c).Verdict, c.ID)
	}
}

func TestASavedRequestIsFramedAsItWasSent(t *testing.T) {
	t.Parallel()
	report := campaign(t, edited(t, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
		if r.ContentLength < 0 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	}), 1, fuzz.Options{Count: 30, Strategies: []generate.Strategy{generate.Wire}})
	require.NotEmpty(t, report.Divergences)
	dir := t.TempDir()
	require.NoError(t, report.Save(dir))
	b, err := os.ReadFile(filepath.Join(dir, report.Divergences[0].ID, "request.http"))
	require.NoError(t, err)
	require.Contains(t, string(b), "\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
	require.NotContains(t, string(b), "Content-Length")
}

// askedBy is what a finding's case asks and expects, without the words that are its own.
func askedBy(t *testing.T, s *fuzz.Divergence) string {
	t.Helper()
	name, err := fuzz.Promote(t.Context(), s, t.TempDir())
	require.NoError(t, err)
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	var file struct{ Cases []map[string]any }
	require.NoError(t, json.Unmarshal(b, &file))
	require.Len(t, file.Cases, 1)
	for _, word := range []string{"id", "title", "note", "evidence"} {
		delete(file.Cases[0], word)
	}
	question, err := json.Marshal(file.Cases[0])
	require.NoError(t, err)
	return filepath.Base(filepath.Dir(name)) + string(question)
}

func globbed(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	require.NoError(t, err)
	return names
}

// A saved finding is held to what a fixture is: without a level whatever a target answers would conform.
func TestASavedFindingIsLinted(t *testing.T) {
	t.Parallel()
	report, _ := lenient(t, 300)
	dir := t.TempDir()
	report.Divergences = report.Divergences[:1]
	require.NoError(t, report.Save(dir))
	file := globbed(t, filepath.Join(dir, "*", "finding.json"))[0]
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	for want, edit := range map[string]func(finding, tc, step map[string]any){
		`level "": want must, should or may`: func(_, tc, _ map[string]any) { delete(tc, "level") },
		`fingerprint: level "grave": want must, should or may`: func(f, _, _ map[string]any) {
			f["fingerprint"].(map[string]any)["level"] = "grave"
		},
		`poll: want a duration of at most 10m0s in within, got "99999h"`: func(_, _, step map[string]any) {
			step["poll"] = map[string]any{"within": "99999h", "until": map[string]any{}}
		},
		`want an ID of the form area/Topic/name`:        func(f, _, _ map[string]any) { f["id"] = "a\u202e" },
		`a step without an outcome conforms to nothing`: func(_, _, step map[string]any) { delete(step, "expect") },
		`asks nothing`:          func(_, tc, _ map[string]any) { delete(tc, "steps") },
		`want an id and a case`: func(f, _, _ map[string]any) { delete(f, "case") },
		`$nonsense`: func(_, _, step map[string]any) {
			step["expect"] = []any{map[string]any{"name": "a", "status": map[string]any{"$nonsense": 1}}}
		},
	} {
		var finding map[string]any
		require.NoError(t, json.Unmarshal(b, &finding))
		tc := finding["case"].(map[string]any)
		step := tc
		if steps, ok := tc["steps"].([]any); ok {
			step = steps[0].(map[string]any)
		}
		edit(finding, tc, step)
		edited, err := json.Marshal(finding)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, edited, 0o600))
		_, err = fuzz.Load(t.Context(), dir)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "\n")
	}
}

func TestTheReportOfACampaignIsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	var documents []string
	for range 2 {
		report := campaign(t, edited(t, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
			if strings.Contains(body, `"MaxErrors":"100%"`) {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			next.ServeHTTP(w, r)
		}), 3, fuzz.Options{Count: 400})
		b, err := fuzz.Marshal(report)
		require.NoError(t, err)
		require.True(t, json.Valid(b))
		require.NotEmpty(t, report.Divergences)
		documents = append(documents, string(b))
	}
	require.Equal(t, documents[0], documents[1])
	require.Contains(t, documents[0], `"format": "sendspec-fuzz/2"`)
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := fuzz.Load(t.Context(), filepath.Join(dir, "none"))
	require.ErrorContains(t, err, "none")
	_, err = fuzz.Load(t.Context(), dir)
	require.ErrorContains(t, err, "want a folder that sendspec fuzz --dir wrote")
	for name, content := range map[string]string{
		"no.json": "{", "unknown.json": `{"colour":1}`, "empty.json": `{}`,
		"noexpect.json": `{"id":"a","case":{"id":"a/b/c","title":"t","steps":[{"request":{}}]}}`,
	} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		_, err := fuzz.Load(t.Context(), file)
		require.ErrorContains(t, err, name)
	}
}

// An older version that was killed while it saved left a folder of its own.
func TestWhatAnOlderVersionDidNotFinishIsNoFinding(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".sendspec-1"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".sendspec-1", "finding.json"), []byte(`{"id":`), 0o600))
	_, err := fuzz.Load(t.Context(), dir)
	require.ErrorContains(t, err, "want a folder that sendspec fuzz --dir wrote")
}

// Findings saved before cases cited facts by ID are still read.
func TestAnOlderSavedFindingIsRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "finding.json")
	require.NoError(t, os.WriteFile(file, []byte(`{
		"id": "a", "fingerprint": {"check": "outcome", "place": "status", "level": "must", "want": "a refusal", "got": "200"},
		"case": {
			"id": "fuzz/meaning/1", "title": "t", "level": "must", "profile": "core", "safety": "inert",
			"evidence": {"kind": "recorded", "ref": "r"}, "source": [{"doc": "d", "section": "s"}], "note": "n",
			"steps": [{"request": {"body": {"base64": "e30="}}, "expect": [{"name": "refused", "status": 400}]}]
		}
	}`), 0o600))
	saved, err := fuzz.Load(t.Context(), file)
	require.NoError(t, err)
	require.Len(t, saved, 1)
	require.Equal(t, `n Saved with the evidence {"kind":"recorded","ref":"r"} of [{"doc":"d","section":"s"}]`, saved[0].Case.Note)
}

func status(t *testing.T, s *conformance.Session, f *fuzz.Divergence) fuzz.Status {
	t.Helper()
	what, why := fuzz.Replay(t.Context(), s, f)
	require.NotEmpty(t, why)
	return what
}
