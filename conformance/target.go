package conformance

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// Target is the endpoint under test: a URL, or an http.Handler in the same process.
type Target struct {
	// URL is an http or https endpoint, for example http://127.0.0.1:4566.
	URL string
	// Handler is called directly where no URL is given.
	Handler http.Handler
	// Name is the target in reports. Default: the URL, or "handler".
	Name string
	// Region is signed for and expected back. Default us-east-1.
	Region string
	// Credentials sign the requests. Default test/test, as emulators take them; they are never
	// looked up anywhere.
	Credentials aws.Credentials
	// Denied are the credentials of a caller that no policy lets call GetCommandInvocation, for the cases that need one.
	Denied aws.Credentials
	// Nodes are IDs of online Linux managed nodes, for the cases that need some.
	Nodes []string
	// Bindings describe the rest of the target's world: see fixtures.KnownBindings.
	Bindings map[string]string
	// TLS configures the connection to an https URL.
	TLS *tls.Config
}

// nodePattern is the model's pattern of InstanceId, on whole strings.
var nodePattern = regexp.MustCompile(`^(i-(\w{8}|\w{17})|mi-\w{17})$`)

// withDefaults returns the target with its defaults filled in, or what is wrong with it.
func (t Target) withDefaults() (Target, error) {
	if (t.URL == "") == (t.Handler == nil) {
		return t, errors.New("target: want either a URL or a Handler")
	}
	if t.URL != "" {
		u, err := wire.ParseEndpoint(t.URL)
		if err != nil {
			return t, err
		}
		if _, err := wire.ProxyFor(u); err != nil {
			return t, err
		}
		t.URL = u.Scheme + "://" + u.Host
	}
	t.Name = cmp.Or(t.Name, t.URL, "handler")
	t.Region = cmp.Or(t.Region, "us-east-1")
	if err := wire.CheckRegion(t.Region); err != nil {
		return t, err
	}
	if t.Credentials.AccessKeyID == "" {
		t.Credentials = aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	}
	for _, id := range t.Nodes {
		if !nodePattern.MatchString(id) {
			return t, fmt.Errorf("target: node %q: want an ID such as i-0123456789abcdef0 or mi-0123456789abcdef0", id)
		}
	}
	denied := t.Denied
	if (denied.AccessKeyID == "") != (denied.SecretAccessKey == "") || denied.HasKeys() && denied.AccessKeyID == t.Credentials.AccessKeyID {
		return t, errors.New("target: the denied caller: want an access key other than the target's own, and its secret")
	}
	known := fixtures.KnownBindings()
	for name, value := range t.Bindings {
		if strings.TrimSpace(value) == "" {
			return t, fmt.Errorf("target: binding %q is empty: want a value, or no binding of this name", name)
		}
		if known[name] == "" || name == fixtures.NonceBinding || name == fixtures.RegionBinding || name == fixtures.DeniedBinding {
			return t, fmt.Errorf("target: binding %q is not one that a case could use%s (sendspec bindings lists them)", name,
				nearest.Question(name, slices.Sorted(maps.Keys(known))))
		}
	}
	return t, t.checkNodes()
}

// checkNodes wants other nodes under the names node, node.2 and so on: a command to a node twice is refused.
func (t Target) checkNodes() error {
	seen, bindings := map[string]string{}, t.bindings()
	for _, name := range slices.Sorted(maps.Keys(bindings)) {
		number, ok := strings.CutPrefix(name, "node")
		if !ok || strings.Trim(number, ".0123456789") != "" {
			continue
		}
		id := bindings[name]
		if first := seen[id]; first != "" {
			return fmt.Errorf("target: node %q is both %s and %s: want nodes that differ", id, first, name)
		}
		seen[id] = name
	}
	return nil
}

// shown is the target as reports show it.
func (t Target) shown() event.Target { return event.Target{Name: t.Name, URL: t.URL, Region: t.Region} }

// redactor knows the target's credentials.
func (t Target) redactor() *wire.Redactor {
	var secrets []string
	for _, c := range []aws.Credentials{t.Credentials, t.Denied} {
		secrets = append(secrets, c.AccessKeyID, c.SecretAccessKey, c.SessionToken)
	}
	return wire.NewRedactor(secrets...)
}

// bindings are what is known of the target's world before anything is asked.
func (t Target) bindings() fixtures.Bindings {
	b := fixtures.Bindings{fixtures.RegionBinding: t.Region}
	for i, id := range t.Nodes {
		name := "node"
		if i > 0 {
			name = fmt.Sprintf("node.%d", i+1)
		}
		b[name] = id
		switch {
		case strings.HasPrefix(id, "mi-") && b["node.hybrid"] == "":
			b["node.hybrid"] = id
		case len(id) == len("i-12345678") && b["node.short"] == "":
			b["node.short"] = id
		}
	}
	maps.Copy(b, t.Bindings)
	if t.Denied.HasKeys() {
		b[fixtures.DeniedBinding] = fixtures.Denied
	}
	return b
}

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
