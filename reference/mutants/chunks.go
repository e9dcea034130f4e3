package mutants

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
)

// The faults of a message, for what becomes of it.
var (
	errBrokenOff  = errors.New("the message is incomplete")
	errUnreadable = errors.New("the message cannot be read")
	errFailed     = errors.New("the server failed")
)

// chunks reads a body in chunks. Its fields are where servers differ; as newChunks makes them, they
// do what RFC 9112 section 7.1 says.
type chunks struct {
	// size is what the line before a chunk says.
	size func(line string) (int64, error)
	// last reports whether a line comes before the trailer.
	last func(line string, size int64) bool
	// after reads what follows the bytes of a chunk.
	after func(r *bufio.Reader) error
	// trailer is what becomes of a field after the last chunk.
	trailer error
	// atEnd is what becomes of a connection that ends in the place of a chunk's size.
	atEnd error
}

func newChunks() *chunks {
	return &chunks{
		size:  hexadecimal,
		last:  func(_ string, size int64) bool { return size == 0 },
		atEnd: errBrokenOff,
		after: func(r *bufio.Reader) error {
			var end [2]byte
			if _, err := io.ReadFull(r, end[:]); err != nil {
				return errBrokenOff
			}
			if string(end[:]) != "\r\n" {
				return errUnreadable
			}
			return nil
		},
	}
}

func (c *chunks) read(r *bufio.Reader) ([]byte, error) {
	var body []byte
	for {
		if _, err := r.Peek(1); err != nil {
			return body, c.atEnd
		}
		line, err := wholeLine(r)
		if err != nil {
			return body, err
		}
		size, err := c.size(line)
		if err != nil {
			return body, err
		}
		if c.last(line, size) {
			return body, c.fields(r)
		}
		data, err := io.ReadAll(io.LimitReader(r, size))
		body = append(body, data...)
		if err != nil || int64(len(data)) < size {
			return body, errBrokenOff
		}
		if err := c.after(r); err != nil {
			return body, err
		}
	}
}

// fields reads the trailer.
func (c *chunks) fields(r *bufio.Reader) error {
	for {
		line, err := wholeLine(r)
		if err != nil || line == "" {
			return err
		}
		if c.trailer != nil {
			return c.trailer
		}
	}
}

func wholeLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", errBrokenOff
	}
	line, whole := strings.CutSuffix(line, "\r\n")
	if !whole {
		return "", errUnreadable
	}
	return line, nil
}

// hexadecimal reads the size of a chunk, whose extensions do not count.
func hexadecimal(line string) (int64, error) {
	digits, _, _ := strings.Cut(line, ";")
	size, err := strconv.ParseUint(digits, 16, 63)
	if err != nil {
		return 0, errUnreadable
	}
	return int64(size), nil
}
