package conformance

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
)

// Selector picks cases by ID, in the one grammar used everywhere: area/Topic/name, of which a
// beginning is enough; * for anything within one part; ** for any number of parts; !pattern to
// leave cases out; @file for a selector a line.
type Selector struct{ include, exclude []pattern }

type pattern struct {
	text  string
	parts []string
}

// ParseSelector reads patterns; readFile answers @file. No pattern selects every case.
func ParseSelector(patterns []string, readFile func(name string) ([]byte, error)) (Selector, error) {
	var s Selector
	for _, text := range patterns {
		if name, ok := strings.CutPrefix(text, "@"); ok {
			b, err := readFile(name)
			if err != nil {
				return s, fmt.Errorf("selector @%s: %w", name, err)
			}
			lines := slices.DeleteFunc(strings.Split(string(b), "\n"), func(l string) bool {
				l = strings.TrimSpace(l)
				return l == "" || l[0] == '#'
			})
			if len(lines) == 0 || slices.ContainsFunc(lines, func(l string) bool { return strings.TrimSpace(l)[0] == '@' }) {
				return s, fmt.Errorf("selector @%s: want a file with a pattern a line, and no other file in it", name)
			}
			nested, err := ParseSelector(lines, readFile)
			if err != nil {
				return s, err
			}
			s.include = append(s.include, nested.include...)
			s.exclude = append(s.exclude, nested.exclude...)
			continue
		}
		trimmed, not := strings.CutPrefix(strings.TrimSpace(text), "!")
		trimmed = strings.Trim(trimmed, "/")
		if trimmed == "" {
			return s, fmt.Errorf("selector %q: want a pattern like constraint/Comment or accept/**", text)
		}
		p := pattern{trimmed, strings.Split(trimmed, "/")}
		if _, err := path.Match(trimmed, ""); err != nil {
			return s, fmt.Errorf("selector %q: %w", text, err)
		}
		if not {
			s.exclude = append(s.exclude, p)
		} else {
			s.include = append(s.include, p)
		}
	}
	return s, nil
}

// Match tells whether the selector picks the case of this ID.
func (s Selector) Match(id string) bool {
	parts := strings.Split(id, "/")
	hits := func(p pattern) bool { return matchParts(p.parts, parts) }
	if len(s.include) > 0 && !slices.ContainsFunc(s.include, hits) {
		return false
	}
	return !slices.ContainsFunc(s.exclude, hits)
}

// Check returns an error naming the first pattern that matches no case: a typing error would
// otherwise make a gate that checks nothing.
func (s Selector) Check(cases []*fixtures.Case) error {
	for _, p := range slices.Concat(s.include, s.exclude) {
		if !matchesAny(p.parts, cases) {
			return fmt.Errorf("selector %q matches no case%s (sendspec list shows them)", p.text, suggestion(p, cases))
		}
	}
	if !slices.ContainsFunc(cases, func(c *fixtures.Case) bool { return s.Match(c.ID) }) {
		return errors.New("the selectors leave no case to run")
	}
	return nil
}

// matchParts matches a beginning of the ID's parts.
func matchParts(pattern, id []string) bool {
	if len(pattern) == 0 {
		return true
	}
	if pattern[0] == "**" {
		for i := range len(id) + 1 {
			if matchParts(pattern[1:], id[i:]) {
				return true
			}
		}
		return false
	}
	if len(id) == 0 {
		return false
	}
	ok, err := path.Match(pattern[0], id[0])
	return err == nil && ok && matchParts(pattern[1:], id[1:])
}

// suggestion names what the pattern may have meant: the part of it that does match something, or a
// topic of a similar name.
func suggestion(p pattern, cases []*fixtures.Case) string {
	for n := len(p.parts) - 1; n > 0; n-- {
		if p.parts[n-1] != "**" && p.parts[n-1] != "*" && matchesAny(p.parts[:n], cases) {
			return fmt.Sprintf("; %s does", strings.Join(p.parts[:n], "/"))
		}
	}
	best, likeness := "", 0
	for _, c := range cases {
		id := strings.Split(c.ID, "/")
		n := 0
		for i, part := range p.parts {
			if word := strings.ToLower(strings.Trim(part, "*")); i < 2 && len(word) > 2 && strings.Contains(strings.ToLower(id[i]), word) {
				n++
			}
		}
		if n > likeness {
			best, likeness = id[0]+"/"+id[1], n
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %s?", best)
	}
	return ""
}

func matchesAny(parts []string, cases []*fixtures.Case) bool {
	return slices.ContainsFunc(cases, func(c *fixtures.Case) bool { return matchParts(parts, strings.Split(c.ID, "/")) })
}
