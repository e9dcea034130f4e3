package mutants

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/service"
)

const (
	signatureSource = "evidence: auth/wrong-signature; InvalidSignatureException; IAM user guide, Elements of an AWS API request signature"
	unsignedSource  = "evidence: auth/malformed; MissingAuthenticationTokenException, IncompleteSignatureException " +
		"[emulator kinesalite, inferred for SSM]"
	keySource       = "evidence: auth/wrong-key; UnrecognizedClientException"
	orderSource     = "evidence: auth/before-types; auth comes before types and validation [inferred]"
	signingSource   = "IAM user guide, Create a signed AWS API request"
	clockSource     = signingSource + ": five minutes; signature-v4-troubleshooting"
	everySource     = "evidence: auth/signed; every operation is signed alike"
	signatureFailed = "InvalidSignatureException"
)

// authMutants are the ways in which a server checks signatures too little, too much, or says so in other words.
func authMutants() []Mutant {
	const (
		authorization, signature, scope = "auth/Authorization", "auth/Signature", "auth/Scope"
		times, presigned, precedence    = "auth/Time", "auth/Presigned", "auth/Precedence"
	)
	query := func(c *call, name string) string { return c.request.URL.Query().Get(name) }
	return []Mutant{
		{"auth/presence", "An Authorization need only be there", unsignedSource, Must, authorization,
			forgiven(func(c *call, _ *reply) bool { _, there := c.request.Header["Authorization"]; return there })},
		{"auth/other-schemes", "Schemes of authorization other than AWS's are let through", unsignedSource, Must, authorization,
			pardoned("Unsupported AWS 'algorithm'")},
		{"auth/key-with-secret", "A secret is enough: the access key may be any", keySource, Must, "auth/Credentials",
			guarded(func(c *call) *reply {
				return c.guard(service.WithAuth(aws.Credentials{AccessKeyID: scopePart(c, 0), SecretAccessKey: "test"}))
			})},
		{"auth/any-secret", "The signature itself is not checked", signatureSource, Must, signature,
			pardoned("The request signature we calculated")},
		{"auth/any-region", "A signature for any region is taken", signatureSource, Must, scope,
			ofRegion(func(c *call) string { return scopePart(c, 2) })},
		{"auth/any-service", "A signature for any service is taken", signatureSource, Must, scope,
			pardoned("Credential should be scoped to correct service")},
		{"auth/any-scope-date", "The date of a scope need not be that of the request",
			"IAM user guide, signature-v4-troubleshooting: Credential scope errors", Must, signature,
			pardoned("Date in Credential scope")},
		{"auth/never-expires", "A signature never expires", clockSource, Must, times, pardoned("Signature expired")},
		{"auth/future", "A signature may be of the future", clockSource, Must, times, pardoned("Signature not yet current")},
		{"auth/unsigned-target", "X-Amz-Target need not be signed", signingSource + ": every x-amz-* header must be signed", Should,
			signature, pardoned("must be a 'SignedHeader'")},
		{"auth/presigned-unchecked", "A signature in the query is not checked", signatureSource, Must, presigned,
			forgiven(func(c *call, _ *reply) bool { return query(c, "X-Amz-Signature") != "" })},
		{"auth/presigned-forever", "A signature in the query never expires",
			signingSource + ", Query string: X-Amz-Expires is 604800 at most", Must, presigned, forgiven(func(c *call, r *reply) bool {
				return query(c, "X-Amz-Signature") != "" && strings.Contains(r.message(), "Signature expired")
			})},
		{"auth/presigned-any-region", "A signature in the query may be for any region", signatureSource, Must, presigned,
			ofRegion(func(c *call) string { return credentialPart(query(c, "X-Amz-Credential"), 2) })},
		{"auth/others-by-presence", "Operations other than SendCommand ask only for a known access key", everySource, Must, signature,
			forgiven(func(c *call, r *reply) bool {
				return c.operation != reference.SendCommand && r.errorType() == signatureFailed
			})},
		{"auth/send-command-alone", "Only SendCommand asks for a signature", everySource, Must, precedence,
			forgiven(func(c *call, _ *reply) bool { return c.operation != reference.SendCommand })},
		{"auth/a-minute", "A clock may be off by a minute only", clockSource, Must, times, strict(func(c *call) bool {
			at, err := time.Parse("20060102T150405Z", c.request.Header.Get("X-Amz-Date"))
			return c.guard() == nil && err == nil && time.Since(at).Abs() > time.Minute
		}, signatureFailed)},
		{"auth/spaces-kept", "The spaces inside a signed header's value count as they are",
			signingSource + ": sequential spaces become one", Must, signature, strict(func(c *call) bool {
				return slices.ContainsFunc(signedHeaders(c), func(name string) bool {
					return strings.Contains(c.request.Header.Get(name), "  ")
				})
			}, signatureFailed)},
		{"auth/every-header-signed", "Every header has to be signed", signingSource + ": the host and x-amz-* headers", Should,
			signature, strict(func(c *call) bool {
				for name := range c.request.Header {
					if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-") && !slices.Contains(signedHeaders(c), lower) {
						return c.request.Header.Get("Authorization") != ""
					}
				}
				return false
			}, signatureFailed)},
		{"auth/content-type-signed", "Content-Type has to be signed",
			signingSource + ": the host and x-amz-* headers [inferred for Content-Type]", Should, signature, strict(func(c *call) bool {
				return c.request.Header.Get("Authorization") != "" && !slices.Contains(signedHeaders(c), "content-type")
			}, signatureFailed)},
		{"auth/one-operation", "A signed ListCommands is refused, as the policy of the credentials knows SendCommand alone", everySource,
			Must, signature,
			strict(func(c *call) bool { return c.operation != reference.SendCommand && c.guard() == nil }, signatureFailed)},
		{"auth/query-not-found", "A request with a query does not reach the check of its signature",
			"Smithy AWS JSON 1.1, Operation error serialization: a refusal names its type", Should, "auth/Presigned invariant/HTTP",
			guarded(func(c *call) *reply {
				if c.request.URL.RawQuery != "" {
					return c.send(nil).plain(http.StatusNotFound, "text/html", "<h1>Not Found</h1>")
				}
				return c.guard()
			})},
		{"auth/fails-on-incomplete", "An Authorization that lacks a part, or a date that is none, makes the server fail", unsignedSource,
			Must, "auth/Authorization auth/Time", guardSays(func(c *call, r *reply) {
				if strings.HasPrefix(c.request.Header.Get("Authorization"), "AWS4-HMAC-SHA256") {
					r.fail(http.StatusInternalServerError, "InternalFailure")
				}
			}, "IncompleteSignatureException")},
		{"auth/unauthorized", "A request without a signature gets 401 without a body, as HTTP has it", unsignedSource, Must,
			"auth/Authorization auth/Precedence",
			guardSays(func(_ *call, r *reply) { r.plain(http.StatusUnauthorized, "text/plain", "") },
				"MissingAuthenticationTokenException")},
		{"auth/wrong-secret-403", "A wrong signature has the status 403, as in S3",
			"evidence: errors/status; HTTP 400 for signature errors", Must, signature,
			guardSays(status(http.StatusForbidden), signatureFailed)},
		{"auth/s3-names", "Refusals have the names that they have in S3 and in the Query protocol", signatureSource, Must,
			"auth/Signature auth/Credentials", guardSays(func(_ *call, r *reply) {
				r.retype(map[string]string{
					signatureFailed: "SignatureDoesNotMatch", "UnrecognizedClientException": "InvalidClientTokenId",
					"IncompleteSignatureException":        "IncompleteSignature",
					"MissingAuthenticationTokenException": "MissingAuthenticationToken",
				}[r.errorType()])
			})},
		{"auth/one-text", "Every refusal of a signature has the same text",
			"evidence: auth/wrong-signature, auth/wrong-key", Should, "auth",
			guardSays(func(_ *call, r *reply) { r.refuse(r.errorType(), "Access denied") })},
		{"auth/validated-first", "Bodies are validated before signatures are checked", orderSource, Should, precedence,
			strict(func(c *call) bool {
				result := reference.ValidateJSON(c.body)
				return c.operation == reference.SendCommand && result.Validity() == reference.Invalid
			}, "ValidationException")},
		{"auth/empty-is-object", "An empty body is an empty object, and its lack of members comes before its signature", orderSource,
			Should, "auth/Signature auth/Precedence", strict(func(c *call) bool { return len(c.body) == 0 }, "ValidationException")},
	}
}

// guarded answers as the check does, and as the service where that is nil.
func guarded(check func(c *call) *reply) answer {
	return func(c *call) *reply {
		if r := check(c); r != nil {
			return r
		}
		return c.ask()
	}
}

// guard asks a service that checks signatures, made with more options for this request; nil where it
// finds no fault with the signature.
func (c *call) guard(more ...service.Option) *reply {
	options := append(slices.Clip(c.options), service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))
	r := send(service.New(append(options, more...)...), c.request, c.body)
	if slices.Contains([]string{
		"MissingAuthenticationTokenException", "IncompleteSignatureException", signatureFailed, "UnrecognizedClientException",
	}, r.errorType()) {
		return r
	}
	return nil
}

// forgiven lets those through that were refused in some way.
func forgiven(such func(c *call, refusal *reply) bool) answer {
	return guarded(func(c *call) *reply {
		r := c.guard()
		if r != nil && such(c, r) {
			return nil
		}
		return r
	})
}

// pardoned lets those through of whom the refusal says this.
func pardoned(words string) answer {
	return forgiven(func(_ *call, r *reply) bool { return strings.Contains(r.message(), words) })
}

// ofRegion checks a signature as one for the region that it names.
func ofRegion(region func(c *call) string) answer {
	return guarded(func(c *call) *reply {
		if named := region(c); named != "" {
			return c.guard(service.WithRegion(named))
		}
		return c.guard()
	})
}

// strict refuses some requests before or beside what is wrong with their signature. No operation sees their body.
func strict(such func(c *call) bool, name string) answer {
	return guarded(func(c *call) *reply {
		if such(c) {
			return c.send(nil).fail(http.StatusBadRequest, name)
		}
		return c.guard()
	})
}

// guardSays changes the refusals of signatures: those of these types, or all.
func guardSays(change change, types ...string) answer {
	return guarded(func(c *call) *reply {
		r := c.guard()
		if r != nil && (len(types) == 0 || slices.Contains(types, r.errorType())) {
			change(c, r)
		}
		return r
	})
}

// signedHeaders are the names that the Authorization lists.
func signedHeaders(c *call) []string {
	return strings.Split(authorization(c, "SignedHeaders="), ";")
}

// authorization is what follows this in the Authorization, up to the next comma.
func authorization(c *call, name string) string {
	_, rest, _ := strings.Cut(c.request.Header.Get("Authorization"), name)
	value, _, _ := strings.Cut(rest, ",")
	return value
}

// scopePart is a part of the Authorization's Credential.
func scopePart(c *call, i int) string {
	return credentialPart(authorization(c, "Credential="), i)
}

// credentialPart is a part of a Credential: key, date, region, service, terminator.
func credentialPart(credential string, i int) string {
	if parts := strings.Split(credential, "/"); len(parts) == 5 {
		return parts[i]
	}
	return ""
}
