package generate

import (
	"errors"
	"fmt"
	"math/rand"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Generator makes inputs. It is safe for concurrent use.
type Generator struct {
	seed       uint64
	world      *world
	wire       []wireChange
	boundaries []boundary
	patterns   []pattern
	rotation   []turn
}

// turn is one place of the rotation of strategies: the input at this place is the turn's number-th of
// its strategy among those of one round.
type turn struct {
	strategy Strategy
	number   uint64
}

// shares are how many of a round of inputs each strategy has.
var shares = map[Strategy]uint64{
	Valid: 4, Boundary: 4, Fault: 4, Faults: 2, NearMiss: 2, Semantic: 4, JSON: 2, Wire: 1, Metamorphic: 1, Sequence: 1,
}

// New makes inputs of the strategies for a target: all that it can be asked where none is given.
func New(seed uint64, of World, strategies ...Strategy) (*Generator, error) {
	w := newWorld(of)
	if slices.Contains(strategies, Sequence) && !w.sequences() {
		return nil, errors.New("strategy sequence: the target does not know ListCommands, so that nothing shows what becomes of a command")
	}
	// Beside other inputs a sequence does not wait: on a server whose commands take seconds, all would.
	w.waits = slices.Equal(strategies, []Strategy{Sequence})
	if len(strategies) == 0 {
		strategies = slices.DeleteFunc(Strategies(), func(s Strategy) bool { return s == Sequence && !w.sequences() })
	}
	g := &Generator{seed: seed, world: w, wire: wireChanges(), boundaries: boundaries(), patterns: patterns()}
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

// At makes the input of this index.
func (g *Generator) At(index uint64) *Input {
	round, place := index/uint64(len(g.rotation)), index%uint64(len(g.rotation))
	t := g.rotation[place]
	mixed := splitMix{state: g.seed}
	r := seededRand(mixed.Uint64() ^ (&splitMix{state: index}).Uint64())
	return g.make(t.strategy, index, round*shares[t.strategy]+t.number, r)
}

// InShard reports whether the input of this index is in the shard. Each shard has its share of each strategy: which
// places of the rotation are a shard's shifts by one from round to round.
func (g *Generator) InShard(index uint64, s selector.Shard) bool {
	round, place := index/uint64(len(g.rotation)), index%uint64(len(g.rotation))
	return s.Count == 0 || (round+place)%uint64(s.Count) == uint64(s.Index-1)
}

// Share is how many of the first count inputs are in the shard.
func (g *Generator) Share(count uint64, s selector.Shard) uint64 {
	if s.Count == 0 {
		return count
	}
	cycle := uint64(len(g.rotation)) * uint64(s.Count) // of which each shard has as many
	share := count / cycle * uint64(len(g.rotation))
	for i := count - count%cycle; i < count; i++ {
		if g.InShard(i, s) {
			share++
		}
	}
	return share
}

// FromBytes derives an input from data, so that a fuzzer which changes data changes the input.
func (g *Generator) FromBytes(data []byte) *Input {
	r := randFrom(data)
	t := g.rotation[r.Intn(len(g.rotation))]
	return g.make(t.strategy, 0, uint64(r.Intn(1<<20)), r)
}

// make makes the number-th input of a strategy.
func (g *Generator) make(s Strategy, index, number uint64, r *rand.Rand) *Input {
	in := &Input{Index: index, Strategy: s}
	switch s {
	case Boundary:
		g.boundary(in, number, r)
	case Fault:
		g.faults(in, 1, r)
	case Faults:
		g.faults(in, 2+r.Intn(mostFaults-1), r)
	case NearMiss:
		g.nearMiss(in, r)
	case Semantic:
		g.semantic(in, number, r)
	case JSON:
		g.oddJSON(in, r)
	case Sequence:
		in.Body.Tree, in.Calls = &jsontree.Value{Kind: jsontree.Object}, g.world.sequence(r)
		in.What = what(in.Calls)
	case Wire:
		in.Body.Tree = g.base(r)
		in.Wire = &g.wire[number%uint64(len(g.wire))]
		in.What = in.Wire.name
	case Metamorphic:
		in.Body.Tree = g.base(r)
		n := uint64(len(relations))
		in.Relation = &relations[number%n]
		if number/n%3 == 2 {
			// A refusal must be the same, too.
			in.Body.Tree.Set("TimeoutSeconds", jsontree.NewNumber(pick(r, []string{"0", "29", "2592001"})))
		}
		in.What = in.Relation.name
	default:
		in.Body.Tree, in.What = g.valid(r), "valid"
	}
	return in
}

// valid draws a valid request.
func (g *Generator) valid(r *rand.Rand) *jsontree.Value {
	v := reference.TreeOf(g.world.fill(r))
	if chance(r, 20) {
		r.Shuffle(len(v.Members), func(i, j int) { v.Members[i], v.Members[j] = v.Members[j], v.Members[i] })
	}
	return v
}

// base draws a request whose meaning no server has a reason to refuse.
func (g *Generator) base(r *rand.Rand) *jsontree.Value {
	v := Plain("sendspec-" + hexadecimal(r, 8))
	if chance(r, 50) {
		return v
	}
	in := &ssm.SendCommandInput{Parameters: map[string][]string{}}
	g.world.members(in, r)
	drawn := reference.TreeOf(in)
	for _, name := range []string{"TimeoutSeconds", "Comment", "MaxConcurrency", "MaxErrors", "OutputS3Region"} {
		if value := drawn.Get(name); value != nil {
			v.Set(name, *value)
		}
	}
	return v
}

// Plain is the smallest request that every server takes, at a tag that no node has.
func Plain(value string) *jsontree.Value {
	return new(object(
		member("DocumentName", str("AWS-RunShellScript")),
		member("Targets", array(object(member("Key", str("tag:sendspec")), member("Values", array(str(value)))))),
		member("Parameters", object(member("commands", array(str("true"))))),
	))
}
