package report_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report"
)

// The shards of run --fuzz fuzz parts of one campaign: each says how much it asked, and several may find the same.
func TestWhatShardsFuzzedIsMerged(t *testing.T) {
	t.Parallel()
	shard := func(name, shard string, cases ...report.CaseInfo) report.Named {
		return report.Named{File: name, Document: report.Document{Shard: shard, Complete: true, Cases: cases}}
	}
	inputs := func(verdict judge.Verdict, reason string) report.CaseInfo {
		return report.CaseInfo{ID: "fuzz/campaign/inputs", Verdict: verdict, Reason: reason}
	}
	merged, err := report.Merge([]report.Named{
		shard("1", "1/2", report.CaseInfo{ID: "fuzz/found/x", Verdict: judge.Flaky}, inputs(judge.Pass, "5 inputs")),
		shard("2", "2/2", report.CaseInfo{ID: "accept/minimal/tag-target", Verdict: judge.Pass},
			report.CaseInfo{ID: "fuzz/found/x", Verdict: judge.Fail}, inputs(judge.Fail, "6 inputs")),
	})
	require.NoError(t, err)
	require.Len(t, merged.Cases, 3)
	assert.Equal(t, "accept/minimal/tag-target", merged.Cases[0].ID)
	assert.Equal(t, judge.Flaky, merged.Cases[1].Verdict)
	assert.Equal(t, inputs(judge.Fail, "5 inputs; 6 inputs"), merged.Cases[2])
}

// A merged report says as one run does that the baseline names cases which are no longer judged.
func TestShardsOfAStaleBaselineAreMerged(t *testing.T) {
	t.Parallel()
	note, target := &judge.BaselineNote{Entry: "ssm.baseline:1", State: judge.BaselineUnjudged}, event.Target{Name: "a target"}
	merged, err := report.Merge([]report.Named{
		{File: "1", Document: report.Document{Shard: "1/2", Complete: true, Target: target, Cases: []report.CaseInfo{
			{ID: "accept/minimal/tag-target", Verdict: judge.Pass}, {ID: "accept/Comment/empty", Verdict: judge.Skip, Baseline: note},
		}}},
		{File: "2", Document: report.Document{Shard: "2/2", Complete: true, Target: target}},
	})
	require.NoError(t, err)
	assert.Equal(t, "a target conforms in the one case asked; the baseline is stale: 1 case in it is no longer judged", merged.Verdict)
}
