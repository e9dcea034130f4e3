package conformance

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance/wire"
)

// awsDomains are the domains of AWS's endpoints: the DNS suffixes of the partitions of aws-sdk-go-v2 (a test holds
// them against the SDK's) and aws.dev, which AWS has for previews.
var awsDomains = []string{
	"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "c2s.ic.gov", "sc2s.sgov.gov", "csp.hci.ic.gov", "cloud.adc-e.uk",
	"api.aws", "amazonwebservices.com.cn", "amazonwebservices.eu", "api.aws.ic.gov", "api.aws.scloud", "api.aws.hci.ic.gov",
	"api.cloud-aws.adc-e.uk",
	"aws.dev",
}

// isAWS reports whether the host of a checked target is known to be AWS itself. Under a name of one's own it is not known.
func (t Target) isAWS() bool { return IsAWSHost(t.hostname()) }

// IsAWSHost reports whether a host name is known to be one of AWS's endpoints.
func IsAWSHost(host string) bool {
	return slices.ContainsFunc(awsDomains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}

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
