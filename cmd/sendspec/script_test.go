package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sendspec/sendspec/conformance/conformancetest/longtest"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(gcPercent)
	_ = flag.Set("test.parallel", strconv.Itoa(3*runtime.GOMAXPROCS(0))) // the scripts wait half of their time; -parallel overrides it
	testscript.Main(m, map[string]func(){"sendspec": main, "emulator": emulator, "peak": peak})
}

// Each script runs the program as a process of its own.
func TestScripts(t *testing.T) {
	t.Parallel()
	if signal.Ignored(syscall.SIGHUP) { // under nohup; what a signal is ignored in, its children ignore it in, too
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			address, err := freeAddress()
			if err != nil {
				return err
			}
			env.Setenv("ADDR", address)
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, "cache"))
			for name, path := range map[string]string{
				"AWS_HAR":  "../../conformance/traffic/testdata/aws.har",
				"RECORDED": "../../fixtures/evidence/recorded",
				"ACTION":   "../../.github/actions/run",
			} {
				if path, err = filepath.Abs(path); err != nil {
					return err
				}
				env.Setenv(name, path)
			}
			model, err := filepath.Abs("../../reference/model/testdata/service-2.json")
			if err != nil {
				return err
			}
			env.Setenv("MODEL", model)
			silent, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			env.Defer(func() { _ = silent.Close() })
			env.Setenv("SILENT", silent.Addr().String())
			env.Values[silentKey{}] = silent
			wrong, err := wrongServer()
			if err != nil {
				return err
			}
			env.Defer(wrong.Close)
			env.Setenv("WRONG", wrong.Listener.Addr().String())
			return serveTLS(env)
		},
		Condition: func(name string) (bool, error) {
			if name != "long" {
				return false, fmt.Errorf("no condition %q", name)
			}
			return longtest.Wanted(), nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "waitfor": waitFor, "connected": connected, "appears": appears, "ended": ended, "whole": whole,
		},
	})
}

// wrongServer is the embedded reference with one defect: it takes a TimeoutSeconds below 30.
func wrongServer() (*httptest.Server, error) {
	const name = "constraint/SendCommand/TimeoutSeconds/range-below"
	for _, m := range mutants.All() {
		if m.Name == name {
			return httptest.NewServer(m.Handler(service.Demo("", "").Options...)), nil
		}
	}
	return nil, errors.New("no mutant " + name)
}

// freeAddress is a loopback address at which nothing listens.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// serveTLS serves at $TLS, with a certificate of its own that is in $CA and its key in $KEY, a target that takes
// everything; at $MTLS to who shows that certificate. $PLAIN is the former with the wrong scheme.
func serveTLS(env *testscript.Env) error {
	start := func(config *tls.Config) *httptest.Server {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // a client that does not trust it is a part of the test
		server.TLS = config
		server.StartTLS()
		env.Defer(server.Close)
		return server
	}
	server := start(nil)
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	env.Setenv("MTLS", start(&tls.Config{ClientAuth: tls.RequireAnyClientCert, ClientCAs: trusted}).URL)
	env.Setenv("TLS", server.URL)
	env.Setenv("PLAIN", strings.Replace(server.URL, "https", "http", 1))
	key, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	if err != nil {
		return err
	}
	for name, block := range map[string]*pem.Block{
		"ca":  {Type: "CERTIFICATE", Bytes: server.Certificate().Raw},
		"key": {Type: "PRIVATE KEY", Bytes: key},
	} {
		file := filepath.Join(env.WorkDir, name+".pem")
		env.Setenv(strings.ToUpper(name), file)
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// silentKey finds the listener at $SILENT, which takes connections and never answers.
type silentKey struct{}

// connected waits until the program has connected to $SILENT.
func connected(ts *testscript.TestScript, _ bool, _ []string) {
	conn, err := ts.Value(silentKey{}).(net.Listener).Accept()
	ts.Check(err)
	ts.Defer(func() { _ = conn.Close() })
}

// patience is for how many ticks of 5 ms a script waits, two minutes: the machine may be busy.
const patience = 24_000

// exits CODE PROGRAM ARG...: the program ends with exactly this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	script := `"$@"; code=$?; [ $code = ` + args[0] + ` ] || { echo "exit code $code, want ` + args[0] + `"; exit 1; }`
	if err := ts.Exec("sh", append([]string{"-c", script, "exits"}, args[1:]...)...); err != nil {
		ts.Fatalf("%v: %s%s", err, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// waitfor ADDRESS: something listens there.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor ADDRESS")
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range patience {
		if conn, err := net.Dial("tcp", args[0]); err == nil {
			_ = conn.Close()
			return
		}
		if _, err := os.Stat(ts.MkAbs("stop")); err == nil {
			break
		}
		<-tick.C
	}
	ts.Fatalf("nothing listens on %s", args[0])
}

// appears FILE: the file comes to be, written in full.
func appears(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: appears FILE")
	}
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for range patience {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		<-ticker.C
	}
	ts.Fatalf("%s does not appear", args[0])
}

// whole FILE...: each can be read to its end as what its name says: JSON, XML, or a page with JSON in it.
func whole(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: whole FILE...")
	}
	for _, name := range args {
		text := ts.ReadFile(name)
		switch filepath.Ext(name) {
		case ".html":
			data := pageData.FindStringSubmatch(text)
			if data == nil {
				ts.Fatalf("%s has no data", name)
			}
			text = data[1]
			fallthrough
		case ".json", ".sarif", ".har":
			if !json.Valid([]byte(text)) {
				ts.Fatalf("%s is no JSON", name)
			}
		case ".xml":
			for d := xml.NewDecoder(strings.NewReader(text)); ; {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					ts.Fatalf("%s: %v", name, err)
				}
			}
		default:
			ts.Fatalf("%s: what is it?", name)
		}
	}
}

var pageData = regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`)

// ended FILE: the process whose ID the file holds is gone.
func ended(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ended FILE")
	}
	pid, err := strconv.Atoi(strings.TrimSpace(ts.ReadFile(args[0])))
	ts.Check(err)
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for range patience {
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if syscall.Kill(pid, 0) != nil || strings.Contains(string(stat), ") Z ") {
			return // gone, or ended with nobody there who waits for orphans
		}
		<-ticker.C
	}
	ts.Fatalf("process %d still runs", pid)
}
