package mutants

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

// lifeFlaw is a row of the tables about the life of a command.
type lifeFlaw struct {
	what, wrong, source string
	plant               func() defect
	// expect are selectors; their areas are the profiles in which the flaw can show.
	expect []string
	// level is Must where it is empty.
	level Level
	build func(base []service.Option) http.Handler
}

func lifeMutants(family Family, flaws []lifeFlaw) []Mutant {
	var all []Mutant
	for _, f := range flaws {
		m := Mutant{
			Name: string(family) + "/" + f.what, Family: family, Level: f.level, Wrong: f.wrong, Source: f.source,
			Expect: f.expect, plant: f.plant, build: f.build,
		}
		if m.Level == "" {
			m.Level = Must
		}
		for _, profile := range []Profile{Lifecycle, Execution} {
			if slices.ContainsFunc(f.expect, func(s string) bool { return strings.HasPrefix(s, string(profile)+"/") }) {
				m.Shows = append(m.Shows, profile)
			}
		}
		all = append(all, m)
	}
	return all
}

// memory remembers something of each command, by its ID.
type memory[T any] struct {
	mu sync.Mutex
	of map[string]T
}

func (m *memory[T]) get(id string) T {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.of[id]
}

func (m *memory[T]) put(id string, v T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of == nil {
		m.of = map[string]T{}
	}
	m.of[id] = v
}

// member is the text of a member, "" where it is none.
func member(v *jsontree.Value, name string) string {
	if m := v.Get(name); m != nil && m.Kind == jsontree.String {
		return m.Text
	}
	return ""
}

func number(v *jsontree.Value, name string) int64 {
	n, _ := v.Get(name).Int64()
	return n
}

func setNumber(v *jsontree.Value, name string, to int64) {
	set(v, name, jsontree.Value{Kind: jsontree.Number, Text: strconv.FormatInt(to, 10)})
}

// listing changes every command that ListCommands shows.
func listing(change func(command *jsontree.Value)) defect {
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if c.operation == reference.ListCommands {
			r.editCommands(change)
		}
		return r
	}
}

// showing changes every invocation that GetCommandInvocation and ListCommandInvocations show.
func showing(change func(invocation *jsontree.Value)) defect {
	return func(c *call, p *planted) *reply { return p.ask(c).editInvocations(c, change) }
}

// getting changes what GetCommandInvocation shows.
func getting(change func(invocation *jsontree.Value)) defect {
	return func(c *call, p *planted) *reply {
		r := p.ask(c)
		if c.operation == reference.GetCommandInvocation {
			r.editInvocations(c, change)
		}
		return r
	}
}

// plugging changes every plugin that ListCommandInvocations shows, with its invocation.
func plugging(change func(invocation, plugin *jsontree.Value)) defect {
	return showing(func(i *jsontree.Value) {
		if plugins := i.Get("CommandPlugins"); plugins != nil {
			for k := range plugins.Items {
				change(i, &plugins.Items[k])
			}
		}
	})
}

// asking changes the requests of an operation that have a good body.
func asking(operation string, change func(request *jsontree.Value)) defect {
	return func(c *call, p *planted) *reply {
		if !c.is(operation) || !valid(c) {
			return p.ask(c)
		}
		change(c.tree())
		return p.askTree(c)
	}
}

// valid tells whether the service has nothing to say against the form of a request.
func valid(c *call) bool {
	result := reference.ValidateOperation(c.operation, c.body)
	return result.Verdict() == reference.Valid
}

func (r *reply) editInvocations(c *call, change func(invocation *jsontree.Value)) *reply {
	switch {
	case !r.ok():
	case c.operation == reference.GetCommandInvocation:
		r.edit(change)
	case c.operation == reference.ListCommandInvocations:
		r.edit(func(t *jsontree.Value) {
			if list := t.Get("CommandInvocations"); list != nil {
				for i := range list.Items {
					change(&list.Items[i])
				}
			}
		})
	}
	return r
}

// editList changes the list of an answer of ListCommands or ListCommandInvocations.
func (r *reply) editList(change func(answer, list *jsontree.Value)) *reply {
	if !r.ok() {
		return r
	}
	return r.edit(func(t *jsontree.Value) {
		for _, name := range []string{"Commands", "CommandInvocations"} {
			if list := t.Get(name); list != nil {
				change(t, list)
			}
		}
	})
}

// askFor asks the service something else than was asked.
func (p *planted) askFor(c *call, operation, body string) *jsontree.Value {
	other := *c
	other.request = c.request.Clone(c.request.Context())
	other.request.Header.Set("X-Amz-Target", "AmazonSSM."+operation)
	return send(p.service, &other, []byte(body)).tree()
}

// commandOf is a command as ListCommands shows it, nil where there is none.
func (p *planted) commandOf(c *call, id string) *jsontree.Value {
	return p.askFor(c, reference.ListCommands, `{"CommandId":"`+id+`"}`).Pointer("/Commands/0")
}

// invocationsOf are the invocations of a command, in the order of its nodes.
func (p *planted) invocationsOf(c *call, id string) []jsontree.Value {
	list := p.askFor(c, reference.ListCommandInvocations, `{"CommandId":"`+id+`","Details":true}`).Get("CommandInvocations")
	if list == nil {
		return nil
	}
	slices.Reverse(list.Items)
	return list.Items
}

// become turns an answer into another one.
func (r *reply) become(status int, body string) *reply {
	r.status, r.body = status, []byte(body)
	return r
}

// refuse turns an answer into an error.
func (r *reply) refuse(name, message string) *reply {
	body := `{"__type":"` + name + `"`
	if message != "" {
		body += `,"message":` + string(jsontree.AppendString(nil, message))
	}
	return r.become(http.StatusBadRequest, body+"}")
}

// ended tells whether a command or an invocation is in a terminal state.
func ended(v *jsontree.Value) bool {
	return slices.Contains([]string{"Success", "Failed", "Cancelled", "TimedOut"}, member(v, "Status"))
}

// relabel shows another status in the place of those with these StatusDetails.
func relabel(details, status, to string) func(v *jsontree.Value) {
	return func(v *jsontree.Value) {
		if member(v, "StatusDetails") == details {
			set(v, "Status", text(status))
			set(v, "StatusDetails", text(to))
		}
		if plugins := v.Get("CommandPlugins"); plugins != nil {
			for i := range plugins.Items {
				relabel(details, status, to)(&plugins.Items[i])
			}
		}
	}
}

// resetCounts shows a command as one that has not ended.
func resetCounts(command *jsontree.Value) {
	for _, name := range []string{"CompletedCount", "ErrorCount", "DeliveryTimedOutCount"} {
		setNumber(command, name, 0)
	}
}

// disguised sends a changed request, and shows these members of the command as they were given.
func disguised(change func(request *jsontree.Value), members ...string) func() defect {
	return func() defect {
		given := &memory[map[string]jsontree.Value]{}
		return func(c *call, p *planted) *reply {
			if !c.is(reference.SendCommand) || !valid(c) {
				return p.ask(c).editCommands(func(command *jsontree.Value) {
					for name, v := range given.get(member(command, "CommandId")) {
						set(command, name, v)
					}
				})
			}
			original, _ := jsontree.Parse(c.body)
			kept := map[string]jsontree.Value{}
			for _, name := range members {
				if v := original.Get(name); v != nil && v.Kind != jsontree.Null {
					kept[name] = *v
				}
			}
			change(c.tree())
			return p.askTree(c).editCommands(func(command *jsontree.Value) {
				for name, v := range kept {
					set(command, name, v)
				}
				given.put(member(command, "CommandId"), kept)
			})
		}
	}
}
