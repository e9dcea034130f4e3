package mutants

import (
	"bufio"
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
)

const (
	lengthSource = "RFC 9112 section 6.3: a message with an invalid or differing Content-Length must be refused, " +
		"and ends where its length says"
	chunkSource  = "RFC 9112 section 7.1: chunk-size is hexadecimal, and the last chunk ends the body"
	hostSource   = "RFC 9112 section 3.2: a request without a Host field, with more than one or with an invalid one is a 400"
	decodeSource = "RFC 9112 section 7.1: a recipient MUST be able to parse and decode the chunked transfer coding"
	endsSource   = "RFC 9112 section 8: a message shorter than its Content-Length, or without the last chunk, is incomplete"
	failsSource  = "CommonErrors: 5xx is for the server's faults"
)

// framingMutants are servers whose HTTP finds another end in a body, reads a header in a way of its own, or fails where it looks.
func framingMutants() []Mutant {
	const length, chunk, headers = "wire/Content-Length", "wire/Chunked", "wire/Headers"
	return []Mutant{
		{"framing/length-ignored", "A body is read to the end of the connection, not to its Content-Length", lengthSource, Must,
			length, measuring(func(r *rawRequest) bool { return r.length() != "" && !r.chunked() })},
		{"framing/first-length", "Of two Content-Lengths the first counts", lengthSource, Must, length, reading(func(r *rawRequest) {
			if given := r.values("Content-Length"); len(given) > 1 {
				r.set("Content-Length", given[0])
			}
		})},
		{"framing/two-lengths-fail", "A Content-Length beside Transfer-Encoding, or beside another one, makes the server fail",
			lengthSource, Must, length, failing(func(r *rawRequest) bool {
				n := len(r.values("Content-Length"))
				return n > 1 || n > 0 && r.chunked()
			})},
		{"framing/lenient-chunks", "What is no chunk is read as far as it goes", chunkSource, Must, chunk, reading(func(r *rawRequest) {
			if r.chunked() {
				r.measure(looseChunks(r.body))
			}
		})},
		{"framing/chunks-as-body", "Transfer-Encoding is not known: chunks are taken for the body", chunkSource, Must, chunk,
			measuring((*rawRequest).chunked)},
		{"framing/any-host", "Host is not looked at", hostSource, Must, "wire/Host",
			reading(func(r *rawRequest) { r.set("Host", "localhost") })},
		{"framing/framing-fails", "What is wrong below the protocol makes the server fail",
			"evidence: errors/status", Must, "invariant/HTTP", reading(func(r *rawRequest) { r.fails = true })},
		{"framing/headers-repaired", "Header lines that are none are left out",
			"RFC 9112 section 5: a server must refuse white space before the colon", Must, headers, reading(repairHeaders)},
		{"framing/length-of-32-bits", "Content-Length is kept in 32 bits", endsSource, Must, length, reading(func(r *rawRequest) {
			if n, err := strconv.ParseUint(r.length(), 10, 64); err == nil {
				r.set("Content-Length", strconv.FormatUint(uint64(uint32(n)), 10))
			}
		})},
		{"framing/short-body", "A body that ends before its Content-Length is taken as it is", endsSource, Must, length,
			measuring((*rawRequest).cutShort)},
		{"framing/negative-length", "A Content-Length below 0 means all there is", lengthSource, Must, length,
			measuring(func(r *rawRequest) bool { return strings.HasPrefix(r.length(), "-") })},
		{"framing/broken-off-fails", "A body that breaks off makes the server fail", failsSource, Must, length + " " + chunk,
			failing(func(r *rawRequest) bool {
				return r.cutShort() || inChunks(func(_ []byte, _ bool, err error) bool { return errors.Is(err, errBrokenOff) })(r)
			})},
		{"framing/unreadable-fails", "Chunks that cannot be read make the server fail", failsSource, Must, chunk,
			failing(inChunks(func(_ []byte, _ bool, err error) bool { return errors.Is(err, errUnreadable) }))},
		{"framing/first-chunk", "A body ends after its first chunk", decodeSource, Must, chunk, misread(func(c *chunks) {
			size, n := c.size, 0
			c.size = func(line string) (int64, error) {
				if n++; n > 1 {
					return 0, nil
				}
				return size(line)
			}
		})},
		{"framing/chunks-by-lines", "Every other line is a chunk, whatever its size says", chunkSource, Must, chunk,
			reading(func(r *rawRequest) {
				var body []byte
				for i, line := range bytes.Split(r.body, []byte("\r\n")) {
					if i%2 == 1 {
						body = append(body, line...)
					}
				}
				if r.chunked() {
					r.measure(body)
				}
			})},
		{"framing/chunks-or-not", "A body that cannot be read in chunks is taken as it is", chunkSource, Must, chunk,
			measuring(inChunks(func(_ []byte, _ bool, err error) bool { return err != nil }))},
		{"framing/no-last-chunk", "A connection that ends where a chunk might begin ends the body", endsSource, Must, chunk,
			misread(func(c *chunks) { c.atEnd = nil })},
		{"framing/size-of-source-code", "A size may have a sign, a prefix and underscores, as numbers in source code have", chunkSource,
			Must, chunk, sized(func(line string) (int64, error) {
				digits, _, _ := strings.Cut(line, ";")
				digits = strings.TrimPrefix(strings.TrimPrefix(digits, "+"), "0x")
				return hexadecimal(strings.ReplaceAll(digits, "_", ""))
			})},
		{"framing/size-in-lower-case", "The digits of a size are lower case", decodeSource, Must, chunk,
			unreadable(func(line string) bool { return strings.ContainsAny(line, "ABCDEF") })},
		{"framing/last-chunk-by-text", "The last chunk is the line 0, and no other spelling of it", decodeSource, Must, chunk,
			misread(func(c *chunks) { c.last = func(line string, _ int64) bool { return line == "0" } })},
		{"framing/no-extensions", "A size with an extension is no size",
			"RFC 9112 section 7.1.1: a recipient MUST ignore unrecognized chunk extensions", Must, chunk,
			unreadable(func(line string) bool { return strings.Contains(line, ";") })},
		{"framing/quotes-not-read", "An extension ends at every semicolon, in quotes too, and a broken one is refused",
			"RFC 9112 section 7.1.1: chunk-ext-val = token / quoted-string", Must, chunk, unreadable(func(line string) bool {
				return slices.ContainsFunc(strings.Split(line, ";"), func(part string) bool { return strings.Count(part, `"`)%2 == 1 })
			})},
		{"framing/no-trailer", "Fields after the last chunk are refused",
			"RFC 9112 section 7.1.2: a recipient MAY merge or ignore trailer fields", Must, chunk,
			misread(func(c *chunks) { c.trailer = errUnreadable })},
		{"framing/long-line-fails", "A line before a chunk of more than 64 KiB makes the server fail", failsSource, Must, chunk,
			sized(func(line string) (int64, error) {
				if len(line) > 64<<10 {
					return 0, errFailed
				}
				return hexadecimal(line)
			})},
		{"framing/chunk-runs-on", "The line end after a chunk may be missing", chunkSource, Must, chunk, misread(func(c *chunks) {
			after := c.after
			c.after = func(r *bufio.Reader) error {
				if next, err := r.Peek(1); err == nil && next[0] != '\r' {
					return nil
				}
				return after(r)
			}
		})},
		{"framing/empty-chunks-fail", "A body of no chunks makes the server fail, which reads something from it", failsSource, Must,
			chunk, failing(inChunks(func(body []byte, _ bool, err error) bool { return err == nil && len(body) == 0 }))},
		{"framing/bytes-behind-fail", "Bytes after a request make the server fail before its answer is out", failsSource, Must, chunk,
			failing(inChunks(func(_ []byte, more bool, err error) bool { return err == nil && more }))},
		{"framing/folded-fails", "A header that goes on in the next line makes the server fail", failsSource, Must, headers,
			failing(func(r *rawRequest) bool {
				return slices.ContainsFunc(r.headers, func(h string) bool { return strings.HasPrefix(h, " ") })
			})},
	}
}

// measuring takes for the body of some requests all that comes.
func measuring(such func(r *rawRequest) bool) reading {
	return func(r *rawRequest) {
		if such(r) {
			r.measure(r.body)
		}
	}
}

// failing fails at some requests.
func failing(such func(r *rawRequest) bool) reading {
	return func(r *rawRequest) {
		if such(r) {
			r.refuse(errFailed)
		}
	}
}

// inChunks reports whether a body in chunks is such a one: more tells that bytes follow it.
func inChunks(such func(body []byte, more bool, err error) bool) func(r *rawRequest) bool {
	return func(r *rawRequest) bool {
		rest := bufio.NewReader(bytes.NewReader(r.body))
		body, err := newChunks().read(rest)
		_, end := rest.Peek(1)
		return r.chunked() && such(body, end == nil, err)
	}
}

// misread reads chunks with a defect.
func misread(change func(*chunks)) reading {
	return func(r *rawRequest) {
		if !r.chunked() {
			return
		}
		c := newChunks()
		change(c)
		body, err := c.read(bufio.NewReader(bytes.NewReader(r.body)))
		if err != nil {
			r.refuse(err)
			return
		}
		r.measure(body)
	}
}

// sized reads the size of a chunk in its own way.
func sized(size func(line string) (int64, error)) reading {
	return misread(func(c *chunks) { c.size = size })
}

// unreadable does not take some lines for a size.
func unreadable(such func(line string) bool) reading {
	return sized(func(line string) (int64, error) {
		if such(line) {
			return 0, errUnreadable
		}
		return hexadecimal(line)
	})
}

func repairHeaders(r *rawRequest) {
	var kept []string
	for _, h := range r.headers {
		name, value, ok := strings.Cut(h, ":")
		if ok && !strings.HasPrefix(h, " ") && !strings.HasPrefix(h, "\t") {
			kept = append(kept, strings.TrimRight(name, " \t")+":"+strings.ReplaceAll(value, "\x00", ""))
		}
	}
	r.headers = kept
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
