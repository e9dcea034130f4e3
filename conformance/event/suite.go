package event

import (
	"fmt"

	"github.com/sendspec/sendspec/fixtures"
)

// Suite says which version of the suite a run was made with.
type Suite struct {
	Version fixtures.Version `json:"version"`           // that the program has
	Pin     fixtures.Version `json:"pin,omitempty"`     // to which the run kept; "" for none
	LeftOut int              `json:"leftOut,omitempty"` // the cases that came after the pin
}

// String says it in one line, "" where it is not known.
func (s Suite) String() string {
	switch {
	case s.Pin == "":
		return string(s.Version)
	case s.LeftOut == 0:
		return fmt.Sprintf("%s: no case came later", s.Pin)
	}
	return fmt.Sprintf("%s: %s left out", s.Pin, Count(s.LeftOut, "later case"))
}
