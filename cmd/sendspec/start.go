package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/launch"
	"github.com/sendspec/sendspec/conformance/report"
)

type startFlags struct {
	file              string // the target file
	exec, setup, name string
	wait              time.Duration

	execDir, setupDir string // in which the commands run: that of the target file if they come from it
	server            *launch.Server
}

func (f *startFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.file, "target", "", "YAML `FILE` that describes the target; flags override it")
	c.Flags().StringVar(&f.exec, "exec", "", "`COMMAND` that starts the server under test; {port} becomes a free port")
	c.Flags().DurationVar(&f.wait, "exec-wait", time.Minute, "how long --exec may take until the server speaks HTTP")
	c.Flags().StringVar(&f.name, "name", "", "name of the target in reports (default: its URL, or the command of --exec)")
	c.Flags().StringVar(&f.setup, "setup", "", "`COMMAND` that prepares the target ($SENDSPEC_ENDPOINT is its URL) and prints "+
		"its nodes, documents ... as JSON")
}

// check finds what is wrong with the flags before anything is started.
func (f *startFlags) check(t *targetFlags) error {
	switch {
	case f.wait <= 0:
		return fmt.Errorf("--exec-wait %s: want more than 0", f.wait)
	case f.exec != "" && t.aws:
		return errors.New("--exec: starts a server, and --aws asks AWS: want one of them")
	case t.endpoint != "" && strings.Contains(f.exec, launch.Port) && !strings.Contains(t.endpoint, launch.Port):
		return errors.New("--exec: want {port} in the endpoint too, or no endpoint beside it")
	case f.setup != "" && t.endpoint == "" && f.exec == "":
		return errors.New("--setup: want --endpoint or --exec with it: the embedded reference needs none")
	}
	return nil
}

// start brings the server up, prepares it, and fills in what the flags of the target leave open.
func (f *startFlags) start(ctx context.Context, s Streams, t *targetFlags) error {
	if f.exec != "" {
		told := tellWaiting(s.Err, f.wait, tellAfter)
		server, err := launch.Start(ctx, launch.Options{Command: f.exec, URL: t.endpoint,
			Dir: f.execDir, Wait: f.wait, Redactor: ownRedactor()})
		told(err == nil)
		if errors.Is(err, launch.ErrNotReady) {
			fmt.Fprint(s.Err, report.Output("the server", server.Output()))
			return &exitError{exitCannotJudge, fmt.Errorf("--exec %s: %w", f.exec, err)}
		}
		if err != nil {
			return fmt.Errorf("--exec: %w", err)
		}
		f.server, t.endpoint = server, server.URL
	}
	if f.setup == "" {
		return nil
	}
	return f.prepare(ctx, s, t)
}

func (f *startFlags) stop() {
	if f.server != nil {
		f.server.Stop()
	}
}

func (f *startFlags) prepare(ctx context.Context, s Streams, t *targetFlags) error {
	region := cmp.Or(t.regionOrEnv(), defaultRegion)
	env := []string{"SENDSPEC_ENDPOINT=" + t.endpoint, "AWS_ENDPOINT_URL=" + t.endpoint, "AWS_REGION=" + region,
		"AWS_DEFAULT_REGION=" + region}
	if os.Getenv("AWS_ACCESS_KEY_ID") == "" {
		env = append(env, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	}
	output, complaints, err := launch.Setup(ctx, f.setup, f.setupDir, env, ownRedactor())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		fmt.Fprint(s.Err, report.Output("the setup command", complaints.Lines()))
		return fmt.Errorf("--setup %s: %w", f.setup, err)
	}
	var w world
	if err := decodeStrictly("--setup", output, &w, worldFields, nil); err != nil { // JSON is YAML, too
		return err
	}
	return w.fill("--setup", t)
}

// launched is what is known, at the end of a run, of the server that was started for it.
func (f *startFlags) launched() event.LaunchedServer {
	return event.LaunchedServer{Command: ownRedactor().Text(f.exec), Ended: f.server.Ended(), Output: f.server.Output()}
}

// tellAfter is how long a server may take to come up before it is said that it is waited for.
const tellAfter = 2 * time.Second

// tellWaiting says that a server is waited for, once that takes a while, and at the end how long it took. The function
// returned ends it.
func tellWaiting(people io.Writer, within, after time.Duration) (end func(up bool)) {
	began, told := time.Now(), make(chan struct{})
	timer := time.AfterFunc(after, func() {
		fmt.Fprintf(people, "sendspec: --exec: waits until the server speaks HTTP, %s at most (--exec-wait)\n", within)
		close(told)
	})
	return func(up bool) {
		if timer.Stop() {
			return
		}
		<-told
		if up {
			fmt.Fprintf(people, "sendspec: --exec: the server is up after %s\n", time.Since(began).Round(100*time.Millisecond))
		}
	}
}
