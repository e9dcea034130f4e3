package main

import (
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/report"
)

// terminal is what is known of where text for people goes.
type terminal struct {
	color    bool
	progress bool
	width    int // in columns; 0 where it is no terminal
}

// terminalOf looks at a stream and at the conventions of the environment: NO_COLOR (no-color.org), CI,
// which every CI system sets, and TERM=dumb.
func terminalOf(w io.Writer, getenv func(string) string) terminal {
	file, ok := w.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(file.Fd())) || getenv("TERM") == "dumb" {
		return terminal{}
	}
	t := terminal{color: getenv("NO_COLOR") == "", progress: getenv("CI") == ""}
	if width, _, err := term.GetSize(int(file.Fd())); err == nil {
		t.width = width
	}
	return t
}

// terminalSinks tell the run to people.
func (f *runFlags) terminalSinks(w io.Writer, o report.Options) []conformance.Sink {
	t := terminalOf(w, os.Getenv)
	text := report.TextOptions{Options: o, Verbose: f.verbose, Quiet: f.quiet, Color: t.color, Width: t.width}
	if !t.progress || f.quiet {
		return []conformance.Sink{report.NewText(w, text)}
	}
	p := newProgress(w, t, time.Now)
	return []conformance.Sink{p, report.NewText(p, text)} // the line is gone before the totals come
}

// progressSinks show how far a run is that tells nothing else.
func (f *runFlags) progressSinks(w io.Writer) []conformance.Sink {
	t := terminalOf(w, os.Getenv)
	if !t.progress || f.quiet {
		return nil
	}
	return []conformance.Sink{newProgress(w, t, time.Now)}
}
