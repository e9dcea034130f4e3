package mutants

import (
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

const (
	targetSource = "evidence: framework/unknown-operation; X-Amz-Target missing / no operationPrefix / " +
		"wrong case / unknown op => 400 UnknownOperationException"
	methodSource    = "evidence: protocol/post, protocol/content-type; POST, path /, Content-Type application/x-amz-json-1.1"
	typeOfBody      = "evidence: framework/content-type; another Content-Type is an unknown operation"
	targetHeader    = "X-Amz-Target"
	operationPrefix = "AmazonSSM."
)

// dispatchMutants are the ways in which a server takes a request for another than it is.
func dispatchMutants() []Mutant {
	const target = "wire/X-Amz-Target"
	respelt := func(pattern, by string) answer {
		return retarget(func(t string) string { return regexp.MustCompile(pattern).ReplaceAllString(t, by) })
	}
	return []Mutant{
		{"dispatch/last-segment", "The operation is what follows the last dot of X-Amz-Target, whatever precedes it",
			targetSource, Must, target,
			respelt(`^(.*\.)?`, "AmazonSSM.")},
		{"dispatch/operation-folded", "The operation is found without regard to its case", targetSource, Must, target,
			respelt(`^([^.]*\.)(?i:SendCommand)$`, "${1}SendCommand")},
		{"dispatch/service-folded", "The service's name counts without regard to its case", targetSource, Must, target,
			respelt(`^(?i:AmazonSSM\.)(.)`, "AmazonSSM.$1")},
		{"dispatch/service-versioned", "The service's name may have the version after it, as that of DynamoDB has",
			"service model: targetPrefix AmazonSSM", Should, target, respelt(`^AmazonSSM[^.]*\.?`, "AmazonSSM.")},
		{"dispatch/other-separators", "A colon or number sign separates service and operation, too", targetSource, Must, target,
			respelt(`[:#]`, ".")},
		{"dispatch/unanchored", "The operation is the word that a regular expression finds at the beginning", targetSource, Must, target,
			respelt(`^AmazonSSM\.SendCommand.*`, "AmazonSSM.SendCommand")},
		{"dispatch/abbreviated", "An operation may be written as its first letters", targetSource, Must, target,
			respelt(`^AmazonSSM\.(S|Se|Sen|Send(C|Co|Com|Comm|Comma|Comman)?)$`, "AmazonSSM.SendCommand")},
		{"dispatch/unescaped", "X-Amz-Target is unescaped like a part of a URL, and its dots are followed", targetSource, Must, target,
			retarget(func(t string) string {
				if name, err := url.PathUnescape(t); err == nil {
					t = name
				}
				return operationPrefix + path.Base(strings.TrimPrefix(t, operationPrefix))
			})},
		{"dispatch/trimmed-parts", "White space around service and operation is cut off", targetSource, Should, target,
			respelt(`^\s+|\s*(\.)\s*|\s+$`, "$1")},
		{"dispatch/by-body", "Where X-Amz-Target names nothing, the members of the body choose the operation", targetSource, Must, target,
			respelt(`^$`, "AmazonSSM.SendCommand")},
		{"dispatch/attribute", "An operation is looked up as an attribute of the handler, so that its inner methods are called",
			"evidence: framework/unknown-operation; unknown op => 400; an emulator's bug by which __init__ is reached", Must, target,
			failing500(func(c *call) bool { return strings.HasPrefix(c.operation, "_") })},
		{"dispatch/stub", "An operation that is not known answers an empty object", targetSource, Must, target,
			refused(func(c *call, r *reply) {
				if c.request.Method == http.MethodPost {
					r.become(http.StatusOK, "{}")
				}
			}, "UnknownOperationException")},
		{"dispatch/target-twice", "A header that appears twice is a list, which the dispatcher does not expect",
			"RFC 9110 section 5.3; CommonErrors: 5xx is for the server's faults", Must, target,
			failing500(func(c *call) bool { return len(c.request.Header.Values(targetHeader)) > 1 })},
		{"dispatch/any-method", "Every method is taken for POST", methodSource, Must, "wire/Method",
			readdress(func(r *http.Request) { r.Method = http.MethodPost })},
		{"dispatch/method-not-routed", "A method that the router does not know makes it fail", "RFC 9110 section 9.1: 501 or 405", Must,
			"wire/Method", failing500(func(c *call) bool {
				return !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, c.request.Method)
			})},
		{"dispatch/method-overridden", "X-HTTP-Method-Override changes the method",
			"evidence: protocol/post; POST; AWS JSON 1.1 knows no such header", Should, "wire/Method", readdress(func(r *http.Request) {
				if m := r.Header.Get("X-HTTP-Method-Override"); m != "" {
					r.Method = m
				}
			})},
		{"dispatch/status-page", "A GET or HEAD of / answers a page about the server", methodSource, Should, "wire/Method",
			answered(func(c *call, _ *reply) bool {
				return c.request.Method == http.MethodGet || c.request.Method == http.MethodHead
			},
				func(_ *call, r *reply) { r.plain(http.StatusOK, "application/json", `{"status":"running"}`) })},
		{"dispatch/preflight-fails", "An OPTIONS that is no preflight of a browser makes the server fail", failsSource, Should,
			"wire/Method", failing500(func(c *call) bool {
				return c.request.Method == http.MethodOptions && c.request.Header.Get("Origin") == ""
			})},
		{"dispatch/path-fails", "A path other than / makes the router fail", failsSource, Must, "wire/Path invariant/HTTP/never-5xx",
			failing500(func(c *call) bool { return c.request.RequestURI != "/" })},
		{"dispatch/any-content-type", "The Content-Type of a request is not looked at", typeOfBody, Should, "wire/Content-Type",
			readdress(func(r *http.Request) { r.Header.Set(contentHeader, "application/x-amz-json-1.1") })},
		{"dispatch/content-type-whole", "A Content-Type with parameters is another",
			"evidence: protocol/content-type-parameters; server MUST ignore content-type parameters", Must, "wire/Content-Type",
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
