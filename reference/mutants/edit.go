package mutants

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
	"github.com/sendspec/sendspec/reference/service"
)

// edit changes a request, an answer, or a part of one.
type edit func(c *call, v *jsontree.Value)

// The parts that edits change: an operation, and a path in its answer.
const (
	sentCommand       = reference.SendCommand + ":Command"
	listedCommands    = reference.ListCommands + ":Commands[]"
	gotInvocation     = reference.GetCommandInvocation + ":"
	listedInvocations = reference.ListCommandInvocations + ":CommandInvocations[]"
	listedPlugins     = listedInvocations + ".CommandPlugins[]"
)

// change applies an edit to these parts of a good answer.
func (c *call) change(r *reply, e edit, parts ...string) *reply {
	for _, part := range parts {
		if operation, path, _ := strings.Cut(part, ":"); r.ok() && c.operation == operation {
			editing(inside(path, e))(c, r)
		}
	}
	return r
}

// changeCommands applies an edit to every Command of a good answer.
func (c *call) changeCommands(r *reply, e edit) *reply {
	return c.change(r, e, sentCommand, listedCommands)
}

// together makes one edit of several.
func together(edits ...edit) edit {
	return func(c *call, v *jsontree.Value) {
		for _, e := range edits {
			e(c, v)
		}
	}
}

// on changes these parts of good answers.
func on(parts ...string) func(edits ...edit) answer {
	return func(edits ...edit) answer {
		return func(c *call) *reply { return c.change(c.ask(), together(edits...), parts...) }
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
		return c.change(c.change(c.ask(), command, listedCommands), invocation, gotInvocation, listedInvocations)
	}
}

// listOf are the members of good answers that are lists.
var listOf = map[string]string{reference.ListCommands: "Commands", reference.ListCommandInvocations: "CommandInvocations"}

// inList changes the list of a good answer.
func inList(operation string, edits ...edit) answer {
	return on(operation + ":" + listOf[operation])(edits...)
}

// answered changes such answers.
func answered(such func(c *call, r *reply) bool, change change) answer {
	return func(c *call) *reply {
		r := c.ask()
		if such(c, r) {
			change(c, r)
		}
		return r
	}
}

func always(*call, *reply) bool { return true }

// refused changes the answers that are refusals: one of these, or any.
func refused(change change, refusals ...string) answer {
	return answered(func(_ *call, r *reply) bool {
		return !r.ok() && (len(refusals) == 0 || slices.ContainsFunc(refusals, r.is))
	}, change)
}

// found changes the good answers of an operation.
func found(operation string, change change) answer {
	return answered(func(c *call, r *reply) bool { return r.ok() && c.operation == operation }, change)
}

// taken changes the good answers of SendCommand below their members.
func taken(change change) answer { return found(reference.SendCommand, change) }

// change changes an answer.
type change func(c *call, r *reply)

// where changes the answers to such requests.
func where(such condition, change change) change {
	return func(c *call, r *reply) {
		if such(c.tree()) {
			change(c, r)
		}
	}
}

// editing edits the tree of an answer.
func editing(edits ...edit) change {
	return func(c *call, r *reply) { r.edit(func(t *jsontree.Value) { together(edits...)(c, t) }) }
}

// askingAgain puts the answer to a changed request in the place of one.
func askingAgain(edits ...edit) change {
	return func(c *call, r *reply) {
		together(edits...)(c, c.tree())
		*r = *c.askTree()
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

// failing500 fails on some requests.
func failing500(on func(c *call) bool) answer {
	return answered(func(c *call, _ *reply) bool { return on(c) }, func(_ *call, r *reply) { r.fail(500, "InternalFailure") })
}

// sendFails fails on some requests of SendCommand.
func sendFails(on func(c *call) bool) answer {
	return failing500(func(c *call) bool { return c.operation == reference.SendCommand && on(c) })
}

// asking changes the requests of an operation that have a good body.
func asking(operation string, edits ...edit) answer {
	return func(c *call) *reply {
		if !c.is(operation) || !c.valid() {
			return c.ask()
		}
		together(edits...)(c, c.tree())
		return c.askTree()
	}
}

// disguised sends a changed SendCommand, and shows these members of the command as they were given.
func disguised(change edit, members ...string) answer {
	disguise := func(c *call, command *jsontree.Value) {
		for name, v := range recall[map[string]jsontree.Value](c.server, member(command, "CommandId")) {
			set(command, name, v)
		}
	}
	return func(c *call) *reply {
		if !c.is(reference.SendCommand) || !c.valid() {
			return c.changeCommands(c.ask(), disguise)
		}
		given := map[string]jsontree.Value{}
		for _, name := range members {
			given[name] = value(echoes[name])
			if v := c.tree().Get(name); v != nil && v.Kind != jsontree.Null {
				given[name] = *v.Clone()
			}
		}
		change(c, c.tree())
		return c.changeCommands(c.askTree(), func(c *call, command *jsontree.Value) {
			remember(c.server, member(command, "CommandId"), given)
			disguise(c, command)
		})
	}
}

// replaced puts a literal in the place of a value.
func replaced(literal string) edit { return func(_ *call, v *jsontree.Value) { *v = value(literal) } }

// emptied leaves nothing of a list.
func emptied(_ *call, list *jsontree.Value) { list.Items = nil }

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
func when(holds condition, edits ...edit) edit {
	return func(c *call, v *jsontree.Value) {
		if holds(v) {
			together(edits...)(c, v)
		}
	}
}

// asked applies edits where the request meets a condition.
func asked(holds condition, edits ...edit) edit {
	return func(c *call, v *jsontree.Value) {
		if holds(c.tree()) {
			together(edits...)(c, v)
		}
	}
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
	return withPlugins(when(has("StatusDetails", details), state(status, to)))
}

// withPlugins edits the plugins of an invocation, too.
func withPlugins(e edit) edit { return together(e, inside("CommandPlugins[]", e)) }

// inside applies an edit to the values at a path.
func inside(path string, e edit) edit {
	return func(c *call, v *jsontree.Value) { at(v, path, func(_ string, v *jsontree.Value) { e(c, v) }) }
}

// as copies a member.
func as(name, from string) edit {
	return func(_ *call, v *jsontree.Value) { copyMember(v, from, v, name) }
}

// asGiven copies a member of the request.
func asGiven(name string) edit {
	return func(c *call, v *jsontree.Value) { copyMember(c.tree(), name, v, name) }
}

// resolved shows the number of a version in the place of the word for it.
func resolved(word string) edit {
	return when(has("DocumentVersion", word), put("DocumentVersion", `"1"`))
}

// count changes a number.
func count(name string, change func(v *jsontree.Value) int64) edit {
	return func(_ *call, v *jsontree.Value) { setNumber(v, name, change(v)) }
}

// uncounted shows a command as one of which nothing has ended.
var uncounted = when(has("TargetCount"), put("CompletedCount", "0", "ErrorCount", "0", "DeliveryTimedOutCount", "0"))

// Short names: the tables are made of them.
var (
	text, list  = jsontree.NewString, jsontree.NewArray
	set, remove = (*jsontree.Value).Set, (*jsontree.Value).Remove
	textOf      = (*jsontree.Value).Str
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
func keep(list *jsontree.Value, such condition) {
	if list != nil {
		list.Items = slices.DeleteFunc(list.Items, func(v jsontree.Value) bool { return !such(&v) })
	}
}

// shorten cuts a list to so many elements.
func shorten(to int) func(list *jsontree.Value) {
	return func(list *jsontree.Value) { list.Items = list.Items[:min(to, len(list.Items))] }
}

// sortedBy sorts a list.
func sortedBy(key func(v *jsontree.Value) string) func(list *jsontree.Value) {
	return func(list *jsontree.Value) {
		slices.SortStableFunc(list.Items, func(a, b jsontree.Value) int { return strings.Compare(key(&a), key(&b)) })
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
func (c *call) restore(r *reply, given map[string]jsontree.Value) *reply {
	return c.changeCommands(r, func(_ *call, command *jsontree.Value) {
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
