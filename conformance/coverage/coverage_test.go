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

func embeddedTable(t *testing.T) *coverage.Table {
	t.Helper()
	table, err := coverage.Whole()
	require.NoError(t, err)
	return table
}

func build(t *testing.T, cases []*fixtures.Case) *coverage.Table {
	t.Helper()
	table, err := coverage.Build(cases)
	require.NoError(t, err)
	return table
}

func cell(t *testing.T, l *coverage.Table, operation string, section coverage.Section, member, rule, name string) *coverage.Cell {
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
	table := embeddedTable(t)
	for _, g := range table.Gaps() {
		t.Error(g)
	}
	s := table.Summary
	assert.Equal(t, s.Cells, s.Covered+s.NotApplicable+s.Gaps)
	t.Logf("%d cells: %d covered, %d with nothing to ask", s.Cells, s.Covered, s.NotApplicable)
}

// The table has a row for all there is: it cannot be whole by leaving something out.
func TestTheTableListsEverything(t *testing.T) {
	t.Parallel()
	table := embeddedTable(t)
	count := func(operation string, section coverage.Section) int {
		n := 0
		for i := range table.Rows {
			if table.Rows[i].Operation == operation && table.Rows[i].Section == section {
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
			cell(t, table, operation, coverage.Requests, member, "", "sent")
		}
	}
	require.Len(t, reference.MemberNames(reference.SendCommand), 18)
	assert.Equal(t, 35, count(reference.SendCommand, coverage.Requests))
	assert.Equal(t, 7+len(reference.OfCommand.Details())+2, count(reference.SendCommand, coverage.Statuses))
	assert.Equal(t, 8+len(reference.OfInvocation.Details())+6, count(reference.ListCommandInvocations, coverage.Statuses))
}

// Without the cases that they name cells are gaps. An enum's value or a wrong type that none sends is told by name, though
// others are sent.
func TestACellWithoutItsCasesIsAGap(t *testing.T) {
	t.Parallel()
	table := embeddedTable(t)
	places := []struct {
		operation          string
		section            coverage.Section
		member, rule, cell string
	}{
		{reference.SendCommand, coverage.Constraints, "Comment", "length 0..100", "above"},
		{reference.SendCommand, coverage.Constraints, "TimeoutSeconds", "range 30..2592000", "below"},
		{reference.SendCommand, coverage.Constraints, "OutputS3BucketName", "length 3..63", "at max"},
		{reference.SendCommand, coverage.Constraints, "DocumentHashType", "enum", "outside"},
		{reference.GetCommandInvocation, coverage.Constraints, "InstanceId", "required", "absent"},
		{reference.CancelCommand, coverage.Requests, "InstanceIds", "", "null"},
		{reference.ListCommands, coverage.Requests, "Filters[].key", "", "wrong type"},
		{reference.SendCommand, coverage.Responses, "Command.ServiceRole", "", "value"},
		{reference.ListCommands, coverage.Responses, "Commands[].TriggeredAlarms[].Name", "", "value"},
		{reference.SendCommand, coverage.Statuses, "Command.StatusDetails", "RateExceeded", "demanded"},
		{reference.SendCommand, coverage.Exceptions, "InvalidRole", "", "demanded"},
		{reference.ListCommandInvocations, coverage.Statuses, "CommandInvocations[].CommandPlugins[].Status", "Pending", "allowed"},
	}
	dropped := map[string]bool{}
	for _, p := range places {
		c := cell(t, table, p.operation, p.section, p.member, p.rule, p.cell)
		require.Equal(t, coverage.Covered, c.State(), p)
		for _, id := range c.Cases {
			dropped[id] = true
		}
	}
	rest := build(t, slices.DeleteFunc(embedded(t), func(c *fixtures.Case) bool {
		return dropped[c.ID] || c.Area() == "wire" || sends(c, `"Sha1"`)
	}))
	for _, p := range places {
		assert.Equal(t, coverage.Uncovered, cell(t, rest, p.operation, p.section, p.member, p.rule, p.cell).State(), p)
	}
	assert.NotEmpty(t, rest.Gaps())
	assert.Equal(t, len(rest.Gaps()), rest.Summary.Gaps)
	c := cell(t, rest, reference.SendCommand, coverage.Constraints, "DocumentHashType", "enum", "inside")
	assert.Equal(t, []string{"Sha1"}, c.Missing)
	assert.NotEmpty(t, c.Cases)
	assert.Equal(t, coverage.Uncovered, c.State())
}

func sends(c *fixtures.Case, text string) bool {
	return slices.ContainsFunc(c.Steps, func(s fixtures.Step) bool {
		return s.Request.Body != nil && bytes.Contains(s.Request.Body.JSON, []byte(text))
	})
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

func TestTheTableIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	cases := slices.DeleteFunc(embedded(t), func(c *fixtures.Case) bool { return c.Area() != "constraint" && c.Area() != "lifecycle" })
	first, err := json.Marshal(build(t, cases))
	require.NoError(t, err)
	second, err := json.Marshal(build(t, cases))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(first, second))
}

func TestANameNarrowsTheTable(t *testing.T) {
	t.Parallel()
	table := embeddedTable(t)
	members := func(name string) []string {
		var all []string
		for _, r := range table.Only(name).Rows {
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
	assert.Equal(t, table.Summary.Gaps, table.Only(reference.CancelCommand).Summary.Gaps)
}
