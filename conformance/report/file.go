package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sendspec/sendspec/conformance"
)

// File is a sink that writes one report when the run ends.
type File struct {
	format  Format
	options Options
	write   func(render func(io.Writer) error) error
}

// NewFile returns a sink that writes the file as a whole: beside it first, then in its place, so that
// a report cut short never looks like one.
func NewFile(f Format, name string, o Options) *File {
	return &File{f, o, func(render func(io.Writer) error) error {
		if err := replaceFile(name, render); err != nil {
			return fmt.Errorf("report %s=%s was not written: %w", f.Name, name, err)
		}
		return nil
	}}
}

// NewAppended returns a sink that appends the report to a file, as the step summary of GitHub Actions
// wants it.
func NewAppended(f Format, name string, o Options) *File {
	return &File{f, o, func(render func(io.Writer) error) error {
		if err := writeTo(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, render); err != nil {
			return fmt.Errorf("report %s=%s was not written: %w", f.Name, name, err)
		}
		return nil
	}}
}

// NewStream returns a sink that writes the report to standard output.
func NewStream(f Format, w io.Writer, o Options) *File { return NewWriter(f, "-", w, o) }

// NewWriter returns a sink that writes the report to w; name stands for it in messages.
func NewWriter(f Format, name string, w io.Writer, o Options) *File {
	return &File{f, o, func(render func(io.Writer) error) error {
		buffered := bufio.NewWriter(w)
		err := render(buffered)
		if flushErr := buffered.Flush(); err == nil {
			err = flushErr
		}
		if err != nil {
			return fmt.Errorf("report %s=%s was not written: %w", f.Name, name, err)
		}
		return nil
	}}
}

// Event writes the report when the run ends.
func (f *File) Event(e conformance.Event) error {
	end, ok := e.(conformance.Ended)
	if !ok {
		return nil
	}
	return f.write(func(w io.Writer) error { return f.format.Write(w, end.Report, f.options) })
}

// Close does nothing.
func (f *File) Close() error { return nil }

// Writable tells why a report cannot be put there, before a run is spent on it.
func Writable(f Format, name string) error {
	if err := writable(name); err != nil {
		return fmt.Errorf("report %s=%s: %w", f.Name, name, err)
	}
	return nil
}

// Appendable is Writable for a report that is appended to a file.
func Appendable(f Format, name string) error {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return Writable(f, name)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0) //nolint:gosec // the user named it
	if err != nil {
		return fmt.Errorf("report %s=%s: %w", f.Name, name, err)
	}
	return file.Close()
}

func writable(name string) error {
	dir := filepath.Dir(name)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("want an existing folder, got %s", dir)
	}
	if info, err := os.Stat(name); err == nil {
		if info.IsDir() {
			return errors.New("want a file, got a folder")
		}
		if !info.Mode().IsRegular() {
			return nil
		}
	}
	probe, err := os.CreateTemp(dir, temporary)
	if err != nil {
		return err
	}
	_ = probe.Close()
	return os.Remove(probe.Name())
}

// temporary names what is written beside a report before it takes its place.
const temporary = ".sendspec-*"

func replaceFile(name string, render func(io.Writer) error) error {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return writeTo(name, os.O_WRONLY, render) // /dev/null or a pipe must not be replaced by a file
	}
	if linked, err := filepath.EvalSymlinks(name); err == nil {
		name = linked
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), temporary)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(tmp, 1<<16)
	err = render(buffered)
	if flushErr := buffered.Flush(); err == nil {
		err = flushErr
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644) //nolint:gosec // a report is for everybody to read
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}

func writeTo(name string, flag int, render func(io.Writer) error) error {
	f, err := os.OpenFile(name, flag, 0o644) //nolint:gosec // a report is for everybody to read
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(f)
	err = render(buffered)
	if flushErr := buffered.Flush(); err == nil {
		err = flushErr
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// FileWriter returns a function that writes a file as a whole, beside it first and then in its place. It
// fails at once where the file cannot be written.
func FileWriter(name string) (func([]byte) error, error) {
	if err := writable(name); err != nil {
		return nil, fmt.Errorf("report %s: %w", name, err)
	}
	return func(b []byte) error { return writeFile(name, b) }, nil
}

func writeFile(name string, b []byte) error {
	if err := replaceFile(name, func(w io.Writer) error { _, err := w.Write(b); return err }); err != nil {
		return fmt.Errorf("report %s: %w", name, err)
	}
	return nil
}
