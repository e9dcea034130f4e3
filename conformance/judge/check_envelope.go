package judge

import (
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/matcher"
	"github.com/sendspec/sendspec/reference/jsontree"
)

var serverErrorCheck = check{
	rule("HTTP/never-5xx", "No request makes a server fail: bad input is the client's fault and answers 4xx", fixtures.Must,
		"errors/5xx"),
	func(e *Exchanged) []Finding {
		if e.Response == nil || e.Response.Status < 500 || expectsStatus(e, func(o *fixtures.Outcome) bool { return o.Status != nil }) {
			return nil
		}
		return broken(fixtures.Must, pathStatus, "an answer below 500", e.described())
	},
}

const awsJSONType = "application/x-amz-json-1.1"

var contentTypeCheck = check{
	rule("HTTP/content-type", "Every answer says Content-Type: application/x-amz-json-1.1", fixtures.Must, "protocol/response"),
	func(e *Exchanged) []Finding {
		if e.Response == nil || belowProtocol(e) || len(e.Response.Body) == 0 {
			return nil
		}
		values := e.Response.Header.Values("Content-Type")
		if len(values) == 1 && IsAWSJSON(values[0]) {
			return nil
		}
		got := anything(strings.Join(values, ", "))
		if got.Words == "" {
			got = nothing()
		}
		return broken(fixtures.Must, "header Content-Type", awsJSONType, got)
	},
}

// IsAWSJSON reports whether a Content-Type is that of AWS JSON 1.1.
func IsAWSJSON(contentType string) bool {
	if contentType == awsJSONType {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == awsJSONType
}

var requestIDCheck = check{
	rule("HTTP/request-id", "Every answer names the request in x-amzn-RequestId, as a UUID", fixtures.Must, "protocol/response"),
	func(e *Exchanged) []Finding {
		if e.Response == nil || belowProtocol(e) {
			return nil
		}
		id := requestID(e)
		if id == "" {
			return broken(fixtures.Must, "header x-amzn-RequestId", "a request ID", nothing())
		}
		if !matcher.IsUUID(id) {
			return broken(fixtures.Should, "header x-amzn-RequestId", "a UUID",
				Description{Words: fmt.Sprintf("%d characters of another form", len(id)), Kind: kindNumber})
		}
		return nil
	},
}

func requestID(e *Exchanged) string { return e.Response.Header.Get("X-Amzn-Requestid") }

var oneValueCheck = check{
	rule("JSON/one-value", "The body is one JSON value in UTF-8: no byte order mark, nothing after it",
		fixtures.Must, "protocol/one-value", "json/text"),
	func(e *Exchanged) []Finding {
		if e.Response == nil || belowProtocol(e) || e.Step.Request.Method == http.MethodHead || e.limit() != "" {
			return nil
		}
		if e.Body == nil {
			return broken(fixtures.Must, pathBody, "one JSON value", describedBody(e))
		}
		if e.Body.Kind != jsontree.Object {
			want := Description{Words: "a JSON object", Kind: kindObject}
			return []Finding{{Path: pathBody, Want: want, Got: described(e.Body), Level: fixtures.Must}}
		}
		return nil
	},
}

var duplicateKeysCheck = check{
	rule("JSON/no-duplicate-keys", "No object of an answer has a member twice", fixtures.Must, "protocol/one-value", "json/duplicate-keys"),
	func(e *Exchanged) []Finding {
		if e.Body == nil {
			return nil
		}
		if twice := e.Body.Duplicates(); len(twice) > 0 {
			return broken(fixtures.Must, twice[0], "one member of this name", Description{Words: "several", Kind: kindSeveral})
		}
		return nil
	},
}

var errorTypeCheck = check{
	rule("Error/has-type", "A refusal names its type, and an answer that names a type is a refusal", fixtures.Must,
		"errors/type", "protocol/error-type"),
	func(e *Exchanged) []Finding {
		if e.Response == nil || e.Body == nil || belowProtocol(e) {
			return nil
		}
		switch refused := e.Response.Status >= 300; {
		case refused && e.ErrorType == "":
			return broken(fixtures.Must, pathErrorType, "__type with the error's shape name",
				Description{Words: show(e.Body), Kind: kindNone})
		case !refused && e.ErrorType != "":
			return broken(fixtures.Must, pathStatus, "a status of 4xx or 5xx for "+e.ErrorType, describedStatus(e.Response.Status))
		}
		return nil
	},
}

var bareTypeCheck = check{
	rule("Error/bare-type", "__type is the shape name alone, without a namespace or a URI", fixtures.Should,
		"errors/type", "protocol/error-type"),
	func(e *Exchanged) []Finding {
		if v := e.Body.Get("__type"); v != nil && e.ErrorType != "" && v.Text != e.ErrorType {
			return broken(fixtures.Should, "/__type", e.ErrorType, described(v))
		}
		return nil
	},
}
