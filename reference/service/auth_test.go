package service_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/reference/service"
)

var (
	signedAt   = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	permanent  = aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	temporary  = aws.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "secret", SessionToken: "token"}
	expiredKey = aws.Credentials{AccessKeyID: "ASIAEXPIRED", SecretAccessKey: "secret", SessionToken: "token",
		CanExpire: true, Expires: signedAt.Add(-time.Second)}
)

const signedBody = `{"DocumentName":"sendspec-plain","Targets":[{"Key":"tag:a","Values":["b"]}]}`

// signing is a way to sign a request, and what is done to it afterwards.
type signing struct {
	credentials     aws.Credentials
	region, service string
	at              time.Time
	presign         bool
	before, after   func(*http.Request)
	body            string
}

func (s signing) request(t *testing.T) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(signedBody))
	r.Host = "ssm.us-east-1.amazonaws.com"
	r.Header.Set("X-Amz-Target", "AmazonSSM.SendCommand")
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	if s.before != nil {
		s.before(r)
	}
	hash := sha256.Sum256([]byte(signedBody))
	signer, at := v4.NewSigner(), signedAt
	if !s.at.IsZero() {
		at = s.at
	}
	if s.presign {
		signed, _, err := signer.PresignHTTP(context.Background(), s.credentials, r, hex.EncodeToString(hash[:]), s.service, s.region, at)
		require.NoError(t, err)
		r.URL, err = url.Parse(signed)
		require.NoError(t, err)
	} else {
		require.NoError(t, signer.SignHTTP(context.Background(), s.credentials, r, hex.EncodeToString(hash[:]), s.service, s.region, at))
	}
	if s.after != nil {
		s.after(r)
	}
	return r
}

func TestSignaturesAreChecked(t *testing.T) {
	t.Parallel()
	s, _ := demo(t, service.WithClock(fixedClock{signedAt}), service.WithAuth(permanent, temporary, expiredKey))
	const mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key " +
		"and signing method. Consult the service documentation for details."
	drop := func(name string) func(*http.Request) { return func(r *http.Request) { r.Header.Del(name) } }
	authorization := func(value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", value) }
	}
	right := signing{credentials: permanent, region: "us-east-1", service: "ssm"}
	with := func(edit func(*signing)) signing {
		s := right
		edit(&s)
		return s
	}
	for name, tc := range map[string]struct {
		signing            signing
		exception, message string
	}{
		"right":                {right, "", ""},
		"session token":        {with(func(s *signing) { s.credentials = temporary }), "", ""},
		"presigned":            {with(func(s *signing) { s.presign = true }), "", ""},
		"presigned with token": {with(func(s *signing) { s.presign, s.credentials = true, temporary }), "", ""},
		"five minutes early":   {with(func(s *signing) { s.at = signedAt.Add(5 * time.Minute) }), "", ""},
		"more headers, spaces and path": {with(func(s *signing) {
			s.before = func(r *http.Request) { r.Header.Add("X-Amz-Meta", "  a   b "); r.Header.Add("X-Amz-Meta", "c") }
		}), "", ""},
		"query": {with(func(s *signing) {
			s.before = func(r *http.Request) { r.URL.RawQuery = "b=2&a-b=1&a=%20x&a=%2F&c" }
		}), "", ""},
		"none": {with(func(s *signing) { s.after = drop("Authorization") }),
			"MissingAuthenticationTokenException", "Missing Authentication Token"},
		"other scheme": {with(func(s *signing) { s.after = authorization("Basic abc") }), "IncompleteSignatureException",
			"Unsupported AWS 'algorithm': 'Basic'. Authorization=Basic abc"},
		"empty": {with(func(s *signing) { s.after = authorization("AWS4-HMAC-SHA256") }), "IncompleteSignatureException",
			"Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization " +
				"header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256"},
		"no date": {with(func(s *signing) { s.after = drop("X-Amz-Date") }), "IncompleteSignatureException", ""},
		"bad date": {with(func(s *signing) { s.after = func(r *http.Request) { r.Header.Set("X-Amz-Date", "today") } }),
			"IncompleteSignatureException", "Date must be in ISO-8601 'basic format'."},
		"short scope": {with(func(s *signing) {
			s.after = authorization("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c")
		}), "IncompleteSignatureException", "Credential must have exactly 5 slash-delimited elements, e.g. " +
			"keyid/date/region/service/term, got 'a/b'"},
		"unknown key": {with(func(s *signing) { s.credentials.AccessKeyID = "AKIDOTHER" }), "UnrecognizedClientException",
			"The security token included in the request is invalid."},
		"no token": {with(func(s *signing) { s.credentials = temporary; s.credentials.SessionToken = "" }),
			"UnrecognizedClientException", ""},
		"expired token": {with(func(s *signing) { s.credentials = expiredKey }), "ExpiredTokenException",
			"The security token included in the request is expired"},
		"wrong secret": {with(func(s *signing) { s.credentials.SecretAccessKey = "other" }), "InvalidSignatureException", mismatch},
		"wrong region": {with(func(s *signing) { s.region = "eu-west-1" }), "InvalidSignatureException",
			"Credential should be scoped to a valid region."},
		"wrong service": {with(func(s *signing) { s.service = "sns" }), "InvalidSignatureException",
			"Credential should be scoped to correct service: 'ssm'."},
		"late": {with(func(s *signing) { s.at = signedAt.Add(-20 * time.Minute) }), "InvalidSignatureException",
			"Signature expired: 20261123T114000Z is now earlier than 20261123T115500Z (20261123T120000Z - 5 min.)"},
		"early": {with(func(s *signing) { s.at = signedAt.Add(20 * time.Minute) }), "InvalidSignatureException",
			"Signature not yet current: 20261123T122000Z is still later than 20261123T120500Z (20261123T120000Z + 5 min.)"},
		"late presigned": {with(func(s *signing) {
			s.presign, s.at = true, signedAt.Add(-20*time.Minute)
		}), "InvalidSignatureException", ""},
		"tampered body": {with(func(s *signing) { s.body = strings.Replace(signedBody, "plain", "p1ain", 1) }),
			"InvalidSignatureException", mismatch},
		"tampered header": {with(func(s *signing) {
			s.after = func(r *http.Request) { r.Header.Set("X-Amz-Target", "AmazonSSM.ListCommands") }
		}), "InvalidSignatureException", mismatch},
		"tampered host": {with(func(s *signing) { s.after = func(r *http.Request) { r.Host = "other" } }),
			"InvalidSignatureException", mismatch},
		"unsigned header": {with(func(s *signing) { s.after = func(r *http.Request) { r.Header.Set("X-Amz-More", "x") } }),
			"InvalidSignatureException", "'X-Amz-More' must be a 'SignedHeader' in the AWS Authorization."},
		"unsigned host": {with(func(s *signing) {
			s.after = func(r *http.Request) {
				r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "host;", "", 1))
			}
		}), "InvalidSignatureException", "'Host' must be a 'SignedHeader' in the AWS Authorization."},
		"other day": {with(func(s *signing) {
			s.after = func(r *http.Request) {
				r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "20261123/", "20261122/", 1))
			}
		}), "InvalidSignatureException", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " +
			"'20261122' != '20261123', from '20261123T120000Z'."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := signedBody
			if tc.signing.body != "" {
				body = tc.signing.body
			}
			signed := tc.signing.request(t)
			got := post(t, s, body, func(r *http.Request) { r.URL, r.Host, r.Header = signed.URL, signed.Host, signed.Header })
			if tc.exception == "" {
				require.Equal(t, 200, got.Status, got.Raw)
				return
			}
			require.Equal(t, 400, got.Status, got.Raw)
			assert.Equal(t, tc.exception, got.Type)
			require.NotNil(t, got.Lower)
			if tc.message != "" {
				assert.Equal(t, tc.message, *got.Lower)
			}
		})
	}
}

func TestTheSDKSignsAsTheServiceWants(t *testing.T) {
	t.Parallel()
	s, b := demo(t, service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}), service.WithClockScale(1e6))
	out, err := client(t, s).SendCommand(t.Context(),
		&ssm.SendCommandInput{DocumentName: aws.String(b["document"]), InstanceIds: []string{b["node"]}})
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), *out.Command.RequestedDateTime, time.Minute, "a scaled clock starts now for each command")
}
