package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/wire"
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
		RunE: func(c *cobra.Command, _ []string) error {
			return runServe(c.Context(), s, set)
		},
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
	words := []string{"env"}
	if set.auth { // run would take other keys from the environment
		words = append(words, "-u", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	}
	words = append(words, deniedKey+"="+s.World.Denied.AccessKeyID, deniedSecret+"="+s.World.Denied.SecretAccessKey)
	words = append(words, "sendspec", "run", "--endpoint", s.URL, "--region", set.region)
	for _, name := range sortedNames(s.World.Bindings) {
		words = append(words, "--bind", wire.ShellQuote(name+"="+s.World.Bindings[name]))
	}
	return strings.Join(words, " ")
}
