package service

import (
	"slices"
	"sync"
)

// maxHistoryBytes bounds what the kept commands weigh together: room for
// the largest command, about a megabyte of body, many times over.
const maxHistoryBytes = 64 << 20

// history keeps the last commands, oldest first, and finds them by ID.
type history struct {
	mu       sync.Mutex
	max      int
	size     int
	commands []*command
	byID     map[string]*command
	// number is that of the last command.
	number int64
}

func newHistory(commands int) *history {
	return &history{max: commands, byID: make(map[string]*command, min(commands, 1024))}
}

func (h *history) add(c *command) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.number++
	c.number = h.number
	h.commands = append(h.commands, c)
	h.byID[*c.CommandId] = c
	h.size += c.size
	drop := 0
	for len(h.commands)-drop > h.max || h.size > maxHistoryBytes && len(h.commands)-drop > 1 {
		oldest := h.commands[drop]
		delete(h.byID, *oldest.CommandId)
		h.size -= oldest.size
		h.commands[drop] = nil
		drop++
	}
	h.commands = h.commands[drop:]
}

// find returns the command that a region has, or nil where it is unknown or forgotten.
func (h *history) find(region, id string) *command {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c := h.byID[id]; c != nil && c.region == region {
		return c
	}
	return nil
}

// newestFirst returns the commands that are kept of a region (evidence: calls/regions).
func (h *history) newestFirst(region string) []*command {
	h.mu.Lock()
	defer h.mu.Unlock()
	commands := slices.Clone(h.commands)
	slices.Reverse(commands)
	return slices.DeleteFunc(commands, func(c *command) bool { return c.region != region })
}
