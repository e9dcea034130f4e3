package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sendspec/sendspec/conformance/wire"
)

func TestEndpointsThatAreNone(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"":                                  "want a URL like",
		"127.0.0.1:80":                      "want a URL like",
		"localhost":                         "want a URL like",
		"ftp://h":                           "want a URL like",
		"http://":                           "want a URL like",
		"http://h\x00":                      "want a URL like",
		"http://h:port":                     "want a URL like",
		"http://h h":                        "want a URL like",
		"http://[1":                         "want a URL like",
		"http://h/path":                     "scheme, host and port only",
		"http://h/?X-Amz-Signature=secret":  "scheme, host and port only",
		"http://h#secret":                   "scheme, host and port only",
		"http://u:secret@h":                 "no user",
		"http://secret@h":                   "no user",
		"http://u:%secret@h":                "want a URL like",
		"http://u:secret@h:port":            "want a URL like",
		"http:/u:secret@h":                  "want a URL like",
		"u:secret@h":                        "want a URL like",
		"http://u:sec?ret@h/":               "want a URL like",
		"http://u:secret@[h/?secret":        "want a URL like",
		"http://h:0":                        "1 to 65535",
		"http://h:99999":                    "1 to 65535",
		"http://127.0.0.1:65536":            "1 to 65535",
		"http://h:":                         "after the colon",
		"http://[::1]:":                     "after the colon",
		"http://" + strings.Repeat("a", 64): "1 to 63 letters",
		"http://a..b":                       "1 to 63 letters",
		"http://.a":                         "host name",
		"http://a$b":                        "1 to 63 letters",
		"http://a,b":                        "1 to 63 letters",
		"http://" + strings.Repeat("a.", 127) + "b": "at most 253",
		"http://xn--a":          "host name",
		"http://300.1.1.1":      "0 to 255",
		"http://1.2.3":          "0 to 255",
		"http://a\u200bb\u2028": "host name",
	} {
		_, err := wire.ParseEndpoint(endpoint)
		require.ErrorContains(t, err, "endpoint", endpoint)
		require.ErrorContains(t, err, want, endpoint)
		assert.NotContains(t, err.Error(), "sec")
	}
	for endpoint, host := range map[string]string{
		"http://h":                  "h",
		"https://h:1/":              "h:1",
		"http://[::1]:1":            "[::1]:1",
		"http://127.0.0.1:65535":    "127.0.0.1:65535",
		"http://my_emulator:80":     "my_emulator:80",
		"http://H.Example.":         "h.example",
		"http://Bücher.example":     "xn--bcher-kva.example",
		"http://ｓｓｍ。example":        "ssm.example",
		"http://-a-.r3---sn":        "-a-.r3---sn",
		"http://[fe80::1%25eth0]:1": "[fe80::1%eth0]:1",
	} {
		u, err := wire.ParseEndpoint(endpoint)
		require.NoError(t, err, endpoint)
		assert.Equal(t, host, u.Host)
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "localhost", "a.localhost"} {
		assert.True(t, wire.IsLoopback(host), host)
	}
	for _, host := range []string{
		"", "0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "localhost.example",
		"notlocalhost", "localhost.localdomain", "127.1", "2130706433",
	} {
		assert.False(t, wire.IsLoopback(host), host)
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	for _, region := range []string{"us-east-1", "eu-isoe-west-1", "local", "a"} {
		assert.NoError(t, wire.CheckRegion(region))
	}
	for _, region := range []string{
		"", " ", "us east", "us-east-1\n", "\x1b[31m", "us_east", "-a", "a-", "ü",
		strings.Repeat("a", 64), "a/b", "*",
	} {
		err := wire.CheckRegion(region)
		require.ErrorContains(t, err, "want one such as us-east-1")
		assert.NotContains(t, err.Error(), "\x1b")
	}
}
