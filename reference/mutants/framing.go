package mutants

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const familyFraming Family = "framing"

// framingMutants are the ways in which a server finds a wrong end, or a wrong name, in a request.
func framingMutants() []Mutant {
	const (
		length  = "RFC 9112 section 6.3: Message Body Length"
		ends    = "RFC 9112 section 8: a message shorter than its Content-Length, or without the last chunk, is incomplete"
		decode  = "RFC 9112 section 7.1: a recipient MUST be able to parse and decode the chunked transfer coding"
		grammar = "RFC 9112 section 7.1: chunk-size = 1*HEXDIG, and CRLF behind it and behind the chunk"
		servers = "CommonErrors: 5xx is for the server's faults"
		hosts   = "RFC 9112 section 3.2: 400 to more than one Host or an invalid one"
	)
	lengths, chunk, host, header := []string{"wire/Content-Length"}, []string{"wire/Chunked"}, []string{"wire/Host"}, []string{"wire/Headers"}
	rows := []struct {
		what, wrong, source string
		level               Level
		expect              []string
		misread             func(*front)
	}{
		{"what-has-come", "The body is all that has come with the request, where Content-Length says less", length, Must, lengths, func(f *front) {
			f.fixed = func(r *bufio.Reader, length int64) ([]byte, error) {
				body, err := wholeBody(r, length)
				if err != nil {
					return nil, err
				}
				more, err := wholeBody(r, int64(r.Buffered()))
				return append(body, more...), err
			}
		}},
		{"short-body", "A body that ends before its Content-Length is taken as it is", ends, Must, lengths, func(f *front) {
			f.fixed = func(r *bufio.Reader, length int64) ([]byte, error) {
				body, err := wholeBody(r, length)
				if errors.Is(err, errBrokenOff) {
					return body, nil
				}
				return body, err
			}
		}},
		{"length-of-32-bits", "Content-Length is kept in 32 bits", ends, Must, lengths, func(f *front) {
			f.length = func(values []string) (int64, error) {
				n, err := oneLength(values)
				return int64(uint32(n)), err
			}
		}},
		{"length-set-aside", "Memory is set aside for all of Content-Length before the first byte is read", servers, Must, lengths, func(f *front) {
			sound := f.fixed
			f.fixed = func(r *bufio.Reader, length int64) ([]byte, error) {
				if length > 1<<30 {
					return nil, errFailed
				}
				return sound(r, length)
			}
		}},
		{"first-length", "Of two different lengths the first counts", length, Must, lengths, func(f *front) {
			f.length = func(values []string) (int64, error) { return oneLength(values[:1]) }
		}},
		{"lengths-joined", "Two lengths that are equal are no number to the server, which fails", servers, Must, lengths, func(f *front) {
			f.length = func(values []string) (int64, error) {
				if len(values) > 1 {
					return 0, errFailed
				}
				return oneLength(values)
			}
		}},
		{"negative-length", "A length below 0 means all there is", length, Must, lengths, func(f *front) {
			f.length = func(values []string) (int64, error) {
				if strings.HasPrefix(values[0], "-") {
					return -1, nil
				}
				return oneLength(values)
			}
			f.fixed = func(r *bufio.Reader, length int64) ([]byte, error) {
				if length < 0 {
					return everything(r)
				}
				return wholeBody(r, length)
			}
		}},
		{"both-lengths-fail", "Content-Length beside Transfer-Encoding makes the server fail", servers, Must, lengths,
			func(f *front) { f.both = func() error { return errFailed } }},
		{"broken-off-fails", "A body that breaks off makes the server fail", servers, Must, slices.Concat(lengths, chunk), failing500At(errBrokenOff)},
		{"unreadable-fails", "Framing that cannot be read makes the server fail", servers, Must, slices.Concat(lengths, chunk), failing500At(errUnreadable)},
		{"no-chunks", "Transfer-Encoding is not known, and a body in chunks is empty", decode, Must, chunk,
			func(f *front) { f.chunked = func(*bufio.Reader) ([]byte, error) { return nil, nil } }},
		{"first-chunk", "A body ends behind its first chunk", decode, Must, chunk, misreadChunks(func(c *chunks) {
			size, n := c.size, 0
			c.size = func(line string) (int64, error) {
				if n++; n > 1 {
					return 0, nil
				}
				return size(line)
			}
		})},
		{"chunks-by-lines", "Every other line is a chunk, whatever size stands before it", grammar, Must, chunk, func(f *front) { f.chunked = everyOtherLine }},
		{"chunks-or-not", "A body that cannot be read in chunks is taken as it stands", grammar, Must, chunk, func(f *front) {
			f.chunked = func(r *bufio.Reader) ([]byte, error) {
				var seen bytes.Buffer
				body, err := newChunks().read(bufio.NewReader(io.TeeReader(r, &seen)))
				if err == nil {
					return body, nil
				}
				rest, err := everything(r)
				return append(seen.Bytes(), rest...), err
			}
		}},
		{"no-last-chunk", "A connection that ends where a chunk might begin ends the body", ends, Must, chunk,
			misreadChunks(func(c *chunks) { c.atEnd = func() error { return nil } })},
		{"size-signed", "A size may have a sign, a prefix and underscores, as numbers in source code have", grammar, Must, chunk, misreadChunks(func(c *chunks) {
			c.size = func(line string) (int64, error) {
				digits, _, _ := strings.Cut(line, ";")
				digits = strings.TrimPrefix(strings.TrimPrefix(digits, "+"), "0x")
				return hexadecimal(strings.ReplaceAll(digits, "_", ""))
			}
		})},
		{"lower-case-size", "The digits of a size are lower case", decode, Must, chunk, misreadChunks(func(c *chunks) {
			c.size = func(line string) (int64, error) {
				if strings.ContainsAny(line, "ABCDEF") {
					return 0, errUnreadable
				}
				return hexadecimal(line)
			}
		})},
		{"last-chunk-by-text", "The last chunk is the line 0, and no other spelling of it", decode, Must, chunk, misreadChunks(func(c *chunks) {
			c.last = func(line string, _ int64) bool { return line == "0" }
		})},
		{"no-extensions", "A size with an extension is no size", "RFC 9112 section 7.1.1: a recipient MUST ignore unrecognized chunk extensions", Must, chunk,
			misreadChunks(func(c *chunks) {
				c.size = func(line string) (int64, error) {
					size, err := strconv.ParseUint(line, 16, 31)
					if err != nil {
						return 0, errUnreadable
					}
					return int64(size), nil
				}
			})},
		{"quotes-not-read", "An extension ends at every semicolon, in quotes too, and a broken one is refused", "RFC 9112 section 7.1.1: chunk-ext-val = token / quoted-string", Must, chunk,
			misreadChunks(func(c *chunks) {
				c.size = func(line string) (int64, error) {
					for part := range strings.SplitSeq(line, ";") {
						if strings.Count(part, `"`)%2 == 1 {
							return 0, errUnreadable
						}
					}
					return hexadecimal(line)
				}
			})},
		{"no-trailer", "Fields behind the last chunk are refused", "RFC 9112 section 7.1.2: a recipient MAY merge or ignore trailer fields", Must, chunk, misreadChunks(func(c *chunks) {
			c.trailer = func(string) error { return errUnreadable }
		})},
		{"long-line-fails", "A line before a chunk of more than 64 KiB makes the server fail", servers, Must, chunk, misreadChunks(func(c *chunks) {
			line := c.line
			c.line = func(r *bufio.Reader) (string, error) {
				text, err := line(r)
				if len(text) > 64<<10 {
					return "", errFailed
				}
				return text, err
			}
		})},
		{"chunk-runs-on", "The line end behind a chunk may be missing", grammar, Must, chunk, misreadChunks(func(c *chunks) {
			behind := c.behind
			c.behind = func(r *bufio.Reader) error {
				if next, err := r.Peek(1); err == nil && next[0] != '\r' {
					return nil
				}
				return behind(r)
			}
		})},
		{"empty-chunks-fail", "Chunks of no bytes make the server fail, which reads a body from them", servers, Must, chunk, func(f *front) {
			f.chunked = func(r *bufio.Reader) ([]byte, error) {
				body, err := newChunks().read(r)
				if err == nil && len(body) == 0 {
					return nil, errFailed
				}
				return body, err
			}
		}},
		{"bytes-behind-fail", "Bytes behind a request make the server fail before its answer is out", servers, Must, chunk, func(f *front) {
			f.answered = func(status int, behind bool) int {
				if behind {
					return http.StatusInternalServerError
				}
				return status
			}
		}},
		{"trimmed-name", "White space before the colon of a header is cut off", "RFC 9112 section 5.1: a server MUST reject white space between field name and colon", Must, header,
			misreadFields(func(lines []string) ([]string, error) {
				for i, line := range lines {
					name, value, _ := strings.Cut(line, ":")
					lines[i] = strings.TrimRight(name, " \t") + ":" + value
				}
				return lines, nil
			})},
		{"untrimmed-value", "White space around a header's value is part of it", "RFC 9110 section 5.5: a field value does not include leading or trailing whitespace", Must,
			[]string{"wire/X-Amz-Target"}, func(f *front) {
				f.fields = func(lines []string) (http.Header, error) {
					header, err := fieldsOf(lines)
					for _, line := range lines {
						if name, value, _ := strings.Cut(line, ": "); strings.EqualFold(name, targetHeader) && err == nil {
							header.Set(targetHeader, value)
						}
					}
					return header, err
				}
			}},
		{"line-without-colon", "A line of the header without a colon is left out", "RFC 9112 section 5: field-line = field-name \":\" OWS field-value OWS", Should, header,
			misreadFields(func(lines []string) ([]string, error) {
				return slices.DeleteFunc(lines, func(line string) bool { return !strings.Contains(line, ":") && !foldedLine(line) }), nil
			})},
		{"folded-fails", "A header that goes on in the next line makes the server fail", servers, Must, header, failing500OnLine(foldedLine)},
		{"nul-fails", "A NUL in a header makes the server fail", servers, Must, header,
			failing500OnLine(func(line string) bool { return strings.Contains(line, "\x00") })},
		{"last-host", "Of two Host lines the last counts", hosts, Must, host,
			func(f *front) {
				f.host = func(values []string) error { return oneHost(values[max(0, len(values)-1):]) }
			}},
		{"any-host", "Whatever stands in the one Host line is a host", hosts, Should, host, func(f *front) {
			f.host = func(values []string) error {
				if len(values) == 1 {
					return nil
				}
				return oneHost(values)
			}
		}},
	}
	all := make([]Mutant, len(rows))
	for i, r := range rows {
		all[i] = Mutant{
			Name: string(familyFraming) + "/" + r.what, Family: familyFraming, Wrong: r.wrong, Source: r.source, Level: r.level,
			Shows: []Profile{Core}, Expect: r.expect, misread: r.misread,
		}
	}
	return all
}

// misreadChunks plants a defect in the reading of chunks.
func misreadChunks(plant func(*chunks)) func(*front) {
	return func(f *front) {
		f.chunked = func(r *bufio.Reader) ([]byte, error) {
			c := newChunks()
			plant(c)
			return c.read(r)
		}
	}
}

// failing500At fails at a fault of the message.
func failing500At(fault error) func(*front) {
	return func(f *front) {
		sound := f.refuse
		f.refuse = func(err error) int {
			if errors.Is(err, fault) {
				return http.StatusInternalServerError
			}
			return sound(err)
		}
	}
}

// misreadFields changes the lines of a header before they are read.
func misreadFields(change func(lines []string) ([]string, error)) func(*front) {
	return func(f *front) {
		f.fields = func(lines []string) (http.Header, error) {
			lines, err := change(lines)
			if err != nil {
				return nil, err
			}
			return fieldsOf(lines)
		}
	}
}

func failing500OnLine(on func(line string) bool) func(*front) {
	return misreadFields(func(lines []string) ([]string, error) {
		if slices.ContainsFunc(lines, on) {
			return nil, errFailed
		}
		return lines, nil
	})
}

func foldedLine(line string) bool {
	return strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
}

// everything reads to the end of the connection.
func everything(r *bufio.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	switch {
	case err != nil:
		return nil, errBrokenOff
	case len(body) > maxBody:
		return nil, errTooLarge
	}
	return body, nil
}

// everyOtherLine takes a body in chunks for pairs of lines.
func everyOtherLine(r *bufio.Reader) ([]byte, error) {
	var body []byte
	for {
		size, err := wholeLine(r)
		if err != nil || strings.Trim(size, "0") == "" && size != "" {
			return body, nil
		}
		data, err := wholeLine(r)
		if err != nil {
			return body, nil
		}
		body = append(body, data...)
	}
}
