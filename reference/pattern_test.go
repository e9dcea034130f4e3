package reference

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// javaDot is Java's dot in RE2's syntax: it excludes five line ends, RE2's only one.
const javaDot = `[^\n\r\x{85}\x{2028}\x{2029}]`

// TestMatchersReadLikeThePatterns holds each hand-written matcher against RE2's reading of the
// pattern the server prints, as a whole-string match.
func TestMatchersReadLikeThePatterns(t *testing.T) {
	t.Parallel()
	subjects := patternSubjects()
	for name, rules := range constraintTable() {
		for _, r := range rules {
			if r.kind != Pattern || name == "AlarmName" {
				continue
			}
			// The matchers see the whole string: the anchors inside the alternatives add nothing.
			direct := regexp.MustCompile(`\A(?:` + strings.ReplaceAll(r.pattern, `^.{`, `^`+javaDot+`{`) + `)\z`)
			for _, s := range subjects {
				assert.Equal(t, direct.MatchString(s), r.matches(s), "%s: %q against %s", name, s, r.pattern)
			}
		}
	}
}

func patternSubjects() []string {
	seeds := []string{
		"", "a", "ab", "abc", "i-12345678", "i-1234567", "i-123456789", "i-12345678901234567", "i-1234567890123456", "i-123456789012345678",
		"mi-12345678901234567", "mi-12345678", "i-1234567_", "i-1234567é", "I-12345678", "i-12345678\n",
		"x i-12345678", "mi-1234567890123456\n",
		"tag:Name", "tag-key", "InstanceIds", "resource-groups:Name", "resource-groups:ResourceTypeFilters",
		"tag:é ü\u2003Ⅷ٣", "tag:a*b", "tag:a\tb", "tag:a\nb", "tag:(x)", "tag:a/b=c.d-e@f_g", "tag:\u0301", "tag:😀",
		"AWS-RunShellScript", "arn:aws:ssm:us-east-1:123456789012:document/x", "AWS RunShellScript", "doc!", "dök",
		strings.Repeat("d", 128), strings.Repeat("d", 129),
		"$LATEST", "$DEFAULT", "$latest", "LATEST", "0", "1", "01", "10", "1234567890123", "-1", "+1", "1.0", " 1", "1 ", "1\n",
		"%", "0%", "1%", "9%", "10%", "99%", "100%", "101%", "100", "00%", "01%", "1%%", "200%", "٣",
		strings.Repeat("x", 100), strings.Repeat("x", 101), strings.Repeat("é", 100), strings.Repeat("😀", 101), "a\rb",
		"a\u0085b", "a\u2028b", "a\u2029b", "a\vb",
		"01234567-89ab-cdef-ABCD-EF0123456789", "01234567-89ab-cdef-ABCD-EF012345678", "01234567-89ab-cdef-ABCD-EF01234567890",
		"0123456789ab-cdef-ABCD-EF0123456789--", "g1234567-89ab-cdef-ABCD-EF0123456789",
	}
	subjects := seeds
	for _, s := range seeds {
		subjects = append(subjects, s+"\n", " "+s, s+"x", s+"-", strings.ToUpper(s))
		if len(s) > 1 {
			subjects = append(subjects, s[1:])
		}
	}
	return subjects
}

// RE2 has no lookahead, so AlarmName's ^(?!\s*$).+ is held against a table instead.
func TestAlarmNameIsNotBlankAndHasNoLineEnd(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"": false, " ": false, "\t \v\f": false, "a": true, " a": true, "a ": true, "\u00a0": true, "\u2003": true, "é": true,
		"a\n": false, "\na": false, "a\rb": false, "a\u0085": false, "a\u2028b": false, "a\u2029": false, "\x1c": true, "a\x00": true,
	} {
		assert.Equal(t, want, isAlarmName(s), "%q", s)
	}
}
