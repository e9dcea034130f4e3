package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestASlowServerIsSaidToBeWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for took, want := range map[time.Duration]string{
			500 * time.Millisecond: "",
			3500 * time.Millisecond: "sendspec: --exec: waits until the server speaks HTTP, 1m0s at most (--exec-wait)\n" +
				"sendspec: --exec: the server is up after 3.5s\n",
		} {
			var people strings.Builder
			end := tellWaiting(&people, time.Minute, tellAfter)
			time.Sleep(took)
			end(true)
			assert.Equal(t, want, people.String())
		}
	})
}
