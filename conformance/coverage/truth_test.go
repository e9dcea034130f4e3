package coverage_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/coverage"
	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

// results keeps what each case was answered.
type results map[string]judge.Result

func (r results) Event(e event.Event) error {
	if judged, ok := e.(event.Judged); ok {
		r[judged.Result.Case.ID] = judged.Result
	}
	return nil
}

// answered is what the embedded service answers to the cases of these IDs.
func answered(t *testing.T, ids []string) results {
	t.Helper()
	picks, err := selector.Parse(ids, nil)
	require.NoError(t, err)
	world := service.Demo("", "")
	// A bound on its steps, so that no status passes unseen on a busy machine: a case would wait for it in vain.
	s := service.New(append(world.Options, service.WithClockScale(200), service.WithLongestStep(10*time.Second),
		service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))...)
	seen := results{}
	runner, err := conformance.New(conformance.Target{Handler: s, Bindings: world.Bindings}, conformance.WithSink(seen),
		conformance.WithSelector(picks))
	require.NoError(t, err)
	_, err = runner.Run(t.Context())
	require.NoError(t, err)
	return seen
}

// edit changes every value at a path of an answer, and reports whether there was one.
func edit(v *jsontree.Value, path string, change func(parent *jsontree.Value, name string) bool) bool {
	if v == nil {
		return false
	}
	if rest, ok := strings.CutPrefix(path, "[]"); ok {
		changed := false
		switch v.Kind {
		case jsontree.Array:
			for i := range v.Items {
				changed = edit(&v.Items[i], strings.TrimPrefix(rest, "."), change) || changed
			}
		case jsontree.Object:
			for i := range v.Members {
				changed = edit(&v.Members[i].Value, strings.TrimPrefix(rest, "."), change) || changed
			}
		default:
		}
		return changed
	}
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		return v.Get(path) != nil && change(v, path)
	}
	return edit(v.Get(path[:end]), strings.TrimPrefix(path[end:], "."), change)
}

func remove(parent *jsontree.Value, name string) bool {
	parent.Members = slices.DeleteFunc(slices.Clone(parent.Members), func(m jsontree.Member) bool { return m.Name == name })
	return true
}

// other gives a member another value of its type.
func other(parent *jsontree.Value, name string) bool {
	v := parent.Get(name)
	switch v.Kind {
	case jsontree.String:
		v.Text = "sendspec"
	case jsontree.Number:
		v.Text = "1" + strings.ReplaceAll(v.Text, "-", "")
	case jsontree.Bool:
		v.Bool = !v.Bool
	case jsontree.Array:
		v.Items = append(slices.Clone(v.Items), jsontree.Value{Kind: jsontree.String, Text: "sendspec"})
	case jsontree.Object:
		v.Members = append(slices.Clone(v.Members), jsontree.Member{Name: "sendspec", Value: jsontree.Value{Kind: jsontree.Array}})
	default:
		return false
	}
	return true
}

// spread picks some of many cases, from first to last.
func spread(cases []string, n int) []string {
	if len(cases) <= n {
		return slices.Clone(cases)
	}
	var some []string
	for i := range n {
		some = append(some, cases[i*len(cases)/n])
	}
	return some
}

// rejudged is the verdict on a case whose answers of one operation were changed; false where no answer has
// the member.
func rejudged(t *testing.T, r judge.Result, operation, path string, change func(*jsontree.Value, string) bool) (judge.Verdict, bool) {
	t.Helper()
	var steps []fixtures.BoundStep
	var exchanges []*wire.Exchange
	changed := false
	for _, e := range r.Exchanges {
		x := *e.Exchange
		if e.Step.Request.Operation == operation && x.Response != nil && x.Response.Status == 200 {
			tree, err := jsontree.Parse(x.Response.Body)
			if err != nil {
				return "", false // a run keeps only the beginning of a long answer
			}
			if edit(tree, path, change) {
				changed = true
				response := *x.Response
				response.Body = tree.AppendJSON(nil)
				x.Response = &response
			}
		}
		steps, exchanges = append(steps, e.Step), append(exchanges, &x)
	}
	return judge.Judge(r.Case, steps, exchanges, false).Verdict, changed
}

// What the table says of answers is true: the embedded service's own, with the member taken out or given
// another value, are found fault with by the cases that the table names. Those that only ask again with
// what they were told cannot be judged on answers alone, and elements of lists are taken with their lists.
func TestTheCasesNamedFailAWrongAnswer(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*jsontree.Value, string) bool{"present": remove, "value": other}
	type claim struct {
		coverage.Row
		cell  string
		cases []string
	}
	var claims []claim
	var named []string
	for _, row := range embeddedTable(t).Rows {
		if row.Section != coverage.Responses || strings.HasSuffix(row.Member, "[]") {
			continue
		}
		for _, c := range row.Cells {
			if changes[c.Name] == nil || c.State() != coverage.Covered || c.Name == "value" &&
				(row.Member == "Command.CommandId" || row.Member == "NextToken") {
				continue
			}
			some := slices.DeleteFunc(spread(c.Cases, 12), func(id string) bool { return strings.HasPrefix(id, "invariant/") })
			claims, named = append(claims, claim{row, c.Name, some}), append(named, some...)
		}
	}
	seen := answered(t, named)
	shown := 0
	for _, c := range claims {
		for _, id := range c.cases {
			if verdict, changed := rejudged(t, seen[id], c.Operation, c.Member, changes[c.cell]); changed {
				assert.NotEqual(t, judge.Pass, verdict, "%s %s: %s: %s", c.Operation, c.Member, c.cell, id)
				shown++
			}
		}
	}
	t.Logf("%d wrong answers for %d cells", shown, len(claims))
	assert.Greater(t, shown, 700)
}
