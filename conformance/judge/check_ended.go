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
	func() func(*Exchanged) []Finding {
		l := &lives{commands: map[string]*life{}, room: roomForTexts}
		return l.inspect
	},
}

var countNames = [...]string{"TargetCount", "CompletedCount", "ErrorCount", "DeliveryTimedOutCount"}

type lives struct {
	commands map[string]*life
	kept     int // invocations and values of them
	room     int
}

// life is what was seen of a command.
type life struct {
	counts      [len(countNames)]int64
	counted     place
	hasCounts   bool
	end         reference.Details // "" before it
	ended       place
	invocations map[string]invocationEnd  // those that have ended, by node
	all         map[reference.Details]int // of them
	sum         reference.Counts
	last        place // that showed one of them
	output      map[string]known
}

type invocationEnd struct {
	details reference.Details
	by      place
}

func (l *lives) inspect(e *Exchanged) []Finding {
	var found []Finding
	for _, s := range e.subjects() {
		c := l.commands[s.command]
		if c == nil || e.Step.Request.Operation == reference.SendCommand {
			if len(l.commands) >= mostRemembered {
				continue
			}
			c = &life{invocations: map[string]invocationEnd{}, all: map[reference.Details]int{}, output: map[string]known{}}
			l.commands[s.command] = c
		}
		if s.of == reference.OfCommand {
			found = append(found, c.command(e, &s)...)
		} else {
			found = append(found, l.invocation(c, e, &s)...)
		}
	}
	return found
}

// command looks at the counts of a Command.
func (c *life) command(e *Exchanged, s *subject) []Finding {
	if e.Sent.Before(c.counted.end) {
		return nil // both were under way
	}
	var found []Finding
	by, now, whole := placeOf(e), c.counts, true
	for i, name := range countNames {
		v := s.value.Get(name)
		n, ok := v.Int64()
		if !ok {
			whole = false
			continue
		}
		now[i] = n
		switch before := c.counts[i]; {
		case c.hasCounts && c.end != "" && n != before:
			found = append(found, broken(fixtures.Must, s.path+"/"+name,
				anything(fmt.Sprintf("%d, as in %s, where it had ended", before, c.counted)), described(v))...)
		case c.hasCounts && n < before: // no source says that a list cannot lag behind another
			found = append(found, broken(fixtures.Should, s.path+"/"+name,
				anything(fmt.Sprintf("no less than %d, as in %s", before, c.counted)), described(v))...)
		}
	}
	c.counts, c.counted, c.hasCounts = now, by, whole
	if d := s.details(); reference.Terminal(d) && whole {
		c.end, c.ended = d, by
	}
	if len(found) > 0 {
		return found
	}
	return c.agree(s.path, s.path+"/StatusDetails", by)
}

// agree holds the end of a command against the ends of its invocations, where all are known. Path is that of the
// Command; where it was shown before, at is the stand-in for it.
func (c *life) agree(path, at string, by place) []Finding {
	if c.end == "" || len(c.invocations) == 0 || int64(len(c.invocations)) < c.counts[0] {
		return nil
	}
	where := func(name string) string {
		if by == c.ended {
			return path + "/" + name
		}
		return at
	}
	other := c.last
	if by != c.ended {
		other = c.ended
	}
	for i, want := range []int{c.sum.Target, c.sum.Completed, c.sum.Errors, c.sum.DeliveryTimedOut} {
		if c.counts[i] != int64(want) {
			return broken(fixtures.Must, where(countNames[i]),
				anything(fmt.Sprintf("%s %d, by its invocations: %s", countNames[i], want, other)),
				Description{Words: fmt.Sprint(c.counts[i]), Kind: kindNumber})
		}
	}
	succeeded := c.all[reference.Success] == len(c.invocations)
	if succeeded != (c.end == reference.Success) && (succeeded || runFailed(c.all)) {
		return broken(fixtures.Must, where("StatusDetails"),
			anything(fmt.Sprintf("what goes with invocations that ended %v: %s", c.all, other)), anything(string(c.end)))
	}
	return nil
}

// count adds an invocation that has ended.
func (c *life) count(d reference.Details, by place) {
	one := reference.Count([]reference.Details{d})
	c.sum.Target += one.Target
	c.sum.Completed += one.Completed
	c.sum.Errors += one.Errors
	c.sum.DeliveryTimedOut += one.DeliveryTimedOut
	c.all[d]++
	c.last = by
}

// runFailed reports whether an invocation ended so that its command is no Success.
func runFailed(ends map[reference.Details]int) bool {
	return ends[reference.Failed]+ends[reference.ExecutionTimedOut] > 0
}

// invocation looks at what is left of an invocation once it has ended.
func (l *lives) invocation(c *life, e *Exchanged, s *subject) []Finding {
	details, by := s.details(), placeOf(e)
	if !reference.Terminal(details) {
		return nil
	}
	var found []Finding
	path := s.path + "/StatusDetails"
	switch before, ended := c.invocations[s.node]; {
	case ended && before.details != details:
		return broken(fixtures.Must, path, anything(fmt.Sprintf("%s, as in %s, where it had ended", before.details, before.by)),
			anything(string(details)))
	case !ended && l.kept < mostRemembered:
		l.kept++
		c.invocations[s.node] = invocationEnd{details, by}
		c.count(details, by)
		found = c.agree(s.path, path, by)
	}
	operation := e.Step.Request.Operation
	if operation == reference.GetCommandInvocation {
		return append(found, l.outputs(c, s.placed, operation+" "+s.node+" "+s.value.Get("PluginName").Str(), by)...)
	}
	found = append(found, l.outputs(c, s.placed, operation+" "+s.node, by)...)
	plugins := elements(s.value.Get("CommandPlugins"))
	for i := range plugins {
		p := placed{fmt.Sprintf("%s/CommandPlugins/%d", s.path, i), &plugins[i]}
		found = append(found, l.outputs(c, p, operation+" "+s.node+" plugin "+p.value.Get("Name").Str(), by)...)
	}
	return found
}

// leftOver are the members that an invocation, or a plugin of it, leaves behind. They may take time to come, and stay then.
var leftOver = []string{
	"ResponseCode", "ExecutionStartDateTime", "ExecutionElapsedTime", "ExecutionEndDateTime", "StandardOutputContent",
	"StandardErrorContent", "StandardOutputUrl", "StandardErrorUrl", "Output", "ResponseStartDateTime", "ResponseFinishDateTime",
}

func (l *lives) outputs(c *life, p placed, key string, by place) []Finding {
	var found []Finding
	for _, name := range leftOver {
		v := p.value.Get(name)
		if v == nil || v.Kind == jsontree.Null || v.Kind == jsontree.String && v.Text == "" || v.Kind == jsontree.Number && v.Text == "-1" {
			continue
		}
		before, seen := c.output[key+" "+name]
		if seen && !stays(name, before, v) {
			w := before.value()
			found = append(found, broken(fixtures.Must, p.path+"/"+name,
				Description{Words: show(w) + ", as in " + before.by.name + ", where it had ended", Kind: kindOf(w)}, described(v))...)
		}
		if text := string(v.AppendJSON(nil)); !seen && l.room > len(text) {
			l.room -= len(text) + len(key) + 100
			c.output[key+" "+name] = known{text: text, by: by}
		}
	}
	return found
}
