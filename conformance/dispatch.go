package conformance

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/sendspec/sendspec/conformance/wire"
)

// isAWS reports whether the host of a checked target is known to be AWS itself. Under a name of one's own it is not known.
func (t Target) isAWS() bool { return wire.IsAWSHost(t.hostname()) }

// isLoopback reports whether the target is on this machine, or in this process.
func (t Target) isLoopback() bool { return t.Handler != nil || wire.IsLoopback(t.hostname()) }

// hostname is that of a checked target, "" for a handler.
func (t Target) hostname() string {
	u, err := url.Parse(t.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// guard refuses AWS itself, unless it was allowed and is asked over TLS.
func (r *Runner) guard() error {
	aws := r.settings.aws
	switch {
	case !aws && r.target.isAWS():
		return fmt.Errorf("target %s is AWS itself: cases would be sent with your credentials; allow it with --aws", r.target.URL)
	case aws && !r.target.isLoopback() && strings.HasPrefix(r.target.URL, "http:"):
		return fmt.Errorf("target %s: want https for AWS: what is sent with your credentials is for nobody on the way", r.target.URL)
	}
	return nil
}

// mayDispatch is Session.MayDispatch.
func (r *Runner) mayDispatch() bool {
	return r.settings.allowDispatch || r.target.isLoopback() && !r.settings.aws
}
