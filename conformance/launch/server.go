package launch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sendspec/sendspec/conformance/wire"
)

// Port is replaced by the free port in a command.
const Port = "{port}"

// Options say what to start, and how long to wait for it.
type Options struct {
	// Command is a line for sh, in which {port} is replaced by a free port of 127.0.0.1.
	Command string
	// URL is where the server answers. Default http://127.0.0.1:{port}.
	URL string
	// Dir is the command's folder. Default the current one.
	Dir string
	// Wait is how long the server may take until it speaks HTTP. Default 60 s.
	Wait time.Duration
	// Grace is how long it may take to end after SIGTERM. Default 5 s.
	Grace time.Duration
	// Redactor takes out of its output what is secret. Default one that knows no secret, and finds what looks like one.
	Redactor *wire.Redactor
}

func (o Options) withDefaults() Options {
	o.Wait = cmp.Or(max(o.Wait, 0), 60*time.Second)
	o.Grace = cmp.Or(max(o.Grace, 0), 5*time.Second)
	if o.Redactor == nil {
		o.Redactor = wire.NewRedactor()
	}
	return o
}

// Server is a running server under test.
type Server struct {
	URL string

	options Options
	process *exec.Cmd
	output  *Tail
	done    chan struct{} // closed once the process has ended
	ended   error         // how; read it after done
}

// ErrNotReady is wrapped by errors of Start that say that the server did not come up.
var ErrNotReady = errors.New("the server did not come up")

// Start starts the server and waits until it speaks HTTP. All that it starts belongs to its process group, and Stop
// ends all of it, on Linux also what has left the group, as a daemon does: this process becomes the parent of all
// orphans below it (prctl(2), PR_SET_CHILD_SUBREAPER), and takes those in a group of their own for the server's. On an
// error nothing is left running; the server returned with ErrNotReady is there for its Output alone.
func Start(ctx context.Context, o Options) (*Server, error) {
	o = o.withDefaults()
	s := &Server{URL: o.URL, options: o, output: NewTail(o.Redactor), done: make(chan struct{})}
	command := o.Command
	if strings.Contains(command, Port) {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		command = strings.ReplaceAll(command, Port, strconv.Itoa(port))
		if s.URL == "" {
			s.URL = "http://127.0.0.1:" + strconv.Itoa(port)
		}
		s.URL = strings.ReplaceAll(s.URL, Port, strconv.Itoa(port))
	}
	if s.URL == "" {
		return nil, fmt.Errorf("%q: want {port} in it, where the server takes its port", command)
	}
	s.process = shell(command, o.Dir)
	s.process.Stdout, s.process.Stderr = s.output, s.output
	s.process.WaitDelay = time.Second // for what it started and left behind with its output open
	if err := started(s.process); err != nil {
		return nil, err
	}
	go func() {
		s.ended = s.process.Wait()
		close(s.done)
	}()
	if err := s.ready(ctx); err != nil {
		s.Stop()
		return s, err
	}
	return s, nil
}

// freePort is a port at which nothing listens.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// firstPause and lastPause space the questions whether the server is up.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 500 * time.Millisecond
)

// ready waits until the server speaks HTTP: any answer will do.
func (s *Server) ready(ctx context.Context) error {
	h, err := wire.NewHTTP(s.URL, wire.Limits{Timeout: min(s.options.Wait, 2*time.Second)}, nil)
	if err != nil {
		return err
	}
	defer h.Close()
	deadline := time.After(s.options.Wait)
	done := s.done
	for pause := firstPause; ; pause = min(pause*3/2, lastPause) {
		x := h.Exchange(ctx, &wire.Request{Method: http.MethodGet, Path: "/"})
		if x.Response != nil || saysUp(x.Err) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-done:
			if s.status() == exitedWell && len(orphans()) > 0 {
				done = nil // it has made itself a daemon
				continue
			}
			return fmt.Errorf("%w: it ended with %s before it answered", ErrNotReady, s.status())
		case <-deadline:
			return fmt.Errorf("%w: it did not speak HTTP at %s within %s", ErrNotReady, s.URL, s.options.Wait)
		case <-time.After(pause):
		}
	}
}

// saysUp reports whether an error is that of a server that is up: the run says what is wrong with its certificate or its
// protocol.
func saysUp(err error) bool {
	return errors.Is(err, wire.ErrHTTP2Only) || strings.Contains(err.Error(), "certificate")
}

const exitedWell = "exit status 0"

// status says how the process ended; read it after done.
func (s *Server) status() string {
	if s.ended == nil || errors.Is(s.ended, exec.ErrWaitDelay) {
		return exitedWell
	}
	return s.ended.Error()
}

// endWait is how long a server that takes no more connections may take until it is known to have ended.
const endWait = 2 * time.Second

// Ended says how the server ended by itself, "" while it runs. Ask it before Stop.
func (s *Server) Ended() string {
	if address, err := url.Parse(s.URL); err == nil {
		if conn, err := net.DialTimeout("tcp", address.Host, endWait); err == nil {
			_ = conn.Close()
			return ""
		}
	}
	select {
	case <-s.done:
		return s.status()
	case <-time.After(endWait):
		return ""
	}
}

// Output is the last of what the server wrote, by lines, redacted.
func (s *Server) Output() []string { return s.output.Lines() }

// Stop ends the server with all that it started: first it is asked to, and after the grace made to.
func (s *Server) Stop() {
	terminate(s.process)
	select {
	case <-s.done:
	case <-time.After(s.options.Grace):
	}
	kill(s.process) // also what the server itself left behind
	<-s.done
	ended(s.process)
	endOrphans(s.options.Grace)
}

// running are the commands that were started and not ended yet. There is one list, as the system has one of a
// process's children.
var running = struct {
	sync.Mutex
	commands map[*exec.Cmd]bool
}{commands: map[*exec.Cmd]bool{}}

// started starts a command and notes it until ended is called.
func started(c *exec.Cmd) error {
	running.Lock()
	defer running.Unlock()
	adopt()
	if err := c.Start(); err != nil {
		return err
	}
	running.commands[c] = true
	return nil
}

func ended(c *exec.Cmd) {
	running.Lock()
	defer running.Unlock()
	delete(running.commands, c)
}

// own reports which processes are the commands themselves.
func own() map[int]bool {
	running.Lock()
	defer running.Unlock()
	pids := map[int]bool{}
	for c := range running.commands {
		pids[c.Process.Pid] = true
	}
	return pids
}

// KillAll ends at once what was started and is still there, for a program that is about to end itself.
func KillAll() {
	running.Lock()
	for c := range running.commands {
		kill(c)
	}
	clear(running.commands)
	running.Unlock()
	killOrphans()
}
