package mutants

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/reference"
)

const (
	targetSource    = "facts.md section 3, Malformed bodies / dispatch: X-Amz-Target missing / no operationPrefix / wrong case / unknown op => 400 UnknownOperationException"
	methodSource    = "facts.md section 5: POST, path /, Content-Type application/x-amz-json-1.1"
	typeOfBody      = "facts.md section 3, Malformed bodies / dispatch: another Content-Type is an unknown operation"
	targetHeader    = "X-Amz-Target"
	operationPrefix = "AmazonSSM."
)

// dispatchMutants are the ways in which a server takes a request for another than it is.
func dispatchMutants() []Mutant {
	return []Mutant{
		{"dispatch/last-segment", "The operation is what stands behind the last point of X-Amz-Target, whatever stands before",
			targetSource, Must, "wire/X-Amz-Target", retarget(func(t string) string {
				return operationPrefix + t[strings.LastIndexByte(t, '.')+1:]
			})},
		{"dispatch/operation-folded", "The operation is found without regard to its case", targetSource, Must, "wire/X-Amz-Target",
			retarget(func(t string) string {
				if service, name, _ := strings.Cut(t, "."); strings.EqualFold(name, reference.SendCommand) {
					return service + "." + reference.SendCommand
				}
				return t
			})},
		{"dispatch/service-folded", "The service's name counts without regard to its case", targetSource, Must, "wire/X-Amz-Target",
			retarget(func(t string) string {
				if len(t) > len(operationPrefix) && strings.EqualFold(t[:len(operationPrefix)], operationPrefix) {
					return operationPrefix + t[len(operationPrefix):]
				}
				return t
			})},
		{"dispatch/service-versioned", "The service's name may have the version behind it, as that of DynamoDB has",
			"model.json: targetPrefix AmazonSSM", Should, "wire/X-Amz-Target", retarget(func(t string) string {
				if service, name, _ := strings.Cut(t, "."); strings.HasPrefix(service, "AmazonSSM") {
					return operationPrefix + name
				}
				return t
			})},
		{"dispatch/other-separators", "A colon or number sign separates service and operation, too", targetSource, Must,
			"wire/X-Amz-Target", retarget(strings.NewReplacer(":", ".", "#", ".").Replace)},
		{"dispatch/unanchored", "The operation is the word that a regular expression finds at the beginning", targetSource, Must,
			"wire/X-Amz-Target", retarget(func(t string) string {
				if strings.HasPrefix(t, operationPrefix+reference.SendCommand) {
					return operationPrefix + reference.SendCommand
				}
				return t
			})},
		{"dispatch/abbreviated", "An operation may be written as its first letters", targetSource, Must, "wire/X-Amz-Target",
			retarget(func(t string) string {
				if t != operationPrefix && strings.HasPrefix(operationPrefix+reference.SendCommand, t) && strings.HasPrefix(t, operationPrefix) {
					return operationPrefix + reference.SendCommand
				}
				return t
			})},
		{"dispatch/unescaped", "X-Amz-Target is unescaped like a part of a URL, and its dots are followed", targetSource, Must,
			"wire/X-Amz-Target", retarget(func(t string) string {
				if name, err := url.PathUnescape(t); err == nil {
					t = name
				}
				return operationPrefix + path.Base(strings.TrimPrefix(t, operationPrefix))
			})},
		{"dispatch/trimmed-parts", "White space around service and operation is cut off", targetSource, Should, "wire/X-Amz-Target",
			retarget(func(t string) string {
				service, name, _ := strings.Cut(t, ".")
				return strings.TrimSpace(service) + "." + strings.TrimSpace(name)
			})},
		{"dispatch/by-body", "Where X-Amz-Target names nothing, the members of the body choose the operation", targetSource, Must,
			"wire/X-Amz-Target", retarget(func(t string) string {
				if t == "" {
					return operationPrefix + reference.SendCommand
				}
				return t
			})},
		{"dispatch/attribute", "An operation is looked up as an attribute of the handler, so that its inner methods are called",
			"facts.md section 3: unknown op => 400; an emulator's bug by which __init__ is reached", Must, "wire/X-Amz-Target",
			failing500(func(c *call) bool { return strings.HasPrefix(c.operation, "_") })},
		{"dispatch/stub", "An operation that is not known answers an empty object", targetSource, Must, "wire/X-Amz-Target",
			unknownOperation(func(r *reply) { r.status, r.body = http.StatusOK, []byte("{}") })},
		{"dispatch/target-twice", "A header that stands twice is a list, which the dispatcher does not expect",
			"RFC 9110 section 5.3; CommonErrors: 5xx is for the server's faults", Must, "wire/X-Amz-Target",
			failing500(func(c *call) bool { return len(c.request.Header.Values(targetHeader)) > 1 })},
		{"dispatch/any-method", "Every method is taken for POST", methodSource, Must, "wire/Method",
			readdress(func(r *http.Request) { r.Method = http.MethodPost })},
		{"dispatch/method-not-routed", "A method that the router does not know makes it fail", "RFC 9110 section 9.1: 501 or 405", Must,
			"wire/Method", failing500(func(c *call) bool {
				return !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, c.request.Method)
			})},
		{"dispatch/method-overridden", "X-HTTP-Method-Override changes the method",
			"facts.md section 5: POST; AWS JSON 1.1 knows no such header", Should, "wire/Method", readdress(func(r *http.Request) {
				if m := r.Header.Get("X-HTTP-Method-Override"); m != "" {
					r.Method = m
				}
			})},
		{"dispatch/status-page", "A GET or HEAD of / answers a page about the server", methodSource, Should, "wire/Method",
			answer(func(c *call) *reply {
				r := c.ask()
				if m := c.request.Method; m == http.MethodGet || m == http.MethodHead {
					return r.plain(http.StatusOK, "application/json", `{"status":"running"}`)
				}
				return r
			})},
		{"dispatch/preflight-fails", "An OPTIONS that is no preflight of a browser makes the server fail", failsSource, Should,
			"wire/Method", failing500(func(c *call) bool {
				return c.request.Method == http.MethodOptions && c.request.Header.Get("Origin") == ""
			})},
		{"dispatch/path-fails", "A path other than / makes the router fail", failsSource, Must, "wire/Path invariant/HTTP/never-5xx",
			failing500(func(c *call) bool { return c.request.RequestURI != "/" })},
		{"dispatch/any-content-type", "The Content-Type of a request is not looked at", typeOfBody, Should, "wire/Content-Type",
			readdress(func(r *http.Request) { r.Header.Set(contentHeader, "application/x-amz-json-1.1") })},
		{"dispatch/content-type-whole", "A Content-Type with parameters is another",
			"facts.md section 5: server MUST ignore content-type parameters", Must, "wire/Content-Type",
			readdress(func(r *http.Request) {
				if strings.Contains(r.Header.Get(contentHeader), ";") {
					r.Header.Set(contentHeader, "text/plain")
				}
			})},
	}
}

// retarget reads X-Amz-Target in another way.
func retarget(read func(string) string) answer {
	return readdress(func(r *http.Request) { r.Header.Set(targetHeader, read(r.Header.Get(targetHeader))) })
}

// readdress changes a request's line and headers.
func readdress(change func(*http.Request)) answer {
	return func(c *call) *reply {
		c.request = c.request.Clone(c.request.Context())
		change(c.request)
		return c.ask()
	}
}

// unknownOperation changes the answer to an operation that is not known, of a request that is otherwise one.
func unknownOperation(change func(*reply)) answer {
	return refused(func(c *call, r *reply) {
		if r.errorType() == "UnknownOperationException" && c.request.Method == http.MethodPost {
			change(r)
		}
	})
}
