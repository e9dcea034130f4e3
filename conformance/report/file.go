package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"

	"github.com/sendspec/sendspec/conformance/atomicfile"
	"github.com/sendspec/sendspec/conformance/event"
)

// File is a sink that writes one report when the run ends.
type File struct {
	format  Format
	name    string
	options Options
	write   func(render func(io.Writer) error) error
}

// NewFile returns a sink that writes the file whole or not at all.
func NewFile(f Format, name string, o Options) *File {
	return &File{f, name, o, func(render func(io.Writer) error) error { return atomicfile.Write(name, render) }}
}

// NewAppended returns a sink that appends the report to a file, as the step summary of GitHub Actions
// wants it.
func NewAppended(f Format, name string, o Options) *File {
	return &File{f, name, o, func(render func(io.Writer) error) error { return atomicfile.Append(name, render) }}
}

// NewWriter returns a sink that writes the report to w, which messages call name.
func NewWriter(f Format, name string, w io.Writer, o Options) *File {
	return &File{f, name, o, func(render func(io.Writer) error) error {
		buffered := bufio.NewWriter(w)
		return cmp.Or(render(buffered), buffered.Flush())
	}}
}

// Event writes the report when the run ends.
func (f *File) Event(e event.Event) error {
	end, ok := e.(event.Ended)
	if !ok {
		return nil
	}
	if err := f.write(func(w io.Writer) error { return f.format.Write(w, end.Report, f.options) }); err != nil {
		return fmt.Errorf("report %s=%s was not written: %w", f.format.Name, f.name, err)
	}
	return nil
}
