package main

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/reference/service"
)

const (
	defaultRegion = "us-east-1"
	demoAccount   = "123456789012"
)

// served is the embedded reference behind a listener.
type served struct {
	URL     string
	World   service.World
	service *service.Service
	server  *http.Server
	done    chan error
}

// serve starts the embedded reference with its demonstration world on the address.
func serve(address, region string) (*served, error) {
	if region == "" {
		region = defaultRegion
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	world := service.Demo(region, demoAccount)
	s := &served{
		URL: "http://" + listener.Addr().String(), World: world, service: service.New(world.Options...), done: make(chan error, 1),
	}
	s.server = &http.Server{Handler: s.service, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 256 << 10}
	go func() { s.done <- s.server.Serve(listener) }()
	return s, nil
}

// close ends the server at once and waits for it: whoever asked has had the answers.
func (s *served) close() {
	_ = s.server.Close()
	<-s.done
	_ = s.service.Close()
}

func embeddedTarget(region string, nodes []string, bind map[string]string) (conformance.Target, func(), error) {
	s, err := serve("127.0.0.1:0", region)
	if err != nil {
		return conformance.Target{}, nil, err
	}
	t := conformance.Target{URL: s.URL, Name: "the embedded reference", Region: region, Nodes: nodes, Bindings: s.bindings()}
	for name, value := range bind {
		t.Bindings[name] = value
	}
	for i := range nodes {
		delete(t.Bindings, strings.TrimSuffix(fmt.Sprintf("node.%d", i+1), ".1"))
	}
	return t, s.close, nil
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
