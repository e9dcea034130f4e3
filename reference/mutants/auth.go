package mutants

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/service"
)

const familyAuth Family = "auth"

const (
	signatureSource = "facts.md section 3, Messages: InvalidSignatureException; IAM user guide, Elements of an AWS API request signature"
	unsignedSource  = "facts.md section 3, Messages: MissingAuthenticationTokenException, IncompleteSignatureException [emulator kinesalite, inferred for SSM]"
	keySource       = "facts.md section 3, Messages: UnrecognizedClientException"
	orderSource     = "facts.md section 3, Malformed bodies / dispatch: auth comes before types and validation [inferred]"
	clockSource     = "IAM user guide, Create a signed AWS API request: five minutes; signature-v4-troubleshooting"
)

// gate is a service that checks signatures, in front of one that does not.
type gate struct {
	base  []service.Option
	check func(g *gate, c *call) *reply
	open  http.Handler
}

// ServeHTTP answers as the gate's check does, and from the open service where that gives nil.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := &planted{service: g.open, defect: func(c *call, p *planted) *reply {
		if refusal := g.check(g, c); refusal != nil {
			return refusal
		}
		return p.ask(c)
	}}
	p.ServeHTTP(w, r)
}

// guard asks a service that checks signatures, made with more options for this request; nil where it
// finds no fault with the signature.
func (g *gate) guard(c *call, more ...service.Option) *reply {
	options := append(slices.Clone(g.base), service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))
	r := send(service.New(append(options, more...)...), c, c.body)
	if slices.Contains([]string{
		"MissingAuthenticationTokenException", "IncompleteSignatureException", "InvalidSignatureException", "UnrecognizedClientException",
	}, r.shapeOf()) {
		return r
	}
	return nil
}

// authRow is a mutant of the family auth.
type authRow struct {
	what, wrong, source string
	level               Level
	expect              []string
	check               func(g *gate, c *call) *reply
}

// authMutants are the ways in which a server checks signatures too little, too much, or says so in other words.
func authMutants() []Mutant {
	rows := slices.Concat(lenientAuths(), strictAuths())
	all := make([]Mutant, len(rows))
	for i, r := range rows {
		all[i] = Mutant{
			Name: string(familyAuth) + "/" + r.what, Family: familyAuth, Wrong: r.wrong, Source: r.source, Level: r.level,
			Shows: []Profile{Auth}, Expect: r.expect,
			build: func(base []service.Option) http.Handler { return &gate{base, r.check, service.New(base...)} },
		}
	}
	return all
}

func lenientAuths() []authRow {
	scope, times := []string{"auth/Scope"}, []string{"auth/Time"}
	return []authRow{
		{"presence", "An Authorization need only be there",
			unsignedSource, Must, []string{"auth/Authorization"}, func(g *gate, c *call) *reply {
				if _, there := c.request.Header["Authorization"]; there {
					return nil
				}
				return g.guard(c)
			}},
		{"other-schemes", "Schemes of authorization other than AWS's are let through",
			unsignedSource, Must, []string{"auth/Authorization"}, pardoned("Unsupported AWS 'algorithm'")},
		{"key-with-secret", "A secret is enough: the access key may be any",
			keySource, Must, []string{"auth/Credentials"}, func(g *gate, c *call) *reply {
				return g.guard(c, service.WithAuth(aws.Credentials{AccessKeyID: scopePart(c, 0), SecretAccessKey: "test"}))
			}},
		{"any-secret", "The signature itself is not checked",
			signatureSource, Must, []string{"auth/Signature"}, pardoned("The request signature we calculated")},
		{"any-region", "A signature for any region is taken",
			signatureSource, Must, scope, func(g *gate, c *call) *reply {
				if region := scopePart(c, 2); region != "" {
					return g.guard(c, service.WithRegion(region))
				}
				return g.guard(c)
			}},
		{"any-service", "A signature for any service is taken",
			signatureSource, Must, scope, pardoned("Credential should be scoped to correct service")},
		{"any-scope-date", "The date of a scope need not be that of the request",
			"IAM user guide, signature-v4-troubleshooting: Credential scope errors", Must, []string{"auth/Signature"},
			pardoned("Date in Credential scope")},
		{"never-expires", "A signature never expires",
			clockSource, Must, times, pardoned("Signature expired")},
		{"future", "A signature may be of the future",
			clockSource, Must, times, pardoned("Signature not yet current")},
		{"unsigned-target", "X-Amz-Target need not be signed",
			"IAM user guide, Create a signed AWS API request: every x-amz-* header must be signed", Should, []string{"auth/Signature"},
			pardoned("must be a 'SignedHeader'")},
		{"presigned-unchecked", "A signature in the query is not checked",
			signatureSource, Must, []string{"auth/Presigned"}, func(g *gate, c *call) *reply {
				if c.request.URL.Query().Has("X-Amz-Signature") {
					return nil
				}
				return g.guard(c)
			}},
		{"presigned-forever", "A signature in the query never expires",
			"IAM user guide, Create a signed AWS API request, Query string: X-Amz-Expires is 604800 at most", Must, []string{"auth/Presigned"},
			func(g *gate, c *call) *reply {
				r := g.guard(c)
				if r != nil && c.request.URL.Query().Has("X-Amz-Signature") && strings.Contains(string(r.body), "Signature expired") {
					return nil
				}
				return r
			}},
		{"presigned-any-region", "A signature in the query may be for any region",
			signatureSource, Must, []string{"auth/Presigned"}, func(g *gate, c *call) *reply {
				if parts := strings.Split(c.request.URL.Query().Get("X-Amz-Credential"), "/"); len(parts) == 5 {
					return g.guard(c, service.WithRegion(parts[2]))
				}
				return g.guard(c)
			}},
		{"others-by-presence", "Operations other than SendCommand ask only for a known access key",
			"facts.md section 2, Request headers: every operation is signed alike", Must, []string{"auth/Signature"},
			func(g *gate, c *call) *reply {
				r := g.guard(c)
				if r != nil && c.operation != reference.SendCommand && r.shapeOf() == "InvalidSignatureException" {
					return nil
				}
				return r
			}},
		{"send-command-alone", "Only SendCommand asks for a signature",
			"facts.md section 2, Request headers: every operation is signed alike", Must, []string{"auth/Precedence"},
			func(g *gate, c *call) *reply {
				if c.operation != reference.SendCommand {
					return nil
				}
				return g.guard(c)
			}},
	}
}

// pardoned lets those through of whom the refusal says this.
func pardoned(words string) func(g *gate, c *call) *reply {
	return func(g *gate, c *call) *reply {
		r := g.guard(c)
		if r != nil && strings.Contains(string(r.body), words) {
			return nil
		}
		return r
	}
}

var credentialPattern = regexp.MustCompile(`Credential=([^,]*)`)

// scopePart is a part of the Credential: key, date, region, service, terminator.
func scopePart(c *call, i int) string {
	found := credentialPattern.FindStringSubmatch(c.request.Header.Get("Authorization"))
	if found == nil {
		return ""
	}
	if parts := strings.Split(found[1], "/"); len(parts) == 5 {
		return parts[i]
	}
	return ""
}
