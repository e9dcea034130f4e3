package wire

import (
	"slices"
	"strings"
)

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
