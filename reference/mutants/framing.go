package mutants

import (
	"bytes"
	"strconv"
	"strings"
)

const (
	lengthSource = "RFC 9112 section 6.3: a message with an invalid or differing Content-Length must be refused, and ends where its length says"
	chunkSource  = "RFC 9112 section 7.1: chunk-size is hexadecimal, and the last chunk ends the body"
	hostSource   = "RFC 9112 section 3.2: a request without a Host field, with more than one or with an invalid one is a 400"
)

// framingMutants are servers whose HTTP reads bodies and headers in a way of its own.
func framingMutants() []Mutant {
	var all []Mutant
	add := func(what, wrong, source string, expect string, f front) {
		all = append(all, Mutant{
			Name: string(familyFraming) + "/" + what, Family: familyFraming, Wrong: wrong, Source: source, Level: Must, Shows: []Profile{Core},
			Expect: []string{expect}, front: &f, plant: stateless(func(c *call, p *planted) *reply { return p.ask(c) }),
		})
	}
	add("length-ignored", "A body is read to the end of the connection, whatever its Content-Length says", lengthSource, "wire/Content-Length", front{repair: func(r rawRequest) rawRequest {
		if len(r.values("Content-Length")) == 1 && !r.chunked() {
			return r.measured()
		}
		return r
	}})
	add("first-length", "Of two Content-Lengths the first counts", lengthSource, "wire/Content-Length", front{repair: func(r rawRequest) rawRequest {
		if given := r.values("Content-Length"); len(given) > 1 {
			r.set("Content-Length", given[0])
		}
		return r
	}})
	add("two-lengths-fail", "A Content-Length beside Transfer-Encoding, or beside another one, makes the server fail", lengthSource, "wire/Content-Length", front{repair: func(r rawRequest) rawRequest {
		if lengths := len(r.values("Content-Length")); lengths > 1 || lengths > 0 && r.chunked() {
			r.line, r.fails = "no request line", true
		}
		return r
	}})
	add("lenient-chunks", "What is no chunk is read as far as it goes", chunkSource, "wire/Chunked", front{repair: func(r rawRequest) rawRequest {
		if r.chunked() {
			r.body = looseChunks(r.body)
			return r.measured()
		}
		return r
	}})
	add("chunks-as-body", "Transfer-Encoding is not known: chunks are taken for the body", chunkSource, "wire/Chunked", front{repair: func(r rawRequest) rawRequest {
		if r.chunked() {
			return r.measured()
		}
		return r
	}})
	add("any-host", "Host is not looked at", hostSource, "wire/Host", front{repair: func(r rawRequest) rawRequest {
		r.set("Host", "localhost")
		return r
	}})
	add("framing-fails", "What is wrong below the protocol makes the server fail", "facts.md section 3: refusals of a request are 400", "invariant/HTTP", front{repair: func(r rawRequest) rawRequest {
		r.fails = true
		return r
	}})
	add("headers-repaired", "Header lines that are none are left out", "RFC 9112 section 5: a server must refuse white space before the colon", "wire/Headers", front{repair: func(r rawRequest) rawRequest {
		var kept []string
		for _, h := range r.headers {
			name, value, ok := strings.Cut(h, ":")
			if !ok || strings.HasPrefix(h, " ") || strings.HasPrefix(h, "\t") {
				continue
			}
			kept = append(kept, strings.TrimRight(name, " \t")+":"+strings.ReplaceAll(value, "\x00", ""))
		}
		r.headers = kept
		return r
	}})
	return all
}

// refusalsFail turns a refusal that comes from below the service into an error of the server's.
func refusalsFail(b []byte) []byte {
	if rest, ok := bytes.CutPrefix(b, []byte("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain")); ok {
		return append([]byte("HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain"), rest...)
	}
	return b
}

// looseChunks reads chunks as a lenient reader does: a size is the hexadecimal digits that there are, and
// what is missing is taken for the end.
func looseChunks(b []byte) []byte {
	var body []byte
	for len(b) > 0 {
		line, rest, _ := bytes.Cut(b, []byte("\n"))
		digits := strings.TrimLeft(strings.TrimSpace(string(line)), "+-0x ")
		end := strings.IndexFunc(digits, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) })
		if end >= 0 {
			digits = digits[:end]
		}
		size, err := strconv.ParseInt(digits, 16, 32)
		if err != nil || size <= 0 {
			break
		}
		n := min(int(size), len(rest))
		body, b = append(body, rest[:n]...), bytes.TrimLeft(rest[n:], "\r\n")
	}
	return body
}
