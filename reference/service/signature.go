package service

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// matches calculates the signature of a request as the documentation of Signature Version 4 says,
// and compares it in constant time.
func (sig *signature) matches(secret string, r *http.Request, body []byte) bool {
	hash := sha256.Sum256([]byte(sig.canonicalRequest(r, body)))
	scope := sig.scopeDate + "/" + sig.region + "/" + sig.service + "/" + sig.term
	toSign := signingAlgorithm + "\n" + sig.date + "\n" + scope + "\n" + hex.EncodeToString(hash[:])
	key := []byte("AWS4" + secret)
	for _, part := range []string{sig.scopeDate, sig.region, sig.service, sig.term} {
		key = keyed(key, part)
	}
	want := hex.EncodeToString(keyed(key, toSign))
	return hmac.Equal([]byte(want), []byte(sig.value))
}

func keyed(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func (sig *signature) canonicalRequest(r *http.Request, body []byte) string {
	hash := sha256.Sum256(body)
	var headers strings.Builder
	for _, name := range sig.signedHeaders {
		headers.WriteString(name + ":" + canonicalHeader(r, name) + "\n")
	}
	return strings.Join([]string{
		r.Method, canonicalPath(r.URL), canonicalQuery(r.URL), headers.String(),
		strings.Join(sig.signedHeaders, ";"), hex.EncodeToString(hash[:]),
	}, "\n")
}

// canonicalHeader is a header's values, with single spaces. What net/http takes out of the header is
// put back.
func canonicalHeader(r *http.Request, name string) string {
	values := r.Header.Values(name)
	switch {
	case name == "host":
		values = []string{r.Host}
	case name == "content-length" && len(values) == 0:
		values = []string{strconv.FormatInt(r.ContentLength, 10)}
	case name == "transfer-encoding" && len(values) == 0:
		values = r.TransferEncoding
	}
	trimmed := make([]string, len(values))
	for i, value := range values {
		trimmed[i] = strings.Join(strings.Fields(value), " ")
	}
	return strings.Join(trimmed, ",")
}

// canonicalPath is the path encoded twice, as for every service but S3.
func canonicalPath(u *url.URL) string {
	return strings.ReplaceAll(uriEncode(cmp.Or(u.EscapedPath(), "/")), "%2F", "/")
}

// canonicalQuery is the query in the order of its encoded names and values, without the signature.
func canonicalQuery(u *url.URL) string {
	encoded := map[string][]string{}
	for name, values := range u.Query() {
		if name == "X-Amz-Signature" {
			continue
		}
		for _, value := range values {
			encoded[uriEncode(name)] = append(encoded[uriEncode(name)], uriEncode(value))
		}
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(encoded)) {
		slices.Sort(encoded[name])
		for _, value := range encoded[name] {
			pairs = append(pairs, name+"="+value)
		}
	}
	return strings.Join(pairs, "&")
}

// uriEncode encodes every byte but RFC 3986's unreserved characters.
func uriEncode(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
