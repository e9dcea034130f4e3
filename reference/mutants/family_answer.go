package mutants

import (
	"slices"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// answerFamilies are the mutants about how a server answers: values, times, counts, identifiers, envelopes, the wire, dispatch and signatures.
func answerFamilies() []Mutant {
	return slices.Concat(valueMutants(), textMutants(), timeMutants(), countMutants(), statusMutants(), identifierMutants(), envelopeMutants(), wireMutants(), dispatchMutants(), authMutants())
}

// answerRow is a mutant of a family whose mutants share their profile.
type answerRow struct {
	what, wrong, source string
	level               Level
	expect              []string
	plant               func() defect
}

func answerMutants(family Family, shows []Profile, rows []answerRow) []Mutant {
	all := make([]Mutant, len(rows))
	for i, r := range rows {
		all[i] = Mutant{
			Name: string(family) + "/" + r.what, Family: family, Wrong: r.wrong, Source: r.source, Level: r.level,
			Shows: shows, Expect: r.expect, plant: r.plant,
		}
	}
	return all
}

// answering changes the Command of SendCommand's answer, with the request at hand.
func answering(change func(request, command *jsontree.Value)) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		if !c.is(reference.SendCommand) {
			return p.ask(c)
		}
		return p.ask(c).editCommands(func(command *jsontree.Value) { change(c.tree(), command) })
	})
}

// onRefusal changes the answers that are refusals.
func onRefusal(change func(c *call, r *reply)) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		r := p.ask(c)
		if !r.ok() {
			change(c, r)
		}
		return r
	})
}

// sending changes the good answers of SendCommand.
func sending(change func(c *call, r *reply)) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		r := p.ask(c)
		if r.ok() && c.operation == reference.SendCommand {
			change(c, r)
		}
		return r
	})
}

// shapeOf is the error type of a refusal, "" where there is none.
func (r *reply) shapeOf() string {
	if t := r.tree().Get("__type"); t != nil {
		return t.Text
	}
	return ""
}

// retype replaces the error type of a refusal.
func (r *reply) retype(name string) {
	r.edit(func(t *jsontree.Value) { set(t, "__type", text(name)) })
}

// fail makes an answer an error of this status in the form of AWS.
func (r *reply) fail(status int, name string) *reply {
	r.status, r.body = status, jsontree.AppendString([]byte(`{"__type":`), name)
	r.body = append(r.body, '}')
	r.header.Set("Content-Type", "application/x-amz-json-1.1")
	return r
}

// plain makes an answer one of a web framework: no JSON.
func (r *reply) plain(status int, contentType, body string) *reply {
	r.status, r.body = status, []byte(body)
	r.header.Set("Content-Type", contentType)
	return r
}
