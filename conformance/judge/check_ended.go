package judge

import (
	"fmt"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// endedCheck looks at what becomes of a command: its counts, and what is left of an invocation that has ended.
var endedCheck = caseCheck{
	rule("Command/ended", "The counts of a command do not fall, and stay once it has ended; they and its status agree with its "+
		"invocations once all have ended; an invocation that has ended is shown with one end, one code and one output",
		fixtures.Must, "status/counts", "status/ErrorCount", "status/success-all", "status/history", "output/readiness"),
	func(h *history, e *Exchanged, s *subject) []Finding {
		if s.of == reference.OfCommand {
			return h.command(e, s)
		}
		return h.invocation(e, s)
	},
}

var countNames = [...]string{"TargetCount", "CompletedCount", "ErrorCount", "DeliveryTimedOutCount"}

// command looks at the counts of a Command.
func (h *history) command(e *Exchanged, s *subject) []Finding {
	if e.Sent.Before(h.counted.end) {
		return nil // both were under way
	}
	var found []Finding
	by, now, whole := s.by, h.counts, true
	for i, name := range countNames {
		v := s.value.Get(name)
		n, ok := v.Int64()
		if !ok {
			whole = false
			continue
		}
		now[i] = n
		switch before := h.counts[i]; {
		case h.hasCounts && h.end != "" && n != before:
			found = append(found, broken(fixtures.Must, s.path+"/"+name,
				fmt.Sprintf("%d, as in %s, where it had ended", before, h.counted), described(v))...)
		case h.hasCounts && n < before: // no source says that a list cannot lag behind another
			found = append(found, broken(fixtures.Should, s.path+"/"+name,
				fmt.Sprintf("no less than %d, as in %s", before, h.counted), described(v))...)
		}
	}
	h.counts, h.counted, h.hasCounts = now, by, whole
	if d := s.details(); reference.Terminal(d) && whole {
		h.end, h.ended = d, by
	}
	if len(found) > 0 {
		return found
	}
	return h.agree(s.path, by)
}

// agree holds the end of a command against the ends of its invocations, where all are known. Path is that of what was
// shown last: where it is no Command that has ended, its StatusDetails stand for what is wrong.
func (h *history) agree(path string, by place) []Finding {
	if h.end == "" || len(h.invocations) == 0 || int64(len(h.invocations)) < h.counts[0] {
		return nil
	}
	where, other := func(name string) string { return path + "/" + name }, h.last
	if by != h.ended {
		where, other = func(string) string { return path + "/StatusDetails" }, h.ended
	}
	for i, want := range []int{h.sum.Target, h.sum.Completed, h.sum.Errors, h.sum.DeliveryTimedOut} {
		if h.counts[i] != int64(want) {
			return broken(fixtures.Must, where(countNames[i]),
				fmt.Sprintf("%s %d, by its invocations: %s", countNames[i], want, other),
				Description{Words: fmt.Sprint(h.counts[i]), Kind: kindNumber})
		}
	}
	succeeded := h.all[reference.Success] == len(h.invocations)
	failed := h.all[reference.Failed]+h.all[reference.ExecutionTimedOut] > 0
	if succeeded != (h.end == reference.Success) && (succeeded || failed) {
		return broken(fixtures.Must, where("StatusDetails"),
			fmt.Sprintf("what goes with invocations that ended %v: %s", h.all, other), anything(string(h.end)))
	}
	return nil
}

func (h *history) count(d reference.Details, by place) {
	one := reference.Count([]reference.Details{d})
	h.sum.Target += one.Target
	h.sum.Completed += one.Completed
	h.sum.Errors += one.Errors
	h.sum.DeliveryTimedOut += one.DeliveryTimedOut
	h.all[d]++
	h.last = by
}

// invocation looks at what is left of an invocation once it has ended.
func (h *history) invocation(e *Exchanged, s *subject) []Finding {
	details, by := s.details(), s.by
	if !reference.Terminal(details) {
		return nil
	}
	var found []Finding
	before, ended := h.invocations[s.node]
	switch {
	case !ended && h.ends < mostRemembered:
		h.ends++
		h.invocations[s.node] = statusSeen{details, by}
		h.count(details, by)
		found = h.agree(s.path, by)
	case ended && before.details != details:
		return broken(fixtures.Must, s.path+"/StatusDetails",
			fmt.Sprintf("%s, as in %s, where it had ended", before.details, before.by), anything(string(details)))
	}
	key := e.Step.Request.Operation + " " + s.node
	if plugin := s.value.Get("PluginName").Str(); e.Step.Request.Operation == reference.GetCommandInvocation {
		key += " " + plugin
	}
	found = append(found, h.outputs(s.placed, key, by)...)
	for _, p := range elementsOf(s.placed, "CommandPlugins") {
		found = append(found, h.outputs(p, key+" plugin "+p.value.Get("Name").Str(), by)...)
	}
	return found
}

// leftOver are the members that an invocation, or a plugin of it, leaves behind. They may take time to come, and stay then.
var leftOver = []string{
	"ResponseCode", "ExecutionStartDateTime", "ExecutionElapsedTime", "ExecutionEndDateTime", "StandardOutputContent",
	"StandardErrorContent", "StandardOutputUrl", "StandardErrorUrl", "Output", "ResponseStartDateTime", "ResponseFinishDateTime",
}

func (h *history) outputs(p placed, key string, by place) []Finding {
	var found []Finding
	for _, name := range leftOver {
		v := p.value.Get(name)
		if v == nil || v.Kind == jsontree.Null || v.Kind == jsontree.String && v.Text == "" || v.Kind == jsontree.Number && v.Text == "-1" {
			continue
		}
		if before, seen := h.output[key+" "+name]; !seen {
			h.remember(h.output, key+" "+name, v, by)
		} else if !stays(name, before, v) {
			found = append(found,
				before.differs(fixtures.Must, p.path+"/"+name, ", as in "+before.by.name+", where it had ended", v)...)
		}
	}
	return found
}
