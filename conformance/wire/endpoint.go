package wire

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// ParseEndpoint checks that the text is the URL of an endpoint. The host comes back as it is looked up: in lower
// case, in ASCII, and without the dot of the root. An error never repeats what could be a secret: a user, a
// password, a query or a fragment.
func ParseEndpoint(endpoint string) (*url.URL, error) {
	wrong := func(want string) (*url.URL, error) { return nil, fmt.Errorf("%s: want %s", nameOf(endpoint), want) }
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return wrong("a URL like http://127.0.0.1:4566")
	}
	if u.User != nil {
		return wrong("no user in the URL; credentials come from the environment")
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return wrong("scheme, host and port only: SSM is served at /")
	}
	if u.Host, err = hostAndPort(u); err != nil {
		return wrong(err.Error())
	}
	return u, nil
}

// maxNamed is how long an endpoint may be that an error repeats.
const maxNamed = 300

// nameOf names an endpoint in an error. Where it has @, ? or #, no parser knows for sure which part is secret.
func nameOf(endpoint string) string {
	if strings.ContainsAny(endpoint, "@?#") || len(endpoint) > maxNamed {
		return "endpoint"
	}
	return fmt.Sprintf("endpoint %q", endpoint)
}

// hostAndPort are those of a URL as they are looked up. The error says what was wanted.
func hostAndPort(u *url.URL) (string, error) {
	port := u.Port()
	if port == "" && strings.HasSuffix(u.Host, ":") {
		return "", errors.New("a port after the colon")
	}
	if n, err := strconv.Atoi(port); port != "" && (err != nil || n < 1 || n > 65535) {
		return "", errors.New("a port from 1 to 65535")
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return u.Host, nil
	}
	host, err := hostName(u.Hostname())
	if err == nil && port != "" {
		host += ":" + port
	}
	return host, err
}

var (
	// lookup maps a name as browsers and net/http do (UTS 46), but takes underscores and hyphens in any place, which names in container
	// networks have.
	lookup = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false), idna.CheckHyphens(false))
	label  = regexp.MustCompile(`^[a-z0-9_-]{1,63}$`) // RFC 1035, section 2.3.4
	digits = regexp.MustCompile(`^[0-9]+$`)
)

// maxName is how long a name may be (RFC 1035, section 2.3.4: 255 octets with the length of each label and of the root).
const maxName = 253

// hostName is a name in the form in which it is looked up.
func hostName(name string) (string, error) {
	mapped, err := lookup.ToASCII(name)
	if err != nil {
		return "", errors.New("a host name that can be looked up")
	}
	mapped = strings.TrimSuffix(mapped, ".")
	labels := strings.Split(mapped, ".")
	if len(mapped) > maxName {
		return "", fmt.Errorf("a host name of at most %d characters", maxName)
	}
	for _, l := range labels {
		if !label.MatchString(l) {
			return "", errors.New("a host name of labels with 1 to 63 letters, digits, hyphens and underscores")
		}
	}
	if len(labels) > 1 && digits.MatchString(labels[len(labels)-1]) {
		return "", errors.New("a host name, or an address of four numbers from 0 to 255")
	}
	return mapped, nil
}

// IsLoopback reports whether the host of a parsed endpoint can only be this machine: a loopback address, or localhost
// and what is below it (RFC 6761, section 6.3). Of such a name no connection to another address is made. Other names
// are not looked up: who answers for them may change between a look-up and a request.
func IsLoopback(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

var region = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$`)

// CheckRegion checks that the text could be the name of a region: it is a label of a host name.
func CheckRegion(name string) error {
	if !region.MatchString(name) {
		return fmt.Errorf("region %.80q: want one such as us-east-1", name)
	}
	return nil
}

// awsDomains are the domains of AWS's endpoints: the DNS suffixes of the partitions of aws-sdk-go-v2 (a test holds
// them against the SDK's) and aws.dev, which AWS has for previews.
var awsDomains = []string{
	"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "c2s.ic.gov", "sc2s.sgov.gov", "csp.hci.ic.gov", "cloud.adc-e.uk",
	"api.aws", "amazonwebservices.com.cn", "amazonwebservices.eu", "api.aws.ic.gov", "api.aws.scloud", "api.aws.hci.ic.gov",
	"api.cloud-aws.adc-e.uk",
	"aws.dev",
}

// IsAWSHost reports whether a host name is known to be one of AWS's endpoints.
func IsAWSHost(host string) bool {
	return slices.ContainsFunc(awsDomains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}
