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
		Short: "Serve the embedded reference, a SendCommand that behaves as AWS does",
		Long: `serve runs the embedded reference until it is interrupted: SendCommand with documents, managed nodes,
tags, alarms and roles to try it on. It prints the run command that tests it fully over the network.

A request has 30 seconds to arrive, and the answer is written within a minute; a connection at rest is closed after
2 minutes. At Ctrl-C or SIGTERM serve takes no further connection, and answers what is under way for up to 10 seconds;
a second signal ends it at once.`,
		Example: `  sendspec serve --addr 127.0.0.1:4014
  sendspec serve --auth --clock-scale 100
  sendspec serve --mutant constraint/SendCommand/Comment/length-above`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return runServe(c.Context(), s, set)
		},
	}
	c.Flags().StringVar(&set.address, "addr", "127.0.0.1:4014", "address to listen on")
	c.Flags().StringVar(&set.region, "region", defaultRegion, "region that the service is in")
	c.Flags().BoolVar(&set.auth, "auth", false, "verify Signature Version 4, with the keys test/test")
	c.Flags().StringVar(&set.mutant, "mutant", "", "be this wrong server instead (sendspec mutants lists them)")
	c.Flags().Float64Var(&set.scale, "clock-scale", 1, "let a command's life run this many times as fast")
	return c
}

func runServe(ctx context.Context, s Streams, set serveSettings) error {
	server, err := serve(set)
	if err != nil {
		return err
	}
	defer server.shutdown()
	if set.mutant != "" {
		fmt.Fprintf(s.Err, "a wrong server, on purpose: %s\n", server.wrong)
	}
	fmt.Fprintf(s.Err, "serving SSM SendCommand in %s at %s; Ctrl-C ends it. To test it fully:\n\n  %s\n\n", set.region, server.URL, server.runCommand(set))
	<-ctx.Done()
	return nil
}

// runCommand is the command that tells run all about the demonstration world.
func (s *served) runCommand(set serveSettings) string {
	var words []string
	if set.auth { // run would take other keys from the environment
		words = []string{"env", "-u", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test"}
	}
	words = append(words, "sendspec", "run", "--endpoint", s.URL, "--region", set.region)
	for _, name := range sortedNames(s.World.Bindings) {
		words = append(words, "--bind", wire.ShellQuote(name+"="+s.World.Bindings[name]))
	}
	return strings.Join(words, " ")
}
