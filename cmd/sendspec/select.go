package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
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

// maxSelectorFile bounds an @file: a line for every case takes a fifth of a megabyte.
const maxSelectorFile = 4 << 20

func selectorFile(ctx context.Context) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) { return untrusted.ReadFile(ctx, name, maxSelectorFile) }
}

func selected(ctx context.Context, args []string) ([]*fixtures.Case, selector.Selector, error) {
	picks, err := selector.Parse(args, selectorFile(ctx))
	if err != nil {
		return nil, picks, err
	}
	cases, err := judge.AllCases()
	if err == nil {
		err = picks.Check(cases)
	}
	return slices.DeleteFunc(cases, func(c *fixtures.Case) bool { return !picks.Match(c.ID) }), picks, err
}

// oneCase returns the case of this ID, or an error that names the nearest.
func oneCase(ctx context.Context, id string) (*fixtures.Case, error) {
	cases, _, err := selected(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	ids := mapped(cases, func(c *fixtures.Case) string { return c.ID })
	if i := slices.Index(ids, id); i >= 0 {
		return cases[i], nil
	}
	if len(ids) == 1 {
		return cases[0], nil
	}
	if len(ids) > 12 {
		ids = append(ids[:12], "…")
	}
	return nil, fmt.Errorf("%q is %d cases; name one of them: %s", id, len(cases), strings.Join(ids, " "))
}
