package model

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxModel bounds a model, decompressed, and with it the memory that a hostile one takes: that of the whole
// service has about 1 MB, or 3 MB in Smithy's form.
const maxModel = 8 << 20

// ErrNoModel is wrapped by errors about a file that is none of the forms.
var ErrNoModel = errors.New("no service model: want a Smithy JSON AST (ssm-2014-11-06.json) or botocore's service-2.json, " +
	"gzip-compressed or not")

// Read reads a model in any of the forms. It tells gzip by the first bytes, and the form by the members.
func Read(r io.Reader) (*Service, error) {
	text, err := readAll(r)
	if err != nil {
		return nil, err
	}
	var form struct {
		Smithy   json.RawMessage `json:"smithy"`
		Metadata json.RawMessage `json:"metadata"`
		Service  json.RawMessage `json:"service"`
		Shapes   json.RawMessage `json:"shapes"`
	}
	if err := json.Unmarshal(text, &form); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoModel, err)
	}
	var d *document
	switch {
	case form.Shapes == nil:
		return nil, ErrNoModel
	case form.Smithy != nil || form.Service != nil:
		d, err = readSmithy(text)
	case form.Metadata != nil:
		d, err = readBotocore(text)
	default:
		return nil, ErrNoModel
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoModel, err)
	}
	return d.service()
}

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
