package report

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatIsNewEachTimeIsReplaced(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-4333-8444-55555555555f"
	for text, want := range map[string]string{
		"":                                       "",
		"nothing 12 of it":                       "nothing 12 of it",
		id:                                       "<uuid>",
		"x" + id + id + ".":                      "x<uuid><uuid>.",
		"9" + id:                                 "9<uuid>",
		id[:35] + "g":                            id[:35] + "g",
		"1500000000":                             "<time>",
		"[1500000000.25,2]":                      "[<time>,2]",
		"1500000000123":                          "<time>",
		"15000000001":                            "15000000001",
		"x1500000000":                            "x1500000000",
		"1500000000s":                            "1500000000s",
		"1.494825472676E9":                       "<time>",
		"1.494825472676e+12":                     "<time>",
		"2026-11-01T10:00:00.5Z":                 "<time>",
		"at 2026-11-01 10:00:00 +0000 UTC, then": "at <time>, then",
		"2026-11-01":                             "2026-11-01",
		id + " 1500000000 " + id:                 "<uuid> <time> <uuid>",
	} {
		assert.Equal(t, want, stable(text), text)
	}
}
