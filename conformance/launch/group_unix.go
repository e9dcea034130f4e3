//go:build unix

package launch

import (
	"os/exec"
	"syscall"
)

// shell is a command line as a process group of its own.
func shell(command, dir string) *exec.Cmd {
	c := exec.Command("/bin/sh", "-c", command) //nolint:gosec // the user's own command
	c.Dir = dir
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return c
}

// A process that is gone is what both want, so their errors say nothing.

func terminate(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }

func kill(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
