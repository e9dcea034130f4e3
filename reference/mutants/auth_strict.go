package mutants

import (
	"net/http"
	"strings"
	"time"

	"github.com/sendspec/sendspec/reference"
)

// strictAuths are signatures refused that are good, and refusals in another form than AWS's.
func strictAuths() []authRow {
	return []authRow{
		{"a-minute", "A clock may be off by a minute only",
			clockSource, Must, []string{"auth/Time"}, func(g *gate, c *call) *reply {
				r := g.guard(c)
				if at, err := time.Parse("20060102T150405Z", c.request.Header.Get("X-Amz-Date")); r == nil && err == nil && time.Since(at).Abs() > time.Minute {
					return g.refuse(c, "InvalidSignatureException")
				}
				return r
			}},
		{"spaces-kept", "The spaces inside a signed header's value count as they are",
			"IAM user guide, Create a signed AWS API request: sequential spaces become one", Must, []string{"auth/Signature"},
			func(g *gate, c *call) *reply {
				for _, name := range signedHeaders(c) {
					if strings.Contains(c.request.Header.Get(name), "  ") {
						return g.refuse(c, "InvalidSignatureException")
					}
				}
				return g.guard(c)
			}},
		{"every-header-signed", "Every header has to be signed",
			"IAM user guide, Create a signed AWS API request: the host and x-amz-* headers", Should, []string{"auth/Signature"},
			func(g *gate, c *call) *reply {
				signed := " " + strings.Join(signedHeaders(c), " ") + " "
				for name := range c.request.Header {
					if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-") && !strings.Contains(signed, " "+lower+" ") && c.request.Header.Get("Authorization") != "" {
						return g.refuse(c, "InvalidSignatureException")
					}
				}
				return g.guard(c)
			}},
		{"content-type-signed", "Content-Type has to be signed",
			"IAM user guide, Create a signed AWS API request: the host and x-amz-* headers [inferred for Content-Type]", Should, []string{"auth/Signature"},
			func(g *gate, c *call) *reply {
				if c.request.Header.Get("Authorization") != "" && !strings.Contains(strings.Join(signedHeaders(c), " "), "content-type") {
					return g.refuse(c, "InvalidSignatureException")
				}
				return g.guard(c)
			}},
		{"one-operation", "A signed ListCommands is refused, as the policy of the credentials knows SendCommand alone",
			"facts.md section 2, Request headers: every operation is signed alike", Must, []string{"auth/Signature"},
			func(g *gate, c *call) *reply {
				if r := g.guard(c); r != nil || c.operation == reference.SendCommand {
					return r
				}
				return g.refuse(c, "InvalidSignatureException")
			}},
		{"query-not-found", "A request with a query does not reach the check of its signature",
			"Smithy AWS JSON 1.1, Operation error serialization: a refusal names its type", Should, []string{"auth/Presigned", "invariant/HTTP"},
			func(g *gate, c *call) *reply {
				if c.request.URL.RawQuery != "" {
					return send(g.open, c, nil).plain(http.StatusNotFound, "text/html", "<h1>Not Found</h1>")
				}
				return g.guard(c)
			}},
		{"fails-on-incomplete", "An Authorization that lacks a part, or a date that is none, makes the server fail",
			unsignedSource, Must, []string{"auth/Authorization", "auth/Time"}, changed(func(c *call, r *reply) *reply {
				if r.shapeOf() == "IncompleteSignatureException" && strings.HasPrefix(c.request.Header.Get("Authorization"), "AWS4-HMAC-SHA256") {
					return r.fail(http.StatusInternalServerError, "InternalFailure")
				}
				return r
			})},
		{"unauthorized", "A request without a signature gets 401 without a body, as HTTP has it",
			unsignedSource, Must, []string{"auth/Authorization", "auth/Precedence"}, changed(func(_ *call, r *reply) *reply {
				if r.shapeOf() == "MissingAuthenticationTokenException" {
					return r.plain(http.StatusUnauthorized, "text/plain", "")
				}
				return r
			})},
		{"wrong-secret-403", "A wrong signature has the status 403, as in S3",
			"facts.md section 3, Body form: HTTP 400 for signature errors", Must, []string{"auth/Signature"},
			changed(func(_ *call, r *reply) *reply {
				if r.shapeOf() == "InvalidSignatureException" {
					r.status = http.StatusForbidden
				}
				return r
			})},
		{"s3-names", "Refusals have the names that they have in S3 and in the Query protocol",
			signatureSource, Must, []string{"auth/Signature", "auth/Credentials"}, changed(func(_ *call, r *reply) *reply {
				r.retype(map[string]string{
					"InvalidSignatureException": "SignatureDoesNotMatch", "UnrecognizedClientException": "InvalidClientTokenId",
					"IncompleteSignatureException": "IncompleteSignature", "MissingAuthenticationTokenException": "MissingAuthenticationToken",
				}[r.shapeOf()])
				return r
			})},
		{"one-text", "Every refusal of a signature has the same text",
			"facts.md section 3, Messages", Should, []string{"auth"}, changed(func(_ *call, r *reply) *reply {
				name := r.shapeOf()
				r.fail(r.status, name)
				r.body = append(r.body[:len(r.body)-1], `,"message":"Access denied"}`...)
				return r
			})},
		{"validated-first", "Bodies are validated before signatures are checked",
			orderSource, Should, []string{"auth/Precedence"}, func(g *gate, c *call) *reply {
				if c.operation == reference.SendCommand {
					if result := reference.ValidateJSON(c.body); result.Verdict() == reference.Invalid {
						return g.refuse(c, "ValidationException")
					}
				}
				return g.guard(c)
			}},
		{"empty-is-object", "An empty body is an empty object, and its lack of members comes before its signature",
			orderSource, Should, []string{"auth/Signature", "auth/Precedence"}, func(g *gate, c *call) *reply {
				if len(c.body) == 0 {
					return g.refuse(c, "ValidationException")
				}
				return g.guard(c)
			}},
	}
}

// changed changes the guard's refusals.
func changed(change func(c *call, r *reply) *reply) func(g *gate, c *call) *reply {
	return func(g *gate, c *call) *reply {
		r := g.guard(c)
		if r != nil {
			r = change(c, r)
		}
		return r
	}
}

// refuse is a refusal of a mutant's own. No operation sees its body.
func (g *gate) refuse(c *call, name string) *reply {
	return send(g.open, c, nil).fail(http.StatusBadRequest, name)
}

// signedHeaders are the names that the Authorization lists.
func signedHeaders(c *call) []string {
	_, rest, _ := strings.Cut(c.request.Header.Get("Authorization"), "SignedHeaders=")
	list, _, _ := strings.Cut(rest, ",")
	return strings.Split(list, ";")
}
