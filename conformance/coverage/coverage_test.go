package coverage_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/coverage"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
)

var update = flag.Bool("update", false, "write the golden files anew")

func embedded(t *testing.T) []*fixtures.Case {
	t.Helper()
	cases, err := fixtures.Embedded()
	require.NoError(t, err)
	return cases
}

func build(t *testing.T, cases []*fixtures.Case) *coverage.Ledger {
	t.Helper()
	ledger, err := coverage.Build(cases)
	require.NoError(t, err)
	return ledger
}

func cell(t *testing.T, l *coverage.Ledger, operation string, section coverage.Section, member, rule, name string) *coverage.Cell {
	t.Helper()
	for i := range l.Rows {
		if r := &l.Rows[i]; r.Operation == operation && r.Section == section && r.Member == member && r.Rule == rule {
			for j := range r.Cells {
				if r.Cells[j].Name == name {
					return &r.Cells[j]
				}
			}
		}
	}
	require.Failf(t, "no such cell", "%s %s %s %s %s", operation, section, member, rule, name)
	return nil
}

// Nothing that the sources name is left without a case: a gap is listed by name.
func TestNothingIsLeftWithoutACase(t *testing.T) {
	t.Parallel()
	ledger := build(t, embedded(t))
	for _, g := range ledger.Gaps() {
		t.Error(g)
	}
	s := ledger.Summary
	assert.Equal(t, s.Cells, s.Covered+s.NotApplicable+s.Gaps)
	t.Logf("%d cells: %d covered, %d with nothing to ask", s.Cells, s.Covered, s.NotApplicable)
}

// The ledger has a row for all there is: it cannot be whole by leaving something out.
func TestTheLedgerListsEverything(t *testing.T) {
	t.Parallel()
	ledger := build(t, embedded(t))
	count := func(operation string, section coverage.Section) int {
		n := 0
		for i := range ledger.Rows {
			if ledger.Rows[i].Operation == operation && ledger.Rows[i].Section == section {
				n++
			}
		}
		return n
	}
	constraints := map[string]int{}
	for _, c := range reference.Constraints() {
		constraints[c.Operation]++
	}
	for _, operation := range reference.Operations() {
		assert.Equal(t, constraints[operation], count(operation, coverage.Constraints), operation)
		extra := 0
		if operation == reference.SendCommand {
			extra = 10 // of the framework
		}
		assert.Equal(t, len(reference.Exceptions(operation))+extra, count(operation, coverage.Exceptions), operation)
		for _, member := range reference.MemberNames(operation) {
			cell(t, ledger, operation, coverage.Requests, member, "", "sent")
		}
	}
	require.Len(t, reference.MemberNames(reference.SendCommand), 18)
	assert.Equal(t, 35, count(reference.SendCommand, coverage.Requests))
	assert.Equal(t, 7+len(reference.OfCommand.Details())+2, count(reference.SendCommand, coverage.Statuses))
	assert.Equal(t, 8+len(reference.OfInvocation.Details())+6, count(reference.ListCommandInvocations, coverage.Statuses))
}

// Without the cases that a cell names it is a gap.
func TestACellWithoutItsCasesIsAGap(t *testing.T) {
	t.Parallel()
	cases := embedded(t)
	whole := build(t, cases)
	for name, at := range map[string]struct {
		operation    string
		section      coverage.Section
		member, rule string
		cell         string
	}{
		"above":         {reference.SendCommand, coverage.Constraints, "Comment", "length 0..100", "above"},
		"below":         {reference.SendCommand, coverage.Constraints, "TimeoutSeconds", "range 30..2592000", "below"},
		"at the limit":  {reference.SendCommand, coverage.Constraints, "OutputS3BucketName", "length 3..63", "at max"},
		"outside":       {reference.SendCommand, coverage.Constraints, "DocumentHashType", "enum", "outside"},
		"missing":       {reference.GetCommandInvocation, coverage.Constraints, "InstanceId", "required", "absent"},
		"null":          {reference.CancelCommand, coverage.Requests, "InstanceIds", "", "null"},
		"type":          {reference.ListCommands, coverage.Requests, "Filters[].key", "", "wrong type"},
		"answer":        {reference.SendCommand, coverage.Responses, "Command.ServiceRole", "", "value"},
		"listed":        {reference.ListCommands, coverage.Responses, "Commands[].TriggeredAlarms[].Name", "", "value"},
		"status":        {reference.SendCommand, coverage.Statuses, "Command.StatusDetails", "RateExceeded", "demanded"},
		"exception":     {reference.SendCommand, coverage.Exceptions, "InvalidRole", "", "demanded"},
		"only plugins'": {reference.ListCommandInvocations, coverage.Statuses, "CommandInvocations[].CommandPlugins[].Status", "Pending", "allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := cell(t, whole, at.operation, at.section, at.member, at.rule, at.cell)
			require.Equal(t, coverage.Covered, asked.State())
			rest := slices.DeleteFunc(slices.Clone(cases), func(c *fixtures.Case) bool { return slices.Contains(asked.Cases, c.ID) })
			require.NotEqual(t, len(cases), len(rest))
			assert.Equal(t, coverage.Uncovered, cell(t, build(t, rest), at.operation, at.section, at.member, at.rule, at.cell).State())
		})
	}
}

// An enum's value or a wrong type that none sends is told by name, though others are sent.
func TestWhatACellLacksIsNamed(t *testing.T) {
	t.Parallel()
	cases := slices.DeleteFunc(embedded(t), func(c *fixtures.Case) bool {
		for _, s := range c.Steps {
			if s.Request.Body != nil && bytes.Contains(s.Request.Body.JSON, []byte(`"Sha1"`)) {
				return true
			}
		}
		return false
	})
	c := cell(t, build(t, cases), reference.SendCommand, coverage.Constraints, "DocumentHashType", "enum", "inside")
	assert.Equal(t, []string{"Sha1"}, c.Missing)
	assert.NotEmpty(t, c.Cases)
	assert.Equal(t, coverage.Uncovered, c.State())
}

// What counts is what is sent and expected: the small corpus has cases that ask, and cases that seem to.
func TestTheTableOfASmallCorpus(t *testing.T) {
	t.Parallel()
	cases, err := fixtures.Load(os.DirFS("testdata/corpus"))
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, coverage.WriteText(&text, build(t, cases).Only("Comment"), true))
	const golden = "testdata/comment.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, text.Bytes(), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), text.String())
}

func TestTheLedgerIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	first, err := json.Marshal(build(t, embedded(t)))
	require.NoError(t, err)
	second, err := json.Marshal(build(t, embedded(t)))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(first, second))
}

func TestANameNarrowsTheLedger(t *testing.T) {
	t.Parallel()
	ledger := build(t, embedded(t))
	members := func(name string) []string {
		var all []string
		for _, r := range ledger.Only(name).Rows {
			all = append(all, r.Operation+" "+r.Member)
		}
		return slices.Compact(all)
	}
	assert.Equal(t, []string{
		"SendCommand Targets[].Key", "SendCommand Command.Targets[].Key", "ListCommands Commands[].Targets[].Key",
	}, members("Targets.Key"))
	assert.Equal(t, []string{"SendCommand InvalidRole"}, members("InvalidRole"))
	assert.Equal(t, []string{"SendCommand Command.StatusDetails"}, members("RateExceeded"))
	assert.Empty(t, members("Target"))
	assert.Empty(t, members(""))
	assert.Equal(t, ledger.Summary.Gaps, ledger.Only(reference.CancelCommand).Summary.Gaps)
}
