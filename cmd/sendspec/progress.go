package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/sendspec/sendspec/conformance"
)

// progress is a line at the bottom of a terminal that says how far a run is. It is a sink for the
// counts, and the writer through which everything else goes, so that the line stays below it.
type progress struct {
	w     io.Writer
	color bool
	width int
	now   func() time.Time
	drawn time.Time
	bar   *progressbar.ProgressBar
}

func newProgress(w io.Writer, t terminal, now func() time.Time) *progress {
	return &progress{w: w, color: t.color, width: t.width, now: now}
}

// refreshed is how often the line is drawn anew for its own sake. What is written above it draws it anew
// at once.
const refreshed = 80 * time.Millisecond

// barColumns is the width of the bar itself; the words around it take about 50 columns.
const (
	barColumns  = 30
	wordColumns = 50
)

// Event counts.
func (p *progress) Event(e conformance.Event) error {
	switch e := e.(type) {
	case conformance.Started:
		p.bar = progressbar.NewOptions(len(e.Plan), progressbar.OptionSetWriter(p.w),
			progressbar.OptionSetWidth(max(4, min(barColumns, p.width-wordColumns))), progressbar.OptionShowCount(),
			progressbar.OptionSetElapsedTime(true), progressbar.OptionSetPredictTime(false), progressbar.OptionUseANSICodes(true),
			progressbar.OptionSetTheme(progressbar.Theme{Saucer: "━", SaucerHead: "━", SaucerPadding: "─", BarStart: "", BarEnd: ""}))
	case conformance.Progress:
		now := p.now()
		if p.bar == nil || now.Sub(p.drawn) < refreshed {
			return nil
		}
		p.drawn = now
		if e.Failed > 0 {
			p.bar.Describe(p.failed(e.Failed))
		}
		return p.bar.Set(e.Done)
	case conformance.Ended:
		if p.bar != nil {
			bar := p.bar
			p.bar = nil
			return bar.Clear()
		}
	}
	return nil
}

func (p *progress) failed(n int) string {
	text := fmt.Sprintf("%d failed", n)
	if p.color {
		return "\x1b[31m" + text + "\x1b[0m"
	}
	return text
}

// Write writes above the line.
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
