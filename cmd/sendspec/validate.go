package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/reference"
)

func newValidate(s Streams) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "validate FILE|-",
		Short: "Check a SendCommand request body offline, and list every violation",
		Long: `validate reads a SendCommand request body (JSON, as it is sent) and lists what AWS would refuse in it before
it looks at the account: malformed JSON, members of the wrong type, broken constraints. Exit code 0: valid;
1: AWS would refuse it; 2: the file cannot be read.

It prints at most 20 violations of a kind, or 1000 with --json, which counts the rest as omitted.`,
		Example: `  sendspec validate request.json
  echo '{"DocumentName":"x"}' | sendspec validate -`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			body, err := readInput(c.Context(), s.In, args[0], maxBody)
			if err != nil {
				return err
			}
			r := reference.ValidateJSON(body)
			if asJSON {
				err = validateJSON(s.Out, &r)
			} else {
				err = validateText(s.Out, &r)
			}
			if err == nil && r.Validity() != reference.Valid {
				return &exitError{exitNonconforming, nil}
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// maxBody bounds what is read: AWS takes 100,000 bytes of parameters and document (evidence: size/limit).
const maxBody = 16 << 20

func validateText(w io.Writer, r *reference.Validation) error {
	var b strings.Builder
	exception, message := r.Exception()
	switch r.Validity() {
	case reference.Malformed:
		fmt.Fprintf(&b, "no JSON object: %s\n", shown(r.Malformed.Error()))
	case reference.Mistyped:
		lines(&b, r.TypeErrors, func(e reference.TypeError) string { return fmt.Sprintf("byte %d: %s", e.Offset, shown(e.Error())) })
	case reference.Invalid:
		lines(&b, r.Violations, func(v reference.Violation) string {
			return fmt.Sprintf("%s: %s [%s: %s]", shown(v.Path), shown(v.Rule), fixtures.Evidence{v.Evidence}.Kind(), v.Evidence)
		})
	default:
		b.WriteString("valid\n")
	}
	lines(&b, r.Unknown, func(u reference.Unknown) string { return fmt.Sprintf("not known at %s: %s", shown(u.Path), u.Reason) })
	if message != "" {
		exception += ": " + excerpt(message, messageShown)
	}
	if exception != "" {
		fmt.Fprintf(&b, "AWS would answer %s\n", exception)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func validateJSON(w io.Writer, r *reference.Validation) error {
	exception, message := r.Exception()
	out := struct {
		Verdict    reference.Validity    `json:"verdict"`
		Exception  string                `json:"exception,omitempty"`
		Message    string                `json:"message,omitempty"`
		Malformed  string                `json:"malformed,omitempty"`
		TypeErrors []reference.TypeError `json:"typeErrors,omitempty"`
		Violations []reference.Violation `json:"violations,omitempty"`
		Unknown    []reference.Unknown   `json:"unknown,omitempty"`
		Omitted    int                   `json:"omitted,omitempty"`
	}{Verdict: r.Validity(), Exception: exception, Message: message}
	out.TypeErrors = first(r.TypeErrors, &out.Omitted)
	out.Violations = first(r.Violations, &out.Omitted)
	out.Unknown = first(r.Unknown, &out.Omitted)
	if r.Malformed != nil {
		out.Malformed = r.Malformed.Error()
	}
	var b bytes.Buffer
	if err := untrusted.WriteJSON(&b, out); err != nil {
		return err
	}
	_, err := w.Write(ownRedactor().Bytes(b.Bytes()))
	return err
}

// What is shown of a request that is wrong in very many places: so many lines of each kind, so many bytes of a
// text and of AWS's message, and so many items of each list in the JSON.
const (
	listed       = 1000
	linesShown   = 20
	textShown    = 500
	messageShown = 4000
)

// first is the beginning of a list for programs. What is left out is counted.
func first[T any](list []T, omitted *int) []T {
	n := min(len(list), listed)
	*omitted += len(list) - n
	return list[:n]
}

// lines writes a line for each of the things, as far as they are shown.
func lines[T any](b *strings.Builder, things []T, line func(T) string) {
	for _, thing := range things[:min(len(things), linesShown)] {
		b.WriteString(line(thing) + "\n")
	}
	if more := len(things) - linesShown; more > 0 {
		fmt.Fprintf(b, "… and %d more like these\n", more)
	}
}
