package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/wire"
	"github.com/sendspec/sendspec/reference/service"
)

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

// served is the embedded reference on a listener.
type served struct {
	URL    string
	World  service.DemoWorld
	wrong  string // in one sentence, of a wrong server
	server *http.Server
	done   chan error
}

// serveSettings say how to serve the embedded reference.
type serveSettings struct {
	address string
	region  string
	scale   float64       // how many times as fast a command's life runs
	step    time.Duration // at most, between two looks at a command; 0 is no bound
	auth    bool          // verify signatures, made with test/test
	mutant  string        // the wrong server to be; "" is none
}

// serve starts the embedded reference with its demonstration world.
func serve(set serveSettings) (*served, error) {
	if set.region == "" {
		set.region = defaultRegion
	}
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

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// converted are names of one kind as those of another.
func converted[To, From ~string](names []From) []To {
	list := make([]To, len(names))
	for i, name := range names {
		list[i] = To(name)
	}
	return list
}
