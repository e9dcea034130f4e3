package wire

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// serviceName is the signing name of Systems Manager.
const serviceName = "ssm"

// Signer signs requests with Signature Version 4.
type Signer struct {
	Credentials aws.Credentials
	Region      string
	Service     string // default serviceName
	signer      *v4.Signer
}

// NewSigner returns a signer for Systems Manager in the region.
func NewSigner(c aws.Credentials, region string) *Signer {
	return &Signer{Credentials: c, Region: region, Service: serviceName, signer: v4.NewSigner()}
}

// With returns a signer that differs in what is not "".
func (s *Signer) With(accessKey, secret, region, service string) *Signer {
	own := s.Credentials
	own.AccessKeyID, own.SecretAccessKey = cmp.Or(accessKey, own.AccessKeyID), cmp.Or(secret, own.SecretAccessKey)
	other := NewSigner(own, cmp.Or(region, s.Region)) // a signer keeps derived keys by access key and scope
	other.Service = cmp.Or(service, s.Service)
	return other
}

// Sign adds X-Amz-Date, Authorization and, for temporary credentials, X-Amz-Security-Token to the
// request, over every header that does not change on the way. Host is the name under which the target will see it.
func (s *Signer) Sign(r *Request, host string, now time.Time) error {
	req, hash := signable(r, host)
	if err := s.signer.SignHTTP(context.Background(), s.Credentials, req, hash, s.Service, s.Region, now); err != nil {
		return err
	}
	for _, name := range []string{"X-Amz-Date", "X-Amz-Security-Token", "Authorization"} {
		if value := req.Header.Get(name); value != "" {
			r.Set(name, value)
		}
	}
	return nil
}

// Presign puts the signature into the query instead.
func (s *Signer) Presign(r *Request, host string, now time.Time) error {
	req, hash := signable(r, host)
	signed, _, err := s.signer.PresignHTTP(context.Background(), s.Credentials, req, hash, s.Service, s.Region, now)
	if err != nil {
		return err
	}
	u, err := url.Parse(signed)
	if err != nil {
		return err
	}
	r.Path = u.RequestURI()
	return nil
}

// signable returns the request as the SDK's signer wants it, and the hash of its body.
func signable(r *Request, host string) (*http.Request, string) {
	if r.Host != "" {
		host = r.Host
	}
	u := &url.URL{Scheme: "http", Host: host, Path: "/"}
	if r.Path != u.Path {
		if asked, err := url.ParseRequestURI(r.Path); err == nil {
			u.Path, u.RawPath, u.RawQuery = asked.Path, asked.RawPath, asked.RawQuery
		}
	}
	req := &http.Request{
		Method: r.Method, Host: host, URL: u, Header: make(http.Header, len(r.Fields)),
		ContentLength: -1, // nor do the SDKs of other languages sign it
	}
	for _, f := range r.Fields {
		if !changesOnTheWay(f.Name) {
			req.Header.Add(f.Name, f.Value)
		}
	}
	sum := sha256.Sum256(r.Body)
	return req, hex.EncodeToString(sum[:])
}

// changesOnTheWay reports whether a proxy may add, change or remove the header, so that no client signs it: those
// that the SDK for JavaScript leaves out (@smithy/signature-v4, constants.ts), and those in which proxies say for
// whom they pass a request on (RFC 9110, section 7.6.3; RFC 7239). The SDK for Go, which signs here, leaves out
// Authorization, Expect, Transfer-Encoding, User-Agent and X-Amzn-Trace-Id only.
func changesOnTheWay(name string) bool {
	name = http.CanonicalHeaderKey(name)
	switch name {
	case "Cache-Control", "Connection", "Forwarded", "From", "Keep-Alive", "Max-Forwards", "Pragma", "Referer", "Te", "Trailer",
		"Upgrade", "Via", "X-Real-Ip":
		return true
	}
	return strings.HasPrefix(name, "Proxy-") || strings.HasPrefix(name, "Sec-") || strings.HasPrefix(name, "X-Forwarded-")
}
