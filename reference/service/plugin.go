package service

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sendspec/sendspec/reference"
)

// plugin is one step of an invocation as the API shows it.
type plugin struct {
	name    string
	details reference.Details
	code    int
	// started and finished are zero until the agent has told the step's end.
	started, finished time.Time
	stdout, stderr    string
	// prefix is the S3 prefix of the output, "" where there is none.
	prefix, folder string
}

// plugins are the steps of an invocation at the last look. An unfinished step has no
// times, no output and no S3 members (evidence: output/plugin-running).
func (c *command) plugins(i int) []plugin {
	run, details := &c.invocations[i], c.life.Invocation(i)
	shown := make([]plugin, len(c.document.steps))
	for k := range c.document.steps {
		shown[k] = plugin{name: c.document.steps[k].name, details: details, code: unanswered, folder: c.document.steps[k].folder()}
	}
	answered := !run.ended.IsZero()
	if details == reference.Cancelling {
		details = reference.InProgress
	}
	if run.started.IsZero() || reference.Terminal(details) && !answered {
		for k := range shown {
			if details == reference.InProgress {
				shown[k].details = reference.Pending // a step after the first waits for it
				shown[0].details = reference.InProgress
			}
		}
		return shown
	}
	elapsed := c.seen.Add(-c.pace.Report).Sub(run.started)
	if answered {
		elapsed = run.ended.Sub(run.started)
	}
	for k := range shown {
		c.show(&shown[k], k, i, elapsed, answered)
	}
	return shown
}

// show fills in one step of an invocation that was started so long ago.
func (c *command) show(p *plugin, k, i int, elapsed time.Duration, answered bool) {
	r, run := &c.runs[k], &c.invocations[i]
	switch {
	case elapsed >= r.end:
		c.finish(p, k, i, r.details, r.code, run.started.Add(r.end), r.output)
	case !answered && (k == 0 || elapsed >= r.begin):
		p.details = reference.InProgress
	case !answered:
		p.details = reference.Pending
	case elapsed >= r.begin:
		// Only a cancellation ends a step before its time.
		c.finish(p, k, i, reference.Cancelled, killed, run.ended, until(r.output, elapsed-r.begin))
	}
}

func (c *command) finish(p *plugin, k, i int, details reference.Details, code int, at time.Time, output []chunk) {
	p.details, p.code, p.finished = details, code, at
	p.started = c.invocations[i].started.Add(c.runs[k].begin)
	exit := 0
	if details == reference.Failed {
		exit = code
	}
	p.stdout, p.stderr = streams(output, exit)
	if aws.ToString(c.OutputS3BucketName) == "" {
		return
	}
	p.prefix = *c.CommandId + "/" + c.nodes[i].ID + "/" + withoutColon(c.document.steps[k].action)
	if given := aws.ToString(c.OutputS3KeyPrefix); given != "" {
		p.prefix = given + "/" + p.prefix
	}
}

// url is where a stream of the output lies, "" where nowhere.
func (c *command) url(p *plugin, stream string) *string {
	if p.prefix == "" {
		return &p.prefix
	}
	return aws.String("https://s3." + aws.ToString(c.OutputS3Region) + ".amazonaws.com/" +
		aws.ToString(c.OutputS3BucketName) + "/" + p.prefix + "/" + p.folder + "/" + stream)
}

// zuluTime is a time as GetCommandInvocation writes it.
func zuluTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// executionEnd is ExecutionEndDateTime: recorded, it is the start and the whole seconds of the time
// elapsed, not the time of the end.
func (p *plugin) executionEnd() time.Time {
	return p.started.Add(p.finished.Sub(p.started).Truncate(time.Second))
}

// isoDuration writes a time elapsed as Java's Duration.toString does: PT0.003S, PT1.37S. That a
// minute is written PT1M is inferred from that; longer times were not recorded.
func isoDuration(d time.Duration) string {
	d = d.Truncate(time.Millisecond)
	if d <= 0 {
		return "PT0S"
	}
	text := "PT"
	if hours := int64(d / time.Hour); hours > 0 {
		text += strconv.FormatInt(hours, 10) + "H"
	}
	if minutes := int64(d % time.Hour / time.Minute); minutes > 0 {
		text += strconv.FormatInt(minutes, 10) + "M"
	}
	if rest := d % time.Minute; rest > 0 {
		written := strconv.FormatFloat(rest.Seconds(), 'f', 3, 64)
		text += strings.TrimSuffix(strings.TrimRight(written, "0"), ".") + "S"
	}
	return text
}
