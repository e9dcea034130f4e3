package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/report"
	"github.com/sendspec/sendspec/fuzz"
)

// progress is a line at the bottom of a terminal that says how far a run is. It is a sink for the
// counts, and the writer through which everything else goes, so that the line stays below it.
type progress struct {
	terminal
	w     io.Writer
	now   func() time.Time
	drawn time.Time
	began time.Time
	asked int // how many cases the plan asks
	bar   *progressbar.ProgressBar
}

func newProgress(w io.Writer, t terminal, now func() time.Time) *progress {
	return &progress{terminal: t, w: w, now: now}
}

// refreshed is how often the line is drawn anew for its own sake. What is written above it draws it anew
// at once.
const refreshed = 80 * time.Millisecond

// barColumns is the width of the bar itself; the words around it take about 68 columns.
const (
	barColumns  = 30
	wordColumns = 68
)

// An estimate of the time that is left needs some cases to go by, and some time.
const (
	estimatedFrom  = 3 * time.Second
	estimatedCases = 20
)

func (p *progress) Event(e event.Event) error {
	switch e := e.(type) {
	case event.Started:
		p.began, p.asked = p.now(), 0
		for i := range e.Plan {
			if e.Plan[i].Skip == "" {
				p.asked++
			}
		}
		p.bar = progressbar.NewOptions(len(e.Plan), progressbar.OptionSetWriter(p.w),
			progressbar.OptionSetWidth(max(4, min(barColumns, p.width-wordColumns))), progressbar.OptionShowCount(),
			progressbar.OptionSetElapsedTime(true), progressbar.OptionSetPredictTime(false), progressbar.OptionUseANSICodes(true),
			progressbar.OptionSetTheme(progressbar.Theme{Saucer: "━", SaucerHead: "━", SaucerPadding: "─", BarStart: "", BarEnd: ""}))
	case event.Progress:
		now := p.now()
		if p.bar == nil || now.Sub(p.drawn) < refreshed {
			return nil
		}
		p.drawn = now
		p.bar.Describe(p.describe(e, now))
		return p.bar.Set(e.Done)
	case event.Ended:
		if p.bar != nil {
			bar := p.bar
			p.bar = nil
			return bar.Clear()
		}
	}
	return nil
}

func (p *progress) describe(e event.Progress, now time.Time) string {
	var words []string
	if e.Failed > 0 {
		text := fmt.Sprintf("%d failed", e.Failed)
		if p.color {
			text = "\x1b[31m" + text + "\x1b[0m"
		}
		words = append(words, text)
	}
	elapsed, done := now.Sub(p.began), e.Done-e.Skipped
	if elapsed >= estimatedFrom && done >= estimatedCases {
		left := elapsed * time.Duration(p.asked-done) / time.Duration(done)
		words = append(words, fmt.Sprintf("about %s left", max(left, time.Second).Round(time.Second)))
	}
	return strings.Join(words, ", ")
}

func (p *progress) Write(b []byte) (int, error) {
	if p.bar == nil {
		return p.w.Write(b)
	}
	if err := p.bar.Clear(); err != nil {
		return 0, err
	}
	n, err := p.w.Write(b)
	if err != nil {
		return n, err
	}
	return n, p.bar.RenderBlank()
}

// newCampaignBar is the line that shows how far a campaign is: on a terminal only, and not under CI.
func newCampaignBar(w io.Writer) *progressbar.ProgressBar {
	return progressbar.NewOptions64(-1, progressbar.OptionSetWriter(w), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(20), progressbar.OptionClearOnFinish(), progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetVisibility(terminalOf(w, os.Getenv, colorAuto).progress))
}

// showCampaign draws the line: rate, what was found, and how many of the constraints were asked.
func showCampaign(bar *progressbar.ProgressBar, r *fuzz.CampaignReport, lasts time.Duration) {
	rate := int(float64(r.Inputs) / max(r.Elapsed.Seconds(), 0.001))
	must, should := r.Distinct()
	bar.Describe(fmt.Sprintf("%d inputs, %d/s, %d fail, %d warn, constraints %d/%d", r.Inputs, rate, must, should, r.Coverage.Asked,
		r.Coverage.All))
	done, all := int64(r.Elapsed), int64(lasts)
	if all == 0 {
		done, all = int64(r.Inputs), int64(r.Share)
	}
	if all == 0 { // without end
		return
	}
	if bar.GetMax64() != all {
		bar.ChangeMax64(all)
	}
	_ = bar.Set64(min(done, all)) // a line that cannot be drawn is no reason to stop
}

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
