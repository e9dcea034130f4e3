package mutants

import (
	"html"
	"os"
	"strconv"
	"strings"
)

const unicodeSource = "evidence: json/text; everything is echoed as given; RFC 8259 section 8: JSON text is Unicode in UTF-8"

// textMutants are the ways in which the texts of a request come back as others.
func textMutants() []Mutant {
	const comment, parameters = "echo/Comment", "echo/Parameters"
	emptied := func(word string) answer { return sent(when(has("Comment", word), put("Comment", `""`))) }
	everyText := func(change func(string) string) answer {
		return sent(texts(change, "Comment", "Parameters.*[]", "Targets[].Values[]", "OutputS3KeyPrefix"))
	}
	return []Mutant{
		{"value/comment-zero", "A Comment of 0 comes back empty, as what is false", echoSource, Must, comment, emptied("0")},
		{"value/comment-null", "A Comment of null comes back empty, as what is nothing", echoSource, Must, comment, emptied("null")},
		{"value/alarm-trimmed", "The white space around an alarm's name is lost", echoSource, Should, "accept/AlarmConfiguration",
			sent(texts(strings.TrimSpace, "AlarmConfiguration.Alarms[].Name"))},
		{"value/target-key-trimmed", "The white space at the end of a tag's key is lost", echoSource, Should, "echo/Targets",
			sent(texts(strings.TrimSpace, "Targets[].Key"))},
		{"value/text-trimmed", "Texts come back without the white space around them", echoSource, Must, comment,
			everyText(strings.TrimSpace)},
		{"value/text-html-escaped", "Texts come back escaped for HTML", echoSource, Must, comment, everyText(html.EscapeString)},
		{"value/text-composed", "Texts come back in Unicode's composed form", unicodeSource, Must, comment,
			everyText(strings.NewReplacer("e\u0301", "é", "a\u0308", "ä", "u\u0308", "ü").Replace)},
		{"value/text-latin-1", "Texts come back as UTF-8 that was read as Latin-1", unicodeSource, Must, comment, everyText(mojibake)},
		{"value/text-basic-plane",
			"Characters beyond the basic plane come back as question marks, as from a database of three bytes a character",
			unicodeSource, Must, comment, everyText(basicPlane)},
		{"value/text-formatted", "Texts come back as what a formatting function makes of their verbs", echoSource, Must, comment,
			everyText(strings.NewReplacer("%s", "%!s(MISSING)", "%d", "%!d(MISSING)").Replace)},
		{"value/text-unescaped", "Backslashes in texts come back as the escapes that they seem to begin", echoSource, Must, comment,
			everyText(strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace)},
		{"value/text-expanded", "Variables of the shell come back as the environment of the server", echoSource, Must, parameters,
			everyText(func(s string) string { return os.Expand(s, func(string) string { return "" }) })},
		{"value/text-line-ends", "Carriage returns are lost in what comes back", echoSource, Must, parameters,
			everyText(func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") })},
		{"value/text-cut-at-nul", "Texts end at a NUL in what comes back", unicodeSource, Should, parameters,
			everyText(func(s string) string { before, _, _ := strings.Cut(s, "\x00"); return before })},
		{"value/text-typed", "Values that look like numbers or booleans are read as such, and come back in another spelling", echoSource,
			Must, parameters, sent(texts(typed, "Parameters.*[]"))},
		{"value/text-at-most-2500", "Values come back with their first 2500 characters, as plugin output does", echoSource, Must,
			parameters, sent(texts(func(s string) string { return s[:min(len(s), 2500)] }, "Parameters.*[]"))},
		{"value/prefix-cleaned", "OutputS3KeyPrefix comes back as a clean path", echoSource, Should, "echo/OutputS3",
			sent(texts(func(s string) string { return strings.Trim(strings.ReplaceAll(s, "//", "/"), "/") }, "OutputS3KeyPrefix"))},
	}
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7F })
}

func basicPlane(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return '?'
		}
		return r
	}, s)
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
