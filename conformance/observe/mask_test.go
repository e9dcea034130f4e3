package observe_test

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/observe"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/fixtures"
)

const (
	keyID   = "ASIAQNZGKIQY56JQ7WML" // of account 029608264753, as published
	account = "029608264753"
	secret  = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

func newMasker() *observe.Masker { return observe.NewMasker(wire.NewRedactor(keyID, secret), keyID) }

func TestWhatIsPrivateIsMasked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"in account 775288309636.":                                    "in account 000000000000.",
		"User: arn:aws:iam::775288309636:user/bob is not authorized":  "User: arn:aws:iam::000000000000:user/masked-1 is not authorized",
		"arn:aws-cn:ec2:cn-north-1:775288309636:instance/i-1 because": "arn:aws-cn:ec2:cn-north-1:000000000000:instance/i-1 because",
		"on arn:aws:ssm:us-east-1:775288309636:* because":             "on arn:aws:ssm:us-east-1:000000000000:* because",
		"arn:aws:sns:us-east-1:775288309636:my-topic":                 "arn:aws:sns:us-east-1:000000000000:masked-1",
		"arn:aws:ssm:us-east-1::document/AWS-RunShellScript":          "arn:aws:ssm:us-east-1::document/AWS-RunShellScript",
		"arn%3aaws%3aiam%3a%3a775288309636%3auser":                    "arn%3aaws%3aiam%3a%3a000000000000%3auser",
		"arn%3Aaws%3Aiam%3A%3A775288309636%3Auser":                    "arn%3Aaws%3Aiam%3A%3A000000000000%3Auser",
		"bucket-" + account + "x" + account + "1":                     "bucket-000000000000x0000000000001", // that of the key, within words
		"0296-0826-4753":                                      "000000000000",
		"2d226bf9-efbd-461b-a381-012345678901":                "2d226bf9-efbd-461b-a381-012345678901",
		"arn:aws:iam::123456789012:role/of-the-documentation": "arn:aws:iam::123456789012:role/of-the-documentation",
		"a775288309636bcd":                                    "a775288309636bcd",
		"my-data775288309636":                                 "my-data000000000000",
		"7752-8830-9636, 77528830-9636":                       "000000000000, 77528830-9636",
		"2d226bf9-7752-8830-9636-0123456789ab":                "2d226bf9-7752-8830-9636-0123456789ab",
		"AROAJ2UCCR6DPCEXAMPLE:bob@example.com is":            "(masked) is",
		"on arn:aws:s3:::my-bucket/key because":               "on arn:aws:s3:::masked-1 because",
		"arn:aws:iam::775288309636:role/a,b, and":             "arn:aws:iam::000000000000:role/masked-1, and",
		"1.790450994066E9":                                    "1.790450994066E9",
		"i-01234567890123456":                                 "i-01234567890123456",
	} {
		assert.Equal(t, want, newMasker().Text(text), text)
	}
}

func TestTheSameARNIsMaskedInTheSameWay(t *testing.T) {
	t.Parallel()
	m := newMasker()
	a, b := m.Text("arn:aws:iam::775288309636:role/a"), m.Text("arn:aws:iam::775288309636:role/b")
	assert.NotEqual(t, a, b)
	assert.Equal(t, a, m.Text("arn:aws:iam::775288309636:role/a"))
	assert.Equal(t, a, m.Text(a), "what is masked stays as it is")
}

func TestMaskedJSONIsJSONAndElseTheSameBytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"A": 1.790450994066E9, "b":"\u00e9 \ud800"}`: `{"A": 1.790450994066E9, "b":"\u00e9 \ud800"}`,
		`{"a":"77528830963\u0036","n":999999999999}`:   `{"a":"000000000000","n":999999999999}`,
		`{"a":"arn:aws:iam::775288309636:role\/x\"","775288309636":[]}`: `{"a":"arn:aws:iam::000000000000:role/masked-1\"",` +
			`"000000000000":[]}`,
		`{"n":` + "29608264753" + `,"m":1` + account + `}`:            `{"n":111111111111,"m":1111111111111}`,
		`{"n":775288309636,"m":1790450994066,"k":[1.790450994066E9]}`: `{"n":111111111111,"m":1790450994066,"k":[1.790450994066E9]}`,
		`<Account>775288309636</Account>`:                             `<Account>000000000000</Account>`,
	} {
		assert.Equal(t, want, newMasker().JSON(text), text)
	}
}

// A key of zeros is an emulator's, and names no account.
func TestAKeyOfNoAccountMasksNone(t *testing.T) {
	t.Parallel()
	m := observe.NewMasker(wire.NewRedactor(), "AKIA"+strings.Repeat("A", 16))
	assert.JSONEq(t, `{"n":100,"a":"b"}`, m.JSON(`{"n":100,"a":"b"}`))
}

func TestNoSpellingOfACredentialIsKept(t *testing.T) {
	t.Parallel()
	for _, spelled := range []string{
		secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), strings.ReplaceAll(secret, "/", `\/`),
		strings.ToLower(secret), keyID,
	} {
		masked := newMasker().JSON(`{"message":"` + spelled + `"}`)
		assert.NotContains(t, masked, spelled)
		assert.Contains(t, masked, "(redacted)")
		assert.True(t, newMasker().Private(`{"message":"`+spelled+`"}`))
	}
}

// A nonce is hexadecimal, and may have as many digits in a row as an account has.
func TestTheNonceOfACaseIsNoAccount(t *testing.T) {
	t.Parallel()
	const nonce = "ab602844193377cd"
	body := `{"DocumentName":"AWS-Sendspec` + nonce + `","Comment":"774411228855"}`
	r := judge.Result{Case: &fixtures.Case{ID: "a/b/c"}, Exchanges: []judge.Exchanged{{
		Exchange: &wire.Exchange{}, Step: fixtures.BoundStep{Number: 1, Request: fixtures.Message{Body: []byte(body)}},
	}}}
	lines, err := newMasker().Recordings(&r, nonce)
	require.NoError(t, err)
	assert.Contains(t, string(lines[0].Input), "AWS-Sendspec"+nonce)
	assert.NotContains(t, string(lines[0].Input), "774411228855")
}
