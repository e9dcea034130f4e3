package service

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/sendspec/sendspec/reference"
)

// MaxBody bounds a request's body in bytes. AWS's bound for this service is not known; one
// mebibyte is what AWS documents for DynamoDB, a service of the same framework and protocol
// family ("Request Entity Too Large. Maximum request size of 1 MB exceeded."), and ten times
// what SendCommand accepts of parameters (evidence: size/limit).
const MaxBody = 1 << 20

const (
	jsonContentType = "application/x-amz-json-1.1"
	targetPrefix    = "AmazonSSM."
)

// ServeHTTP answers one request in AWS's order of checks (evidence: framework/order).
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.write(w, *s.answer(w, r))
}

func (s *Service) answer(w http.ResponseWriter, r *http.Request) *answer {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			// Our choice: the status DynamoDB documents.
			return refusal(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "", "")
		}
		// The body broke off. Nobody may be there to read this.
		return serialization("")
	}
	if s.auth {
		if e := s.authenticate(r, body); e != nil {
			return e
		}
	}
	if e := checkRequestLine(r); e != nil {
		return e
	}
	name, known := strings.CutPrefix(r.Header.Get("X-Amz-Target"), targetPrefix)
	run := operations[name]
	if !known || run == nil {
		return framework("UnknownOperationException", "")
	}
	if e := checkContentType(r); e != nil {
		return e
	}
	result := reference.ValidateOperation(name, body)
	if exception, message := result.Exception(); exception != "" {
		if result.Validity() == reference.Invalid {
			return validation(message)
		}
		return serialization(message)
	}
	accessKey, region := s.scopeOf(r)
	answered, e := run(s, request{Validation: &result, size: len(body), region: region, accessKey: accessKey})
	if e != nil {
		return e
	}
	return &answer{status: http.StatusOK, contentType: jsonContentType, body: answered}
}

// scopeOf is the access key of a request's credential and the region of its scope; none and the service's own where the
// request is not signed.
func (s *Service) scopeOf(r *http.Request) (accessKey, region string) {
	_, credential, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	if scope := strings.Split(credential, "/"); len(scope) > 2 {
		return scope[0], scope[2]
	}
	return "", s.region
}

const xmlContentType = "text/xml"

// checkRequestLine: awsJson1_1 is POST to / only. A method other than POST gets what Kinesis
// answers (evidence: framework/unknown-operation); that another path gets 404 is our choice.
func checkRequestLine(r *http.Request) *answer {
	if r.Method != http.MethodPost {
		return &answer{
			status: http.StatusForbidden, contentType: xmlContentType,
			body: []byte("<AccessDeniedException>\n" +
				"  <Message>Unable to determine service/operation name to be authorized</Message>\n</AccessDeniedException>"),
		}
	}
	if r.URL.Path != "/" && r.URL.Path != "" {
		return unknownOperationXML()
	}
	return nil
}

func unknownOperationXML() *answer {
	return &answer{status: http.StatusNotFound, contentType: xmlContentType, body: []byte("<UnknownOperationException/>")}
}

// checkContentType: parameters such as charset are ignored (evidence: protocol/content-type-parameters). The answer to
// application/json is the one Athena gives, with its status 200.
func checkContentType(r *http.Request) *answer {
	mediaType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch strings.ToLower(strings.TrimSpace(mediaType)) {
	case jsonContentType:
		return nil
	case "application/json":
		return &answer{
			status: http.StatusOK, contentType: "application/json",
			body: []byte(`{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}`),
		}
	}
	return unknownOperationXML()
}
