package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/reference"
)

func newValidate(s Streams) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "validate FILE|-",
		Short: "Judge a SendCommand request body offline: every violation with its path",
		Long: `validate reads a SendCommand request body (JSON, as it goes over the wire) and tells what AWS would
refuse in it before looking at the account: text that is no JSON, members of a wrong type, broken
constraints. Exit code 0: valid; 1: AWS would refuse it; 2: the file cannot be read.`,
		Example: `  sendspec validate request.json
  echo '{"DocumentName":"x"}' | sendspec validate -`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			body, err := readBody(s.In, args[0])
			if err != nil {
				return err
			}
			r := reference.ValidateJSON(body)
			if asJSON {
				err = validateJSON(s.Out, &r)
			} else {
				err = validateText(s.Out, &r)
			}
			if err == nil && r.Verdict() != reference.Valid {
				return &exitError{exitNonconforming, nil}
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// maxBody bounds what is read: AWS takes 100,000 bytes of parameters and document (facts.md, section 4).
const maxBody = 16 << 20

func readBody(in io.Reader, name string) ([]byte, error) {
	if name == "" {
		return nil, errors.New(`validate "": want a file, or - for standard input`)
	}
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // it is only read
		in = f
	}
	body, err := io.ReadAll(io.LimitReader(in, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = fmt.Errorf("%s: more than %d bytes: no SendCommand request is that long", name, maxBody)
	}
	return body, err
}

func validateText(w io.Writer, r *reference.Result) error {
	var b strings.Builder
	exception, message := r.Exception()
	switch r.Verdict() {
	case reference.Malformed:
		fmt.Fprintf(&b, "no JSON object: %s\n", printable(r.Malformed.Error()))
	case reference.Mistyped:
		for i := range r.TypeErrors {
			fmt.Fprintf(&b, "byte %d: %s\n", r.TypeErrors[i].Offset, printable(r.TypeErrors[i].Error()))
		}
	case reference.Invalid:
		for _, v := range r.Violations {
			fmt.Fprintf(&b, "%s: %s [%s: %s, %s]\n", v.Path, printable(v.Rule), v.Source.Evidence, v.Source.Document, v.Source.Section)
		}
	default:
		b.WriteString("valid\n")
	}
	for _, u := range r.Unknown {
		fmt.Fprintf(&b, "not known at %s: %s\n", printable(u.Path), u.Reason)
	}
	if exception != "" {
		fmt.Fprintf(&b, "AWS would answer %s", exception)
		if message != "" {
			fmt.Fprintf(&b, ": %s", printable(message))
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func validateJSON(w io.Writer, r *reference.Result) error {
	exception, message := r.Exception()
	out := struct {
		Verdict    reference.Verdict     `json:"verdict"`
		Exception  string                `json:"exception,omitempty"`
		Message    string                `json:"message,omitempty"`
		Malformed  string                `json:"malformed,omitempty"`
		TypeErrors []reference.TypeError `json:"typeErrors,omitempty"`
		Violations []reference.Violation `json:"violations,omitempty"`
		Unknown    []reference.Unknown   `json:"unknown,omitempty"`
	}{r.Verdict(), exception, message, "", r.TypeErrors, r.Violations, r.Unknown}
	if r.Malformed != nil {
		out.Malformed = r.Malformed.Error()
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// printable keeps a request's own bytes from reaching the terminal as commands.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, s)
}
