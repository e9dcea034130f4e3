package wire_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

const (
	keyID     = "ASIAQDISTINCTIVE2345"
	secretKey = "wJalr/XUtn+FEMIK7MDENGbPxRfiCYEX/MPLEKEY"
	token     = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDx+/k2n5T1Ss0Z=="
	hexDigest = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
)

var distinctive = aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secretKey, SessionToken: token}

// spellings are the ways in which a server may write a text.
var spellings = map[string]func(string) string{
	"plain":             func(s string) string { return s },
	"JSON slash":        func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
	"JSON upper":        func(s string) string { return eachByte(s, `\u%04X`) },
	"JSON lower":        func(s string) string { return eachByte(s, `\u%04x`) },
	"JSON plus":         func(s string) string { return strings.ReplaceAll(s, "+", `\u002B`) },
	"JSON in JSON":      func(s string) string { return inJSON(inJSON(strings.ReplaceAll(s, "/", `\/`))) },
	"URL":               url.QueryEscape,
	"URL lower":         func(s string) string { return eachByte(s, "%%%02x") },
	"URL upper":         func(s string) string { return eachByte(s, "%%%02X") },
	"URL of a URL":      func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
	"form, read":        func(s string) string { return strings.ReplaceAll(s, "+", " ") },
	"URL space":         func(s string) string { return strings.ReplaceAll(s, "+", "%20") },
	"HTML decimal":      func(s string) string { return eachByte(s, "&#%d;") },
	"HTML hex":          func(s string) string { return eachByte(s, "&#x%X;") },
	"HTML hex lower":    func(s string) string { return eachByte(s, "&#x%02x;") },
	"HTML named":        strings.NewReplacer("+", "&plus;", "/", "&sol;", "=", "&equals;").Replace,
	"HTML in JSON":      func(s string) string { return inJSON(eachByte(s, "&#%d;")) },
	"HTML of URL":       func(s string) string { return html.EscapeString(url.QueryEscape(s)) },
	"base64":            func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 raw":        func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64 URL":        func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"base64 URL raw":    func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"base64 after 1":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte("a" + s + "z")) },
	"base64 after 2":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte("ab" + s + "yz")) },
	"base64 after 3":    func(s string) string { return base64.URLEncoding.EncodeToString([]byte("abc" + s + "xyz")) },
	"base64 in a URL":   func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("ab" + s))) },
	"Python bytes":      func(s string) string { return eachByte(s, `\x%02x`) },
	"shouted":           strings.ToUpper,
	"of other alphabet": strings.NewReplacer("+", "-", "/", "_").Replace,
	"cut in the middle": func(s string) string { return s[:len(s)*3/4] },
	"its end alone":     func(s string) string { return s[len(s)/4:] },
}

func eachByte(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

// inJSON is a text as Go writes it in JSON, with < > & escaped.
func inJSON(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b[1 : len(b)-1])
}

func TestASecretIsRedactedInEverySpelling(t *testing.T) {
	t.Parallel()
	r := wire.NewRedactor(keyID, secretKey, token, hexDigest)
	for name, spell := range spellings {
		for _, secret := range []string{keyID, secretKey, token, hexDigest} {
			for _, around := range []string{
				"%s", `{"message":"the token %s is expired"}`, "a%sz", "=%s=", "/%s/", "\"%s\\n\"", `\ %s\`, "%% %s%%", "&%s&",
			} {
				text := fmt.Sprintf(around, spell(secret))
				shown := r.Text(text)
				before, after, _ := strings.Cut(strings.ReplaceAll(around, "%%", "%"), "%s")
				kept := strings.HasPrefix(shown, before) && strings.HasSuffix(shown, after)
				require.True(t, kept, "%s: what is around it is kept: %s", name, shown)
				left := strings.TrimSuffix(strings.TrimPrefix(shown, before), after)
				require.Contains(t, left, "(redacted)", "%s of %s in %s", name, secret, text)
				require.LessOrEqual(t, len(left), len("(redacted)")+edges[name], "%s is left of %s", left, text)
			}
		}
	}
}

// edges is how many characters of a spelling may be left, in which there is no more than two of the secret at
// either end: base64 has its neighbours in them, and a part of a secret is known by its windows.
var edges = map[string]int{
	"base64": 4, "base64 raw": 3, "base64 URL": 4, "base64 URL raw": 3, "base64 after 1": 8, "base64 after 2": 8, "base64 after 3": 12,
	"base64 in a URL": 12, "cut in the middle": 3, "its end alone": 3,
}

// A text is random, and so are the secret in it, its spelling and what is around it.
func TestNothingOfASecretIsLeftAndNothingElseIsTaken(t *testing.T) {
	t.Parallel()
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
	const others = `{}[]":,. \/%&;u0041#x2B<>éλ😀` + "\x00\xff\r\n"
	random := rand.New(rand.NewPCG(12, 1))
	text := func(from string, n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = from[random.IntN(len(from))]
		}
		return string(b)
	}
	units := []string{"%c", `\u%04x`, `\u%04X`, "%%%02x", "%%%02X", "&#%d;", "&#x%x;", "&#x%X;", "%c", "%c"}
	for range 500 {
		secret := text(alphabet, 12+random.IntN(200))
		r := wire.NewRedactor(text(alphabet, 40), secret)
		before, after := text(others, random.IntN(300))+" ", text(others, random.IntN(300)) // % before a secret may make an escape of it
		require.Equal(t, before+after, r.Text(before+after), "there is no secret in it")
		var spelt strings.Builder
		for i := range len(secret) {
			fmt.Fprintf(&spelt, units[random.IntN(len(units))], secret[i])
		}
		shown := r.Text(before + spelt.String() + after)
		require.Equal(t, before+"(redacted)"+after, shown)
	}
}

func TestASecretIsFoundWhereverItIsInALongText(t *testing.T) {
	t.Parallel()
	r := wire.NewRedactor(token)
	spelt := eachByte(token, `\u%04x`)
	for at := 60 << 10; at < 70<<10; at += 333 {
		text := strings.Repeat("a", at)
		require.Equal(t, text+"(redacted)"+text, r.Text(text+spelt+text))
	}
}

// What was read only in part may end with the beginning of a secret.
func TestTheBeginningOfASecretAtTheEndOfWhatWasCutIsRedacted(t *testing.T) {
	t.Parallel()
	r := wire.NewRedactor(keyID, secretKey, token)
	for _, secret := range []string{keyID, secretKey, token} {
		for name, format := range map[string]string{"plain": "%c", "JSON": `\u%04x`, "URL": "%%%02X", "HTML": "&#x%x;"} {
			spelt := eachByte(secret, format)
			for n := 6 * len(spelt) / len(secret); n < len(spelt); n++ {
				shown := r.CutText("it says " + spelt[:n])
				require.True(t, strings.HasPrefix(shown, "it says (redacted)"), "%s: %s", name, spelt[:n])
				require.LessOrEqual(t, len(shown), len("it says (redacted)")+4*len(spelt)/len(secret), "%s: %s", name, spelt[:n])
			}
		}
		encoded := base64.StdEncoding.EncodeToString([]byte("ab" + secret))
		require.Equal(t, "YWJ", r.CutText(encoded[:9])[:3])
		require.Contains(t, r.CutText(encoded[:9]), "(redacted)")
	}
	assert.Equal(t, "it says A", r.CutText("it says A"))
	assert.Equal(t, "100%", r.CutText("100%"))
}

func TestWhatLooksLikeACredentialIsRedacted(t *testing.T) {
	t.Parallel()
	r := wire.NewRedactor("test", "test", "000000000000")
	for text, want := range map[string]string{
		"the test of a test in 000000000000":          "the test of a test in 000000000000",
		"AKIAIOSFODNN7EXAMPLE is unknown":             "(redacted) is unknown",
		"AKIA and ASIA are prefixes, MAKIAIOSFODNN7E": "AKIA and ASIA are prefixes, MAKIAIOSFODNN7E",
		"AWS4-HMAC-SHA256 Credential=test/20261126/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0f0f": "AWS4-HMAC-SHA256 " +
			"Credential=(redacted), SignedHeaders=host, Signature=(redacted)",
		"/?X-Amz-Date=1&X-Amz-Credential=AKID%2F2&X-Amz-Security-Token=abc%2B&X-Amz-Signature=0f0f": "" +
			"/?X-Amz-Date=1&X-Amz-Credential=(redacted)&X-Amz-Security-Token=(redacted)&X-Amz-Signature=(redacted)",
		`{"url":"http:\/\/h\/?X-Amz-Security-Token\u003dabc%2B\u0026a=1"}`: "" +
			`{"url":"http:\/\/h\/?X-Amz-Security-Token\u003d(redacted)\u0026a=1"}`,
		"AWS_SECRET_ACCESS_KEY=short":                "AWS_SECRET_ACCESS_KEY=(redacted)",
		"aws_secret_access_key = abc\nregion = x":    "aws_secret_access_key = (redacted)\nregion = x",
		"export AWS_SESSION_TOKEN='abc/def'":         "export AWS_SESSION_TOKEN='(redacted)'",
		`{"SecretAccessKey": "` + secretKey + `"}`:   `{"SecretAccessKey": "(redacted)"}`,
		`{"Signature": "` + hexDigest + `"}`:         `{"Signature": "(redacted)"}`,
		"x-amz-security-token: " + token + "\r\n":    "x-amz-security-token: (redacted)\r\n",
		"Authorization: Basic dXNlcjpwYXNz":          "Authorization: Basic (redacted)",
		"proxy http://me:pass%40@proxy:3128 refuses": "proxy http://(redacted)@proxy:3128 refuses",
		"the security token: expired":                "the security token: expired",
		`{"DocumentHash":"` + hexDigest + `"}`:       `{"DocumentHash":"` + hexDigest + `"}`,
		"user@example.com":                           "user@example.com",
	} {
		shown := r.Text(text)
		assert.Equal(t, want, shown)
		assert.Equal(t, shown, r.Text(shown), "what is redacted stays as it is")
	}
}

func TestAHeaderThatIsSecretIsRedactedAsAWhole(t *testing.T) {
	t.Parallel()
	r := wire.NewRedactor(keyID, secretKey, token)
	for _, c := range []struct{ name, value, want string }{
		{"Authorization", "AWS4-HMAC-SHA256 Credential=AKID/x, Signature=1", "AWS4-HMAC-SHA256 (redacted)"},
		{"authorization", "Bearer secret", "(redacted)"},
		{"x-amz-security-token", "token", "(redacted)"},
		{"X-AMZ-SECURITY-TOKEN", "token", "(redacted)"},
		{"Cookie", "a=b", "(redacted)"},
		{"Set-Cookie", "a=b", "(redacted)"},
		{"proxy-authorization", "Basic x", "(redacted)"},
		{"X-Echo", "a " + token, "a (redacted)"},
		{"X-Amz-Target", "AmazonSSM.SendCommand", "AmazonSSM.SendCommand"},
	} {
		assert.Equal(t, c.want, r.Field(c.name, c.value))
	}
}

// exchanged answers everything with the request's own header, in the header, in the body and in the error.
type exchanged struct{ spell func(string) string }

func (e exchanged) Exchange(_ context.Context, q *wire.Request) *wire.Exchange {
	p := &wire.Response{Proto: "HTTP/1.1", Status: 400, Header: http.Header{}}
	for _, f := range q.Fields {
		p.Header.Add("X-Echo", e.spell(f.Value))
		p.Body = append(p.Body, e.spell(f.Value)+"\n"...)
	}
	p.Body = append(p.Body, e.spell(q.Path)...)
	err := fmt.Errorf("%w: %s", io.ErrUnexpectedEOF, p.Body)
	return &wire.Exchange{Request: q, Response: p, Err: &wire.Error{Failure: wire.Closed, Err: err}}
}

func TestAnExchangeHasNothingSecretInIt(t *testing.T) {
	t.Parallel()
	for name, spell := range spellings {
		for _, credentials := range []aws.Credentials{distinctive, {AccessKeyID: "test", SecretAccessKey: "test"}} {
			r := wire.NewRedactor(credentials.AccessKeyID, credentials.SecretAccessKey, credentials.SessionToken)
			sent, presigned := wire.NewRequest("SendCommand", []byte(`{}`)), wire.NewRequest("SendCommand", []byte(`{}`))
			require.NoError(t, wire.NewSigner(credentials, "us-east-1").Sign(sent, "h", time.Now()))
			require.NoError(t, wire.NewSigner(credentials, "us-east-1").Presign(presigned, "h", time.Now()))
			_, signature, _ := strings.Cut(sent.Get("Authorization"), "Signature=")
			_, query, _ := strings.Cut(presigned.Path, "X-Amz-Signature=")
			framed := *sent
			framed.Frame("h", fixtures.Framing{})
			for _, q := range []*wire.Request{sent, presigned, &framed} {
				before := *q
				x := r.Redacting(exchanged{spell}).Exchange(t.Context(), q)
				assert.Equal(t, before, *q, "what was sent is as it was")
				require.ErrorIs(t, x.Err, io.ErrUnexpectedEOF)
				written := fmt.Sprintf("%v %s %s", x.Request.Fields, x.Request.Path, x.Request.Raw) +
					fmt.Sprintf("%v %s %s", x.Response.Header, x.Response.Body, x.Err.Error())
				for _, secret := range []string{signature, query, credentials.SessionToken} {
					if secret == "" {
						continue
					}
					half := len(secret) / 2
					assert.NotContains(t, written, spell(secret), name)
					assert.NotContains(t, written, secret[:half], name)
					assert.NotContains(t, written, secret[half:], name)
				}
			}
		}
	}
}

// Others may yet read what was sent: what is shown of it is no part of it.
func TestTheShownRequestIsACopy(t *testing.T) {
	t.Parallel()
	const raw = "POST / HTTP/1.1\r\nHost: h\r\n\r\n{}"
	sent := &wire.Request{Raw: []byte(raw)}
	shown := wire.NewRedactor().Request(sent)
	assert.Equal(t, raw, string(shown.Raw))
	clear(shown.Raw)
	assert.Equal(t, raw, string(sent.Raw))
}

// Every search allocates: what it costs is told by that, on a busy machine too.
func TestAHeaderIsSearchedOnce(t *testing.T) {
	r := wire.NewRedactor(keyID, secretKey, token)
	value := strings.Repeat("value ", 100)
	search := testing.AllocsPerRun(10, func() { r.Text(value) })
	require.Positive(t, search)
	exchange := func(values ...string) float64 {
		q := wire.NewRequest("SendCommand", nil)
		return testing.AllocsPerRun(10, func() {
			r.Exchange(&wire.Exchange{Request: q, Response: &wire.Response{Header: http.Header{"X-Echo": values}}})
		})
	}
	const growth = 1 // of the list of values
	assert.InDelta(t, search+growth, exchange(value, value)-exchange(value), 0.1)
}

func BenchmarkRedactor(b *testing.B) {
	const answer = `{"Command":{"CommandId":"2d226bf9-efbd-461b-a381-000000000001","DocumentName":"AWS-RunShellScript",` +
		`"Comment":"a \"b\"","ExpiresAfter":1495825472.676,"Parameters":{"commands":["true"]},` +
		`"Targets":[{"Key":"tag:sendspec","Values":["0123456789abcdef"]}],"Status":"Pending"}}`
	r := wire.NewRedactor(keyID, secretKey, token)
	b.Run("text", func(b *testing.B) {
		b.SetBytes(int64(len(answer)))
		for b.Loop() {
			r.Text(answer)
		}
	})
	b.Run("exchange", func(b *testing.B) {
		q := wire.NewRequest("SendCommand", []byte(`{}`))
		require.NoError(b, wire.NewSigner(distinctive, "us-east-1").Sign(q, "h", time.Now()))
		header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Requestid": {"2d226bf9-efbd-461b-a381-000000000001"}}
		for b.Loop() {
			r.Exchange(&wire.Exchange{Request: q, Response: &wire.Response{Proto: "HTTP/1.1", Header: header, Body: []byte(answer)}})
		}
	})
}
