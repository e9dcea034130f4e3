package reference

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// DefaultTimeout is the TimeoutSeconds of a command that gives none (evidence: expiry/default).
const DefaultTimeout = 3600 * time.Second

// defaultExecutionTimeout is what a step counts whose timeoutSeconds is not set, not supplied or
// no number (evidence: expiry/unparsable).
const defaultExecutionTimeout = 3600 * time.Second

// ExecutionTimeout returns what the steps of a document add to ExpiresAfter, beside TimeoutSeconds (evidence: expiry/sum). steps are their
// timeoutSeconds as written, "" where there is none; supplied are the command's Parameters. A
// document of schema 1.2 has one step, its first property. A parameter counts with its supplied
// value only, never with its declared default: that is recorded (evidence: expiry/parameter-omitted). That a step
// without timeoutSeconds, and a document without steps, counts 3600 seconds is inferred.
func ExecutionTimeout(steps []string, supplied map[string][]string) time.Duration {
	if len(steps) == 0 {
		return defaultExecutionTimeout
	}
	var sum time.Duration
	for _, written := range steps {
		if name, isReference := ParameterReference(written); isReference {
			written = first(supplied[name])
		}
		timeout, ok := seconds(written)
		if !ok {
			timeout = defaultExecutionTimeout
		}
		sum += timeout
	}
	return sum
}

// minAgentTimeout and maxAgentTimeout bound the timeout that a node's agent enforces.
const (
	// minAgentTimeout: 2 seconds are admitted and not enforced, 5 are (evidence: expiry/agent-minimum).
	minAgentTimeout = 5 * time.Second
	// maxAgentTimeout is the most that AWS-RunShellScript's executionTimeout may be (evidence: parameters/executionTimeout-max).
	maxAgentTimeout = 172800 * time.Second
)

// AgentTimeout returns the execution timeout that the agent on a node enforces for one step.
// written is the step's timeoutSeconds; values are the parameters' values as the agent sees them,
// which are the declared defaults where none were supplied. What is no number of seconds within
// the agent's bounds falls back to an hour.
func AgentTimeout(written string, values map[string][]string) time.Duration {
	if name, isReference := ParameterReference(written); isReference {
		written = first(values[name])
	}
	timeout, ok := seconds(written)
	if !ok || timeout < minAgentTimeout || timeout > maxAgentTimeout {
		return defaultExecutionTimeout
	}
	return timeout
}

var parameterReference = regexp.MustCompile(`^\{\{\s*([A-Za-z0-9_.\-]+)\s*\}\}$`)

// ParameterReference reports whether a document's text is just {{ name }}, and which name.
func ParameterReference(text string) (name string, ok bool) {
	found := parameterReference.FindStringSubmatch(strings.TrimSpace(text))
	if found == nil {
		return "", false
	}
	return found[1], true
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func seconds(text string) (time.Duration, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	if err != nil || n <= 0 {
		return 0, false
	}
	return time.Duration(n) * time.Second, true
}
