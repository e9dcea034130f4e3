package main

import (
	"fmt"
	"io"
	"time"
)

// tellAfter is how long a server may take to come up before it is said that it is waited for.
const tellAfter = 2 * time.Second

// tellWaiting says that a server is waited for, once that takes a while, and at the end how long it took. The function
// returned ends it.
func tellWaiting(people io.Writer, within, after time.Duration) (end func(up bool)) {
	began, ended, told := time.Now(), make(chan struct{}), make(chan bool)
	go func() {
		timer := time.NewTimer(after)
		defer timer.Stop()
		select {
		case <-ended:
			told <- false
		case <-timer.C:
			fmt.Fprintf(people, "sendspec: --exec: waits until the server speaks HTTP, %s at most (--exec-wait)\n", within)
			<-ended
			told <- true
		}
	}()
	return func(up bool) {
		close(ended)
		if <-told && up {
			fmt.Fprintf(people, "sendspec: --exec: the server is up after %s\n", time.Since(began).Round(100*time.Millisecond))
		}
	}
}
