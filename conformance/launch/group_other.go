//go:build !unix

package launch

import "os/exec"

// shell is a command line for a shell that the path has. Without process groups the end reaches the
// shell alone.
func shell(command, dir string) *exec.Cmd {
	c := exec.Command("sh", "-c", command) //nolint:gosec // the user's own command
	c.Dir = dir
	return c
}

func terminate(c *exec.Cmd) { _ = c.Process.Kill() }

func kill(c *exec.Cmd) { _ = c.Process.Kill() }
