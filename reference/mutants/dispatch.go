package mutants

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
)

const familyDispatch Family = "dispatch"

const (
	targetSource    = "facts.md section 3, Malformed bodies / dispatch: X-Amz-Target missing / no operationPrefix / wrong case / unknown op => 400 UnknownOperationException"
	methodSource    = "facts.md section 5: POST, path /, Content-Type application/x-amz-json-1.1"
	typeOfBody      = "facts.md section 3, Malformed bodies / dispatch: another Content-Type is an unknown operation"
	targetHeader    = "X-Amz-Target"
	operationPrefix = "AmazonSSM."
)

// dispatchMutants are the ways in which a server takes a request for another than it is.
func dispatchMutants() []Mutant {
	target, method, contentType := []string{"wire/X-Amz-Target"}, []string{"wire/Method"}, []string{"wire/Content-Type"}
	return answerMutants(familyDispatch, []Profile{Core}, []answerRow{
		{"last-segment", "The operation is what stands behind the last point of X-Amz-Target, whatever stands before",
			targetSource, Must, target, retarget(func(t string) string {
				return operationPrefix + t[strings.LastIndexByte(t, '.')+1:]
			})},
		{"operation-folded", "The operation is found without regard to its case",
			targetSource, Must, target, retarget(func(t string) string {
				if service, name, _ := strings.Cut(t, "."); strings.EqualFold(name, reference.SendCommand) {
					return service + "." + reference.SendCommand
				}
				return t
			})},
		{"service-folded", "The service's name counts without regard to its case",
			targetSource, Must, target, retarget(func(t string) string {
				if len(t) > len(operationPrefix) && strings.EqualFold(t[:len(operationPrefix)], operationPrefix) {
					return operationPrefix + t[len(operationPrefix):]
				}
				return t
			})},
		{"service-versioned", "The service's name may have the version behind it, as that of DynamoDB has",
			"model.json: targetPrefix AmazonSSM", Should, target, retarget(func(t string) string {
				if service, name, _ := strings.Cut(t, "."); strings.HasPrefix(service, "AmazonSSM") {
					return operationPrefix + name
				}
				return t
			})},
		{"other-separators", "A colon or number sign separates service and operation, too",
			targetSource, Must, target, retarget(strings.NewReplacer(":", ".", "#", ".").Replace)},
		{"unanchored", "The operation is the word that a regular expression finds at the beginning",
			targetSource, Must, target, retarget(func(t string) string {
				if strings.HasPrefix(t, operationPrefix+reference.SendCommand) {
					return operationPrefix + reference.SendCommand
				}
				return t
			})},
		{"abbreviated", "An operation may be written as its first letters",
			targetSource, Must, target, retarget(func(t string) string {
				if t != operationPrefix && strings.HasPrefix(operationPrefix+reference.SendCommand, t) && strings.HasPrefix(t, operationPrefix) {
					return operationPrefix + reference.SendCommand
				}
				return t
			})},
		{"unescaped", "X-Amz-Target is unescaped like a part of a URL, and its dots are followed",
			targetSource, Must, target, retarget(func(t string) string {
				if name, err := url.PathUnescape(t); err == nil {
					t = name
				}
				return operationPrefix + path.Base(strings.TrimPrefix(t, operationPrefix))
			})},
		{"trimmed-parts", "White space around service and operation is cut off",
			targetSource, Should, target, retarget(func(t string) string {
				service, name, _ := strings.Cut(t, ".")
				return strings.TrimSpace(service) + "." + strings.TrimSpace(name)
			})},
		{"by-body", "Where X-Amz-Target names nothing, the members of the body choose the operation",
			targetSource, Must, target, retarget(func(t string) string {
				if t == "" {
					return operationPrefix + reference.SendCommand
				}
				return t
			})},
		{"attribute", "An operation is looked up as an attribute of the handler, so that its inner methods are called",
			"facts.md section 3: unknown op => 400; an emulator's bug by which __init__ is reached", Must, target,
			failing500(func(c *call) bool { return strings.HasPrefix(c.operation, "_") })},
		{"stub", "An operation that is not known answers an empty object",
			targetSource, Must, target, unknownOperation(func(r *reply) { r.status, r.body = http.StatusOK, []byte("{}") })},
		{"not-implemented", "An operation that is not known answers 501 InternalFailure",
			targetSource, Must, target,
			unknownOperation(func(r *reply) { r.fail(http.StatusNotImplemented, "InternalFailure") })},
		{"target-twice", "A header that stands twice is a list, which the dispatcher does not expect",
			"RFC 9110 section 5.3; CommonErrors: 5xx is for the server's faults", Must, target,
			failing500(func(c *call) bool { return len(c.request.Header.Values(targetHeader)) > 1 })},
		{"any-method", "Every method is taken for POST",
			methodSource, Must, method, readdress(func(r *http.Request) { r.Method = http.MethodPost })},
		{"method-not-routed", "A method that the router does not know makes it fail",
			"RFC 9110 section 9.1: 501 or 405", Must, method, failing500(func(c *call) bool {
				return !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, c.request.Method)
			})},
		{"method-overridden", "X-HTTP-Method-Override changes the method",
			"facts.md section 5: POST; AWS JSON 1.1 knows no such header", Should, method, readdress(func(r *http.Request) {
				if m := r.Header.Get("X-HTTP-Method-Override"); m != "" {
					r.Method = m
				}
			})},
		{"status-page", "A GET or HEAD of / answers a page about the server",
			methodSource, Should, method, stateless(func(c *call, p *planted) *reply {
				r := p.ask(c)
				if m := c.request.Method; m == http.MethodGet || m == http.MethodHead {
					return r.plain(http.StatusOK, "application/json", `{"status":"running"}`)
				}
				return r
			})},
		{"preflight-fails", "An OPTIONS that is no preflight of a browser makes the server fail",
			"CommonErrors: 5xx is for the server's faults", Should, []string{"wire/Method"},
			failing500(func(c *call) bool {
				return c.request.Method == http.MethodOptions && c.request.Header.Get("Origin") == ""
			})},
		{"path-fails", "A path other than / makes the router fail",
			"CommonErrors: 5xx is for the server's faults", Must, []string{"wire/Path", "invariant/HTTP/never-5xx"},
			failing500(func(c *call) bool { return c.request.RequestURI != "/" })},
		{"any-content-type", "The Content-Type of a request is not looked at",
			typeOfBody, Should, contentType,
			readdress(func(r *http.Request) { r.Header.Set(contentHeader, "application/x-amz-json-1.1") })},
		{"content-type-whole", "A Content-Type with parameters is another",
			"facts.md section 5: server MUST ignore content-type parameters", Must, contentType, readdress(func(r *http.Request) {
				if strings.Contains(r.Header.Get(contentHeader), ";") {
					r.Header.Set(contentHeader, "text/plain")
				}
			})},
	})
}

// retarget reads X-Amz-Target in another way.
func retarget(read func(string) string) func() defect {
	return readdress(func(r *http.Request) { r.Header.Set(targetHeader, read(r.Header.Get(targetHeader))) })
}

// readdress changes a request's line and headers.
func readdress(change func(*http.Request)) func() defect {
	return stateless(func(c *call, p *planted) *reply {
		c.request = c.request.Clone(c.request.Context())
		change(c.request)
		return p.ask(c)
	})
}

// unknownOperation changes the answer to an operation that is not known, of a request that is otherwise one.
func unknownOperation(change func(*reply)) func() defect {
	return onRefusal(func(c *call, r *reply) {
		if r.shapeOf() == "UnknownOperationException" && c.request.Method == http.MethodPost {
			change(r)
		}
	})
}
