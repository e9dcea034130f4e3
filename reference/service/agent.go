package service

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// The part of the agent that makes a run of a document. No process is started: scripts are
// interpreted (script.go), and a step of an action that is no script succeeds without output.

// stepRun is what a step does on every node that runs it, were nothing to interrupt it.
type stepRun struct {
	// begin and end are times since the document was started.
	begin, end time.Duration
	details    reference.Details
	code       int
	output     []chunk
}

// overhead is how long a script takes that does nothing: 3 to 8 ms in the recordings.
const overhead = 3 * time.Millisecond

// killed is the ResponseCode of a step that was stopped (evidence: status/execution-timeout):
// 128 and SIGKILL.
const killed = 137

// unanswered is the ResponseCode of a step whose node has not told one.
const unanswered = -1

// runDocument works out the steps of a command one after the other. A step that fails does not keep
// the next from running, which is the default of onFailure.
func runDocument(v *documentVersion, supplied map[string][]string) []stepRun {
	values := v.values(supplied)
	runs := make([]stepRun, 0, len(v.steps))
	var at time.Duration
	for i := range v.steps {
		s := &v.steps[i]
		r := stepRun{begin: at, details: reference.Success}
		result := scriptResult{elapsed: overhead}
		if strings.HasPrefix(s.action, "aws:run") && strings.HasSuffix(s.action, "Script") {
			result = runScript(strings.Join(fill(s.inputs.Get("runCommand"), values), "\n"))
			result.elapsed += overhead
		}
		r.code, r.output = result.code, result.output
		if limit := reference.AgentTimeout(s.timeout, values); result.elapsed > limit {
			result.elapsed = limit
			r.code, r.details, r.output = killed, reference.ExecutionTimedOut, until(result.output, limit)
		} else if result.code != 0 {
			r.details = reference.Failed
		}
		at += result.elapsed
		r.end = at
		runs = append(runs, r)
	}
	return runs
}

// invocationDetails sums the steps up. A step that Failed outweighs one that timed out, which is
// our choice.
func invocationDetails(runs []stepRun) reference.Details {
	details := reference.Success
	for i := range runs {
		switch runs[i].details {
		case reference.Failed:
			return reference.Failed
		case reference.ExecutionTimedOut:
			details = reference.ExecutionTimedOut
		}
	}
	return details
}

// folder is how the agent names a step's output: recorded for schema 1.2
// (evidence: output/plugin); the step's name for 2.x is inferred.
func (s *step) folder() string {
	if s.name == s.action {
		return "0." + withoutColon(s.action)
	}
	return s.name
}

func withoutColon(action string) string { return strings.ReplaceAll(action, ":", "") }

// values are the parameters as the agent sees them: the declared defaults where none were supplied.
func (v *documentVersion) values(supplied map[string][]string) map[string][]string {
	values := make(map[string][]string, len(v.parameters))
	for name, p := range v.parameters {
		values[name] = p.defaults
	}
	maps.Copy(values, supplied)
	return values
}

// fill returns the lines of a runCommand, a string or a list of them, with the parameters filled in.
// A reference that is a whole line is replaced by all the lines of its StringList.
func fill(v *jsontree.Value, values map[string][]string) []string {
	if v == nil {
		return nil
	}
	items := []jsontree.Value{*v}
	if v.Kind == jsontree.Array {
		items = v.Items
	}
	var lines []string
	for i := range items {
		line := text(&items[i])
		if name, ok := reference.ParameterReference(line); ok {
			if given, declared := values[name]; declared {
				lines = append(lines, given...)
				continue
			}
		}
		lines = append(lines, substitute(line, values))
	}
	return lines
}

func substitute(line string, values map[string][]string) string {
	return parameterReferences.ReplaceAllStringFunc(line, func(found string) string {
		if given, declared := values[strings.TrimSpace(found[len("{{"):len(found)-len("}}")])]; declared {
			return strings.Join(given, " ")
		}
		return found
	})
}

var parameterReferences = regexp.MustCompile(`(?s)\{\{.*?\}\}`)

// chunk is a piece of output, and when it was written, since the step began.
type chunk struct {
	at     time.Duration
	text   string
	stderr bool
}

// until is the output that was written before a time.
func until(output []chunk, at time.Duration) []chunk {
	i := slices.IndexFunc(output, func(c chunk) bool { return c.at >= at })
	if i < 0 {
		return output
	}
	return output[:i]
}

// Bounds on the output that the API hands out, in characters (evidence: output/stdout-limit, output/stderr-limit).
const (
	maxStandardOutput = 24000
	maxStandardError  = 8000
	maxPluginOutput   = 2400 // the agent's, below the 2500 of the model
)

// The agent's words for output that was cut (evidence: output/truncation-marks), and what precedes stderr.
const (
	truncated       = "--output truncated--"
	outputTruncated = "\n---Output truncated---"
	errorTruncated  = "\n---Error truncated----"
	errorSeparator  = "\n----------ERROR-------\n"
)

func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-len(truncated)]) + truncated
}

// streams joins output to what GetCommandInvocation shows. exit is the code that the script ended
// with by itself, 0 where it did not.
func streams(output []chunk, exit int) (stdout, stderr string) {
	var out, err strings.Builder
	for _, c := range output {
		if c.stderr {
			err.WriteString(c.text)
		} else {
			out.WriteString(c.text)
		}
	}
	stderr = err.String()
	if exit != 0 {
		if stderr != "" && !strings.HasSuffix(stderr, "\n") {
			stderr += "\n"
		}
		stderr += exitMessage(exit)
	}
	return cut(out.String(), maxStandardOutput), cut(stderr, maxStandardError)
}

// pluginOutput is the Output of a plugin (evidence: output/separator, output/truncation-marks). What does not fit is cut as
// the agent does it: the longer of both streams, or both where each is more than half of it.
func pluginOutput(stdout, stderr string) string {
	out, errs, separator := []rune(stdout), []rune(stderr), ""
	if len(errs) > 0 {
		separator = errorSeparator
	}
	room := maxPluginOutput - len(separator)
	switch {
	case len(out)+len(errs) < room:
		return stdout + separator + stderr
	case len(out) > room/2 && len(errs) > room/2:
		half := (room - len(outputTruncated) - len(errorTruncated)) / 2
		return string(out[:half]) + outputTruncated + separator + string(errs[:half]) + errorTruncated
	case len(out) < room/2:
		return stdout + separator + string(errs[:room-len(errorTruncated)-len(out)]) + errorTruncated
	}
	return string(out[:room-len(outputTruncated)-len(errs)]) + outputTruncated + separator + stderr
}
