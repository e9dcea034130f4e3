package judge_test

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// descriptions are what targets answer, by how baselines write it.
func descriptions(t *testing.T) map[string]judge.Description {
	t.Helper()
	const refused = `{"name": "refused", "status": 400, "error": {"type": "ValidationException"},
		"body": {"a": {"$absent": true}, "b": "x", "c": "x", "d": "x", "e": {"$type": "string"}, "f": "x", "g": {"$after": ["/c", "1s"]}}}`
	came := func(path string, x *wire.Exchange) judge.Description {
		r := judged(t, `{}`, x, refused)
		i := slices.IndexFunc(r.Findings, func(f judge.Finding) bool { return f.Path == path })
		require.NotEqual(t, -1, i, "no finding at %s: %v", path, r.Findings)
		return r.Findings[i].Got
	}
	members := answered(400, `{"__type": "InvalidCommandId", "a": null, "b": true, "c": 1, "d": [], "e": {}, "g": 0}`)
	taken := judged(t, `{}`, answered(400, `{"__type": "InvalidCommandId", "message": "m: n"}`), `{"name": "taken", "status": 200}`)
	return map[string]judge.Description{
		"200":                    came("status", answered(200, `{}`)),
		"200/empty":              came("status", answered(200, ``)),
		"500/no-json":            came("status", answered(500, `<html>`)),
		"403/no-json":            came("status", answered(403, `{}`)), // what it lacks is a type
		"400/InvalidCommandId":   taken.Findings[0].Got,
		"closed":                 came("connection", unanswered(wire.Closed)),
		"timed-out":              came("connection", unanswered(wire.TimedOut)),
		"empty":                  came("body", answered(400, ``)),
		"no-json":                came("body", answered(400, `{"`)),
		"InvalidCommandId":       came("error type", members),
		"InvocationDoesNotExist": came("error type", answered(400, `{"__type": "com.amazonaws.ssm#InvocationDoesNotExist"}`)),
		"none":                   came("error type", answered(400, `{}`)),
		"null":                   came("/a", members),
		"boolean":                came("/b", members),
		"number":                 came("/c", members),
		"list":                   came("/d", members),
		"object":                 came("/e", members),
		"nothing":                came("/f", members),
		"other":                  came("/g", answered(400, `{"__type": "ValidationException", "c": 1, "g": 9}`)),
		"string":                 came("/b", answered(400, `{"__type": "ValidationException", "b": "y"}`)),
	}
}

func TestWhatCameHasTheTypeThatBaselinesWrite(t *testing.T) {
	t.Parallel()
	for want, d := range descriptions(t) {
		assert.Equal(t, want, d.Type(), "%s", d)
	}
}

var fingerprintPart = regexp.MustCompile(`^(?:(\d+):)?([^=]+)=(.+)$`)

// TestTheFingerprintsOfTheCommittedBaselineAreStillMade takes each fingerprint of the baseline apart, and makes it of
// findings that have no words.
func TestTheFingerprintsOfTheCommittedBaselineAreStillMade(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../cmd/sendspec/testdata/moto-5.2.1.baseline")
	require.NoError(t, err)
	known := descriptions(t)
	made := 0
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) < 2 || strings.HasPrefix(line, "#") || words[1] == "flaky" || strings.Contains(words[1], "~") {
			continue // the last are cut
		}
		r := judge.Result{Case: &fixtures.Case{ID: words[0]}}
		rest, should := strings.CutPrefix(words[1], "should:")
		for part := range strings.SplitSeq(rest, ",") {
			m := fingerprintPart.FindStringSubmatch(part)
			require.NotNil(t, m, line)
			step, _ := strconv.Atoi(m[1])
			d, ok := known[m[3]]
			require.True(t, ok, "nothing came that %s says: %s", m[3], line)
			d.Words = ""
			f := judge.Finding{Step: step, Path: pathIn(m[2]), Got: d, Level: fixtures.Must}
			if should {
				f.Level = fixtures.Should
			}
			r.Findings = append(r.Findings, f)
		}
		slices.Reverse(r.Findings)
		require.Equal(t, words[1], judge.Fingerprint(&r), line)
		made++
	}
	assert.Greater(t, made, 500)
}

// pathIn is a path whose place is in a fingerprint.
func pathIn(place string) string {
	if !strings.HasPrefix(place, "/") {
		place = strings.Replace(place, "-", " ", 1)
	}
	return strings.ReplaceAll(place, "/*", "/7")
}
