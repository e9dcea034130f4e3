package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/report"
)

type terminal struct {
	color    bool
	progress bool
	width    int // in columns; 0 where it is no terminal
}

// color is when text for people has colours, as --color says: "" is auto.
type color string

const (
	colorAuto   color = "auto"
	colorAlways color = "always"
	colorNever  color = "never"
)

var colors = []string{string(colorAuto), string(colorAlways), string(colorNever)}

func (c *color) register(command *cobra.Command) {
	*c = colorAuto
	command.Flags().Var(c, "color", "auto, always or never; auto is for a terminal, unless NO_COLOR is set or TERM is dumb")
	completeFlag(command, "color", colors...)
}

func (c *color) Set(text string) error {
	if !slices.Contains(colors, text) {
		return fmt.Errorf("want one of %s%s", strings.Join(colors, ", "), nearest.Question(text, colors))
	}
	*c = color(text)
	return nil
}

func (c *color) String() string { return string(*c) }

func (c *color) Type() string { return "WHEN" }

// terminalOf looks at a stream and at the conventions of the environment: NO_COLOR (no-color.org), CI,
// which every CI system sets, and TERM=dumb. What --color says goes before all of them.
func terminalOf(w io.Writer, getenv func(string) string, wanted color) terminal {
	file, ok := w.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(file.Fd())) || getenv("TERM") == "dumb" {
		return terminal{color: wanted == colorAlways}
	}
	t := terminal{color: wanted == colorAlways || wanted != colorNever && getenv("NO_COLOR") == "", progress: getenv("CI") == ""}
	if width, _, err := term.GetSize(int(file.Fd())); err == nil {
		t.width = width
	}
	return t
}

func (f *runFlags) terminalSinks(w io.Writer, o report.Options) []event.Sink {
	t := terminalOf(w, os.Getenv, f.color)
	text := report.TextOptions{Options: o, Verbose: f.verbose, Quiet: f.quiet, Color: t.color, Width: t.width}
	if !t.progress || f.quiet {
		return []event.Sink{report.NewText(w, text)}
	}
	p := newProgress(w, t, time.Now)
	return []event.Sink{p, report.NewText(p, text)} // the line is gone before the totals come
}

func (f *runFlags) progressSinks(w io.Writer) []event.Sink {
	t := terminalOf(w, os.Getenv, f.color)
	if !t.progress || f.quiet {
		return nil
	}
	return []event.Sink{newProgress(w, t, time.Now)}
}
