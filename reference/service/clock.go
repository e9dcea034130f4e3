package service

import "time"

// Clock tells the service the time. It must be safe for concurrent use.
type Clock interface {
	// Now returns the current time. RequestedDateTime is it, cut to milliseconds.
	Now() time.Time
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }
