package mutants

import (
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

const (
	pagesSource = "API_ListCommands, API_ListCommandInvocations: MaxResults and NextToken"
	tokenSource = "evidence: calls/forged-token; InvalidNextToken, no message"
)

// pagingMutants are the ways in which lists are cut wrongly.
func pagingMutants() []Mutant {
	pages := on(reference.ListCommands+":", reference.ListCommandInvocations+":")
	firstAgain := askingAgain(drop("NextToken"))
	return []Mutant{
		{"paging/max-results-ignored", "ListCommands ignores MaxResults", pagesSource, Must, "lifecycle/Paging/max-results",
			asking(reference.ListCommands, drop("MaxResults"))},
		{"paging/invocations-unpaged", "ListCommandInvocations ignores MaxResults", pagesSource, Must, "lifecycle/Paging/invocations",
			asking(reference.ListCommandInvocations, drop("MaxResults"))},
		{"paging/token-ignored", "After a NextToken comes the first page again", pagesSource, Must, "lifecycle/Paging/second-page",
			answered(func(c *call, r *reply) bool { return r.ok() && has("NextToken")(c.tree()) }, firstAgain)},
		{"paging/no-token", "A page is cut at MaxResults and has no NextToken", pagesSource, Must, "lifecycle/Paging/max-results",
			pages(drop("NextToken"))},
		{"paging/overlap", "A page begins with the last of the page before", pagesSource, Must,
			"lifecycle/Paging/second-page lifecycle/Paging/invocations", pager{cut: func(offset, size, _ int) (int, int, int) {
				return max(0, offset-1), max(0, offset-1) + size, offset + size
			}}.list()},
		{"paging/gap", "Between two pages one is lost", pagesSource, Must, "lifecycle/Paging/invocations",
			pager{cut: func(offset, size, _ int) (int, int, int) { return offset, offset + size, offset + size + 1 }}.list()},
		{"paging/short-and-no-more", "A page with room for two or more holds one less than there are, and has no NextToken",
			"evidence: calls/short-pages", Must, "lifecycle/Paging/short-page", pager{cut: func(offset, size, all int) (int, int, int) {
				if size > 1 {
					return offset, offset + min(size, all) - 1, offset + size
				}
				return offset, offset + size, offset + size
			}}.list()},
		{"paging/second-page-whole", "The page after a NextToken holds all that is left, MaxResults or not", pagesSource, Must,
			"lifecycle/Paging/second-page", pager{cut: func(offset, size, all int) (int, int, int) {
				if offset > 0 {
					size = all
				}
				return offset, offset + size, offset + size
			}}.list()},
		{"paging/full-page-token", "A full page has a NextToken even where nothing follows", pagesSource, Should,
			"lifecycle/Paging/last-page-of-one", pager{full: true}.list()},
		{"paging/never-ends", "The last of several pages has the NextToken that led to it", pagesSource, Should,
			"lifecycle/Paging/invocations-end", pages(when(not(has("NextToken")), asGiven("NextToken")))},
		{"paging/empty-token", "The last page has an empty NextToken",
			"evidence: calls/last-page; no NextToken", Should, "lifecycle/Paging/last-page",
			pages(when(not(has("NextToken")), put("NextToken", `""`)))},
		{"paging/empty-list-token", "An empty list has a NextToken",
			"evidence: calls/ListCommands-unknown", Must, "lifecycle/Paging/empty-list",
			pages(when(some("*", emptyList), put("NextToken", `"0"`)))},
		{"paging/forged-taken", "A NextToken that was never given begins at the beginning", tokenSource, Must,
			"lifecycle/Paging/forged-token", refused(firstAgain, "InvalidNextToken")},
		{"paging/token-with-tail", "Bytes after a NextToken are ignored", tokenSource, Should,
			"lifecycle/Paging/tampered-token", pager{tail: true}.list()},
		{"paging/token-of-either", "A NextToken of one list is taken by the other", tokenSource, Should,
			"lifecycle/Paging/token-of-another-operation", pager{either: true}.list()},
	}
}

// pager cuts the whole list itself, by offsets.
type pager struct {
	// cut gives where a page begins and ends and where the next one begins, for an offset, a size and a length.
	cut func(offset, size, all int) (from, to, next int)
	// full gives a page that reaches the end a token, tail takes tokens with something after them, and
	// either takes those of the other operation.
	full, tail, either bool
}

func (g pager) list() answer {
	if g.cut == nil {
		g.cut = func(offset, size, _ int) (from, to, next int) { return offset, offset + size, offset + size }
	}
	return func(c *call) *reply {
		token, size := c.text("NextToken"), int(number(c.tree(), "MaxResults"))
		offset, ours := g.offset(c.operation, token)
		if listOf[c.operation] == "" || !c.valid() || size == 0 || token != "" && !ours {
			return c.ask()
		}
		all, r := c.everyPage()
		return r.edit(func(t *jsontree.Value) {
			from, to, next := g.cut(offset, size, len(all))
			set(t, listOf[c.operation], list(all[min(from, len(all)):min(to, len(all))]...))
			remove(t, "NextToken")
			if next < len(all) || g.full && next == len(all) {
				set(t, "NextToken", text(g.token(c.operation, next)))
			}
		})
	}
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

// everyPage asks for all pages of a list.
func (c *call) everyPage() ([]jsontree.Value, *reply) {
	remove(c.tree(), "NextToken")
	setNumber(c.tree(), "MaxResults", 50)
	var all []jsontree.Value
	for {
		r := c.askTree()
		at(r.tree(), listOf[c.operation]+"[]", func(_ string, v *jsontree.Value) { all = append(all, *v) })
		token := r.tree().Get("NextToken")
		if token == nil {
			return all, r
		}
		set(c.tree(), "NextToken", *token)
	}
}
