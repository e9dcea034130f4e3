package mutants

import (
	"html"
	"os"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/reference/jsontree"
)

const unicodeSource = "facts.md section 2: everything is echoed as given; RFC 8259 section 8: JSON text is Unicode in UTF-8"

// textMutants are the ways in which the texts of a request come back as others.
func textMutants() []Mutant {
	comment, parameters := []string{"echo/Comment"}, []string{"echo/Parameters"}
	return answerMutants(familyValue, []Profile{Core}, []answerRow{
		{"comment-zero", "A Comment of 0 comes back empty, as what is false",
			echoSource, Must, comment, answering(func(_, c *jsontree.Value) { emptied(c.Get("Comment"), "0") })},
		{"comment-null", "A Comment of null comes back empty, as what is nothing",
			echoSource, Must, comment, answering(func(_, c *jsontree.Value) { emptied(c.Get("Comment"), "null") })},
		{"alarm-trimmed", "The white space around an alarm's name is lost",
			echoSource, Should, []string{"accept/AlarmConfiguration"},
			answering(func(_, c *jsontree.Value) { at(c, "AlarmConfiguration.Alarms[].Name", trimmed) })},
		{"target-key-trimmed", "The white space at the end of a tag's key is lost",
			echoSource, Should, []string{"echo/Targets"},
			answering(func(_, c *jsontree.Value) { at(c, "Targets[].Key", trimmed) })},
		{"text-trimmed", "Texts come back without the white space around them",
			echoSource, Must, comment, everyText(strings.TrimSpace)},
		{"text-html-escaped", "Texts come back escaped for HTML",
			echoSource, Must, comment, everyText(html.EscapeString)},
		{"text-composed", "Texts come back in Unicode's composed form",
			unicodeSource, Must, comment, everyText(strings.NewReplacer("e\u0301", "é", "a\u0308", "ä", "u\u0308", "ü").Replace)},
		{"text-latin-1", "Texts come back as UTF-8 that was read as Latin-1",
			unicodeSource, Must, comment, everyText(mojibake)},
		{"text-basic-plane", "Characters beyond the basic plane come back as question marks, as from a database of three bytes a character",
			unicodeSource, Must, comment, everyText(func(s string) string {
				return strings.Map(func(r rune) rune {
					if r > 0xFFFF {
						return '?'
					}
					return r
				}, s)
			})},
		{"text-formatted", "Texts come back as what a formatting function makes of their verbs",
			echoSource, Must, comment, everyText(strings.NewReplacer("%s", "%!s(MISSING)", "%d", "%!d(MISSING)").Replace)},
		{"text-unescaped", "Backslashes in texts come back as the escapes that they seem to begin",
			echoSource, Must, comment, everyText(strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace)},
		{"text-expanded", "Variables of the shell come back as the environment of the server",
			echoSource, Must, parameters,
			everyText(func(s string) string { return os.Expand(s, func(string) string { return "" }) })},
		{"text-line-ends", "Carriage returns are lost in what comes back",
			echoSource, Must, parameters, everyText(func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") })},
		{"text-cut-at-nul", "Texts end at a NUL in what comes back",
			unicodeSource, Should, parameters,
			everyText(func(s string) string { before, _, _ := strings.Cut(s, "\x00"); return before })},
		{"text-typed", "Values that look like numbers or booleans are read as such, and come back in another spelling",
			echoSource, Must, parameters, parameterTexts(typed)},
		{"text-at-most-2500", "Values come back with their first 2500 characters, as plugin output does",
			echoSource, Must, parameters, parameterTexts(func(s string) string { return s[:min(len(s), 2500)] })},
		{"prefix-cleaned", "OutputS3KeyPrefix comes back as a clean path",
			echoSource, Should, []string{"echo/OutputS3"}, answering(func(_, c *jsontree.Value) {
				if v := c.Get("OutputS3KeyPrefix"); v != nil {
					v.Text = strings.Trim(strings.ReplaceAll(v.Text, "//", "/"), "/")
				}
			})},
	})
}

// everyText changes what comes back of every text that is free in a request.
func everyText(change func(string) string) func() defect {
	return answering(func(_, command *jsontree.Value) {
		for _, path := range []string{"Comment", "Parameters.*[]", "Targets[].Values[]", "OutputS3KeyPrefix"} {
			at(command, path, func(_ string, v *jsontree.Value) { v.Text = change(v.Text) })
		}
	})
}

func parameterTexts(change func(string) string) func() defect {
	return answering(func(_, command *jsontree.Value) {
		at(command, "Parameters.*[]", func(_ string, v *jsontree.Value) { v.Text = change(v.Text) })
	})
}

func trimmed(_ string, v *jsontree.Value) { v.Text = strings.TrimSpace(v.Text) }

func emptied(v *jsontree.Value, word string) {
	if v != nil && v.Text == word {
		v.Text = ""
	}
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7F })
}

func mojibake(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// typed is what becomes of a text that a YAML reader takes for a value.
func typed(s string) string {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	switch s {
	case "True", "False":
		return strings.ToLower(s)
	case "null":
		return ""
	}
	return s
}
