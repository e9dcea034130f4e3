package probe

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sendspec/sendspec/conformance/stable"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/conformance/wire"
)

// DescribeError says what the failure of an exchange means, and what to do about it.
func (c *Client) DescribeError(err *wire.Error) string {
	switch err.Failure {
	case wire.Unreachable:
		if advice := wire.Advice(err.Err); advice != "" {
			return c.Name + " " + untrusted.Line(untrusted.FirstLine(advice)) // not cut: what to do comes last
		}
		return fmt.Sprintf("%s cannot be reached: %s; is the server up?", c.Name, printable(untrusted.FirstLine(err.Err.Error())))
	case wire.TimedOut:
		return fmt.Sprintf("%s takes the connection and does not answer in time; raise --timeout if it is only slow", c.Name)
	case wire.Throttled:
		return fmt.Sprintf("%s throttles: %s", c.Name, untrusted.FirstLine(err.Err.Error()))
	case wire.Closed:
		return fmt.Sprintf("%s closes the connection without an answer", c.Name)
	case wire.Malformed:
		if errors.Is(err, wire.ErrHTTP2Only) {
			return fmt.Sprintf("%s: %s; is there a port for HTTP/1.1?", c.Name, wire.ErrHTTP2Only)
		}
		return fmt.Sprintf("%s answers no HTTP: %s", c.Name, printable(untrusted.FirstLine(err.Err.Error())))
	default:
		return fmt.Sprintf("%s: %s", c.Name, printable(untrusted.FirstLine(err.Error())))
	}
}

// printable makes a text of the target's fit for one line on a terminal.
func printable(s string) string {
	return stable.Cut(strings.ToValidUTF8(untrusted.Line(s), ""), 200)
}
