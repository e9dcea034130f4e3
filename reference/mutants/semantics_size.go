package mutants

import (
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const pairsSource = "facts.md section 7: Size of parameters and document, recorded pairs"

// sizeMutants count something else than AWS does for the limit of 100000 bytes. What they count is given as a change
// of the request, whose size they take for that of the request itself.
func sizeMutants() []Mutant {
	expect := []string{"error/MaxDocumentSizeExceeded"}
	row := func(name, wrong string, change func(request *jsontree.Value)) answerRow {
		return answerRow{"size-" + name, wrong, pairsSource, Should, expect, sizedAs(change)}
	}
	return answerMutants(familySemantics, []Profile{Core}, []answerRow{
		row("with-comment", "The Comment counts for the size", func(t *jsontree.Value) { lengthen(t, len(member(t, "Comment"))) }),
		row("without-output", "Where the output goes does not count for the size", func(t *jsontree.Value) {
			remove(t, "OutputS3KeyPrefix")
			remove(t, "OutputS3BucketName")
		}),
		row("without-cloudwatch", "CloudWatchOutputConfig does not count for the size", func(t *jsontree.Value) { remove(t, "CloudWatchOutputConfig") }),
		row("with-cloudwatch-once-more", "CloudWatchOutputConfig counts for the size as it is written in the request", func(t *jsontree.Value) {
			if config := t.Get("CloudWatchOutputConfig"); config != nil {
				lengthen(t, len(config.AppendJSON(nil)))
			}
		}),
		row("of-lists", "A parameter of type String counts for the size as the list in which it is sent", func(t *jsontree.Value) {
			if t.Pointer("/Parameters/workingDirectory") != nil {
				lengthen(t, len(`[]`))
			}
		}),
		row("of-html", "The whole message to the agent is escaped for HTML", inCommands("<", "\x00")),
		row("of-json", "The parameters are not escaped for HTML", inCommands("<", "x")),
		row("of-utf-8", "A character beyond ASCII counts for the size with its bytes in UTF-8", inCommands("€", "xxx")),
		row("of-characters", "A control character counts for the size with one byte", inCommands("\x00", "x")),
		row("without-commas", "The commas of a list do not count for its size", func(t *jsontree.Value) {
			if list := t.Pointer("/Parameters/commands"); list != nil && len(list.Items) > 1 {
				*list = jsontree.Value{Kind: jsontree.Array, Items: []jsontree.Value{text(strings.Repeat("x", 2*len(list.Items)))}}
			}
		}),
		row("below", "A size of exactly 100000 bytes is too large", func(t *jsontree.Value) { lengthen(t, 1) }),
	})
}

// lengthen adds to the first command.
func lengthen(t *jsontree.Value, n int) {
	if first := t.Pointer("/Parameters/commands/0"); first != nil {
		first.Text += strings.Repeat("x", n)
	}
}

func inCommands(old, new string) func(t *jsontree.Value) {
	return func(t *jsontree.Value) {
		at(t, "Parameters.commands[]", func(_ string, v *jsontree.Value) { v.Text = strings.ReplaceAll(v.Text, old, new) })
	}
}

// sizedAs holds the size of a changed request against the limit.
func sizedAs(change func(request *jsontree.Value)) func() defect {
	const tooLarge = "MaxDocumentSizeExceeded"
	take := overlooking(tooLarge, func(t *jsontree.Value) bool {
		set(t, "Parameters", goodParameters(member(t, "DocumentName")))
		return true
	})()
	return stateless(func(c *call, p *planted) *reply {
		r := p.ask(c)
		if len(c.body) < 10_000 || !c.is(reference.SendCommand) || !r.ok() && r.shapeOf() != tooLarge {
			return r
		}
		change(c.tree())
		changed := p.askTree(c)
		switch {
		case r.ok() && changed.shapeOf() == tooLarge:
			return changed
		case !r.ok() && changed.ok():
			return take(c, p)
		}
		return r
	})
}
