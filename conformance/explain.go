package conformance

import (
	"maps"
	"time"

	"github.com/sendspec/sendspec/conformance/probe"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

// Explained is a step of a case as it would be sent.
type Explained struct {
	Name   string
	Curl   string // a shell command that sends it
	Expect []fixtures.Outcome
}

// Explain shows what asking the target the case would send, and what would conform. A binding that
// the target is not known to have stays as ${name}.
func Explain(t Target, c *fixtures.Case) ([]Explained, error) {
	t, err := t.withDefaults()
	if err != nil {
		return nil, err
	}
	b := fixtures.Bindings{}
	for name := range fixtures.KnownBindings() {
		b[name] = "${" + name + "}"
	}
	maps.Copy(b, t.bindings())
	b[fixtures.NonceBinding] = probe.Nonce(0, c.ID, 0)
	steps, err := c.Bind(b)
	if err != nil {
		return nil, err
	}
	client := probe.Client{URL: t.URL, Signer: wire.NewSigner(t.Credentials, t.Region), Denied: t.Denied}
	var explained []Explained
	for i := range steps {
		req, err := client.Compose(&steps[i].Request, time.Now())
		if err != nil {
			return nil, err
		}
		explained = append(explained, Explained{steps[i].Name, wire.Curl(t.URL, t.Region, t.redactor().Request(req)), steps[i].Expect})
	}
	return explained, nil
}
