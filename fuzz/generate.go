package fuzz

import (
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/sendspec/sendspec/reference/jsontree"
)

// Generator makes inputs. It is not safe for concurrent use: each goroutine has one of its own.
type Generator struct {
	seed       uint64
	world      *world
	fill       filler
	wire       []wireChange
	relations  []relation
	boundaries []boundary
	patterns   []pattern
	rotation   []turn
	request    ssm.SendCommandInput // that is being drawn; nothing of it outlives the input's tree
}

// turn is one place of the rotation of strategies: the input at this place is the turn's number-th of
// its strategy among those of one round.
type turn struct {
	strategy Strategy
	number   uint64
}

// shares are how many of a round of inputs each strategy has.
var shares = map[Strategy]uint64{Valid: 4, Boundary: 4, Fault: 4, Faults: 2, NearMiss: 2, Meaning: 4, JSON: 2, Wire: 1, Metamorphic: 1, Sequence: 1}

// NewGenerator makes inputs of the strategies for a target: all that it can be asked where none is given.
func NewGenerator(seed uint64, of World, strategies ...Strategy) (*Generator, error) {
	w := newWorld(of)
	if slices.Contains(strategies, Sequence) && !w.sequences() {
		return nil, errors.New("strategy sequence: the target does not know ListCommands, so that nothing shows what becomes of a command")
	}
	// Beside other inputs a sequence does not wait: on a server whose commands take seconds, all would.
	w.patient = slices.Equal(strategies, []Strategy{Sequence})
	if len(strategies) == 0 {
		strategies = slices.DeleteFunc(Strategies(), func(s Strategy) bool { return s == Sequence && !w.sequences() })
	}
	g := &Generator{seed: seed, world: w, fill: newGofuzzer(w), wire: wireChanges(), relations: relations(), boundaries: boundaries(), patterns: patterns()}
	g.request.Parameters = map[string][]string{}
	counts := map[Strategy]uint64{}
	for left := true; left; {
		left = false
		for _, s := range strategies {
			if shares[s] == 0 {
				return nil, fmt.Errorf("strategy %q: want one of %v", s, Strategies())
			}
			if counts[s] < shares[s] {
				g.rotation = append(g.rotation, turn{s, counts[s]})
				counts[s]++
				left = true
			}
		}
	}
	return g, nil
}

// another is the same generator for another goroutine: it shares what is only read.
func (g *Generator) another() *Generator {
	other := *g
	other.fill = newGofuzzer(g.world)
	other.request = ssm.SendCommandInput{Parameters: map[string][]string{}}
	return &other
}

// At makes the input of this index.
func (g *Generator) At(index uint64) *Input {
	round, place := index/uint64(len(g.rotation)), index%uint64(len(g.rotation))
	t := g.rotation[place]
	mixed := splitMix{state: g.seed}
	d := seededDice(mixed.Uint64() ^ (&splitMix{state: index}).Uint64())
	return g.make(t.strategy, index, round*shares[t.strategy]+t.number, d)
}

// FromBytes makes an input that data stands for, so that a fuzzer which changes data changes the input.
func (g *Generator) FromBytes(data []byte) *Input {
	d := diceOf(data)
	t := g.rotation[d.Intn(len(g.rotation))]
	return g.make(t.strategy, 0, uint64(d.Intn(1<<20)), d)
}

// make makes the number-th input of a strategy.
func (g *Generator) make(s Strategy, index, number uint64, d *inputDice) *Input {
	in := &Input{Index: index, Strategy: s}
	switch s {
	case Boundary:
		g.boundary(in, number, d)
	case Fault:
		g.faults(in, 1, d)
	case Faults:
		g.faults(in, 2+d.Intn(mostFaults-1), d)
	case NearMiss:
		g.nearMiss(in, d)
	case Meaning:
		g.twisted(in, number, &d.Rand)
	case JSON:
		g.oddJSON(in, d)
	case Sequence:
		in.body.tree, in.calls = &Value{Kind: jsontree.Object}, g.world.sequence(&d.Rand)
		in.What = what(in.calls)
	case Wire:
		in.body.tree = g.base(d)
		in.wire = &g.wire[number%uint64(len(g.wire))]
		in.What = in.wire.name
	case Metamorphic:
		in.body.tree = g.base(d)
		n := uint64(len(g.relations))
		in.relation = &g.relations[number%n]
		if number/n%3 == 2 {
			g.spoil(in, d) // a refusal must be the same, too
		}
		in.What = in.relation.name
	default:
		in.body.tree, in.What = g.valid(d), "valid"
	}
	return in
}

// valid draws a valid request.
func (g *Generator) valid(d *inputDice) *Value {
	in := g.emptyRequest()
	g.fill.fill(in, d)
	v := treeOf(in)
	if chance(d, 20) {
		d.Shuffle(len(v.Members), func(i, j int) { v.Members[i], v.Members[j] = v.Members[j], v.Members[i] })
	}
	return v
}

// base draws a request whose meaning no server has a reason to refuse.
func (g *Generator) base(d dice) *Value {
	v := plain("sendspec-" + hexadecimal(d, 8))
	if chance(d, 50) {
		return v
	}
	in := g.emptyRequest()
	g.world.members(in, d)
	if in.TimeoutSeconds != nil {
		put(v, "TimeoutSeconds", numberOf(*in.TimeoutSeconds))
	}
	v.Members = withText(v.Members, "Comment", in.Comment)
	v.Members = withText(v.Members, "MaxConcurrency", in.MaxConcurrency)
	v.Members = withText(v.Members, "MaxErrors", in.MaxErrors)
	v.Members = withText(v.Members, "OutputS3Region", in.OutputS3Region)
	return v
}

// emptyRequest is the generator's request with nothing in it but its map, which is empty, too.
func (g *Generator) emptyRequest() *ssm.SendCommandInput {
	clear(g.request.Parameters)
	g.request = ssm.SendCommandInput{Parameters: g.request.Parameters}
	return &g.request
}

// plain is the smallest request that every server takes, at a tag that no node has.
func plain(value string) *Value {
	return ref(object(append(make([]jsontree.Member, 0, 3+spareMembers),
		member("DocumentName", str("AWS-RunShellScript")),
		member("Targets", array(object(member("Key", str("tag:sendspec")), member("Values", array(str(value)))))),
		member("Parameters", object(member("commands", array(str("true"))))),
	)...))
}
