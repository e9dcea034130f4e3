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
	decodeSource = "RFC 9112 section 7.1: a recipient MUST be able to parse and decode the chunked transfer coding"
	endsSource   = "RFC 9112 section 8: a message shorter than its Content-Length, or without the last chunk, is incomplete"
	failsSource  = "CommonErrors: 5xx is for the server's faults"
)

// chunkMutants are servers that find another end in a body, or fail where they look for it.
func chunkMutants() []Mutant {
	length, chunk := []string{"wire/Content-Length"}, []string{"wire/Chunked"}
	rows := []struct {
		what, wrong, source string
		expect              []string
		repair              func(rawRequest) rawRequest
	}{
		{"length-of-32-bits", "Content-Length is kept in 32 bits", endsSource, length, func(r rawRequest) rawRequest {
			if given := r.values("Content-Length"); len(given) == 1 {
				if n, err := strconv.ParseUint(given[0], 10, 64); err == nil {
					r.set("Content-Length", strconv.FormatUint(uint64(uint32(n)), 10))
				}
			}
			return r
		}},
		{"short-body", "A body that ends before its Content-Length is taken as it is", endsSource, length, func(r rawRequest) rawRequest {
			if r.cutShort() {
				return r.measured()
			}
			return r
		}},
		{"negative-length", "A Content-Length below 0 means all there is", lengthSource, length, func(r rawRequest) rawRequest {
			if given := r.values("Content-Length"); len(given) == 1 && strings.HasPrefix(given[0], "-") {
				return r.measured()
			}
			return r
		}},
		{"broken-off-fails", "A body that breaks off makes the server fail", failsSource, slices.Concat(length, chunk), failingAt(errBrokenOff)},
		{"unreadable-fails", "Chunks that cannot be read make the server fail", failsSource, chunk, failingAt(errUnreadable)},
		{"first-chunk", "A body ends behind its first chunk", decodeSource, chunk, misread(func(c *chunks) {
			size, n := c.size, 0
			c.size = func(line string) (int64, error) {
				if n++; n > 1 {
					return 0, nil
				}
				return size(line)
			}
		})},
		{"chunks-by-lines", "Every other line is a chunk, whatever size stands before it", chunkSource, chunk, func(r rawRequest) rawRequest {
			if !r.chunked() {
				return r
			}
			var body []byte
			for i, line := range bytes.Split(r.body, []byte("\r\n")) {
				if i%2 == 1 {
					body = append(body, line...)
				}
			}
			r.body = body
			return r.measured()
		}},
		{"chunks-or-not", "A body that cannot be read in chunks is taken as it stands", chunkSource, chunk, func(r rawRequest) rawRequest {
			if _, err := newChunks().read(bufio.NewReader(bytes.NewReader(r.body))); r.chunked() && err != nil {
				return r.measured()
			}
			return r
		}},
		{"no-last-chunk", "A connection that ends where a chunk might begin ends the body", endsSource, chunk,
			misread(func(c *chunks) { c.atEnd = func() error { return nil } })},
		{"size-of-source-code", "A size may have a sign, a prefix and underscores, as numbers in source code have", chunkSource, chunk, misread(func(c *chunks) {
			c.size = func(line string) (int64, error) {
				digits, _, _ := strings.Cut(line, ";")
				digits = strings.TrimPrefix(strings.TrimPrefix(digits, "+"), "0x")
				return hexadecimal(strings.ReplaceAll(digits, "_", ""))
			}
		})},
		{"size-in-lower-case", "The digits of a size are lower case", decodeSource, chunk, misread(func(c *chunks) {
			c.size = func(line string) (int64, error) {
				if strings.ContainsAny(line, "ABCDEF") {
					return 0, errUnreadable
				}
				return hexadecimal(line)
			}
		})},
		{"last-chunk-by-text", "The last chunk is the line 0, and no other spelling of it", decodeSource, chunk, misread(func(c *chunks) {
			c.last = func(line string, _ int64) bool { return line == "0" }
		})},
		{"no-extensions", "A size with an extension is no size", "RFC 9112 section 7.1.1: a recipient MUST ignore unrecognized chunk extensions", chunk, misread(func(c *chunks) {
			c.size = func(line string) (int64, error) {
				if strings.Contains(line, ";") {
					return 0, errUnreadable
				}
				return hexadecimal(line)
			}
		})},
		{"quotes-not-read", "An extension ends at every semicolon, in quotes too, and a broken one is refused", "RFC 9112 section 7.1.1: chunk-ext-val = token / quoted-string", chunk,
			misread(func(c *chunks) {
				c.size = func(line string) (int64, error) {
					for part := range strings.SplitSeq(line, ";") {
						if strings.Count(part, `"`)%2 == 1 {
							return 0, errUnreadable
						}
					}
					return hexadecimal(line)
				}
			})},
		{"no-trailer", "Fields behind the last chunk are refused", "RFC 9112 section 7.1.2: a recipient MAY merge or ignore trailer fields", chunk,
			misread(func(c *chunks) { c.trailer = func(string) error { return errUnreadable } })},
		{"long-line-fails", "A line before a chunk of more than 64 KiB makes the server fail", failsSource, chunk, misread(func(c *chunks) {
			line := c.line
			c.line = func(r *bufio.Reader) (string, error) {
				text, err := line(r)
				if len(text) > 64<<10 {
					return "", errFailed
				}
				return text, err
			}
		})},
		{"chunk-runs-on", "The line end behind a chunk may be missing", chunkSource, chunk, misread(func(c *chunks) {
			behind := c.behind
			c.behind = func(r *bufio.Reader) error {
				if next, err := r.Peek(1); err == nil && next[0] != '\r' {
					return nil
				}
				return behind(r)
			}
		})},
		{"empty-chunks-fail", "A body of no chunks makes the server fail, which reads something from it", failsSource, chunk, func(r rawRequest) rawRequest {
			if body, err := newChunks().read(bufio.NewReader(bytes.NewReader(r.body))); r.chunked() && err == nil && len(body) == 0 {
				return r.refused(errFailed)
			}
			return r
		}},
		{"bytes-behind-fail", "Bytes behind a request make the server fail before its answer is out", failsSource, chunk, func(r rawRequest) rawRequest {
			rest := bufio.NewReader(bytes.NewReader(r.body))
			if _, err := newChunks().read(rest); r.chunked() && err == nil {
				if _, err := rest.Peek(1); err == nil {
					return r.refused(errFailed)
				}
			}
			return r
		}},
		{"folded-fails", "A header that goes on in the next line makes the server fail", failsSource, []string{"wire/Headers"}, func(r rawRequest) rawRequest {
			if slices.ContainsFunc(r.headers, func(h string) bool { return strings.HasPrefix(h, " ") }) {
				return r.refused(errFailed)
			}
			return r
		}},
	}
	all := make([]Mutant, len(rows))
	for i, r := range rows {
		all[i] = Mutant{
			Name: string(familyFraming) + "/" + r.what, Family: familyFraming, Wrong: r.wrong, Source: r.source, Level: Must, Shows: []Profile{Core},
			Expect: r.expect, front: &front{repair: r.repair}, plant: Sound().plant,
		}
	}
	return all
}

// misread plants a defect in the reading of chunks.
func misread(plant func(*chunks)) func(rawRequest) rawRequest {
	return func(r rawRequest) rawRequest {
		if !r.chunked() {
			return r
		}
		c := newChunks()
		plant(c)
		body, err := c.read(bufio.NewReader(bytes.NewReader(r.body)))
		if err != nil {
			return r.refused(err)
		}
		r.body = body
		return r.measured()
	}
}

// failingAt fails at a fault of the body.
func failingAt(fault error) func(rawRequest) rawRequest {
	return func(r rawRequest) rawRequest {
		var err error
		switch {
		case r.chunked():
			_, err = newChunks().read(bufio.NewReader(bytes.NewReader(r.body)))
		case r.cutShort():
			err = errBrokenOff
		}
		if errors.Is(err, fault) {
			return r.refused(errFailed)
		}
		return r
	}
}

// cutShort tells whether the body ends before its Content-Length.
func (r *rawRequest) cutShort() bool {
	given := r.values("Content-Length")
	if len(given) != 1 || r.chunked() {
		return false
	}
	n, err := strconv.ParseUint(given[0], 10, 64)
	return err == nil && uint64(len(r.body)) < n
}

// refused makes the request one that the server refuses, or fails at.
func (r rawRequest) refused(err error) rawRequest {
	r.line, r.fails = "no request line", errors.Is(err, errFailed)
	return r
}
