package launch

import (
	"os/exec"
	"sync"
)

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
