package main

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sendspec/sendspec/fixtures"
	"github.com/sendspec/sendspec/fixtures/evidence"
	"github.com/sendspec/sendspec/reference"
)

// exportFormat names the version of what export writes. A change that breaks its readers raises it.
const exportFormat = "sendspec-corpus/1"

func newExport(s Streams) *cobra.Command {
	var schema string
	c := &cobra.Command{
		Use:   "export [SELECTOR...]",
		Short: "Write the cases and their evidence as one JSON document, for a suite in another language",
		Long: `export writes the cases as fixtures/README.md describes them, with every shorthand expanded: each variant of params is
a case of its own, templates, defaults and lists are filled in, and each case is a list of steps. What differs from
run to run is still to be filled in: ${nonce} and the other bindings, ${repeat:UNIT:COUNT} and ${captured.NAME}.
With them come the facts that they name.

--schema OPERATION writes the JSON Schema of that operation's request instead.`,
		Example: `  sendspec export > corpus.json
  sendspec export constraint/Comment | jq -r '.cases[].steps[].request.body.json'
  sendspec export --schema SendCommand`,
		ValidArgsFunction: completeCases,
		RunE: func(c *cobra.Command, args []string) error {
			if schema != "" && len(args) > 0 {
				return errors.New("--schema has no cases: leave the selectors out")
			}
			if schema != "" {
				b, err := reference.JSONSchema(schema)
				if err != nil {
					return err
				}
				_, err = s.Out.Write(b)
				return err
			}
			cases, _, err := selected(c.Context(), args)
			if err != nil {
				return err
			}
			return export(s, cases)
		},
	}
	c.Flags().StringVar(&schema, "schema", "", "the JSON Schema of the request of this `OPERATION`, such as SendCommand")
	completeFlag(c, "schema", reference.Operations()...)
	return c
}

func export(s Streams, cases []*fixtures.Case) error {
	type exported struct {
		*fixtures.Case
		Needs []string `json:"needs"`
	}
	document := struct {
		Format     string             `json:"format"`
		Suite      fixtures.Version   `json:"suite"`
		Corpus     string             `json:"corpus"` // as in a report
		Cases      []exported         `json:"cases"`
		Invariants []*fixtures.Case   `json:"invariants"`
		Facts      []*evidence.Fact   `json:"facts"`
		Sources    []*evidence.Source `json:"sources"` // which the facts name by their IDs
	}{Format: exportFormat, Suite: fixtures.Suite, Cases: []exported{}, Invariants: []*fixtures.Case{}, Facts: []*evidence.Fact{},
		Sources: []*evidence.Source{}}
	base, err := evidence.Embedded()
	if err != nil {
		return err
	}
	all, err := fixtures.Embedded()
	if err != nil {
		return err
	}
	document.Corpus = fixtures.Digest(all)
	named := map[string]bool{}
	for _, c := range cases {
		for _, id := range c.Evidence {
			named[id] = true
		}
		if c.File == "" { // an invariant
			document.Invariants = append(document.Invariants, c)
			continue
		}
		document.Cases = append(document.Cases, exported{c, append([]string{}, c.Needs()...)})
	}
	for _, fact := range base.Facts() {
		if !named[fact.ID] {
			continue
		}
		document.Facts = append(document.Facts, fact)
		for _, place := range fact.Where {
			if !slices.Contains(document.Sources, place.Source) {
				document.Sources = append(document.Sources, place.Source)
			}
		}
	}
	encoder := json.NewEncoder(s.Out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document)
}
