package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every command that help shows has a manual page, of the date that SOURCE_DATE_EPOCH says and of no other.
func TestEachCommandHasAManualPage(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1777777777")
	dir := filepath.Join(t.TempDir(), "man")
	var errs bytes.Buffer
	require.Equal(t, exitConforms, Main(context.Background(), []string{"man", dir}, Streams{Out: &errs, Err: &errs}), "%s", &errs)
	pages := 0
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		page, err := os.ReadFile(filepath.Join(dir, strings.ReplaceAll(c.CommandPath(), " ", "-")+".1"))
		if assert.NoError(t, err) {
			pages++
			assert.Contains(t, string(page), `.TH "SENDSPEC" "1" "May 2026"`)
			assert.Contains(t, string(page), "SYNOPSIS")
		}
		for _, below := range c.Commands() {
			if below.IsAvailableCommand() {
				visit(below)
			}
		}
	}
	visit(newRoot(Streams{}))
	assert.Greater(t, pages, 12)

	t.Setenv("SOURCE_DATE_EPOCH", "today")
	errs.Reset()
	assert.Equal(t, exitUsage, Main(context.Background(), []string{"man", dir}, Streams{Out: &errs, Err: &errs}))
	assert.Equal(t, "sendspec: SOURCE_DATE_EPOCH \"today\": want seconds since 1970\n", errs.String())
}
