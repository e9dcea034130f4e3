package service

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// The check of Signature Version 4. Of SSM itself the texts of a wrong signature and of an unknown
// key were reported by users; those of missing and incomplete authentication were measured on
// another service of the framework (evidence: auth/malformed). All other texts are the ones that AWS's
// public documentation of signature errors shows, and that they hold for SSM is inferred.

// WithAuth makes the service check the signature of every request against the credentials; without
// it, every request is accepted. Credentials with an expiry are refused with ExpiredTokenException
// behind it. The times of signatures are held against the clock, unscaled.
func WithAuth(credentials ...aws.Credentials) Option {
	return func(c *config) {
		c.auth = true
		for _, given := range credentials {
			c.credentials[given.AccessKeyID] = given
		}
	}
}

const (
	signingAlgorithm = "AWS4-HMAC-SHA256"
	signingService   = "ssm"
	signingTerm      = "aws4_request"
	amzDateFormat    = "20060102T150405Z"
)

// maxSkew is how far a signature's time may lie from the clock: AWS documents five minutes.
const maxSkew = 5 * time.Minute

// signature is what a request says about its signature.
type signature struct {
	accessKey, scopeDate, region, service, term string
	signedHeaders                               []string
	value                                       string
	token                                       string
	at                                          time.Time
	date                                        string
	// presigned is set where the signature is in the query; expires then bounds its life.
	presigned bool
	expires   time.Duration
}

// authenticate checks a request's signature. The order of the checks is our choice.
func (s *Service) authenticate(r *http.Request, body []byte) *answer {
	sig, e := readSignature(r)
	if e != nil {
		return e
	}
	credentials, known := s.credentials[sig.accessKey]
	if !known || credentials.SessionToken != sig.token {
		return framework("UnrecognizedClientException", "The security token included in the request is invalid.")
	}
	now := s.clock.Now()
	if credentials.CanExpire && !now.Before(credentials.Expires) {
		return framework("ExpiredTokenException", "The security token included in the request is expired")
	}
	if e := s.checkScope(sig); e != nil {
		return e
	}
	if e := sig.checkTime(now); e != nil {
		return e
	}
	if e := checkSignedHeaders(r, sig); e != nil {
		return e
	}
	if !sig.matches(credentials.SecretAccessKey, r, body) {
		return invalidSignature("The request signature we calculated does not match the signature you provided. " +
			"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	return nil
}

func invalidSignature(message string) *answer {
	return framework("InvalidSignatureException", message)
}

func incompleteSignature(message string) *answer {
	return framework("IncompleteSignatureException", message)
}

func (s *Service) checkScope(sig *signature) *answer {
	switch {
	case sig.region != s.region:
		return invalidSignature("Credential should be scoped to a valid region.")
	case sig.service != signingService:
		return invalidSignature("Credential should be scoped to correct service: '" + signingService + "'.")
	case sig.term != signingTerm:
		return invalidSignature("Credential should be scoped with a valid terminator: '" + signingTerm + "'.")
	case sig.scopeDate != sig.date[:len("20060102")]:
		return invalidSignature("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
			sig.scopeDate + "' != '" + sig.date[:len("20060102")] + "', from '" + sig.date + "'.")
	}
	return nil
}

func (sig *signature) checkTime(now time.Time) *answer {
	now = now.UTC().Truncate(time.Second)
	earliest, latest := now.Add(-maxSkew), now.Add(maxSkew)
	if sig.presigned {
		earliest = now.Add(-sig.expires)
	}
	switch {
	case sig.at.Before(earliest):
		return invalidSignature("Signature expired: " + sig.date + " is now earlier than " + earliest.Format(amzDateFormat) +
			" (" + now.Format(amzDateFormat) + " - " + minutes(now.Sub(earliest)) + ")")
	case sig.at.After(latest):
		return invalidSignature("Signature not yet current: " + sig.date + " is still later than " + latest.Format(amzDateFormat) +
			" (" + now.Format(amzDateFormat) + " + " + minutes(maxSkew) + ")")
	}
	return nil
}

func minutes(d time.Duration) string { return strconv.Itoa(int(d/time.Minute)) + " min." }

// checkSignedHeaders: Host and every x-amz- header that is sent must be signed, as the
// documentation of Signature Version 4 asks. Where the signature is in the query, a header that is
// there too, and equal, is signed with it: that is how SDKs sign.
func checkSignedHeaders(r *http.Request, sig *signature) *answer {
	has := make(map[string]bool, len(sig.signedHeaders))
	for _, name := range sig.signedHeaders {
		has[name] = true
	}
	if sig.presigned {
		for name, values := range r.URL.Query() {
			lower := strings.ToLower(name)
			has[lower] = has[lower] || slices.Equal(values, r.Header.Values(name))
		}
	}
	if !has["host"] {
		return invalidSignature("'Host' must be a 'SignedHeader' in the AWS Authorization.")
	}
	for name := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") && !has[lower] {
			return invalidSignature("'" + name + "' must be a 'SignedHeader' in the AWS Authorization.")
		}
	}
	return nil
}

// readSignature reads the signature from the Authorization header, or from the query. AWS documents
// signed queries for its services in general; that SSM takes them for a POST is our choice.
func readSignature(r *http.Request) (*signature, *answer) {
	header := r.Header.Get("Authorization")
	if header != "" {
		return readAuthorization(r, header)
	}
	if query := r.URL.Query(); query.Has("X-Amz-Signature") || query.Has("X-Amz-Credential") || query.Has("X-Amz-Algorithm") {
		return readQuery(query)
	}
	return nil, framework("MissingAuthenticationTokenException", "Missing Authentication Token")
}

func readAuthorization(r *http.Request, header string) (*signature, *answer) {
	algorithm, rest, _ := strings.Cut(header, " ")
	if algorithm != signingAlgorithm {
		// Our choice, for HTTP's other schemes too.
		return nil, incompleteSignature("Unsupported AWS 'algorithm': '" + algorithm + "'. Authorization=" + header)
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[name] = value
	}
	missing := ""
	for _, name := range []string{"Credential", "Signature", "SignedHeaders"} {
		if parts[name] == "" {
			missing += "Authorization header requires '" + name + "' parameter. "
		}
	}
	date := r.Header.Get("X-Amz-Date")
	if date == "" && r.Header.Get("Date") == "" {
		missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
	}
	if missing != "" {
		return nil, incompleteSignature(missing + "Authorization=" + header)
	}
	if date == "" {
		at, err := http.ParseTime(r.Header.Get("Date"))
		if err != nil {
			return nil, badDate()
		}
		date = at.UTC().Format(amzDateFormat)
	}
	sig := &signature{
		value: parts["Signature"], token: r.Header.Get("X-Amz-Security-Token"), signedHeaders: strings.Split(parts["SignedHeaders"], ";"),
	}
	return sig.complete(parts["Credential"], date)
}

func readQuery(query url.Values) (*signature, *answer) {
	missing := ""
	for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
		if query.Get(name) == "" {
			missing += "AWS query-string parameters must include '" + name + "'. "
		}
	}
	if missing != "" {
		return nil, incompleteSignature(missing + "Re-examine the query-string parameters.")
	}
	if query.Get("X-Amz-Algorithm") != signingAlgorithm {
		return nil, incompleteSignature("Unsupported AWS 'algorithm': '" + query.Get("X-Amz-Algorithm") + "'.")
	}
	sig := &signature{
		value: query.Get("X-Amz-Signature"), token: query.Get("X-Amz-Security-Token"), presigned: true, expires: maxSkew,
		signedHeaders: strings.Split(query.Get("X-Amz-SignedHeaders"), ";"),
	}
	if given := query.Get("X-Amz-Expires"); given != "" {
		seconds, err := strconv.ParseInt(given, 10, 32)
		if err != nil || seconds < 0 {
			return nil, incompleteSignature("X-Amz-Expires should be a number of seconds.")
		}
		sig.expires = time.Duration(seconds) * time.Second
	}
	return sig.complete(query.Get("X-Amz-Credential"), query.Get("X-Amz-Date"))
}

func badDate() *answer { return incompleteSignature("Date must be in ISO-8601 'basic format'.") }

// complete reads what is in both forms: the credential's scope and the date.
func (sig *signature) complete(credential, date string) (*signature, *answer) {
	scope := strings.Split(credential, "/")
	if len(scope) != 5 {
		return nil, incompleteSignature("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, " +
			"got '" + credential + "'")
	}
	sig.accessKey, sig.scopeDate, sig.region, sig.service, sig.term = scope[0], scope[1], scope[2], scope[3], scope[4]
	at, err := time.Parse(amzDateFormat, date)
	if err != nil {
		return nil, badDate()
	}
	sig.at, sig.date = at, date
	return sig, nil
}
