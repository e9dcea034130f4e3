package model

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// maxModel bounds a model, decompressed, and with it the memory that a hostile one takes: that of the whole
// service has about 1 MB, or 3 MB in Smithy's form.
const maxModel = 8 << 20

// ErrNoModel is wrapped by errors about a file that is none of the forms.
var ErrNoModel = errors.New("no service model: want a Smithy JSON AST (ssm-2014-11-06.json) or botocore's service-2.json, " +
	"gzip-compressed or not")

// Read reads a model in any of the forms. It tells gzip by the first bytes, and the forms by their members.
func Read(r io.Reader) (*Service, error) {
	text, err := readAll(r)
	if err != nil {
		return nil, err
	}
	var d document
	if err := json.Unmarshal(traitNames.ReplaceAll(text, []byte(`"$1":`)), &d); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoModel, err)
	}
	if d.Shapes == nil || d.Smithy == nil && d.Metadata == nil && d.Service == nil {
		return nil, ErrNoModel
	}
	return d.service()
}

// traitNames are the names of traits, which have the namespace of Smithy's prelude in front; the other forms have them without.
var traitNames = regexp.MustCompile(`"smithy\.api#(\w+)"\s*:`)

func readAll(r io.Reader) ([]byte, error) {
	buffered := bufio.NewReader(r)
	if magic, _ := buffered.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return readBounded(buffered)
	}
	unzipped, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoModel, err)
	}
	text, err := readBounded(unzipped)
	if err != nil && !errors.Is(err, ErrNoModel) {
		err = fmt.Errorf("%w: %w", ErrNoModel, err)
	}
	return text, err
}

func readBounded(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxModel+1))
	if err == nil && len(text) > maxModel {
		err = fmt.Errorf("%w: more than %d bytes", ErrNoModel, maxModel)
	}
	return text, err
}
