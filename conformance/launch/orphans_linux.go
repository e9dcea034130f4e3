package launch

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// prSetChildSubreaper is PR_SET_CHILD_SUBREAPER of prctl(2).
const prSetChildSubreaper = 36

// adopt makes this process the parent of what its commands leave behind: a daemon has left the process group, and is
// found as a child that nobody here started. An old kernel that does not know it leaves the process group alone.
func adopt() { _, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0) }

// process is what /proc/PID/stat says of one.
type process struct {
	state         byte
	parent, group int
}

func processes() map[int]process {
	all := map[int]process{}
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue // it has ended meanwhile
		}
		var p process
		_, after, _ := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')')+1:]), " ")
		if _, err := fmt.Sscanf(after, "%c %d %d", &p.state, &p.parent, &p.group); err == nil {
			all[pid] = p
		}
	}
	return all
}

// orphans are what the commands left behind, with all that it started: the children of this process in a process group
// that is neither its own nor that of a command. Those that have ended are waited for, and not among them.
func orphans() []int {
	self, group, all := os.Getpid(), syscall.Getpgrp(), processes()
	commands := own() // after all: what is started meanwhile is no orphan
	var found []int
	for pid, p := range all {
		if p.parent != self || p.group == group || commands[pid] {
			continue
		}
		if p.state == 'Z' {
			_, _ = syscall.Wait4(pid, nil, syscall.WNOHANG, nil)
			continue
		}
		found = append(found, pid)
	}
	for i := 0; i < len(found); i++ {
		for pid, p := range all {
			if p.parent == found[i] && p.state != 'Z' {
				found = append(found, pid)
			}
		}
	}
	return found
}

// orphanPause is how often it is looked whether the orphans have ended.
const orphanPause = 20 * time.Millisecond

// endOrphans asks what was left behind to end, and after the grace makes it.
func endOrphans(grace time.Duration) {
	for _, pid := range orphans() {
		_ = syscall.Kill(pid, syscall.SIGTERM)
	}
	for until := time.Now().Add(grace); time.Now().Before(until) && len(orphans()) > 0; {
		time.Sleep(orphanPause)
	}
	killOrphans()
}

// killRounds bounds how often what starts a process while it is killed is looked for again.
const killRounds = 100

func killOrphans() {
	for range killRounds {
		left := orphans()
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(time.Millisecond)
	}
}
