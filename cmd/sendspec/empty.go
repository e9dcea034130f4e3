package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// errEmpty refuses a value that was given and has nothing in it, most often from a variable that is not set. Empty is
// no way to leave something out: the embedded reference would be asked in place of the target that was meant.
var errEmpty = errors.New("is empty: want a value, or leave it out")

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// refuseEmpty makes every flag and argument of the command, and of those below it, refuse to be empty.
func refuseEmpty(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		switch f.Value.Type() { // other types have no empty value
		case "string", "stringToString":
			f.Value = notEmpty{f.Value}
		case "stringSlice", "stringArray":
			f.Value = notEmptyList{notEmpty{f.Value}, f.Value.(pflag.SliceValue)}
			f.DefValue = "" // help would show an empty list
		}
	})
	if check := c.Args; c.Runnable() {
		c.Args = func(c *cobra.Command, args []string) error {
			for i, arg := range args {
				if isBlank(arg) {
					return fmt.Errorf("argument %d %w", i+1, errEmpty)
				}
			}
			if check == nil {
				return nil
			}
			return check(c, args)
		}
	}
	for _, below := range c.Commands() {
		refuseEmpty(below)
	}
}

// notEmpty is the value of a flag that refuses to be empty.
type notEmpty struct{ pflag.Value }

// notEmptyList is one that may be given several times.
type notEmptyList struct {
	notEmpty
	pflag.SliceValue
}

// Set refuses what is empty.
func (v notEmpty) Set(text string) error {
	if isBlank(text) {
		return errEmpty
	}
	return v.Value.Set(text)
}
