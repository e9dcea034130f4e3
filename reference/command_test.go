package reference

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	pending   = Pending
	running   = InProgress
	delayed   = Delayed
	stopping  = Cancelling
	success   = Success
	failed    = Failed
	execution = ExecutionTimedOut
	delivery  = DeliveryTimedOut
	cancelled = Cancelled
)

func TestStatusOfDetails(t *testing.T) {
	t.Parallel()
	for want, all := range map[Status][]Details{
		"Pending":    {pending, delayed},
		"InProgress": {running},
		"Success":    {success, NoInstancesInTag},
		"Cancelled":  {cancelled},
		"TimedOut":   {delivery, execution},
		"Cancelling": {stopping},
		"Failed": {
			failed, Incomplete, RateExceeded, AccessDenied, FailedDueToAlarm,
			FailedDueToUnknownAlarmState, Undeliverable, Terminated, InvalidPlatform,
		},
		"": {"", "Details placeholder", "Delivery Timed Out"},
	} {
		for _, d := range all {
			assert.Equal(t, want, StatusOf(d), d)
		}
	}
}

func TestTransitionsAreClosedAndEndInTerminalValues(t *testing.T) {
	t.Parallel()
	for _, subject := range []Subject{OfCommand, OfInvocation} {
		all, table := subject.Details(), subject.transitions()
		for _, from := range all {
			assert.Equal(t, StatusOf(from), StatusesOf(from)[0])
			assert.Equal(t, Terminal(from), len(table[from]) == 0, "%s: only what is terminal has no successor", from)
			assert.True(t, subject.CanFollow(from, from))
			for _, to := range table[from] {
				assert.Contains(t, all, to)
				assert.NotEqual(t, from, to)
				assert.True(t, from != stopping || Terminal(to), "%s after Cancelling", to)
				for _, further := range table[to] {
					assert.True(t, subject.CanFollow(from, further), "%s, %s, %s", from, to, further)
				}
			}
		}
		for _, to := range all[1:] {
			assert.True(t, subject.CanFollow(pending, to), "%s is reached from Pending", to)
			assert.Equal(t, to == delayed || to == running, subject.CanFollow(to, pending), "%s is in a phase with Pending", to)
		}
	}
}

func TestAggregate(t *testing.T) {
	t.Parallel()
	list := func(d ...Details) []Details { return d }
	denied, platform, unreached, terminated := AccessDenied, InvalidPlatform,
		Undeliverable, Terminated
	for name, tc := range map[string]struct {
		invocations []Details
		maxErrors   int
		want        Details
	}{
		"recorded: success":                   {list(success, success), 0, success},
		"recorded: exit 7":                    {list(failed), 0, failed},
		"recorded: execution timeout":         {list(execution), 0, failed},
		"recorded: delivery timeout":          {list(delivery), 0, delivery},
		"recorded: cancelled":                 {list(cancelled), 0, cancelled},
		"recorded: no node":                   {nil, 0, NoInstancesInTag},
		"documented: nothing but denied":      {list(denied, denied), 5, failed},
		"documented: nothing but undelivered": {list(unreached), 5, failed},
		"documented: nothing but platforms":   {list(platform), 5, failed},
		"documented: 4 denied, 1 success":     {list(denied, denied, success, denied, denied), 0, success},
		"documented: 4 undelivered, success":  {list(unreached, unreached, success, unreached, unreached), 0, success},
		"documented: not enough failed":       {list(failed, success, success), 2, Incomplete},
		"documented: one error too many":      {list(failed, failed, terminated), 1, failed},
		"errors outweigh a cancellation":      {list(failed, cancelled), 0, failed},
		"some cancelled":                      {list(success, cancelled), 0, cancelled},
		"execution timeouts at the limit":     {list(execution, success), 1, execution},
		"mixed errors at the limit":           {list(execution, failed), 2, Incomplete},
		"deliveries above the limit":          {list(delivery, success), 0, delivery},
		"deliveries within the limit":         {list(delivery, success), 1, Incomplete},
		"nothing delivered within the limit":  {list(delivery), 1, delivery},
	} {
		assert.Equal(t, tc.want, aggregate(tc.invocations, tc.maxErrors), name)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	for want, lists := range map[Details][][]Details{
		pending:  {nil, {pending}},
		delayed:  {{delayed}, {pending, delayed}},
		running:  {{running}, {pending, running}, {delayed, success}, {stopping, running}, {pending, success}},
		stopping: {{stopping}, {stopping, success}},
	} {
		for _, invocations := range lists {
			assert.Equal(t, want, progress(invocations), "%v", invocations)
		}
	}
}

func TestControlsAreNumbersOrPercentages(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text                string
		targets             int
		errors, concurrency int
	}{
		{"0", 10, 0, 1}, {"1", 10, 1, 1}, {"50", 10, 50, 50}, {"3", 0, 3, 3},
		{"10%", 50, 5, 5}, // documented: the sixth error stops
		{"0%", 50, 0, 1}, {"100%", 7, 7, 7}, {"10%", 9, 0, 1}, {"50%", 3, 1, 1}, {"99%", 100, 99, 99},
		{"", 10, 0, 50}, {"x", 10, 0, 50}, {"-1", 10, 0, 50},
	} {
		assert.Equal(t, tc.errors, maxErrorsOf(tc.text, tc.targets), "%+v", tc)
		assert.Equal(t, tc.concurrency, maxConcurrencyOf(tc.text, tc.targets), "%+v", tc)
	}
}

func TestMaxErrorsStopsSending(t *testing.T) {
	t.Parallel()
	for maxErrors, errors := range map[string]int{"0": 1, "3": 4, "10%": 6} {
		l := NewLife("1", maxErrors)
		require.True(t, l.Apply(LifeEvent{Kind: Resolved, Targets: 50}))
		for i := range errors {
			assert.Equal(t, i > 0, l.Details() == running)
			require.True(t, l.Apply(LifeEvent{Kind: Sent, Invocation: i}), "%s: %d", maxErrors, i)
			require.False(t, l.Apply(LifeEvent{Kind: Sent, Invocation: i + 1}), "MaxConcurrency holds the next back")
			require.True(t, l.Apply(LifeEvent{Kind: Ended, Invocation: i, Details: failed}))
		}
		assert.Equal(t, failed, l.Details(), maxErrors)
		assert.Equal(t, Counts{Target: 50, Completed: 50, Errors: errors}, l.Counts())
		assert.Equal(t, Terminated, l.Invocation(49))
	}
}

func TestLateRepliesChangeNothing(t *testing.T) {
	t.Parallel()
	l := NewLife("50", "0")
	require.True(t, l.Apply(LifeEvent{Kind: Resolved, Targets: 2}))
	require.True(t, l.Apply(LifeEvent{Kind: Sent, Invocation: 0}))
	require.False(t, l.Apply(LifeEvent{Kind: Ended, Invocation: 1, Details: success}), "it was never sent")
	require.True(t, l.Apply(LifeEvent{Kind: Alarmed, Details: FailedDueToAlarm}))
	assert.False(t, l.Apply(LifeEvent{Kind: Ended, Invocation: 0, Details: success}))
	assert.Equal(t, []Details{Terminated, Terminated}, slices.Clone(l.invocations))
	assert.Equal(t, Counts{Target: 2, Completed: 2}, l.Counts(), "recorded: terminated ones are no errors")
}

// Whatever happens to a command, it never leaves a terminal value, its values move as the table of
// transitions says, and its counts are consistent. In the end, when it has
// expired, it is terminal.
func TestNoSequenceOfEventsBreaksACommand(t *testing.T) {
	t.Parallel()
	const lives, events = 1000, 60
	seen := map[Subject]map[Details]bool{OfCommand: {}, OfInvocation: {}}
	for seed := range uint64(lives) {
		random := rand.New(rand.NewPCG(seed, 1))
		l := NewLife(pick(random, "1", "2", "50", "1%", "50%", "100%"), pick(random, "0", "1", "2", "0%", "34%", "100%"))
		var happened []LifeEvent
		for range events {
			before, counts, invocations := l.Details(), l.Counts(), slices.Clone(l.invocations)
			e := randomEvent(random)
			happened = append(happened, e)
			changed := l.Apply(e)
			broken := brokenRule(l, changed, before, counts, invocations)
			require.Empty(t, broken, "seed %d: %v", seed, happened)
			seen[OfCommand][l.Details()] = true
			for _, d := range slices.Clone(l.invocations) {
				seen[OfInvocation][d] = true
			}
		}
		l.Apply(LifeEvent{Kind: Expired})
		require.True(t, Terminal(l.Details()), "seed %d: %v", seed, happened)
	}
	for subject, values := range seen {
		for _, d := range subject.Details() {
			assert.True(t, values[d], "subject %d was never %s", subject, d)
		}
	}
}

// brokenRule is the rule that an event broke; "" is none.
func brokenRule(l *Life, changed bool, before Details, counts Counts,
	invocations []Details) string {
	after, c := slices.Clone(l.invocations), l.Counts()
	for i, d := range invocations {
		if !OfInvocation.CanFollow(d, after[i]) {
			return fmt.Sprintf("invocation %d went from %s to %s", i, d, after[i])
		}
	}
	unfinished := slices.ContainsFunc(after, func(d Details) bool { return !Terminal(d) })
	switch {
	case !changed && (before != l.Details() || !slices.Equal(invocations, after)):
		return "an event that changed nothing changed something"
	case !OfCommand.CanFollow(before, l.Details()):
		return fmt.Sprintf("the command went from %s to %s", before, l.Details())
	case Terminal(before) && (changed || counts != c):
		return "an event changed a terminal command"
	case c.Completed < counts.Completed || c.Errors < counts.Errors ||
		c.DeliveryTimedOut < counts.DeliveryTimedOut || c.Target < counts.Target:
		return fmt.Sprintf("counts went down from %+v to %+v", counts, c)
	case c.Completed > c.Target || c.Errors+c.DeliveryTimedOut > c.Completed:
		return fmt.Sprintf("inconsistent counts %+v", c)
	case unfinished && Terminal(l.Details()):
		return "the command ended before its invocations"
	}
	return ""
}

func randomEvent(random *rand.Rand) LifeEvent {
	kinds := []LifeEventKind{
		Resolved, Sent, Sent, Sent, Sent, Postponed,
		Ended, Ended, Ended,
		Ended, CancelRequested, Alarmed, Refused, Expired, "nonsense",
	}
	e := LifeEvent{Kind: pick(random, kinds...), Invocation: random.IntN(6) - 1, Targets: random.IntN(5) - 1}
	if rare := e.Kind == Alarmed || e.Kind == Expired || e.Kind == Refused ||
		e.Invocation == AllInvocations; rare && random.IntN(4) > 0 {
		e.Kind, e.Invocation = Sent, random.IntN(4)
	}
	e.Details = pick(random, append(OfInvocation.Details(), OfCommand.Details()...)...)
	return e
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

// The recorded sums, row by row; timeouts in seconds (evidence: expiry/sum, expiry/execution-timeout, expiry/schema-2.0).
func TestExpiresAfterAddsTheRecordedTimeouts(t *testing.T) {
	t.Parallel()
	builtIn := []string{"{{ executionTimeout }}"}
	give := func(name, value string) map[string][]string { return map[string][]string{name: {value}} }
	for name, tc := range map[string]struct {
		timeout  int
		steps    []string
		supplied map[string][]string
		want     int
	}{
		"nothing set":                     {3600, builtIn, nil, 7200},
		"TimeoutSeconds 600":              {600, builtIn, nil, 4200},
		"TimeoutSeconds 30":               {30, builtIn, nil, 3630},
		"executionTimeout 2":              {30, builtIn, give("executionTimeout", "2"), 32},
		"executionTimeout 10":             {30, builtIn, give("executionTimeout", "10"), 40},
		"executionTimeout 120":            {30, builtIn, give("executionTimeout", "120"), 150},
		"60 and 300":                      {60, builtIn, give("executionTimeout", "300"), 360},
		"step hard-coded 5":               {30, []string{"5"}, nil, 35},
		"two steps 5 and 7":               {30, []string{"5", "7"}, nil, 42},
		"parameterised, omitted":          {30, []string{"{{ t }}"}, nil, 3630},
		"parameterised, supplied":         {30, []string{"{{t}}"}, give("t", "7"), 37},
		"unparsable value":                {30, []string{"{{ t }}"}, give("t", "soon"), 3630},
		"no timeout at all (inferred)":    {30, []string{""}, nil, 3630},
		"document of no steps (inferred)": {30, nil, nil, 3630},
	} {
		got := time.Duration(tc.timeout)*time.Second + ExecutionTimeout(tc.steps, tc.supplied)
		assert.Equal(t, time.Duration(tc.want)*time.Second, got, name)
	}
}

func TestAgentTimeout(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]time.Duration{
		"5": 5 * time.Second, "2": time.Hour, "4": time.Hour, "": time.Hour, "soon": time.Hour, "-1": time.Hour,
		"172800": 172800 * time.Second, "172801": time.Hour, "{{ t }}": 7 * time.Second, "{{ other }}": time.Hour,
	} {
		assert.Equal(t, want, AgentTimeout(written, map[string][]string{"t": {"7"}}), written)
	}
}
