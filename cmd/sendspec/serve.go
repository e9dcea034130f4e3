package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/nearest"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/reference/mutants"
	"github.com/sendspec/sendspec/reference/service"
)

func newServe(s Streams) *cobra.Command {
	var set serveSettings
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the embedded reference, an SSM that handles SendCommand as AWS does",
		Long: `serve runs the embedded reference until it is interrupted: SendCommand with example documents, managed nodes,
tags, alarms and roles. It prints the run command that tests all of it.

A request has 30 seconds to arrive and a minute to be answered; an idle connection is closed after 2 minutes.
On Ctrl-C or SIGTERM serve accepts no further connection and finishes open requests for up to 10 seconds; a
second signal exits at once.`,
		Example: `  sendspec serve --addr 127.0.0.1:4014
  sendspec serve --auth --clock-scale 100
  sendspec serve --mutant type/Comment/number`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runServe(c.Context(), s, set) },
	}
	c.Flags().StringVar(&set.address, "addr", "127.0.0.1:4014", "address to listen on")
	c.Flags().StringVar(&set.region, "region", defaultRegion, "region of the service")
	c.Flags().BoolVar(&set.auth, "auth", false, "verify Signature Version 4, with the keys test/test")
	c.Flags().StringVar(&set.mutant, "mutant", "", "serve this server with a defect instead (sendspec mutants lists them)")
	c.Flags().Float64Var(&set.scale, "clock-scale", 1, "run the clock of commands this many times as fast")
	return c
}

func runServe(ctx context.Context, s Streams, set serveSettings) error {
	server, err := serve(set)
	if err != nil {
		return err
	}
	defer server.shutdown()
	if set.mutant != "" {
		fmt.Fprintf(s.Err, "this server has a defect on purpose: %s\n", server.wrong)
	}
	fmt.Fprintf(s.Err, "serving SSM SendCommand in %s at %s; press Ctrl-C to stop. To test all of it:\n\n  %s\n\n", set.region, server.URL,
		server.runCommand(set))
	<-ctx.Done()
	return nil
}

// runCommand is the command that tells run all about the demonstration world.
func (s *served) runCommand(set serveSettings) string {
	words := shellWords{"env"}
	if set.auth { // run would take other keys from the environment
		words = append(words, "-u", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	}
	words = append(words, deniedKey+"="+s.World.Denied.AccessKeyID, deniedSecret+"="+s.World.Denied.SecretAccessKey)
	target := targetFlags{endpoint: s.URL, region: set.region, bind: s.World.Bindings}
	return append(words, target.words("run")...).String()
}

const (
	defaultRegion = "us-east-1"
	demoAccount   = "123456789012"
	// embeddedScale lets the half minute of a delivery timeout pass in a sixth of a second.
	embeddedScale = 200
	// embeddedStep is short against the two minutes for which a case may have to catch a status.
	embeddedStep = 20 * time.Second
	minScale     = 0.001
	maxScale     = 1_000_000
)

// The time that serve gives its clients; its help names them.
const (
	requestTime  = 30 * time.Second // for a request, until its last byte is there
	answerTime   = time.Minute      // for a request's body and the answer together
	idleTime     = 2 * time.Minute  // for a connection between two requests
	shutdownTime = 10 * time.Second // for the requests under way when serve ends
)

func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: requestTime, WriteTimeout: answerTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 256 << 10, ConnState: noteIdle,
	}
}

type served struct {
	URL    string
	World  service.DemoWorld
	wrong  string // in one sentence, of a wrong server
	server *http.Server
	done   chan error
}

type serveSettings struct {
	address string
	region  string
	scale   float64       // how many times as fast a command's life runs
	step    time.Duration // at most, between two looks at a command; 0 is no bound
	auth    bool          // verify signatures, made with test/test
	mutant  string        // the wrong server to be; "" is none
}

func serve(set serveSettings) (*served, error) {
	set.region = cmp.Or(set.region, defaultRegion)
	if !(set.scale >= minScale && set.scale <= maxScale) { // NaN is neither
		return nil, fmt.Errorf("--clock-scale %g: want %g to %d", set.scale, minScale, maxScale)
	}
	if err := wire.CheckRegion(set.region); err != nil {
		return nil, err
	}
	build := func(base ...service.Option) http.Handler { return service.New(base...) }
	front := func(l net.Listener) net.Listener { return lingering{l} }
	s := &served{done: make(chan error, 1)}
	if set.mutant != "" {
		m, err := mutantNamed(set.mutant)
		if err != nil {
			return nil, err
		}
		if set.auth {
			return nil, errors.New("--auth: not with --mutant: one that changes the request breaks its signature, and those of the " +
				"family auth verify by themselves")
		}
		build, front, s.wrong = m.Handler, m.Listen, m.Wrong
	}
	listener, err := net.Listen("tcp", set.address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", set.address, err)
	}
	s.URL, s.World = "http://"+listener.Addr().String(), service.Demo(set.region, demoAccount)
	options := slices.Concat(s.World.Options, []service.Option{service.WithClockScale(set.scale), service.WithLongestStep(set.step)})
	if set.auth {
		options = append(options, service.WithAuth(aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}))
	}
	s.server = newServer(build(options...))
	go func() { s.done <- s.server.Serve(front(listener)) }()
	return s, nil
}

// close ends the server at once and waits for it: whoever asked has had the answers.
func (s *served) close() {
	_ = s.server.Close()
	<-s.done //nolint:errcheck // it is always that the server is closed
}

// shutdown takes no further connection, and answers the requests under way for a bounded time.
func (s *served) shutdown() {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	_ = s.server.Shutdown(ctx)
	s.close()
}

func embeddedTarget(region string, nodes []string, bind map[string]string) (conformance.Target, func(), error) {
	s, err := serve(serveSettings{address: "127.0.0.1:0", region: region, scale: embeddedScale, step: embeddedStep, auth: true})
	if err != nil {
		return conformance.Target{}, nil, err
	}
	t := conformance.Target{URL: s.URL, Name: "the embedded reference", Region: region, Nodes: nodes,
		Bindings: s.World.Bindings, Denied: s.World.Denied}
	maps.Copy(t.Bindings, bind)
	for i := range nodes {
		delete(t.Bindings, strings.TrimSuffix(fmt.Sprintf("node.%d", i+1), ".1"))
	}
	return t, s.close, nil
}

// lingerTime bounds the wait for a client to take the last answer and to close its end.
const lingerTime = 500 * time.Millisecond

// lingering is a listener whose connections do not reset a client that is still sending. net/http refuses a request that
// it cannot read, as one with a malformed Host, and closes at once: what it has not read of it then makes the system
// reset the connection, and the answer may be lost.
type lingering struct{ net.Listener }

func (l lingering) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &lingeringConn{TCPConn: tcp}, nil
	}
	return c, err
}

type lingeringConn struct {
	*net.TCPConn
	busy atomic.Bool // a request has begun, and the server does not wait for the next
}

func (c *lingeringConn) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	if n > 0 {
		c.busy.Store(true)
	}
	return n, err
}

// Close closes the connection. During a request it ends the answer first and reads what the client still sends.
func (c *lingeringConn) Close() error {
	if c.busy.Load() && c.CloseWrite() == nil {
		_ = c.SetReadDeadline(time.Now().Add(lingerTime))
		_, _ = io.Copy(io.Discard, c.TCPConn)
	}
	return c.TCPConn.Close()
}

// noteIdle is the ConnState of a server whose connections linger.
func noteIdle(c net.Conn, state http.ConnState) {
	if l, ok := c.(*lingeringConn); ok && state == http.StateIdle {
		l.busy.Store(false)
	}
}

func newMutants() *cobra.Command {
	return &cobra.Command{
		Use:   "mutants [TEXT]",
		Short: "List the servers with a defect that serve --mutant can run",
		Long: `mutants lists variants of the embedded reference with one defect each, such as real emulators have. The suite
must find every one (make mutants). serve --mutant NAME runs one, to try a gate or a report on.

TEXT selects those whose name or defect contains it.`,
		Example: `  sendspec mutants Comment
  sendspec serve --mutant type/Comment/number`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			text := strings.ToLower(strings.Join(args, ""))
			found := false
			for _, m := range mutants.All() {
				if !strings.Contains(strings.ToLower(m.Name+" "+m.Wrong), text) {
					continue
				}
				found = true
				if _, err := fmt.Fprintf(c.OutOrStdout(), "%s\n    %s (%s; %s)\n", m.Name, m.Wrong, m.Level, m.Source); err != nil {
					return err
				}
			}
			if !found {
				return fmt.Errorf("no wrong server has %q in its name or defect (sendspec mutants lists all)", args[0])
			}
			return nil
		},
	}
}

func mutantNamed(name string) (mutants.Mutant, error) {
	near := ""
	var names []string
	for _, m := range mutants.All() {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
		if near == "" && strings.Contains(strings.ToLower(m.Name), strings.ToLower(name)) {
			near = "; did you mean " + m.Name + "?"
		}
	}
	return mutants.Mutant{}, fmt.Errorf("--mutant %q: no such wrong server%s (sendspec mutants lists them)", name,
		cmp.Or(near, nearest.Question(name, names)))
}
