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
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz"
	"github.com/sendspec/sendspec/reference/service"
)

// lenient is a server with several faults, found in a short campaign.
func lenient(t *testing.T) (*fuzz.Report, conformance.Target) {
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
	target := serving(t, inner.Handler, service.World{Bindings: inner.Bindings})
	target.Credentials = aws.Credentials{AccessKeyID: "AKIDSECRETSECRET", SecretAccessKey: "supersecretsecret", SessionToken: "tokentokentoken"}
	return campaign(t, target, 1, fuzz.Options{Count: 4000}), target
}

func TestFindingsAreSavedReplayedAndPromoted(t *testing.T) {
	t.Parallel()
	report, target := lenient(t)
	require.GreaterOrEqual(t, len(report.Findings), 3)
	dir, corpus := t.TempDir(), t.TempDir()
	for _, f := range report.Findings {
		require.NoError(t, fuzz.Save(dir, target, f))
		require.NoError(t, fuzz.Save(dir, target, f), "once more")
	}

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
	require.Len(t, saved, len(report.Findings))
	wrong, right := session(t, target, 5), session(t, server(t), 5)
	for _, s := range saved {
		require.Equal(t, fuzz.Failing, fuzz.Replay(t.Context(), wrong, s).Standing, s.ID)
		require.Equal(t, fuzz.Fixed, fuzz.Replay(t.Context(), right, s).Standing, s.ID)
		_, err := fuzz.Promote(t.Context(), s, corpus)
		require.NoError(t, err)
		_, err = fuzz.Promote(t.Context(), s, corpus)
		require.NoError(t, err, "once more")
	}

	cases, err := fixtures.Load(os.DirFS(corpus))
	require.NoError(t, err)
	require.Len(t, cases, len(saved))
	require.Empty(t, fixtures.Lint(cases))
	for _, c := range cases {
		require.Equal(t, fixtures.Inferred, c.Evidence.Kind)
		require.Contains(t, c.Note, "Provisional")
		require.Equal(t, conformance.Pass, right.Once(t.Context(), c).Verdict, c.ID)
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
		}), 3, fuzz.Options{Count: 2000})
		b, err := fuzz.Marshal(report)
		require.NoError(t, err)
		require.True(t, json.Valid(b))
		documents = append(documents, string(b))
	}
	require.Equal(t, documents[0], documents[1])
	require.Contains(t, documents[0], `"format": "sendspec-fuzz/1"`)
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := fuzz.Load(t.Context(), filepath.Join(dir, "none"))
	require.ErrorContains(t, err, "none")
	_, err = fuzz.Load(t.Context(), dir)
	require.ErrorContains(t, err, "want a folder that sendspec fuzz --dir wrote")
	for name, content := range map[string]string{"no.json": "{", "unknown.json": `{"colour":1}`, "empty.json": `{}`, "noexpect.json": `{"id":"a","case":{"id":"a/b/c","title":"t","steps":[{"request":{}}]}}`} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		_, err := fuzz.Load(t.Context(), file)
		require.ErrorContains(t, err, name)
	}
}
