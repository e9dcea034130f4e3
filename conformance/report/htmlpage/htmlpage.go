// Package htmlpage is what the pages of reports and of the matrix have in common: head, colours, tables, and the policy
// that lets only a page's own style and scripts work.
package htmlpage

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // files of pages
	"encoding/base64"
	"html/template"
	"slices"
)

//go:embed head.tmpl
var head string

//go:embed base.css
var base []byte

// Filter is the script that the pages with filters have in common.
//
//go:embed filter.js
var Filter []byte

// Page is what the head of a page shows. The page is one file, and asks for no other.
type Page struct {
	Title   string
	Policy  string
	Style   template.CSS
	Scripts []template.JS
}

// New is a page with this style after the common one, and these scripts. They are ours: nothing in them is escaped.
func New(title string, style []byte, scripts ...[]byte) Page {
	style = slices.Concat(base, style)
	p := Page{Title: title, Style: template.CSS(style)} //nolint:gosec // files of ours
	p.Policy = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src " + hashOf(style) + "; script-src"
	for _, script := range scripts {
		script = bytes.TrimSpace(script)
		p.Scripts = append(p.Scripts, template.JS(script)) //nolint:gosec // a file of ours
		p.Policy += " " + hashOf(script)
	}
	return p
}

// hashOf is the source expression that allows exactly this script or style (Content Security Policy
// Level 3, hash-source).
func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// Template is the template of a page, which may use head, wordmark and scripts.
func Template(text string, funcs template.FuncMap) *template.Template {
	return template.Must(template.Must(template.New("page").Funcs(funcs).Parse(text)).New("head").Parse(head)).Lookup("page")
}
