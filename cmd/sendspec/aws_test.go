package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference/service"
)

// fakeAWS is the embedded reference under every name there is, with nodes that commands could run on.
type fakeAWS struct {
	world      service.DemoWorld
	service    http.Handler
	ports      map[string]string // by scheme
	ca         string
	requests   atomic.Int64
	dispatched atomic.Int64 // commands that went to a node
}

// newFakeAWS makes every name resolve to this machine for the rest of the test, which must not be parallel.
func newFakeAWS(t *testing.T) *fakeAWS {
	t.Helper()
	f := &fakeAWS{world: service.Demo("", "")}
	f.service = service.New(append(f.world.Options, service.WithClockScale(embeddedScale), service.WithLongestStep(embeddedStep))...)
	plain, server := httptest.NewServer(f), httptest.NewUnstartedServer(f)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{GetCertificate: f.authority(t)}
	server.StartTLS()
	t.Cleanup(server.Close)
	t.Cleanup(plain.Close)
	f.ports = map[string]string{"http": portOf(plain), "https": portOf(server)}

	dns, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = dns.Close() })
	go answerNames(dns)
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", dns.LocalAddr().String())
	}}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_CONFIG_FILE": "/none", "AWS_SHARED_CREDENTIALS_FILE": "/none",
	} {
		t.Setenv(name, value)
	}
	return f
}

func portOf(s *httptest.Server) string {
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	return port
}

// authority returns what makes a certificate for any name, signed by the one in f.ca.
func (f *fakeAWS) authority(t *testing.T) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	signed, err := x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)
	require.NoError(t, err)
	f.ca = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(f.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), 0o600))
	return func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		leaf := &x509.Certificate{SerialNumber: big.NewInt(2), NotAfter: ca.NotAfter, DNSNames: []string{hello.ServerName}}
		der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, key)
		return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
	}
}

// answerNames is a name server for which every name is 127.0.0.1.
func answerNames(dns net.PacketConn) {
	buf := make([]byte, 512)
	for {
		n, from, err := dns.ReadFrom(buf)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
			continue
		}
		m.Response, m.Additionals = true, nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
			header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
			m.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
		}
		if answer, err := m.Pack(); err == nil {
			_, _ = dns.WriteTo(answer, from)
		}
	}
}

// ServeHTTP passes on what comes, and counts it.
func (f *fakeAWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.requests.Add(1)
	var body bytes.Buffer
	r.Body = io.NopCloser(io.TeeReader(r.Body, &body))
	answer := httptest.NewRecorder()
	f.service.ServeHTTP(answer, r)
	if answer.Code == http.StatusOK && strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".SendCommand") && f.namesNode(body.Bytes()) {
		f.dispatched.Add(1)
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// namesNode reports whether a node of the world, its tag or its group is in a request.
func (f *fakeAWS) namesNode(body []byte) bool {
	for name, value := range f.world.Bindings {
		kind, _, _ := strings.Cut(name, ".")
		isNode := slices.Contains([]string{"node", "tag", "group"}, kind) && name != "tag.key" && !strings.HasPrefix(name, "group.empty")
		if isNode && bytes.Contains(body, []byte(strconv.Quote(value))) {
			return true
		}
	}
	return false
}

// sendspec runs the command line in this process against a name of the fake, and returns what arrived.
func (f *fakeAWS) sendspec(t *testing.T, scheme, host string, args ...string) (code int, said string, requests, dispatched int64) {
	t.Helper()
	var people bytes.Buffer
	args = slices.Insert(args, 1, "--endpoint", scheme+"://"+host+":"+f.ports[scheme], "--timeout", "1m")
	if scheme == "https" {
		args = append(args, "--ca-file", f.ca)
	}
	for name, value := range f.world.Bindings {
		args = append(args, "--bind", name+"="+value)
	}
	requests, dispatched = f.requests.Load(), f.dispatched.Load()
	code = Main(t.Context(), args, Streams{In: strings.NewReader(""), Out: io.Discard, Err: &people})
	return code, people.String(), f.requests.Load() - requests, f.dispatched.Load() - dispatched
}

// partition is one of the SDK's table of partitions.
type partition struct {
	ID      string
	Regions map[string]any
	Outputs struct{ DNSSuffix, DualStackDNSSuffix string }
}

// partitions are those that the SDK knows. It exports none of them, so they are read from its source.
func partitions(t *testing.T) []partition {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2").Output()
	require.NoError(t, err)
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "internal/endpoints/awsrulesfn/partitions.json"))
	require.NoError(t, err)
	var file struct{ Partitions []partition }
	require.NoError(t, json.Unmarshal(b, &file))
	require.GreaterOrEqual(t, len(file.Partitions), 8)
	return file.Partitions
}

// awsNames are names of AWS in every partition, those to which the SDK would send among them.
func awsNames(t *testing.T) []string {
	t.Helper()
	names := []string{
		"ssm.us-east-1.amazonaws.com.", "SSM.US-EAST-1.AmazonAWS.com", "ssm。us-east-1．amazonaws｡com",
		"ｓｓｍ.us-east-1.ａｍａｚｏｎａｗｓ.com", "amazonaws.com",
		"ssm.us-east-1.%EF%BD%81mazonaws.com", "xn--fa-hia.amazonaws.com", "vpce-1.ssm.us-east-1.vpce.amazonaws.com", "ssm.aws.dev",
	}
	for _, p := range partitions(t) {
		for _, suffix := range []string{p.Outputs.DNSSuffix, p.Outputs.DualStackDNSSuffix} {
			require.NotEmpty(t, suffix, p.ID)
			names = append(names, "ssm.some-region-1."+suffix)
		}
		for region := range p.Regions {
			if strings.HasSuffix(region, "-global") {
				continue
			}
			for n := range 4 {
				e, err := ssm.NewDefaultEndpointResolverV2().ResolveEndpoint(t.Context(), ssm.EndpointParameters{
					Region: aws.String(region), UseFIPS: aws.Bool(n&1 > 0), UseDualStack: aws.Bool(n&2 > 0),
				})
				if err == nil { // not every partition has each
					names = append(names, e.URI.Hostname())
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestEveryNameOfAWSIsRefused(t *testing.T) {
	f := newFakeAWS(t)
	names := awsNames(t)
	require.Greater(t, len(names), 100)
	for _, name := range names {
		for _, command := range [][]string{{"run", "accept/minimal"}, {"fuzz", "--count", "10"}} {
			code, said, requests, _ := f.sendspec(t, "https", name, command...)
			assert.Equal(t, exitUsage, code, "%s %s", name, said)
			assert.Contains(t, said, "is AWS itself", name)
			assert.Zero(t, requests, name)
		}
		code, said, requests, _ := f.sendspec(t, "http", name, "run", "--aws", "accept/minimal")
		assert.Equal(t, exitUsage, code, "%s %s", name, said)
		assert.Contains(t, said, "want https", name)
		assert.Zero(t, requests, name)
	}
}

func TestOnlyWhatRunsNothingIsSentToAWS(t *testing.T) {
	f := newFakeAWS(t)
	for _, p := range partitions(t) {
		code, said, requests, dispatched := f.sendspec(t, "https", "ssm.us-east-1."+p.Outputs.DNSSuffix,
			"run", "--aws", "accept/InstanceIds", "accept/minimal")
		assert.Equal(t, exitConforms, code, said)
		assert.Positive(t, requests, p.ID)
		assert.Zero(t, dispatched, p.ID)
		assert.Contains(t, said, "which may run a command on a node", p.ID)
	}
}

// inertCases counts the cases of areas that a correct server runs nothing for.
func inertCases(t *testing.T, areas ...string) (n int64) {
	t.Helper()
	corpus, err := fixtures.Embedded()
	require.NoError(t, err)
	for _, c := range corpus {
		if c.Safety == fixtures.Inert && slices.Contains(areas, c.Area()) {
			n++
		}
	}
	return n
}

// A name of one's own, or a tunnel, may lead to AWS itself.
func TestOnlyWhatRunsNothingIsSentBeyondLoopback(t *testing.T) {
	f := newFakeAWS(t)
	areas, part := inertCases(t, "accept", "echo"), []string{"run", "accept/InstanceIds", "accept/Targets", "echo/Comment", "execution"}
	for name, c := range map[string]struct {
		scheme, host string
		args         []string
		inert        int64 // how many requests there are at least that run nothing
	}{
		"an own name":      {"https", "ssm.corp.example", part, 20},
		"an own name, AWS": {"https", "ssm.corp.example", []string{"run", "--aws", "accept", "echo", "execution"}, areas},
		"everything":       {"http", "emulator", []string{"run"}, inertCases(t, "accept", "echo", "constraint", "type", "error", "wire")},
		"a tunnel":         {"http", "127.0.0.1", append(part, "--aws"), 20},
		"fuzz":             {"http", "emulator", []string{"fuzz", "--seed", "1", "--count", "300"}, 150},
		"a tunnel, fuzz":   {"http", "127.0.0.1", []string{"fuzz", "--aws", "--seed", "1", "--count", "150", "--rate", "1000000"}, 60},
	} {
		code, said, requests, dispatched := f.sendspec(t, c.scheme, c.host, c.args...)
		assert.Equal(t, exitConforms, code, "%s: %s", name, said)
		assert.GreaterOrEqual(t, requests, c.inert, "%s: what is inert is asked all the same", name)
		assert.Zero(t, dispatched, "%s: %s", name, said)
		assert.Contains(t, said, "--allow-dispatch", name)
	}
	for name, c := range map[string]struct {
		host string
		args []string
	}{
		"allowed":            {"emulator", []string{"run", "--allow-dispatch", "accept/InstanceIds"}},
		"allowed, fuzz":      {"emulator", []string{"fuzz", "--allow-dispatch", "--seed", "1", "--count", "100"}},
		"an address":         {"127.0.0.1", []string{"run", "accept/InstanceIds"}},
		"localhost":          {"localhost", []string{"run", "accept/InstanceIds"}},
		"below localhost":    {"ssm.localhost", []string{"run", "accept/InstanceIds"}},
		"an IPv4 in an IPv6": {"[::ffff:127.0.0.1]", []string{"run", "accept/InstanceIds"}},
	} {
		_, said, _, dispatched := f.sendspec(t, "http", c.host, c.args...)
		assert.Positive(t, dispatched, "%s: %s", name, said)
	}
}

// What was found on loopback with its nodes is not sent to them elsewhere.
func TestAFindingThatMayRunACommandIsReplayedOnLoopbackOnly(t *testing.T) {
	f := newFakeAWS(t)
	m, err := mutantNamed("response/InstanceIds/default")
	require.NoError(t, err)
	f.service = m.Handler(f.world.Options...)
	dir := t.TempDir()
	code, said, _, dispatched := f.sendspec(t, "http", "127.0.0.1", "fuzz", "--seed", "1", "--count", "400", "--strategy", "valid", "--dir",
		dir)
	require.Equal(t, exitNonconforming, code, said)
	require.Positive(t, dispatched)
	code, said, _, dispatched = f.sendspec(t, "http", "emulator", "replay", dir)
	assert.Equal(t, exitCannotJudge, code, said)
	assert.Zero(t, dispatched)
	for _, host := range []string{"emulator", "127.0.0.1"} {
		code, said, _, dispatched = f.sendspec(t, "http", host, "replay", "--allow-dispatch", dir)
		assert.Equal(t, exitNonconforming, code, said)
		assert.Positive(t, dispatched)
	}
}
