package traffic

import (
	"net/url"
	"regexp"
	"strings"
)

// worlds numbers what the calls of a file ask: a command is known to one endpoint, one region and one account. Two keys
// of one account count as two, since no key tells its account: less is held together then, and nothing wrongly.
type worlds map[string]int

// scope is the credential of a signature of version 4, in a header or a URL: the key's ID, the date, the region.
var scope = regexp.MustCompile(`Credential=([^/,\s]*)/[^/,\s]*/([^/,\s]*)/`)

func (w worlds) of(address string, headers []header) int {
	key := ""
	if u, err := url.Parse(address); err == nil {
		key = strings.ToLower(u.Scheme + "://" + u.Host)
		address, _ = url.QueryUnescape(strings.Replace(u.RawQuery, "X-Amz-Credential=", "Credential=", 1))
	}
	signed := scope.FindStringSubmatch(valueOf(headers, "Authorization"))
	if signed == nil {
		signed = scope.FindStringSubmatch(address)
	}
	if signed != nil {
		key += " " + signed[1] + " " + signed[2]
	}
	if w[key] == 0 {
		w[key] = len(w) + 1
	}
	return w[key]
}
