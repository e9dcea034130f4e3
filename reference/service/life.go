package service

import (
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/reference"
)

// command is one accepted command: what AWS answers, a snapshot of what it was sent to, so that
// later changes of documents do not touch it (evidence: echo/DocumentVersion-asked), and its life.
//
// There is no timer: what is to happen is in the agenda, and whoever asks brings the command
// up to the time first.
type command struct {
	types.Command
	// document is the content the command runs.
	document *documentVersion
	// nodes are those it was sent to: the InstanceIds, or the targets' matches.
	nodes []Node
	// refusal ends the command when its targets are looked for; "" does not.
	refusal reference.Details
	// region is the one it was sent in.
	region string
	// size is about what the command costs in memory, in bytes.
	size int
	// number counts commands, from 1.
	number int64
	// admitted is the service's time when the command was accepted. Since then the command's own
	// time runs scale times as fast.
	admitted time.Time
	scale    float64
	pace     Pace
	// longestStep bounds how far advance moves the command's own time on; 0 does not.
	longestStep time.Duration

	mu          sync.Mutex
	life        *reference.Life
	invocations []invocation
	agenda      []moment
	runs        []stepRun
	// resolved is when its targets are known.
	resolved time.Time
	// seen is the command's own time at the last look, and heldBack how far it is behind the clock
	// since longer steps were cut.
	seen     time.Time
	heldBack time.Duration
}

// invocation is the command's copy for one node.
type invocation struct {
	// requested is when it came to be; zero before.
	requested time.Time
	// started and ended are when the node's agent did so; zero where it never did.
	started, ended time.Time
	// woken tells that an agent that is late, or away, has come.
	woken bool
}

// moment is an entry of the agenda.
type moment struct {
	at     time.Time
	happen func()
	// afterEnd tells that it happens to a command that has ended, too.
	afterEnd bool
}

// begin sets up the life of a command that was just accepted. Its times are already filled in.
func (c *command) begin(s *Service, admitted time.Time) {
	c.admitted, c.scale, c.pace, c.longestStep = admitted, s.scale, s.pace, s.longestStep
	requested := aws.ToTime(c.RequestedDateTime)
	c.seen = requested
	c.life = reference.NewLife(aws.ToString(c.MaxConcurrency), aws.ToString(c.MaxErrors))
	c.agenda = make([]moment, 0, len(c.nodes)+2)
	c.resolved = requested.Add(c.pace.Invocation)
	if len(c.InstanceIds) == 0 {
		c.resolved = requested.Add(c.pace.Targets)
	}
	c.plan(c.resolved, c.resolve)
	c.plan(aws.ToTime(c.ExpiresAfter), func() { c.life.Apply(reference.LifeEvent{Kind: reference.Expired}) })
	if c.AlarmConfiguration == nil {
		return
	}
	for _, alarm := range c.AlarmConfiguration.Alarms {
		change, planned := s.alarmChanges[aws.ToString(alarm.Name)]
		if details, ends := alarmEnds(change.state, c.AlarmConfiguration.IgnorePollAlarmFailure); planned && ends {
			c.plan(requested.Add(change.after), func() { c.alarm(details) })
		}
	}
}

// alarmEnds reports whether an alarm that goes into a state ends a command (evidence: alarms/fires-later, alarms/vanished).
func alarmEnds(state AlarmState, ignorePollFailure bool) (reference.Details, bool) {
	switch state {
	case AlarmFiring:
		return reference.FailedDueToAlarm, true
	case AlarmUnknown:
		return reference.FailedDueToUnknownAlarmState, !ignorePollFailure
	}
	return "", false
}

// plan puts a moment into the agenda, after those of the same time.
func (c *command) plan(at time.Time, happen func()) *moment {
	i := len(c.agenda)
	for i > 0 && c.agenda[i-1].at.After(at) {
		i--
	}
	c.agenda = slices.Insert(c.agenda, i, moment{at: at, happen: happen})
	return &c.agenda[i]
}

// advance turns the service's time into the command's own, and lets everything happen that is due, in order. The caller
// holds the lock.
func (c *command) advance(now time.Time) {
	elapsed := now.Sub(c.admitted)
	if c.scale != 1 {
		elapsed = time.Duration(float64(elapsed) * c.scale)
	}
	at := aws.ToTime(c.RequestedDateTime).Add(elapsed - c.heldBack)
	if latest := c.seen.Add(c.longestStep); c.longestStep > 0 && at.After(latest) {
		c.heldBack += at.Sub(latest)
		at = latest
	}
	c.seen = at
	for len(c.agenda) > 0 && !c.agenda[0].at.After(at) {
		m := c.agenda[0]
		c.agenda = c.agenda[1:]
		m.happen()
		if reference.Terminal(c.life.Details()) {
			c.agenda = slices.DeleteFunc(c.agenda, func(m moment) bool { return !m.afterEnd })
		}
	}
	if len(c.agenda) == 0 {
		c.agenda = nil
	}
}

func (c *command) resolve() {
	if c.refusal != "" {
		targets := len(c.nodes)
		if c.refusal == reference.AccessDenied {
			targets = 0 // the group's members could not be listed
		}
		c.life.Apply(reference.LifeEvent{Kind: reference.Refused, Details: c.refusal, Targets: targets})
		return
	}
	if !c.life.Apply(reference.LifeEvent{Kind: reference.Resolved, Targets: len(c.nodes)}) || len(c.nodes) == 0 {
		return
	}
	c.invocations = make([]invocation, len(c.nodes))
	at := c.resolved
	if len(c.InstanceIds) == 0 {
		at = at.Add(c.pace.Invocation)
	}
	for i := range c.nodes {
		created := at.Add(time.Duration(i) * c.pace.Between)
		c.plan(created, func() {
			c.invocations[i].requested = created
			c.deliver(created)
		}).afterEnd = true
	}
}

// deliver sends the command to every node that it may be sent to now, in the nodes' order. That the
// number of nodes does not ramp up is our choice.
func (c *command) deliver(at time.Time) {
	for i := range c.invocations {
		run := &c.invocations[i]
		details := c.life.Invocation(i)
		if run.requested.IsZero() || details != reference.Pending && details != reference.Delayed {
			continue
		}
		if how := c.undelivered(&c.nodes[i]); how != "" {
			c.life.Apply(reference.LifeEvent{Kind: reference.Ended, Invocation: i, Details: how})
			continue
		}
		if node := &c.nodes[i]; !node.Online || node.AgentStopped || node.Late > 0 && !run.woken {
			if c.life.Apply(reference.LifeEvent{Kind: reference.Postponed, Invocation: i}) && node.Late > 0 {
				c.wake(i, at.Add(node.Late))
			}
			continue
		}
		if !c.life.Apply(reference.LifeEvent{Kind: reference.Sent, Invocation: i}) {
			continue
		}
		switch node := &c.nodes[i]; {
		case node.Silent:
		case node.Away > 0 && !run.woken:
			c.plan(at.Add(min(c.pace.Miss, node.Away)), func() {
				c.life.Apply(reference.LifeEvent{Kind: reference.Postponed, Invocation: i})
			})
			c.wake(i, at.Add(node.Away))
		default:
			c.start(i, at.Add(c.pace.Start))
		}
	}
}

// wake lets an agent come that is late, or away.
func (c *command) wake(i int, at time.Time) {
	c.plan(at, func() {
		c.invocations[i].woken = true
		c.deliver(at)
	})
}

// undelivered tells how an invocation ends that nothing is sent for (monitor-commands.md, detailed
// status for invocations).
func (c *command) undelivered(n *Node) reference.Details {
	switch {
	case n.Denied:
		return reference.AccessDenied
	case n.Unreachable:
		return reference.Undeliverable
	case !slices.Contains(c.document.platformTypes, n.platform()):
		return reference.InvalidPlatform
	}
	return ""
}

func (c *command) start(i int, at time.Time) {
	if c.runs == nil {
		c.runs = runDocument(c.document, c.Parameters)
	}
	end := at
	if len(c.runs) > 0 {
		end = at.Add(c.runs[len(c.runs)-1].end)
	}
	c.invocations[i].started = at
	c.end(i, end, invocationDetails(c.runs))
}

// end plans the end of an invocation, which is shown somewhat later.
func (c *command) end(i int, at time.Time, how reference.Details) {
	shown := at.Add(c.pace.Report)
	c.plan(shown, func() {
		if !c.life.Apply(reference.LifeEvent{Kind: reference.Ended, Invocation: i, Details: how}) {
			return
		}
		if !c.invocations[i].started.After(at) {
			c.invocations[i].ended = at
		}
		c.deliver(shown)
	})
}

// cancel is the moment at which a cancellation reaches Run Command's queues and the nodes.
func (c *command) cancel(invocation int, at time.Time) {
	first, end := invocation, invocation+1
	if invocation == reference.AllInvocations {
		first, end = 0, len(c.nodes)
	}
	if !c.life.Apply(reference.LifeEvent{Kind: reference.CancelRequested, Invocation: invocation}) {
		return
	}
	for i := first; i < end; i++ {
		if c.life.Invocation(i) == reference.Cancelling && !c.nodes[i].Silent {
			c.end(i, at.Add(c.pace.Stop), reference.Cancelled)
		}
	}
	c.deliver(at)
}

// cancelCommand cancels a command for all its nodes, or for some. The answer is empty, also where
// there is nothing left to cancel. That a node named twice, or one that the command was not sent
// to, is refused is our choice of what the model's errors mean.
func (s *Service) cancelCommand(r request) ([]byte, *answer) {
	id := text(r.Tree.Get("CommandId"))
	c := s.history.find(r.region, id)
	if c == nil {
		return nil, modelled("InvalidCommandId", "Command id "+id+" does not exist.")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(s.clock.Now())
	var nodes []int
	seen := map[string]bool{}
	if given := r.Tree.Get("InstanceIds"); given != nil {
		for k := range given.Items {
			node := text(&given.Items[k])
			if seen[node] {
				return nil, modelled("DuplicateInstanceId", "")
			}
			seen[node] = true
			i := c.indexOf(node)
			if i < 0 {
				return nil, invalidInstances()
			}
			nodes = append(nodes, i)
		}
	}
	c.requestCancel(nodes)
	return []byte("{}"), nil
}

// requestCancel takes a CancelCommand in, for the nodes of these indexes, or for all where there are
// none.
func (c *command) requestCancel(nodes []int) {
	if reference.Terminal(c.life.Details()) {
		return
	}
	at := c.seen.Add(c.pace.Cancel)
	if len(nodes) == 0 {
		c.plan(at, func() { c.cancel(reference.AllInvocations, at) })
		return
	}
	if c.resolved.After(at) {
		at = c.resolved
	}
	for _, i := range nodes {
		c.plan(at, func() { c.cancel(i, at) })
	}
}

func (c *command) alarm(details reference.Details) {
	if !c.life.Apply(reference.LifeEvent{Kind: reference.Alarmed, Details: details}) {
		return
	}
	state := types.ExternalAlarmStateAlarm
	if details == reference.FailedDueToUnknownAlarmState {
		state = types.ExternalAlarmStateUnknown
	}
	for _, alarm := range c.AlarmConfiguration.Alarms {
		c.TriggeredAlarms = append(c.TriggeredAlarms, types.AlarmStateInformation{Name: alarm.Name, State: state})
	}
}

// shown is the command as ListCommands shows it. What is completed is counted when the command is
// terminal only: two minutes after the first of two invocations had ended, CompletedCount was still 0
// (evidence: status/not-before-all).
func (c *command) shown() types.Command {
	shown := c.Command
	details, counts := c.life.Details(), c.life.Counts()
	shown.Status, shown.StatusDetails = types.CommandStatus(reference.StatusOf(details)), aws.String(string(details))
	shown.TargetCount = max(c.TargetCount, int32(counts.Target))
	if !reference.Terminal(details) {
		return shown
	}
	shown.CompletedCount, shown.ErrorCount = int32(counts.Completed), int32(counts.Errors)
	shown.DeliveryTimedOutCount = int32(counts.DeliveryTimedOut)
	return shown
}
