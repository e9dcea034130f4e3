// Package traffic makes cases of traffic that was captured, so that it can be judged without sending
// anything: from AWS, from a proxy before an emulator, from a browser.
//
// It comes before the judge, as package fixtures does: Read takes the calls out of a HAR file, and says of each what
// conforms, as package reference computes it. What nobody knows of AWS never counts against an answer.
package traffic

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/oracle"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/jsontree"
)

// Area is the area of the cases that are made of traffic: traffic/SendCommand/entry/n=12.
const Area = "traffic"

// caseOf makes a case of entry number n: what was sent and answered, and what conforms.
func caseOf(n int, x *wire.Exchange) conformance.Recorded {
	request := x.Request
	e := expectationOf(request)
	c := &fixtures.Case{
		ID: fmt.Sprintf("%s/%s/entry/n=%d", Area, request.Operation, n), Title: e.Rule,
		Level: e.Level, Profile: fixtures.Lifecycle, Safety: fixtures.Inert, Evidence: e.Evidence, Note: e.Note,
	}
	if request.Operation == reference.SendCommand {
		c.Profile = fixtures.Core
	}
	expect := slices.Concat(e.Outcomes, unrelatedToBody)
	message := fixtures.Message{Operation: request.Operation, Method: request.Method, Path: request.Path, Body: request.Body}
	step := fixtures.BoundStep{Name: fmt.Sprintf("entry %d", n), Request: message, Expect: expect}
	c.Steps = []fixtures.Step{{Expect: expect}}
	return conformance.Recorded{Case: c, Steps: []fixtures.BoundStep{step}, Exchanges: []*wire.Exchange{x}}
}

func expectationOf(request *wire.Request) oracle.Expectation {
	if isPlainCall(request) {
		e := oracle.NewCaptured().Call(request.Operation, request.Body)
		if mayBeRefusedBelow(request) {
			e.Outcomes = append(slices.Clip(e.Outcomes), oracle.RefusedBelow)
		}
		return e
	}
	return oracle.Expectation{
		Rule:  "What AWS answers to a call of another form than the SDKs make is not known in full",
		Level: fixtures.Must, Outcomes: oracle.AnyAnswer(), Evidence: oracle.Unrecorded,
	}
}

// isPlainCall reports whether a request has the form that AWS JSON 1.1 asks for; what comes of another
// is decided before its body is looked at.
func isPlainCall(r *wire.Request) bool {
	media, _, err := mime.ParseMediaType(r.Get("Content-Type"))
	plain := err == nil && media == "application/x-amz-json-1.1" && !strings.Contains(r.Get("Content-Encoding"), "gzip")
	return plain && r.Method == http.MethodPost && r.Path == "/"
}

// mayBeRefusedBelow reports whether a server or proxy may refuse a request for its header, whatever it asks.
func mayBeRefusedBelow(r *wire.Request) bool {
	expect := r.Get("Expect")
	return expect != "" && !strings.EqualFold(expect, "100-continue") || headerSize(r) > largestHeader
}

// largestHeader is as much of a header as every server and proxy reads; beyond it some answer 431.
const largestHeader = 8 << 10

func headerSize(r *wire.Request) int {
	size := 0
	for _, f := range r.Fields {
		size += len(f.Name) + len(f.Value) + len(": \r\n")
	}
	return size
}

// anyOf is an expectation of one of these texts.
func anyOf(texts []string) *jsontree.Value {
	in := jsontree.Value{Kind: jsontree.Array}
	for _, text := range texts {
		in.Items = append(in.Items, jsontree.NewString(text))
	}
	return &jsontree.Value{Kind: jsontree.Object, Members: []jsontree.Member{{Name: "$in", Value: in}}}
}

// unrelatedToBody are the answers that any call may get with any body: the errors about who asks, how often
// and with which signature (evidence: auth/common-errors), and those by which AWS says that it is itself at fault
// (CommonErrors; fixtures/evidence/model.json).
var unrelatedToBody = []fixtures.Outcome{
	{Name: "refused before its body was read", Status: jsontree.Literal(`{"$class":4}`),
		Error: &fixtures.ErrorOutcome{Type: anyOf(slices.Concat(reference.CallerErrors(), reference.ThrottlingErrors()))}},
	{Name: "the service failed", Status: jsontree.Literal(`{"$in":[500,503]}`), Error: &fixtures.ErrorOutcome{Type: jsontree.Literal(`{
		"$in":[
		"InternalFailure","InternalServerError","InternalServerException","ServiceUnavailable","ServiceUnavailableException"]}`)}},
}
