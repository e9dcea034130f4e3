package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/sendspec/sendspec/conformance"
	"github.com/sendspec/sendspec/conformance/untrusted"
)

//go:embed html
var htmlFiles embed.FS

// writeHTML writes one page that needs nothing else. The scores are HTML; the cases are data that the
// page's own script renders as text, one at a time. The policy in its head lets no other script run.
func writeHTML(w io.Writer, r *conformance.Report, o Options) error {
	page, err := newPage(r, o)
	if err != nil {
		return err
	}
	t, err := template.ParseFS(htmlFiles, "html/page.tmpl")
	if err != nil {
		return err
	}
	return t.Execute(w, page)
}

// page is what the template shows.
type page struct {
	Policy   string
	Style    template.CSS
	Scripts  []template.JS
	Data     template.JS
	Mark     string
	Verdict  string
	Headline string // the verdict up to its colon
	Lede     string // and after it
	Class    string
	Complete bool
	Stopped  string
	Facts    []fact
	Profiles []profileRow
	Areas    []areaRow
	Columns  []verdictInfo // the verdicts that some case has
}

type fact struct{ Name, Value string }

func newPage(r *conformance.Report, o Options) (*page, error) {
	v := view{exact: true}
	data, err := untrusted.PageJSON(v.pageData(r, o))
	if err != nil {
		return nil, err
	}
	p := &page{Data: template.JS(data)} //nolint:gosec // encoding/json escapes what HTML would read
	style, err := htmlFiles.ReadFile("html/style.css")
	if err != nil {
		return nil, err
	}
	p.Style = template.CSS(style) //nolint:gosec // a file of ours
	policy := "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src " + hashOf(style) + "; script-src"
	for _, name := range []string{"html/text.js", "html/page.js"} {
		script, err := htmlFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		script = bytes.TrimSpace(script)
		p.Scripts = append(p.Scripts, template.JS(script)) //nolint:gosec // a file of ours
		policy += " " + hashOf(script)
	}
	p.Policy = policy
	p.headline(r, v)
	return p, nil
}

// hashOf is the source expression that allows exactly this script or style (Content Security Policy
// Level 3, hash-source).
func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func (p *page) headline(r *conformance.Report, v view) {
	p.Verdict, p.Complete, p.Stopped = v.line(Verdict(r)), r.Complete, v.line(r.Stopped)
	p.Headline, p.Lede, _ = strings.Cut(p.Verdict, ": ")
	p.Mark, p.Class = "✓", "pass"
	switch {
	case !r.Complete:
		p.Mark, p.Class = "?", "error"
	case r.Failed():
		p.Mark, p.Class = "✗", "fail"
	}
	p.Facts = []fact{{"Target", v.line(r.Target.Name)}, {"Region", v.line(r.Target.Region)}, {"Seed", fmt.Sprint(r.Seed)}}
	if !r.Began.IsZero() {
		p.Facts = append(p.Facts, fact{"Began", r.Began.UTC().Format("2 January 2006, 15:04 UTC")}, fact{"Took", took(r.Elapsed)})
	}
	if r.Strict {
		p.Facts = append(p.Facts, fact{"Strict", "a missed should fails"})
	}
	if failures := failuresIn(r).String(); failures != "" {
		p.Facts = append(p.Facts, fact{"Failures by evidence", failures})
	}
	p.Columns = columns(r)
	p.Profiles, p.Areas = profileRows(r, v), areaRows(r, p.Columns)
}
