package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/conformance/selector"
)

// indexVariable is where a Kubernetes Indexed Job says which of its pods this is, from 0.
const indexVariable = "JOB_COMPLETION_INDEX"

// parseShard reads a --shard: I/N, or auto/N in a pod of an Indexed Job; "" is no shard.
func parseShard(text string) (selector.Shard, error) {
	if text == "" {
		return selector.Shard{}, nil
	}
	if count, auto := strings.CutPrefix(text, "auto/"); auto {
		value, set := os.LookupEnv(indexVariable)
		if !set {
			return selector.Shard{}, errors.New("--shard auto: want " + indexVariable + " set, as in a pod of a Kubernetes Indexed Job")
		}
		index, err := strconv.ParseUint(value, 10, 16)
		if n, bad := strconv.ParseUint(count, 10, 16); bad == nil && n > 0 && (err != nil || index >= n) {
			return selector.Shard{}, fmt.Errorf("--shard auto: %s=%q: want a number from 0 to %d", indexVariable, value, n-1)
		}
		text = fmt.Sprintf("%d/%s", index+1, count)
	}
	shard, err := selector.ParseShard(text)
	if err != nil {
		return shard, fmt.Errorf("--shard: %w; auto/N in a pod of a Kubernetes Indexed Job", err)
	}
	return shard, nil
}
