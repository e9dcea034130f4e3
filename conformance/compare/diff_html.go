package compare

import (
	"io"
	"maps"

	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/report/htmlpage"
)

// kindRows are the changes of a kind on the page.
type kindRows struct {
	Kind    ChangeKind
	Words   string
	Changes []Change
}

// side is what one of the two reports says of a case.
type side struct {
	Verdict             judge.Verdict
	Fingerprint, Reason string
}

// HTML writes a diff as one page that needs no network.
func (d Diff) HTML(w io.Writer, notes []string) error {
	titles, err := caseTitles()
	if err != nil {
		return err
	}
	known := functions()
	maps.Copy(known, map[string]any{
		"title": func(id string) string { return titles[id] },
		"side":  func(v judge.Verdict, fingerprint, reason string) side { return side{v, fingerprint, reason} },
	})
	var kinds []kindRows
	for _, k := range Kinds() {
		if changes := d.Of(k); len(changes) > 0 {
			kinds = append(kinds, kindRows{k, words[k], changes})
		}
	}
	return htmlpage.Template(diffTemplate, known).Execute(w, struct {
		htmlpage.Page
		Diff    Diff
		Summary string
		Notes   []string
		Kinds   []kindRows
	}{htmlpage.New("What changed between two runs", pageStyle), d, d.summary(), notes, kinds})
}
