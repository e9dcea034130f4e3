package mutants

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

const familyHistory Family = "history"

const (
	echoedSource = "recorded/managed-execution.jsonl: every SendCommand and the ListCommands behind it are equal but for status and counts"
	listedSource = "facts.md section 4: ListCommands unknown id = {\"Commands\":[]}; recorded 150 ms after SendCommand"
)

// histories are the ways in which ListCommands forgets, invents and changes commands.
func histories() []Mutant {
	return lifeMutants(familyHistory, []lifeFlaw{
		{what: "ended-forgotten", wrong: "A command that has ended is listed no more", source: "facts.md section 4: history 30 days", plant: stateless(endedForgotten),
			expect: []string{"lifecycle/NoInstancesInTag/ends-in-success"}},
		{what: "five-kept", wrong: "Of the commands the last five are kept", source: "facts.md section 4: history 30 days", expect: []string{"lifecycle/Echo"},
			build: func(base []service.Option) http.Handler { return service.New(append(base, service.WithHistory(5))...) }},
		{what: "newest-missing", wrong: "A command is not listed the first time that it is asked for", source: listedSource, plant: newestMissing,
			expect: []string{"lifecycle/ListCommands/right-after-send"}},
		{what: "invented", wrong: "ListCommands makes a command of an unknown CommandId, as a default of a dictionary", source: listedSource, plant: stateless(invented),
			expect: []string{"lifecycle/ListCommands/unknown-command"}},
		{what: "unknown-refused", wrong: "ListCommands of an unknown command is InvalidCommandId", source: listedSource, plant: stateless(emptyRefused(reference.ListCommands, "InvalidCommandId")),
			expect: []string{"lifecycle/ListCommands/unknown-command", "lifecycle/ListCommands/command-id-in-capitals"}},
		{what: "twice", wrong: "A command is listed twice before it has been to its targets", source: listedSource, plant: stateless(listTwice), expect: []string{"lifecycle/ListCommands/by-command"}},
		{what: "empty-left-out", wrong: "ListCommands leaves out what is empty", source: echoedSource, plant: stateless(listing(withoutEmpty)), expect: []string{"lifecycle/Echo/plain"}},
		{what: "false-left-out", wrong: "ListCommands leaves out what is false in a structure", source: echoedSource, plant: stateless(listing(func(c *jsontree.Value) {
			for _, name := range []string{"CloudWatchOutputConfig", "AlarmConfiguration"} {
				withoutFalse(c.Get(name))
			}
		})), expect: []string{"lifecycle/Echo/plain"}},
		{what: "comment-of-the-first", wrong: "ListCommands shows the Comment and the Parameters of the command that was sent first", source: echoedSource, plant: ofTheFirst("Comment", "Parameters"),
			expect: []string{"lifecycle/Echo"}},
		{what: "targets-of-the-first", wrong: "ListCommands shows the Targets of the command that was sent first", source: echoedSource, plant: ofTheFirst("Targets"), expect: []string{"lifecycle/Echo"}},
		{what: "parameters-hidden", wrong: "ListCommands shows no Parameters, since they are sensitive", source: echoedSource, plant: stateless(listed("Parameters", `{}`)), expect: []string{"lifecycle/Echo"}},
		{what: "first-value-only", wrong: "ListCommands shows the first value of each parameter", source: echoedSource, plant: stateless(listing(func(c *jsontree.Value) {
			at(c, "Parameters.*", func(_ string, v *jsontree.Value) { v.Items = v.Items[:min(1, len(v.Items))] })
		})), expect: []string{"lifecycle/Echo/texts"}},
		{what: "empty-values-lost", wrong: "ListCommands leaves empty values of parameters out", source: echoedSource, plant: stateless(listing(func(c *jsontree.Value) {
			at(c, "Parameters.*", func(_ string, v *jsontree.Value) {
				v.Items = slices.DeleteFunc(v.Items, func(item jsontree.Value) bool { return item.Text == "" })
			})
		})), expect: []string{"lifecycle/Echo/texts"}},
		{what: "three-byte-texts", wrong: "ListCommands shows characters behind the first 65536 as question marks, as a database of three-byte UTF-8", source: echoedSource, plant: stateless(listing(func(c *jsontree.Value) {
			c.Walk(func(_ string, v *jsontree.Value) bool {
				v.Text = strings.Map(func(r rune) rune {
					if r > 0xffff {
						return '?'
					}
					return r
				}, v.Text)
				return true
			})
		})), expect: []string{"lifecycle/Echo/texts"}},
		{what: "values-sorted", wrong: "ListCommands sorts the Values of a target", source: echoedSource, level: Should, plant: stateless(listing(func(c *jsontree.Value) {
			at(c, "Targets[].Values", func(_ string, v *jsontree.Value) { sortTexts(v) })
		})), expect: []string{"lifecycle/Echo/target-order"}},
		{what: "nodes-sorted", wrong: "ListCommands sorts InstanceIds", source: echoedSource, level: Should, plant: stateless(listing(func(c *jsontree.Value) { sortTexts(c.Get("InstanceIds")) })),
			expect: []string{"lifecycle/Echo/node-order"}},
		{what: "controls-lost", wrong: "ListCommands shows the defaults of MaxConcurrency and MaxErrors", source: echoedSource, plant: stateless(listed("MaxConcurrency", `"50"`, "MaxErrors", `"0"`)),
			expect: []string{"lifecycle/Echo/given"}},
		{what: "configurations-lost", wrong: "ListCommands shows configurations of notifications, CloudWatch and alarms as those of a command without", source: echoedSource,
			plant:  stateless(listed("NotificationConfig", echoedDefault("NotificationConfig"), "CloudWatchOutputConfig", echoedDefault("CloudWatchOutputConfig"), "AlarmConfiguration", echoedDefault("AlarmConfiguration"))),
			expect: []string{"lifecycle/Echo/given", "lifecycle/Echo/notification"}},
		{what: "output-lost", wrong: "ListCommands shows no S3 bucket, prefix nor region", source: echoedSource, plant: stateless(listed("OutputS3BucketName", `""`, "OutputS3KeyPrefix", `""`, "OutputS3Region", `""`)),
			expect: []string{"lifecycle/Echo/output"}},
		{what: "role-renamed", wrong: "ListCommands calls ServiceRole ServiceRoleArn", source: echoedSource, plant: stateless(listing(func(c *jsontree.Value) {
			if role := c.Get("ServiceRole"); role != nil {
				set(c, "ServiceRoleArn", *role)
				remove(c, "ServiceRole")
			}
		})), expect: []string{"lifecycle/Echo/notification"}},
		{what: "version-resolved", wrong: "ListCommands shows the number of the version in the place of $DEFAULT", source: "run-command-notes.md, Documents: the selector as submitted is what is shown",
			plant: stateless(listing(func(c *jsontree.Value) {
				if member(c, "DocumentVersion") == "$DEFAULT" {
					set(c, "DocumentVersion", text("1"))
				}
			})), expect: []string{"lifecycle/Echo"}},
		{what: "name-as-arn", wrong: "ListCommands shows the ARN of the document in the place of its name", source: echoedSource, plant: stateless(listing(documentARN)), expect: []string{"lifecycle/Echo/plain"}},
		{what: "id-in-capitals", wrong: "ListCommands writes CommandId in capitals", source: echoedSource, plant: stateless(listing(func(c *jsontree.Value) {
			set(c, "CommandId", text(strings.ToUpper(member(c, "CommandId"))))
		})), expect: []string{"lifecycle/Echo/plain", "lifecycle/ListCommands"}},
		{what: "total-timeout", wrong: "TimeoutSeconds of a listed command is the total until it expires", source: echoedSource, plant: stateless(listing(func(c *jsontree.Value) {
			requested, _ := c.Get("RequestedDateTime").Float64()
			expires, _ := c.Get("ExpiresAfter").Float64()
			setNumber(c, "TimeoutSeconds", int64(expires-requested+0.5))
		})), expect: []string{"lifecycle/Echo"}},
		{what: "nodes-shown", wrong: "ListCommands fills InstanceIds with the nodes that Targets found", source: "facts.md section 4: InstanceIds stays []", plant: stateless(nodesShown),
			expect: []string{"execution/Targets"}},
		{what: "nodes-as-targets", wrong: "ListCommands shows InstanceIds as a target with that key", source: "facts.md section 4: docs' sample shows InstanceIds as Targets, recordings keep InstanceIds", plant: stateless(listing(nodesAsTargets)),
			expect: []string{"lifecycle/ListCommands/by-instance"}},
		{what: "requested-now", wrong: "RequestedDateTime of a listed command is the time of the list", source: "facts.md section 2, ExpiresAfter", plant: stateless(listing(func(c *jsontree.Value) { set(c, "RequestedDateTime", seconds(time.Now())) })),
			expect: []string{"lifecycle/Times", "lifecycle/Echo/plain"}},
		{what: "expiry-recomputed", wrong: "ExpiresAfter of a listed command is counted from the time of the list", source: "facts.md section 2, ExpiresAfter",
			plant: stateless(listing(func(c *jsontree.Value) { set(c, "ExpiresAfter", seconds(time.Now().Add(2*time.Hour))) })), expect: []string{"lifecycle/Times", "lifecycle/Echo"}},
		{what: "expiry-of-delivery", wrong: "ExpiresAfter of a listed command leaves out the execution timeout", source: "facts.md section 2, ExpiresAfter", plant: stateless(listing(func(c *jsontree.Value) {
			requested, _ := c.Get("RequestedDateTime").Float64()
			set(c, "ExpiresAfter", decimal(requested+float64(number(c, "TimeoutSeconds"))))
		})), expect: []string{"lifecycle/Times/expiry-in-the-list", "lifecycle/Echo"}},
		{what: "zone-forgotten", wrong: "Both times of a listed command are off by the hours of the server's zone", source: "facts.md section 2, ExpiresAfter", plant: stateless(listing(func(c *jsontree.Value) {
			for _, name := range []string{"RequestedDateTime", "ExpiresAfter"} {
				at, _ := c.Get(name).Float64()
				set(c, name, decimal(at+3600))
			}
		})), expect: []string{"lifecycle/Times"}},
		{what: "times-move-at-the-end", wrong: "An ended command shows the time of its end as RequestedDateTime and ExpiresAfter", source: "facts.md section 2, ExpiresAfter", plant: timesMove,
			expect: []string{"lifecycle/Times/same-after-the-end", "execution/Success/times-of-the-command"}},
		{what: "summary-at-the-end", wrong: "What was given with a command is no more shown when it has ended", source: echoedSource, plant: stateless(listing(func(c *jsontree.Value) {
			if !ended(c) {
				return
			}
			for _, e := range echoes() {
				if e.name != "DocumentName" && e.name != "InstanceIds" {
					set(c, e.name, value(e.fallback))
				}
			}
			set(c, "DocumentVersion", text("1"))
		})), expect: []string{"lifecycle/Echo/after-the-end"}},
	})
}

// listed shows these members of every listed command with these values.
func listed(pairs ...string) defect {
	return listing(func(c *jsontree.Value) {
		for i := 0; i < len(pairs); i += 2 {
			set(c, pairs[i], value(pairs[i+1]))
		}
	})
}

func echoedDefault(name string) string {
	for _, e := range echoes() {
		if e.name == name {
			return e.fallback
		}
	}
	return "null"
}

func seconds(t time.Time) jsontree.Value { return decimal(float64(t.UnixMilli()) / 1000) }

func decimal(f float64) jsontree.Value {
	return jsontree.Value{Kind: jsontree.Number, Text: strconv.FormatFloat(f, 'f', 3, 64)}
}

func endedForgotten(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.operation != reference.ListCommands {
		return r
	}
	return r.editList(func(_, list *jsontree.Value) {
		list.Items = slices.DeleteFunc(list.Items, func(v jsontree.Value) bool { return ended(&v) })
	})
}

func newestMissing() defect {
	asked := &memory[bool]{}
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		id := member(c.tree(), "CommandId")
		if c.operation != reference.ListCommands || id == "" || asked.get(id) {
			return r
		}
		return r.editList(func(_, list *jsontree.Value) {
			asked.put(id, true)
			list.Items = nil
		})
	}
}

func invented(c *call, p *planted) *reply {
	r := p.ask(c)
	id := member(c.tree(), "CommandId")
	if c.operation != reference.ListCommands || id == "" {
		return r
	}
	return r.editList(func(_, list *jsontree.Value) {
		if len(list.Items) == 0 {
			list.Items = []jsontree.Value{value(`{"CommandId":"` + id + `","Status":"Pending","StatusDetails":"Pending"}`)}
		}
	})
}

// emptyRefused answers an error where a list by CommandId is empty.
func emptyRefused(operation, name string) defect {
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		id := member(c.tree(), "CommandId")
		if c.operation != operation || id == "" || !r.ok() {
			return r
		}
		if p.commandOf(c, id) == nil {
			return r.refuse(name, "Command id "+id+" does not exist.")
		}
		return r
	}
}

func listTwice(c *call, p *planted) *reply {
	r := p.ask(c)
	if c.operation != reference.ListCommands {
		return r
	}
	return r.editList(func(_, list *jsontree.Value) {
		if len(list.Items) == 1 && member(&list.Items[0], "Status") == "Pending" {
			list.Items = append(list.Items, list.Items[0])
		}
	})
}

// withoutEmpty leaves out empty texts, lists and objects, as omitempty does.
func withoutEmpty(v *jsontree.Value) {
	for i := range v.Members {
		withoutEmpty(&v.Members[i].Value)
	}
	v.Members = slices.DeleteFunc(v.Members, func(m jsontree.Member) bool {
		switch m.Value.Kind {
		case jsontree.String:
			return m.Value.Text == ""
		case jsontree.Array:
			return len(m.Value.Items) == 0
		case jsontree.Object:
			return len(m.Value.Members) == 0
		}
		return false
	})
}

func withoutFalse(v *jsontree.Value) {
	if v != nil {
		v.Members = slices.DeleteFunc(v.Members, func(m jsontree.Member) bool { return m.Value.Kind == jsontree.Bool && !m.Value.Bool })
	}
}

// ofTheFirst shows members of the command that was sent first in every listed command.
func ofTheFirst(names ...string) func() defect {
	return func() defect {
		var mu sync.Mutex
		first := map[string]jsontree.Value{}
		return func(c *call, p *planted) *reply {
			r := p.ask(c)
			mu.Lock()
			defer mu.Unlock()
			return r.editCommands(func(command *jsontree.Value) {
				for _, name := range names {
					v, ok := first[name]
					switch {
					case c.operation != reference.SendCommand && ok:
						set(command, name, v)
					case !ok:
						first[name] = *command.Get(name)
					}
				}
			})
		}
	}
}

func documentARN(v *jsontree.Value) {
	if name := member(v, "DocumentName"); !strings.HasPrefix(name, "arn:") {
		set(v, "DocumentName", text("arn:aws:ssm:us-east-1::document/"+name))
	}
}

func nodesShown(c *call, p *planted) *reply {
	return listing(func(command *jsontree.Value) {
		if command.Pointer("/Targets/0") == nil {
			return
		}
		nodes := jsontree.Value{Kind: jsontree.Array}
		for _, i := range p.invocationsOf(c, member(command, "CommandId")) {
			nodes.Items = append(nodes.Items, text(member(&i, "InstanceId")))
		}
		set(command, "InstanceIds", nodes)
	})(c, p)
}

func nodesAsTargets(command *jsontree.Value) {
	if command.Pointer("/InstanceIds/0") == nil {
		return
	}
	target := value(`[{"Key":"InstanceIds","Values":[]}]`)
	*target.Pointer("/0/Values") = *command.Get("InstanceIds")
	set(command, "Targets", target)
	set(command, "InstanceIds", value("[]"))
}

func timesMove() defect {
	at := &memory[time.Time]{}
	return listing(func(c *jsontree.Value) {
		if id := member(c, "CommandId"); ended(c) {
			if at.get(id).IsZero() {
				at.put(id, time.Now())
			}
			set(c, "RequestedDateTime", seconds(at.get(id)))
			set(c, "ExpiresAfter", seconds(at.get(id).Add(time.Millisecond)))
		}
	})
}

func sortTexts(list *jsontree.Value) {
	slices.SortFunc(list.Items, func(a, b jsontree.Value) int { return strings.Compare(a.Text, b.Text) })
}
