package reference

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestPatternsAreThoseOfJava has strings of each pattern, which has to match the whole string, and strings that some reading
// of it takes or refuses wrongly: anchors and alternatives, line ends, and what is a letter, a digit or white space.
func TestPatternsAreThoseOfJava(t *testing.T) {
	t.Parallel()
	repeat := strings.Repeat
	percents := []string{"%", "00%", "01%", "101%", "200%", "1%%", "-1", "+1", "1.0", "01", "", " 1", "1 ", "1\n", "1%\n", "٣"}
	for name, tc := range map[string]struct{ good, bad []string }{
		"InstanceId": {
			[]string{"i-12345678", "i-12345678901234567", "mi-12345678901234567", "i-1234567_", "i-1234567890123456x"},
			[]string{"", "i-1234567", "i-123456789", "i-1234567890123456", "mi-12345678", "i-1234567é", "I-12345678", "i-12345678\n",
				"mi-1234567890123456\n", "x i-12345678", " i-12345678"},
		},
		"TargetKey": {
			[]string{"", "tag:Name", "tag-key", "resource-groups:Name", "tag:é ü\u2003Ⅷ٣", "tag:a/b=c.d-e@f_g", "a\u2028b", " tag:Name"},
			[]string{"tag:a*b", "tag:a\tb", "tag:a\nb", "tag:(x)", "tag:\u0301", "tag:😀", "tag:Name\n", "resource-groups:Name\n",
				"a\u0085b", "\xa3"},
		},
		"DocumentARN": {
			[]string{"abc", "AWS-RunShellScript", "arn:aws:ssm:us-east-1:123456789012:document/x", repeat("d", 128)},
			[]string{"ab", repeat("d", 129), "AWS RunShellScript", "doc!", "dök", "abc\n", " abc"},
		},
		"DocumentVersion": {
			[]string{"$LATEST", "$DEFAULT", "1", "10", "1234567890123"},
			[]string{"", "$latest", "LATEST", "$LATESTx", "0", "01", "-1", "+1", "1.0", " 1", "1\n", "$DEFAULT\n", "٣"},
		},
		"Comment": {
			[]string{"", "a\vb", repeat("x", 100), repeat("é", 100), repeat("😀", 100)},
			[]string{repeat("x", 101), repeat("😀", 101), "a\n", "a\rb", "a\u0085b", "a\u2028b", "\u2029"},
		},
		"MaxConcurrency": {[]string{"1", "10", "1234567890123", "1%", "9%", "10%", "99%", "100%"}, append(percents, "0", "0%")},
		"MaxErrors":      {[]string{"0", "1", "10", "1234567890123", "0%", "1%", "10%", "99%", "100%"}, percents},
		"AlarmName": {
			[]string{"a", " a", "a ", "\u00a0", "\u2003", "é", "\x1c", "a\x00"},
			[]string{"", " ", "\t \v\f", "a\n", "\na", "a\rb", "a\u0085", "a\u2028b", "a\u2029"},
		},
		"CommandId": {
			[]string{"01234567-89ab-cdef-ABCD-EF0123456789"},
			[]string{"", "01234567-89ab-cdef-ABCD-EF012345678", "01234567-89ab-cdef-ABCD-EF01234567890",
				"0123456789ab-cdef-ABCD-EF0123456789--", "g1234567-89ab-cdef-ABCD-EF0123456789", "01234567-89ab-cdef-ABCD-EF0123456789\n"},
		},
	} {
		for _, r := range constraintTable()[name] {
			if r.Kind != Pattern {
				continue
			}
			for _, s := range tc.good {
				assert.True(t, r.matches(s), "%s: %q matches %s", name, s, r.Pattern)
			}
			for _, s := range tc.bad {
				assert.False(t, r.matches(s), "%s: %q does not match %s", name, s, r.Pattern)
			}
		}
	}
}
