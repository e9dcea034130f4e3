package launch

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// prSetChildSubreaper is PR_SET_CHILD_SUBREAPER of prctl(2).
const prSetChildSubreaper = 36

// adopt makes this process the parent of what its commands leave behind: a daemon has left the process group, and is
// found as a child that nobody here started. An old kernel that does not know it leaves the process group alone.
func adopt() { _, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetChildSubreaper, 1, 0) }

// parents are the parents of all processes, by their IDs (proc(5), /proc/PID/stat).
func parents() map[int]int {
	all := map[int]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		stat, _ := os.ReadFile(name) // it may have ended meanwhile
		var pid, parent int
		var state string
		_, err1 := fmt.Sscan(string(stat), &pid)
		_, err2 := fmt.Sscan(string(stat[bytes.LastIndexByte(stat, ')')+1:]), &state, &parent)
		if err1 == nil && err2 == nil {
			all[pid] = parent
		}
	}
	return all
}

// orphans are what the commands left behind, with all that it started: the children of this process in a process group
// that is neither its own nor that of a command. Those that have ended are waited for, and not among them.
func orphans() []int {
	self, all := os.Getpid(), parents()
	commands := own() // after all: what is started meanwhile is no orphan
	var found []int
	for pid, parent := range all {
		group, err := syscall.Getpgid(pid)
		if parent != self || err != nil || group == syscall.Getpgrp() || commands[pid] {
			continue
		}
		if ended, _ := syscall.Wait4(pid, nil, syscall.WNOHANG, nil); ended != pid {
			found = append(found, pid)
		}
	}
	for i := 0; i < len(found); i++ {
		for pid, parent := range all {
			if parent == found[i] {
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
