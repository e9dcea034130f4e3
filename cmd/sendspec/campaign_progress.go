package main

import (
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"

	"github.com/sendspec/sendspec/fuzz"
)

// campaignProgress is the line that tells how far a campaign is: on a terminal only, and not under CI.
type campaignProgress struct {
	bar *progressbar.ProgressBar
	to  io.Writer
}

func newCampaignProgress(w io.Writer) *campaignProgress {
	p := &campaignProgress{to: w}
	if terminalOf(w, os.Getenv, colorAuto).progress {
		p.bar = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(w), progressbar.OptionThrottle(progressInterval),
			progressbar.OptionSetWidth(20), progressbar.OptionClearOnFinish(), progressbar.OptionSetElapsedTime(false))
	}
	return p
}

// show draws the line: rate, what was found, and how many of the constraints were asked.
func (p *campaignProgress) show(s fuzz.CampaignProgress) {
	if p.bar == nil {
		return
	}
	rate := int(float64(s.Inputs) / max(s.Elapsed.Seconds(), 0.001))
	p.bar.Describe(fmt.Sprintf("%d inputs, %d/s, %d fail, %d warn, constraints %d/%d", s.Inputs, rate, s.Must, s.Should, s.Covered,
		s.Coverable))
	switch {
	case s.For > 0:
		p.set(int64(s.Elapsed), int64(s.For))
	case s.Count > 0:
		p.set(int64(s.Inputs), int64(s.Count))
	}
}

func (p *campaignProgress) set(done, all int64) {
	if p.bar.GetMax64() != all {
		p.bar.ChangeMax64(all)
	}
	_ = p.bar.Set64(min(done, all)) // a line that cannot be drawn is no reason to stop
}

// clear takes the line away, so that something else can be written.
func (p *campaignProgress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

func (p *campaignProgress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
