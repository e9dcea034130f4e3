package service

import (
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/sendspec/sendspec/reference"
)

// getCommandInvocation: an unknown command, and one that was not sent to the node, have the recorded
// answer of a command that is not known yet. A caller who may not ask learns of no command
// (evidence: errors/AccessDeniedException/GetCommandInvocation, errors/AccessDeniedException/before-lookup).
func (s *Service) getCommandInvocation(r request) ([]byte, *answer) {
	if s.deniedCallers[r.accessKey] {
		return nil, accessDenied(s.account, reference.GetCommandInvocation, "arn:aws:ssm:"+r.region+":"+s.account+":*")
	}
	id, node := text(r.Tree.Get("CommandId")), text(r.Tree.Get("InstanceId"))
	missing := modelled("InvocationDoesNotExist", "Invocation not found for "+id+", "+node)
	c := s.history.find(r.region, id)
	if c == nil {
		return nil, missing
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance(s.clock.Now())
	i := c.indexOf(node)
	if i < 0 || i >= len(c.invocations) || c.invocations[i].requested.IsZero() {
		return nil, missing
	}
	shown := c.plugins(i)
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
	shown := ssm.GetCommandInvocationOutput{
		CloudWatchOutputConfig: c.CloudWatchOutputConfig, CommandId: c.CommandId, Comment: c.Comment, DocumentName: c.DocumentName,
		DocumentVersion: c.DocumentVersion, InstanceId: &c.nodes[i].ID, PluginName: &p.name, ResponseCode: int32(p.code),
		StandardErrorContent: &p.stderr, StandardErrorUrl: c.url(p, "stderr"),
		StandardOutputContent: &p.stdout, StandardOutputUrl: c.url(p, "stdout"),
		Status: types.CommandInvocationStatus(reference.StatusOf(details)), StatusDetails: aws.String(string(details)),
		// Recorded: until the end is known there is no start, no time elapsed, and an empty end.
		ExecutionEndDateTime: aws.String(""),
	}
	if !p.finished.IsZero() {
		shown.ExecutionElapsedTime = aws.String(isoDuration(p.finished.Sub(p.started)))
		shown.ExecutionEndDateTime = aws.String(zuluTime(p.executionEnd()))
		shown.ExecutionStartDateTime = aws.String(zuluTime(p.started))
	}
	return appendValue(nil, reflect.ValueOf(&shown))
}

// invocation is one of ListCommandInvocations. Its URLs are those of the first step, which is
// recorded for documents with one.
func (c *command) invocation(i int, withPlugins bool) types.CommandInvocation {
	plugins, details := c.plugins(i), c.life.Invocation(i)
	first := &plugin{}
	if len(plugins) > 0 {
		first = &plugins[0]
	}
	shown := types.CommandInvocation{
		CloudWatchOutputConfig: c.CloudWatchOutputConfig, CommandId: c.CommandId, Comment: c.Comment, DocumentName: c.DocumentName,
		DocumentVersion: c.DocumentVersion, InstanceId: &c.nodes[i].ID, InstanceName: &c.nodes[i].Name,
		NotificationConfig: c.NotificationConfig, RequestedDateTime: &c.invocations[i].requested, ServiceRole: c.ServiceRole,
		StandardErrorUrl: c.url(first, "stderr"), StandardOutputUrl: c.url(first, "stdout"),
		Status: types.CommandInvocationStatus(reference.StatusOf(details)), StatusDetails: aws.String(string(details)),
	}
	if withPlugins {
		for k := range plugins {
			shown.CommandPlugins = append(shown.CommandPlugins, c.plugin(&plugins[k]))
		}
	}
	return shown
}

// plugin is one of CommandPlugins. The model's statuses of plugins have no Cancelling.
func (c *command) plugin(p *plugin) types.CommandPlugin {
	details := p.details
	if details == reference.Cancelling {
		details = reference.InProgress
	}
	shown := types.CommandPlugin{
		Name: &p.name, Output: aws.String(pluginOutput(p.stdout, p.stderr)), OutputS3BucketName: aws.String(""),
		OutputS3KeyPrefix: &p.prefix, OutputS3Region: aws.String(""), ResponseCode: int32(p.code),
		StandardErrorUrl: c.url(p, "stderr"), StandardOutputUrl: c.url(p, "stdout"),
		Status: types.CommandPluginStatus(reference.StatusOf(details)), StatusDetails: aws.String(string(details)),
	}
	if !p.finished.IsZero() {
		shown.OutputS3BucketName, shown.OutputS3Region = c.OutputS3BucketName, c.OutputS3Region
		shown.ResponseStartDateTime, shown.ResponseFinishDateTime = &p.started, &p.finished
	}
	return shown
}
