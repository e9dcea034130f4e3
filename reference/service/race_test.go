package service_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sendspec/sendspec/reference"
	"github.com/sendspec/sendspec/reference/service"
)

// watcher holds what was last seen of every command against what is seen next.
type watcher struct {
	mu   sync.Mutex
	seen map[string]commandShown
}

// look tells what a command broke; "" is nothing. It is called with the answer of a call that began
// when before was the last that was seen.
func (w *watcher) look(before map[string]commandShown, now commandShown) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	earlier, known := before[now.CommandId]
	from, to := reference.Details(earlier.StatusDetails), reference.Details(now.StatusDetails)
	w.seen[now.CommandId] = now
	switch {
	case reference.StatusOf(to) != reference.Status(now.Status):
		return fmt.Sprintf("%s with %s", now.Status, to)
	case now.CompletedCount > now.TargetCount || now.ErrorCount+now.DeliveryTimedOutCount > now.CompletedCount:
		return fmt.Sprintf("inconsistent counts %+v", now)
	case !known:
		return ""
	case !reference.OfCommand.CanFollow(from, to):
		return fmt.Sprintf("%s after %s", to, from)
	case earlier.RequestedDateTime != now.RequestedDateTime || earlier.ExpiresAfter != now.ExpiresAfter:
		return "times moved"
	}
	return ""
}

func (w *watcher) snapshot() map[string]commandShown {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make(map[string]commandShown, len(w.seen))
	for id, c := range w.seen {
		all[id] = c
	}
	return all
}

// Commands are sent, cancelled, listed and asked for at once while a moving clock takes them through
// their lives. Nothing is left behind when the service is closed.
func TestConcurrentCommandsLiveByTheRules(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	a := newAccount(t, service.WithHistory(200))
	w := &watcher{seen: map[string]commandShown{}}
	requests := []string{
		shell("sleep 2", two), shell("exit 1", two+`,"MaxConcurrency":"1"`), shell("sleep 60", one),
		shell("true", tagged), shell("true", nothing),
		shell("true", by("node.offline")+`,"TimeoutSeconds":30`), shellFor("5", "sleep 9", one),
		shell("true", `"InstanceIds":["${node.silent}"]`),
	}
	for i := range requests {
		requests[i] = "{" + bind(t, requests[i], a.bindings) + "}"
	}
	const workers, rounds = 8, 15
	problems := make(chan string, workers*rounds*60)
	var wait sync.WaitGroup
	for worker := range uint64(workers) {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(worker, 2))
			for range rounds {
				a.round(w, random, requests, problems)
			}
		})
	}
	wait.Wait()
	close(problems)
	for problem := range problems {
		assert.Fail(t, problem)
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), goroutines+1)
}

func (a *account) round(w *watcher, random *rand.Rand, requests []string, problems chan<- string) {
	sent := post(a.t, a, requests[random.IntN(len(requests))])
	id, _ := sent.Cmd["CommandId"].(string)
	a.clock.Advance(time.Duration(random.IntN(3000)) * time.Millisecond)
	if random.IntN(3) == 0 {
		ask(a.t, a, "CancelCommand", `{"CommandId":"`+id+`"}`)
	}
	before := w.snapshot()
	var listed struct{ Commands []commandShown }
	got := ask(a.t, a, "ListCommands", `{}`)
	if err := json.Unmarshal([]byte(got.Raw), &listed); err != nil {
		problems <- err.Error()
	}
	for _, c := range listed.Commands {
		if broken := w.look(before, c); broken != "" {
			problems <- c.CommandId + ": " + broken
		}
	}
	if got := ask(a.t, a, "ListCommandInvocations", `{"Details":true,"MaxResults":20}`); got.Status != 200 {
		problems <- got.Raw
	}
	ask(a.t, a, "GetCommandInvocation", `{"CommandId":"`+id+`","InstanceId":"`+a.bindings["node"]+`"}`)
}
