package service

import (
	"sync"
	"time"
)

// Clock tells the service the time. It must be safe for concurrent use.
type Clock interface {
	// Now returns the current time. RequestedDateTime is it, cut to milliseconds.
	Now() time.Time
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// ManualClock is a Clock that does not move until it is moved: the clock of a test. Make it with
// NewManualClock.
type ManualClock struct {
	mu  sync.Mutex
	now time.Time
}

// NewManualClock returns a clock that is at a time.
func NewManualClock(at time.Time) *ManualClock { return &ManualClock{now: at} }

// Now returns the time of the clock.
func (c *ManualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *ManualClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Set moves the clock to a time.
func (c *ManualClock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}
