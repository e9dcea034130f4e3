package mutants

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

// edit changes a part of the answer to a call.
type edit func(c *call, v *jsontree.Value)

// The parts that edits change: an operation, and a path in its answer.
const (
	sentCommand       = reference.SendCommand + ":Command"
	listedCommands    = reference.ListCommands + ":Commands[]"
	gotInvocation     = reference.GetCommandInvocation + ":"
	listedInvocations = reference.ListCommandInvocations + ":CommandInvocations[]"
	listedPlugins     = listedInvocations + ".CommandPlugins[]"
)

// change applies edits to these parts of a good answer.
func (c *call) change(r *reply, edits []edit, parts ...string) *reply {
	for _, part := range parts {
		if operation, path, _ := strings.Cut(part, ":"); r.ok() && c.operation == operation {
			r.edit(func(t *jsontree.Value) {
				at(t, path, func(_ string, v *jsontree.Value) {
					for _, e := range edits {
						e(c, v)
					}
				})
			})
		}
	}
	return r
}

// on changes these parts of good answers.
func on(parts ...string) func(edits ...edit) answer {
	return func(edits ...edit) answer {
		return func(c *call) *reply { return c.change(c.ask(), edits, parts...) }
	}
}

// What a defect changes: the Command of SendCommand's answer, every command of ListCommands, what GetCommandInvocation shows,
// every invocation that either call shows, and every plugin of ListCommandInvocations.
var (
	sent    = on(sentCommand)
	listed  = on(listedCommands)
	got     = on(gotInvocation)
	shown   = on(gotInvocation, listedInvocations)
	plugins = on(listedPlugins)
)

// listedOrShown changes what is shown of commands and of invocations.
func listedOrShown(command, invocation edit) answer {
	return func(c *call) *reply {
		r := c.change(c.ask(), []edit{command}, listedCommands)
		return c.change(r, []edit{invocation}, gotInvocation, listedInvocations)
	}
}

// inList changes the list of a good answer.
func inList(operation string, change func(c *call, list *jsontree.Value)) answer {
	return found(operation, func(c *call, r *reply) {
		r.editList(func(_, list *jsontree.Value) { change(c, list) })
	})
}

// refused changes the answers that are refusals: those of these types, or all.
func refused(change change, types ...string) answer {
	return func(c *call) *reply {
		r := c.ask()
		if !r.ok() && (len(types) == 0 || slices.Contains(types, r.errorType())) {
			change(c, r)
		}
		return r
	}
}

// found changes the good answers of an operation.
func found(operation string, change change) answer {
	return func(c *call) *reply {
		r := c.ask()
		if r.ok() && c.operation == operation {
			change(c, r)
		}
		return r
	}
}

// taken changes the good answers of SendCommand below their members.
func taken(change change) answer { return found(reference.SendCommand, change) }

// change changes an answer.
type change func(c *call, r *reply)

// where changes the answers to such requests.
func where(such func(request *jsontree.Value) bool, change change) change {
	return func(c *call, r *reply) {
		if such(c.tree()) {
			change(c, r)
		}
	}
}

// status gives an answer another status.
func status(code int) change { return func(_ *call, r *reply) { r.status = code } }

// becomes puts another answer in the place of one.
func becomes(status int, body string) change {
	return func(_ *call, r *reply) { r.become(status, body) }
}

// says makes an answer a refusal.
func says(name, message string) change { return func(_ *call, r *reply) { r.refuse(name, message) } }

// gives is the condition that a request has something at a pointer.
func gives(pointer string) func(request *jsontree.Value) bool {
	return func(t *jsontree.Value) bool { return t.Pointer(pointer) != nil }
}

// failing500 fails on some requests.
func failing500(on func(c *call) bool) answer {
	return func(c *call) *reply {
		r := c.ask()
		if on(c) {
			return r.fail(500, "InternalFailure")
		}
		return r
	}
}

// sendFails fails on some requests of SendCommand.
func sendFails(on func(c *call) bool) answer {
	return failing500(func(c *call) bool { return c.operation == reference.SendCommand && on(c) })
}

// asking changes the requests of an operation that have a good body.
func asking(operation string, change func(request *jsontree.Value)) answer {
	return func(c *call) *reply {
		if !c.is(operation) || !c.valid() {
			return c.ask()
		}
		change(c.tree())
		return c.askTree()
	}
}

// disguised sends a changed SendCommand, and shows these members of the command as they were given.
func disguised(change func(request *jsontree.Value), members ...string) answer {
	return func(c *call) *reply {
		if !c.is(reference.SendCommand) || !c.valid() {
			return c.ask().editCommands(func(command *jsontree.Value) {
				for name, v := range recall[map[string]jsontree.Value](c.server, member(command, "CommandId")) {
					set(command, name, v)
				}
			})
		}
		original, _ := jsontree.Parse(c.body)
		given := map[string]jsontree.Value{}
		for _, name := range members {
			if v := original.Get(name); v != nil && v.Kind != jsontree.Null {
				given[name] = *v
			}
		}
		change(c.tree())
		return c.askTree().editCommands(func(command *jsontree.Value) {
			for name, v := range given {
				set(command, name, v)
			}
			remember(c.server, member(command, "CommandId"), given)
		})
	}
}

// put sets members to literals: put("Status", `"Failed"`, "ErrorCount", "1").
func put(pairs ...string) edit {
	return func(_ *call, v *jsontree.Value) {
		for i := 0; i < len(pairs); i += 2 {
			set(v, pairs[i], value(pairs[i+1]))
		}
	}
}

// drop leaves members out.
func drop(names ...string) edit {
	return func(_ *call, v *jsontree.Value) {
		for _, name := range names {
			remove(v, name)
		}
	}
}

// when applies edits where a condition holds.
func when(holds func(v *jsontree.Value) bool, edits ...edit) edit {
	return func(c *call, v *jsontree.Value) {
		if holds(v) {
			for _, e := range edits {
				e(c, v)
			}
		}
	}
}

// has is the condition that a member is one of these texts.
func has(name string, texts ...string) func(v *jsontree.Value) bool {
	return func(v *jsontree.Value) bool { return slices.Contains(texts, member(v, name)) }
}

// texts changes the texts at these paths that are not empty.
func texts(change func(string) string, paths ...string) edit {
	return each(func(v *jsontree.Value) {
		if v.Kind == jsontree.String && v.Text != "" {
			v.Text = change(v.Text)
		}
	}, paths...)
}

// each changes the values at these paths.
func each(change func(v *jsontree.Value), paths ...string) edit {
	return func(_ *call, v *jsontree.Value) {
		for _, path := range paths {
			at(v, path, func(_ string, v *jsontree.Value) { change(v) })
		}
	}
}

// state sets Status and StatusDetails.
func state(status, details string) edit {
	return func(_ *call, v *jsontree.Value) {
		set(v, "Status", text(status))
		set(v, "StatusDetails", text(details))
	}
}

// relabel shows another state in the place of that with these StatusDetails, in plugins, too.
func relabel(details, status, to string) edit {
	return func(c *call, v *jsontree.Value) {
		for _, path := range []string{"", "CommandPlugins[]"} {
			at(v, path, func(_ string, v *jsontree.Value) { when(has("StatusDetails", details), state(status, to))(c, v) })
		}
	}
}

// as copies a member.
func as(name, from string) edit {
	return func(_ *call, v *jsontree.Value) { copyMember(v, from, v, name) }
}

// count changes a number.
func count(name string, change func(v *jsontree.Value) int64) edit {
	return func(_ *call, v *jsontree.Value) { setNumber(v, name, change(v)) }
}

// ended reports whether a command or an invocation is in a terminal state.
func ended(v *jsontree.Value) bool {
	return has("Status", "Success", "Failed", "Cancelled", "TimedOut")(v)
}

func running(v *jsontree.Value) bool { return !ended(v) }

// uncounted shows a command as one of which nothing has ended.
func uncounted(c *call, v *jsontree.Value) {
	if v.Get("TargetCount") != nil {
		put("CompletedCount", "0", "ErrorCount", "0", "DeliveryTimedOutCount", "0")(c, v)
	}
}

// Short names: the tables are made of them.
var (
	text, list  = jsontree.NewString, jsontree.NewArray
	set, remove = (*jsontree.Value).Set, (*jsontree.Value).Remove
)

// value parses a literal of this package's tables.
func value(literal string) jsontree.Value { return *jsontree.Literal(literal) }

// decimal is a number of three decimals: what is finer is lost.
func decimal(f float64) jsontree.Value {
	return jsontree.NewNumber(strconv.FormatFloat(f, 'f', 3, 64))
}

// demo is a binding of the demonstration world.
func demo(name string) string { return service.Demo("", "").Bindings[name] }

// member is the text of a member, "" where it is none.
func member(v *jsontree.Value, name string) string { return v.Get(name).Str() }

func number(v *jsontree.Value, name string) int64 {
	n, _ := v.Get(name).Int64()
	return n
}

func setNumber(v *jsontree.Value, name string, to int64) {
	set(v, name, jsontree.NewNumber(strconv.FormatInt(to, 10)))
}

func copyMember(from *jsontree.Value, name string, to *jsontree.Value, as string) {
	if v := from.Get(name); v != nil {
		set(to, as, *v)
	}
}

// keep drops the elements of a list that are not such ones.
func keep(list *jsontree.Value, such func(v *jsontree.Value) bool) {
	if list != nil {
		list.Items = slices.DeleteFunc(list.Items, func(v jsontree.Value) bool { return !such(&v) })
	}
}

// sortTexts sorts the texts of a list.
func sortTexts(list *jsontree.Value) {
	if list != nil {
		list.Items = slices.Clone(list.Items)
		slices.SortFunc(list.Items, func(a, b jsontree.Value) int { return strings.Compare(a.Text, b.Text) })
	}
}

// at finds every value at a path such as Targets[].Key or Parameters.*[], with its pointer; "" is the value itself.
func at(v *jsontree.Value, path string, visit func(pointer string, v *jsontree.Value)) {
	var parts []string
	if path != "" {
		parts = strings.Split(strings.TrimPrefix(strings.ReplaceAll(path, "[]", ".[]"), "."), ".")
	}
	walk(v, parts, "", visit)
}

func walk(v *jsontree.Value, parts []string, pointer string, visit func(string, *jsontree.Value)) {
	switch {
	case v == nil:
	case len(parts) == 0:
		visit(pointer, v)
	case parts[0] == "[]":
		if v.Kind != jsontree.Array {
			return
		}
		for i := range v.Items {
			walk(&v.Items[i], parts[1:], pointer+"/"+strconv.Itoa(i), visit)
		}
	case parts[0] == "*":
		if v.Kind != jsontree.Object {
			return
		}
		for i := range v.Members {
			walk(&v.Members[i].Value, parts[1:], pointer+"/"+jsontree.EscapeToken(v.Members[i].Name), visit)
		}
	default:
		walk(v.Get(parts[0]), parts[1:], pointer+"/"+parts[0], visit)
	}
}

// restore puts what the request had back into a good answer, where AWS echoes it.
func restore(r *reply, given map[string]jsontree.Value) *reply {
	return r.editCommands(func(command *jsontree.Value) {
		for pointer, v := range given {
			if strings.HasPrefix(pointer, "/ServiceRoleArn") {
				pointer = "/ServiceRole"
			}
			if there := command.Pointer(pointer); there != nil {
				*there = v
			}
		}
	})
}
