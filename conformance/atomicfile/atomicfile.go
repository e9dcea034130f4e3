// Package atomicfile writes files whole or not at all: into a temporary file in the same folder first, which then takes
// the place of the old one. What is cut short never looks like a report, a baseline or a fixture.
package atomicfile

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// pattern is that of the temporary files' names.
const pattern = ".sendspec-*"

// Write replaces the file by what render writes. The file of a symbolic link is replaced, not the link. A pipe or a
// device is written in place. The permissions stay; a new file is for everybody to read.
func Write(name string, render func(io.Writer) error) error {
	permissions := os.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		if !info.Mode().IsRegular() {
			return writeTo(name, os.O_WRONLY, render)
		}
		permissions = info.Mode().Perm()
	}
	switch linked, err := filepath.EvalSymlinks(name); {
	case err == nil:
		name = linked
	case isLink(name): // to nothing: what it leads to is made, not put in its place
		return writeTo(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, render)
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), pattern)
	if err != nil {
		return err
	}
	err = fill(tmp, render)
	if err == nil {
		err = os.Chmod(tmp.Name(), permissions)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}

func isLink(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.Mode()&os.ModeSymlink != 0
}

// Append appends to the file what render writes.
func Append(name string, render func(io.Writer) error) error {
	return writeTo(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, render)
}

// Bytes renders these bytes.
func Bytes(b []byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(b); return err }
}

func writeTo(name string, flag int, render func(io.Writer) error) error {
	f, err := os.OpenFile(name, flag, 0o644) //nolint:gosec // the user named it, and it is for everybody to read
	if err != nil {
		return err
	}
	return fill(f, render)
}

func fill(f *os.File, render func(io.Writer) error) error {
	buffered := bufio.NewWriterSize(f, 1<<16)
	return cmp.Or(render(buffered), buffered.Flush(), f.Close())
}

// Check returns why Write would fail, before anything is spent on what is to be written.
func Check(name string) error {
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
	probe, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return err
	}
	_ = probe.Close()
	return os.Remove(probe.Name())
}

// CheckAppend returns why Append would fail.
func CheckAppend(name string) error {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return Check(name)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	return f.Close()
}
