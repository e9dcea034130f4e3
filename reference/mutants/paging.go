package mutants

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const familyPaging Family = "paging"

const (
	pagesSource = "API_ListCommands, API_ListCommandInvocations: MaxResults and NextToken"
	tokenSource = "facts.md section 3: InvalidNextToken, no message"
)

// pages are the ways in which lists are cut wrongly.
func pages() []Mutant {
	return lifeMutants(familyPaging, []lifeFlaw{
		{what: "max-results-ignored", wrong: "ListCommands ignores MaxResults", source: pagesSource, plant: stateless(asking(reference.ListCommands, func(t *jsontree.Value) { remove(t, "MaxResults") })),
			expect: []string{"lifecycle/Paging/max-results"}},
		{what: "invocations-unpaged", wrong: "ListCommandInvocations ignores MaxResults", source: pagesSource, plant: stateless(asking(reference.ListCommandInvocations, func(t *jsontree.Value) { remove(t, "MaxResults") })),
			expect: []string{"lifecycle/Paging/invocations"}},
		{what: "token-ignored", wrong: "Behind a NextToken comes the first page again", source: pagesSource, plant: stateless(tokenIgnored), expect: []string{"lifecycle/Paging/second-page"}},
		{what: "no-token", wrong: "A page is cut at MaxResults and has no NextToken", source: pagesSource, plant: stateless(noToken), expect: []string{"lifecycle/Paging/max-results"}},
		{what: "one-more", wrong: "A page holds one more than MaxResults", source: pagesSource, plant: stateless(asking(reference.ListCommands, func(t *jsontree.Value) {
			if n := number(t, "MaxResults"); n > 0 {
				setNumber(t, "MaxResults", min(50, n+1))
			}
		})), expect: []string{"lifecycle/Paging/max-results"}},
		{what: "overlap", wrong: "A page begins with the last of the page before", source: pagesSource, plant: stateless(pager{cut: func(offset, size, all int) (int, int, int) {
			from := max(0, offset-1)
			return from, from + size, offset + size
		}}.list), expect: []string{"lifecycle/Paging/second-page", "lifecycle/Paging/invocations"}},
		{what: "gap", wrong: "Between two pages one is lost", source: pagesSource, plant: stateless(pager{cut: func(offset, size, all int) (int, int, int) { return offset, offset + size, offset + size + 1 }}.list),
			expect: []string{"lifecycle/Paging/invocations"}},
		{what: "second-page-whole", wrong: "The page behind a NextToken holds all that is left, whatever MaxResults", source: pagesSource, plant: stateless(pager{cut: func(offset, size, all int) (int, int, int) {
			if offset > 0 {
				return offset, all, all
			}
			return offset, offset + size, offset + size
		}}.list), expect: []string{"lifecycle/Paging/second-page"}},
		{what: "full-page-token", wrong: "A full page has a NextToken even where nothing follows", source: pagesSource, level: Should, plant: stateless(pager{full: true, cut: plainCut}.list),
			expect: []string{"lifecycle/Paging/last-page-of-one"}},
		{what: "never-ends", wrong: "The last of several pages has the NextToken that led to it", source: pagesSource, level: Should, plant: stateless(neverEnds),
			expect: []string{"lifecycle/Paging/invocations-end"}},
		{what: "empty-token", wrong: "The last page has an empty NextToken", source: "recorded/managed-execution.jsonl, missing-tag-terminal-0: no NextToken", level: Should, plant: stateless(emptyToken),
			expect: []string{"lifecycle/Paging/last-page"}},
		{what: "empty-list-token", wrong: "An empty list has a NextToken", source: "facts.md section 4: {\"CommandInvocations\":[]} and {\"Commands\":[]} whole", plant: stateless(emptyListToken),
			expect: []string{"lifecycle/Paging/empty-list"}},
		{what: "forged-taken", wrong: "A NextToken that was never given begins at the beginning", source: tokenSource, plant: stateless(forgedTaken), expect: []string{"lifecycle/Paging/forged-token"}},
		{what: "forged-as-validation", wrong: "A NextToken that was never given is a ValidationException", source: tokenSource, plant: stateless(forgedRefused), expect: []string{"lifecycle/Paging/forged-token"}},
		{what: "token-with-tail", wrong: "What stands behind a NextToken is not looked at", source: tokenSource, level: Should, plant: stateless(pager{tail: true, cut: plainCut}.list),
			expect: []string{"lifecycle/Paging/tampered-token"}},
		{what: "token-of-either", wrong: "A NextToken of one list is taken by the other", source: tokenSource, level: Should, plant: stateless(pager{either: true, cut: plainCut}.list),
			expect: []string{"lifecycle/Paging/token-of-another-operation"}},
	})
}

// pager cuts the whole list itself, by offsets.
type pager struct {
	// cut gives where a page begins and ends and where the next one begins, for an offset, a size and a length.
	cut func(offset, size, all int) (from, to, next int)
	// full gives a page that reaches the end a token, tail takes tokens with something behind them, and
	// either takes those of the other operation.
	full, tail, either bool
}

func plainCut(offset, size, _ int) (from, to, next int) { return offset, offset + size, offset + size }

func (g pager) list(c *call, p *planted) *reply {
	isList := c.operation == reference.ListCommands || c.operation == reference.ListCommandInvocations
	token, size := member(c.tree(), "NextToken"), int(number(c.tree(), "MaxResults"))
	offset, ours := g.offset(c.operation, token)
	if !isList || !valid(c) || size == 0 || token != "" && !ours {
		return p.ask(c)
	}
	all, r := p.whole(c)
	return r.editList(func(t, list *jsontree.Value) {
		from, to, next := g.cut(offset, size, len(all))
		list.Items = all[min(from, len(all)):min(to, len(all))]
		remove(t, "NextToken")
		if next < len(all) || g.full && next == len(all) {
			set(t, "NextToken", text(g.token(c.operation, next)))
		}
	})
}

func (g pager) token(operation string, offset int) string {
	if g.either {
		operation = "List"
	}
	return operation + "." + strconv.Itoa(offset) + "."
}

func (g pager) offset(operation, token string) (int, bool) {
	parts := strings.SplitN(token, ".", 3)
	if len(parts) != 3 || parts[0] != operation && !g.either || parts[2] != "" && !g.tail {
		return 0, false
	}
	n, err := strconv.Atoi(parts[1])
	return n, err == nil
}

// whole asks for all pages of a list.
func (p *planted) whole(c *call) ([]jsontree.Value, *reply) {
	remove(c.tree(), "NextToken")
	setNumber(c.tree(), "MaxResults", 50)
	var all []jsontree.Value
	for {
		r := p.askTree(c)
		token := member(r.tree(), "NextToken")
		r.editList(func(_, list *jsontree.Value) { all = append(all, list.Items...) })
		if token == "" {
			return all, r
		}
		set(c.tree(), "NextToken", text(token))
	}
}

func tokenIgnored(c *call, p *planted) *reply {
	r := p.ask(c)
	if r.ok() && c.tree().Get("NextToken") != nil {
		remove(c.tree(), "NextToken")
		return p.askTree(c)
	}
	return r
}

func noToken(c *call, p *planted) *reply {
	return p.ask(c).editList(func(t, _ *jsontree.Value) { remove(t, "NextToken") })
}

func neverEnds(c *call, p *planted) *reply {
	return p.ask(c).editList(func(t, _ *jsontree.Value) {
		if token := c.tree().Get("NextToken"); token != nil && t.Get("NextToken") == nil {
			set(t, "NextToken", *token)
		}
	})
}

func emptyToken(c *call, p *planted) *reply {
	return p.ask(c).editList(func(t, _ *jsontree.Value) {
		if t.Get("NextToken") == nil {
			set(t, "NextToken", text(""))
		}
	})
}

func emptyListToken(c *call, p *planted) *reply {
	return p.ask(c).editList(func(t, list *jsontree.Value) {
		if len(list.Items) == 0 {
			set(t, "NextToken", text("0"))
		}
	})
}

// forged tells whether an answer refuses a token.
func forged(r *reply) bool {
	return r.status == http.StatusBadRequest && member(r.tree(), "__type") == "InvalidNextToken"
}

func forgedTaken(c *call, p *planted) *reply {
	r := p.ask(c)
	if forged(r) {
		remove(c.tree(), "NextToken")
		return p.askTree(c)
	}
	return r
}

func forgedRefused(c *call, p *planted) *reply {
	r := p.ask(c)
	if forged(r) {
		return r.refuse("ValidationException", "The token is not valid.")
	}
	return r
}
