package fuzz

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fuzz/generate"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// fingerprint is what two findings of the same divergence have in common: everything but the values.
type fingerprint struct {
	// Check is the check that was missed, as judge.Finding has it.
	Check string `json:"check"`
	// Place is the path of the finding without the numbers of elements.
	Place string         `json:"place"`
	Level fixtures.Level `json:"level"`
	// Want and Got are the types of what was wanted and what came.
	Want string `json:"want"`
	Got  string `json:"got"`
	// Causes are what in the request brings it about: broken constraints, wrong types, odd HTTP, or the
	// members that it has; none where that does not matter.
	Causes []string `json:"causes,omitempty"`
}

// key is the fingerprint but for the causes, and for the level: what is a should beside something uncertain
// and a must elsewhere is the same divergence.
func (f *fingerprint) key() string {
	return strings.Join([]string{f.Check, f.Place, f.Want, f.Got}, "\x00")
}

// id is short, and the same in every campaign.
func (f *fingerprint) id() string {
	sum := sha256.Sum256([]byte(f.key() + "\x00" + strings.Join(f.Causes, "\x00")))
	name := f.Place
	if len(f.Causes) > 0 && f.Check == judge.OutcomeCheck {
		name = f.Causes[0]
	} else if f.Check != judge.OutcomeCheck {
		name = strings.TrimPrefix(f.Check, judge.InvariantArea+"/") + " " + f.Place
		if len(f.Causes) > 0 {
			name += " " + f.Causes[len(f.Causes)-1]
		}
		if f.Check == neverServerError && len(f.Causes) > 0 {
			name = "server error " + f.Causes[len(f.Causes)-1]
		}
	}
	return slug(name) + "-" + hex.EncodeToString(sum[:3])
}

var notInSlug = regexp.MustCompile(`[^a-z0-9]+`)

func slug(s string) string {
	s = strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(s), "-"), "-")
	return strings.Trim(s[:min(len(s), 60)], "-")
}

// narrows reports whether f is the divergence of g, with no more causes.
func (f *fingerprint) narrows(g *fingerprint) bool {
	return f.key() == g.key() && f.Level == g.Level && subset(f.Causes, g.Causes) && (len(f.Causes) > 0 || len(g.Causes) == 0)
}

func subset(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(whole, s) })
}

// reproductions are the divergences that an answer shows. What is only told (level may) is no finding of a campaign.
func reproductions(in *generate.Input, e *oracle.Expectation, r *judge.Result) []reproduction {
	var list []reproduction
	for _, f := range primaryFindings(e, r) {
		p := fingerprintOf(in, f)
		p.Causes = causesOf(in, e, p.Check, p.Place)
		if in.Calls != nil {
			p.Causes = []string{in.Calls[max(0, f.Step-1)].Operation()} // the calls before are many
		}
		shown := reproduction{*r, p}
		shown.result.Findings = []judge.Finding{f}
		same := func(s reproduction) bool { return s.fingerprint.Check == p.Check && s.fingerprint.Place == p.Place }
		if i := slices.IndexFunc(list, same); i < 0 {
			list = append(list, shown)
		} else if list[i].fingerprint.Level != p.Level && p.Level == fixtures.Must {
			list[i] = shown
		}
	}
	return list
}

func fingerprintOf(in *generate.Input, f judge.Finding) fingerprint {
	p := fingerprint{Check: f.Check, Place: judge.PlaceOf(f.Path), Level: f.Level, Want: typeOf(f.Want), Got: typeOf(f.Got)}
	if rest, ok := strings.CutPrefix(p.Place, "/Command/Parameters/"); ok {
		p.Place = "/Command/Parameters/*"
		if strings.Contains(rest, "/") {
			p.Place += "/*"
		}
	}
	switch {
	case p.Place == "status" && f.Want.Status/100 == 4:
		p.Want = "a refusal" // how sure its status is, makes no other divergence
	case f.Check == memberTypes && f.Got.Kind != judge.KindNull:
		p.Got = "another type"
	case f.Check == judge.OutcomeCheck && (in.Relation != nil || in.Wire != nil) && strings.HasPrefix(p.Place, "/"):
		p.Place, p.Want, p.Got = "verdict", "as in step plain", "another answer"
	}
	return p
}

// primaryFindings leaves out the findings that follow from another one: whatever else is wrong with a server
// error, and with the answer to a request that should not have been taken; and what comes back of a request
// of which nobody knows whether it should.
func primaryFindings(e *oracle.Expectation, r *judge.Result) []judge.Finding {
	all := slices.Concat(r.Findings, r.Invariants())
	all = slices.DeleteFunc(all, func(f judge.Finding) bool { return f.Level == fixtures.May })
	only := func(is func(judge.Finding) bool) []judge.Finding {
		if i := slices.IndexFunc(all, is); i >= 0 {
			return all[i : i+1]
		}
		return nil
	}
	if f := only(func(f judge.Finding) bool { return f.Check == neverServerError }); f != nil {
		return f
	}
	if f := only(func(f judge.Finding) bool {
		return f.Check == judge.OutcomeCheck && (f.Path == "status" || f.Path == "connection")
	}); f != nil {
		return f
	}
	if e.Open {
		return slices.DeleteFunc(all, func(f judge.Finding) bool { return f.Check == memberTypes || f.Check == sdkDecodes })
	}
	// Where an invariant says what is wrong with a member, the outcome need not say it again. And an error of no type, or of
	// another one than is wanted, need not have the form of that.
	broken := r.Invariants()
	otherType := slices.ContainsFunc(all, func(f judge.Finding) bool { return f.Path == "error type" })
	all = slices.DeleteFunc(all, func(f judge.Finding) bool {
		if otherType && slices.Contains([]string{"/__type", "/Message", "/message"}, f.Path) {
			return f.Check == judge.OutcomeCheck
		}
		return f.Check == judge.OutcomeCheck && slices.ContainsFunc(broken, func(g judge.Finding) bool {
			return g.Path == f.Path && (g.Level == f.Level || g.Level == fixtures.Must)
		})
	})
	if slices.ContainsFunc(all, func(f judge.Finding) bool { return f.Check == memberTypes && f.Level == fixtures.Must }) {
		all = slices.DeleteFunc(all, func(f judge.Finding) bool { return f.Check == sdkDecodes })
	}
	return all
}

const (
	memberTypes = judge.InvariantArea + "/Member/types"
	sdkDecodes  = judge.InvariantArea + "/SDK/decodes"
)

const neverServerError = judge.InvariantArea + "/HTTP/never-5xx"

// causesOf tells what in an input may bring a finding of this check and place about.
func causesOf(in *generate.Input, e *oracle.Expectation, check, place string) []string {
	switch {
	case check != judge.OutcomeCheck && check != neverServerError:
		return nil
	case in.Relation != nil, in.Wire != nil:
		return e.Causes
	case check == neverServerError, place == "connection":
		return crashCauses(in, e)
	case place == "error message":
		return kindsOf(e.Causes)
	case strings.HasPrefix(place, "/"), strings.HasPrefix(place, "header "):
		return nil
	case len(e.Causes) > 0:
		return e.Causes
	}
	return membersOf(in.Body.Tree)
}

// crashCauses: a server fails over a member, or over a value of a type or a text that it did not expect; a
// constraint has little to do with it.
func crashCauses(in *generate.Input, e *oracle.Expectation) []string {
	causes := membersOf(in.Body.Tree)
	if !e.Constraints {
		causes = append(causes, e.Causes...)
	}
	return causes
}

// kindsOf are the kinds of constraints, without their members: a server words them all alike.
func kindsOf(causes []string) []string {
	var kinds []string
	for _, c := range causes {
		if _, kind, ok := strings.Cut(c, " "); ok {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// membersOf lists the paths of the members of a request, sorted.
func membersOf(v *jsontree.Value) []string {
	var list []string
	v.Walk(func(pointer string, _ *jsontree.Value) bool {
		if pointer != "" && !strings.HasPrefix(pointer, "/Parameters/") {
			list = append(list, judge.PlaceOf(pointer))
		}
		return true
	})
	slices.Sort(list)
	return slices.Compact(list)
}

// typeOf is the type of what is described. Whatever names an error's type wrongly is one divergence.
func typeOf(d judge.Description) string {
	if d.Status == 0 {
		d.ErrorType = ""
	}
	return strings.Replace(d.Type(), "/", " ", 1)
}
