package stable

import (
	"testing"
	"unicode/utf8"

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
		`{"ExpiresAfter": -351761818.032, "a":`:  `{"ExpiresAfter": <time>, "a":`,
		`{"ExpiresAfter":101795721838.257}`:      `{"ExpiresAfter":<time>}`,
		`{"ExpiresAfter":3943218976}`:            `{"ExpiresAfter":<time>}`,
		`{"ExpiresAfter" : -3.51748e+17}`:        `{"ExpiresAfter" : <time>}`,
		`{"ExpiresAfter":7200}`:                  `{"ExpiresAfter":7200}`,
		`{"TimeoutSeconds":3943218976}`:          `{"TimeoutSeconds":3943218976}`,
		`{"TimeoutSeconds":-3943218976}`:         `{"TimeoutSeconds":-3943218976}`,
		"-351761818.032s":                        "-351761818.032s",
		"1.12345678.032":                         "1.12345678.032",
		"9815-11-01T10:00:00Z":                   "<time>",
	} {
		assert.Equal(t, want, Text(text), text)
	}
}

// The same behaviour is cut in the same place, whatever the clock was.
func TestACutDoesNotMoveWithTheClock(t *testing.T) {
	t.Parallel()
	const id = "11111111-2222-4333-8444-55555555555f"
	for limit := range 80 {
		want := Text(Cut(`[1500000513.5,"abc",-351761818.032,"`+id+`",1500000513.51,"déf"]`, limit))
		got := Text(Cut(`[1500000513.51,"abc",-351761817.9,"`+id+`",1500000513,"déf"]`, limit))
		assert.Equal(t, want, got, limit)
		assert.LessOrEqual(t, len(want), limit+len("…"))
		assert.True(t, utf8.ValidString(got))
	}
	assert.Equal(t, "ab…", Cut("abc", 2))
	assert.Equal(t, "abc", Cut("abc", 3))
	assert.Equal(t, "…", Cut(id, 5))
	assert.Equal(t, id, Cut(id, 6), "it is no longer than its replacement")
}
