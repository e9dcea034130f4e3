package mutants

import "github.com/sendspec/sendspec/reference/jsontree"

// omissions are servers that do not know a member of Command at all: no answer of any operation has it, so that a comparison of
// two of them finds nothing.
func omissions() []Mutant {
	var flaws []lifeFlaw
	for _, e := range append(echoes(), echoed{name: "ExpiresAfter"}, echoed{name: "RequestedDateTime"}, echoed{name: "OutputS3Region"}, echoed{name: "TriggeredAlarms"}) {
		flaws = append(flaws, lifeFlaw{
			what: e.name + "/nowhere", wrong: "No answer has a " + e.name, source: echoedSource, plant: stateless(omitting(e.name)), expect: []string{"lifecycle/Echo"},
		})
	}
	return lifeMutants(familyHistory, flaws)
}

func omitting(name string) defect {
	return func(c *call, p *planted) *reply {
		return p.ask(c).edit(func(answer *jsontree.Value) {
			remove(answer, name)
			for _, path := range []string{"Command", "Commands[]", "CommandInvocations[]"} {
				at(answer, path, func(_ string, v *jsontree.Value) { remove(v, name) })
			}
		})
	}
}
