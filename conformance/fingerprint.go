package conformance

import (
	"fmt"
	"hash/fnv"
	"net/http"
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

// fingerprint names what differs in a case, "" where nothing does: the places of the gravest
// findings with the kind of each difference, sorted and set apart by commas. It has no value that a
// target makes anew each time, so that the same fault has the same fingerprint in every run, with
// every seed. Notes of a lower level beside a failure do not count: mending one is no other failure.
func fingerprint(r *Result) string {
	level := worst(r.Findings)
	if level != fixtures.Must && level != fixtures.Should {
		return ""
	}
	var parts []string
	for _, f := range r.Findings {
		if f.Level != level {
			continue
		}
		part := safe(placeOf(f.Path), fingerprintPlace) + "=" + safe(differenceKind(f.Path, f.Got), fingerprintDetail)
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

// differenceKind says in one word what was there instead: a status with the type of its error, the
// type of an error, a failure of the connection, and of anything in a body its JSON type alone.
func differenceKind(path, got string) string {
	switch path {
	case pathStatus, pathVerdict:
		return statusKind(got)
	case pathConnection:
		return connectionKind(got)
	case pathWalk:
		if strings.HasPrefix(got, `"`) {
			return "string"
		}
		return statusKind(got)
	case pathErrorType:
		if text, err := strconv.Unquote(got); err == nil {
			return text
		}
		return "none"
	case pathBody:
		if got == "an empty body" {
			return "empty"
		}
		if k := jsonWord(got); k != "other" {
			return k
		}
		return "no-json"
	}
	return jsonWord(got)
}

// statusKind reads what summary writes: 400 Bad Request InvalidCommandId: a message.
func statusKind(got string) string {
	code, rest, _ := strings.Cut(got, " ")
	n, err := strconv.Atoi(code)
	if err != nil {
		return connectionKind(got)
	}
	rest = strings.TrimSpace(strings.TrimPrefix(rest, http.StatusText(n)))
	word, _, _ := strings.Cut(rest, ":")
	switch {
	case word == "" || strings.HasPrefix(word, "at last"):
		return code
	case word == "with an empty body":
		return code + "/empty"
	case strings.HasPrefix(word, "with"):
		return code + "/no-json"
	}
	return code + "/" + word
}

// connectionKind reads the failure of an exchange out of "no answer (closed: EOF)" or "closed: EOF".
func connectionKind(got string) string {
	word, _, _ := strings.Cut(strings.TrimPrefix(got, "no answer ("), ":")
	return strings.ReplaceAll(word, " ", "-")
}

// jsonWord is the type of a value as findings show it.
func jsonWord(got string) string {
	switch {
	case got == "nothing", got == "null", got == "several":
		return got
	case got == "true", got == "false":
		return "boolean"
	case got == "":
		return "other"
	}
	switch c := got[0]; {
	case c == '"':
		return "string"
	case c == '{':
		return "object"
	case c == '[':
		return "list"
	case c == '-' || c >= '0' && c <= '9':
		return "number"
	}
	return "other"
}

// safe keeps a text fit for one word of a baseline's line: bounded, without white space or anything
// else that has a meaning there.
func safe(s string, limit int) string {
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
