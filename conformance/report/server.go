package report

import (
	"fmt"
	"strings"

	"github.com/sendspec/sendspec/conformance/event"
)

// ServerInfo is a server under test that ended before the run did.
type ServerInfo struct {
	Command string   `json:"command"`
	Ended   string   `json:"ended"`
	Output  []string `json:"output"`
}

// serverInfo is nil for a server that lived: what it wrote is then no matter of the report, and would
// be new in each run.
func serverInfo(s *event.LaunchedServer) *ServerInfo {
	if s == nil || s.Ended == "" {
		return nil
	}
	return &ServerInfo{clean(s.Command), clean(s.Ended), outputLines(s.Output)}
}

func outputLines(lines []string) []string {
	list := make([]string, len(lines))
	for i, line := range lines {
		list[i] = clean(excerpt(line))
	}
	return list
}

// ServerDied tells, in lines for people, how a server ended that was started for a run, and the last of
// what it wrote.
func ServerDied(s event.LaunchedServer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "the server under test ended by itself (%s): %s\n", clean(s.Ended), clean(s.Command))
	b.WriteString(Output("the server", s.Output))
	return b.String()
}

// Output tells the last of what a process wrote, escaped, in lines for people.
func Output(who string, lines []string) string {
	if len(lines) == 0 {
		return "  " + who + " wrote nothing\n"
	}
	var b strings.Builder
	for _, line := range outputLines(lines) {
		b.WriteString("  | " + line + "\n")
	}
	return b.String()
}
