package service

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sendspec/sendspec/reference"
)

// getCommandInvocation: an unknown command, and one that was not sent to the node, have the recorded
// answer of a command that is not known yet. A caller who may not ask learns of no command
// (evidence: errors/AccessDeniedException/GetCommandInvocation, errors/AccessDeniedException/before-lookup).
func (s *Service) getCommandInvocation(r request) ([]byte, *exception) {
	if s.deniedCallers[r.accessKey] {
		return nil, accessDenied(s.account, reference.GetCommandInvocation, "arn:aws:ssm:"+r.region+":"+s.account+":*")
	}
	id, node := text(r.Tree.Get("CommandId")), text(r.Tree.Get("InstanceId"))
	missing := modelled("InvocationDoesNotExist", "Invocation not found for "+id+", "+node)
	c := s.history.find(r.region, id)
	if c == nil {
		return nil, missing
	}
	now := s.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(now)
	i := c.indexOf(node)
	if i < 0 || i >= len(c.invocations) || c.invocations[i].requested.IsZero() {
		return nil, missing
	}
	shown := c.plugins(i, c.time(now))
	if name := r.Tree.Get("PluginName"); name != nil && text(name) != "" {
		for k := range shown {
			if shown[k].name == text(name) {
				return c.invocationResult(i, &shown[k], shown[k].details), nil
			}
		}
		return nil, modelled("InvalidPluginName", "Plugin "+text(
			name)+" not found for invocation with command id "+id+" and instance id "+node)
	}
	if len(shown) == 1 {
		return c.invocationResult(i, &shown[0], c.life.Invocation(i)), nil
	}
	details := c.life.Invocation(i)
	return c.invocationResult(i, overall(shown, details), details), nil
}

// overall sums up the steps of a document with several, where no PluginName says which: the code of all,
// and no output (evidence: output/no-PluginName). That the code is that of the first step that failed, and the times are from the
// first step's start to the last one's end, is our choice.
func overall(steps []plugin, details reference.Details) *plugin {
	all := &plugin{code: unanswered}
	if !reference.Terminal(details) {
		return all
	}
	all.code = 0
	for k := range steps {
		if all.code == 0 {
			all.code = steps[k].code
		}
		if steps[k].finished.IsZero() {
			continue
		}
		if all.started.IsZero() {
			all.started = steps[k].started
		}
		all.finished = steps[k].finished
	}
	return all
}

// indexOf returns the index of a node among those that the command was sent to, -1 where it is not.
func (c *command) indexOf(node string) int {
	return slices.IndexFunc(c.nodes, func(n Node) bool { return n.ID == node })
}

func (c *command) invocationResult(i int, p *plugin, details reference.Details) []byte {
	w := &writer{b: make([]byte, 0, 1024)}
	w.open("")
	w.cloudWatch(c.CloudWatchOutputConfig)
	w.text("CommandId", aws.ToString(c.CommandId))
	w.text("Comment", aws.ToString(c.Comment))
	w.text("DocumentName", aws.ToString(c.DocumentName))
	w.text("DocumentVersion", aws.ToString(c.DocumentVersion))
	// Recorded: until the end is known there is no start, no time elapsed, and an empty end.
	if p.finished.IsZero() {
		w.text("ExecutionEndDateTime", "")
	} else {
		w.text("ExecutionElapsedTime", isoDuration(p.finished.Sub(p.started)))
		w.text("ExecutionEndDateTime", zuluTime(p.executionEnd()))
		w.text("ExecutionStartDateTime", zuluTime(p.started))
	}
	w.text("InstanceId", c.nodes[i].ID)
	w.text("PluginName", p.name)
	w.number("ResponseCode", int32(p.code))
	w.text("StandardErrorContent", p.stderr)
	w.text("StandardErrorUrl", c.url(p, "stderr"))
	w.text("StandardOutputContent", p.stdout)
	w.text("StandardOutputUrl", c.url(p, "stdout"))
	w.text("Status", string(reference.StatusOf(details)))
	w.text("StatusDetails", string(details))
	w.end()
	return w.b
}

// invocation writes one of ListCommandInvocations. Its URLs are those of the first step, which is
// recorded for documents with one.
func (w *writer) invocation(c *command, i int, at time.Time, withPlugins bool) {
	shown, details := c.plugins(i, at), c.life.Invocation(i)
	first := &plugin{}
	if len(shown) > 0 {
		first = &shown[0]
	}
	w.open("")
	w.cloudWatch(c.CloudWatchOutputConfig)
	w.text("CommandId", aws.ToString(c.CommandId))
	if !withPlugins {
		shown = nil
	}
	list(w, "CommandPlugins", shown, func(p *plugin) { w.plugin(c, p) })
	w.text("Comment", aws.ToString(c.Comment))
	w.text("DocumentName", aws.ToString(c.DocumentName))
	w.text("DocumentVersion", aws.ToString(c.DocumentVersion))
	w.text("InstanceId", c.nodes[i].ID)
	w.text("InstanceName", c.nodes[i].Name)
	w.notificationConfig(c.NotificationConfig)
	w.time("RequestedDateTime", c.invocations[i].requested)
	w.text("ServiceRole", aws.ToString(c.ServiceRole))
	w.text("StandardErrorUrl", c.url(first, "stderr"))
	w.text("StandardOutputUrl", c.url(first, "stdout"))
	w.text("Status", string(reference.StatusOf(details)))
	w.text("StatusDetails", string(details))
	w.end()
}

func (w *writer) plugin(c *command, p *plugin) {
	finished := !p.finished.IsZero()
	var region, bucket string
	if finished {
		region, bucket = aws.ToString(c.OutputS3Region), aws.ToString(c.OutputS3BucketName)
	}
	status, details := p.pluginStatus()
	w.open("")
	w.text("Name", p.name)
	w.text("Output", pluginOutput(p.stdout, p.stderr))
	w.text("OutputS3BucketName", bucket)
	w.text("OutputS3KeyPrefix", p.prefix)
	w.text("OutputS3Region", region)
	w.number("ResponseCode", int32(p.code))
	if finished {
		w.time("ResponseFinishDateTime", p.finished)
		w.time("ResponseStartDateTime", p.started)
	}
	w.text("StandardErrorUrl", c.url(p, "stderr"))
	w.text("StandardOutputUrl", c.url(p, "stdout"))
	w.text("Status", status)
	w.text("StatusDetails", details)
	w.end()
}
