package judge

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
)

// How long a fingerprint may become. An invariant's is one of everything that was seen in a run, and
// is compared part by part, so it is kept whole for longer.
const (
	fingerprintParts  = 5
	invariantParts    = 64
	fingerprintPlace  = 120
	fingerprintDetail = 60
)

// Fingerprint names what differs in a case, "" where nothing does: the places of the gravest
// findings with the kind of each difference, sorted and set apart by commas. It has no value that a
// target makes anew each time, so that the same fault has the same fingerprint in every run, with
// every seed. Notes of a lower level beside a failure do not count: mending one is no other failure.
func Fingerprint(r *Result) string {
	level := worst(r.Findings)
	if level != fixtures.Must && level != fixtures.Should {
		return ""
	}
	var parts []string
	for _, f := range r.Findings {
		if f.Level != level {
			continue
		}
		part := Word(PlaceOf(f.Path), fingerprintPlace) + "=" + Word(f.Got.Type(), fingerprintDetail)
		if f.Step > 0 {
			part = strconv.Itoa(f.Step) + ":" + part
		}
		parts = append(parts, part)
	}
	slices.Sort(parts)
	parts = slices.Compact(parts)
	limit := fingerprintParts
	if r.Case.Area() == InvariantArea {
		limit = invariantParts
	}
	if len(parts) > limit {
		h := fnv.New32a()
		_, _ = h.Write([]byte(strings.Join(parts, ",")))
		parts = append(parts[:limit], fmt.Sprintf("+%d~%08x", len(parts)-limit, h.Sum32()))
	}
	text := strings.Join(parts, ",")
	if level == fixtures.Should {
		text = "should:" + text
	}
	return text
}

// Word keeps a text fit for one word of a baseline's line: bounded, without white space or anything
// else that has a meaning there.
func Word(s string, limit int) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if b.Len() >= limit {
			b.WriteString("~")
			break
		}
		switch c := s[i]; {
		case c == ' ':
			b.WriteByte('-')
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("/_.*-~$:", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
