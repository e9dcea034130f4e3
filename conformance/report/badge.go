package report

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sendspec/sendspec/conformance/event"
	"github.com/sendspec/sendspec/conformance/judge"
	"github.com/sendspec/sendspec/conformance/selector"
	"github.com/sendspec/sendspec/conformance/untrusted"
	"github.com/sendspec/sendspec/fixtures"
)

// Badge says for the README of a target how many cases pass, in a few words and a colour.
type Badge struct {
	Label   string // who was asked
	Message string // how many of the judged cases pass
	Color   string // below the message, as RRGGBB
}

// The colours are dark enough for white text (WCAG 1.4.3 wants 4.5 to 1).
const (
	badgeLabel    = "24292f"
	badgeConforms = "1a7f37"
	badgeMostly   = "8a5d00"
	badgeFails    = "b3261e"
	badgePartial  = "57606a"
)

// NewBadge is the badge of a run. One of a part of the cases says so, and has no colour that praises or blames.
func NewBadge(r *event.Report) Badge {
	b := Badge{Label: "SendCommand: " + cutTo(clean(r.Target.Name), badgeName)}
	judged, passed := r.Totals.Judged(), r.Totals.Passed()
	b.Message = fmt.Sprintf("%d of %d cases pass", passed, judged)
	profiles, whole := coverageOf(r)
	mustsSkipped := slices.ContainsFunc(r.Profiles, func(v event.ProfileVerdict) bool { return v.Standing == event.Partial })
	switch {
	case judged == 0:
		b.Message, b.Color = "not tested", badgePartial
	case !whole, passed == judged && mustsSkipped:
		b.Message, b.Color = "partial, "+b.Message, badgePartial
	case passed == judged:
		b.Color = badgeConforms
	case 2*passed >= judged:
		b.Color = badgeMostly
	default:
		b.Color = badgeFails
	}
	if judged > 0 && len(profiles) < len(fixtures.Profiles()) {
		b.Message = strings.Join(profiles, " and ") + ": " + b.Message
	}
	return b
}

// badgeName is how many characters of a target's name are shown.
const badgeName = 40

// coverageOf returns the profiles of which a run judged cases, and whether it was of all their cases and came to its end. Of a report
// that was made with another corpus only the latter is known.
func coverageOf(r *event.Report) (profiles []string, whole bool) {
	has, asked := map[fixtures.Profile]bool{}, map[string]bool{}
	for i := range r.Results {
		res := &r.Results[i]
		asked[res.Case.ID] = true
		has[res.Case.Profile] = has[res.Case.Profile] || res.Verdict != judge.Skip && res.Verdict != judge.Error
	}
	for _, p := range fixtures.Profiles() {
		if has[p] {
			profiles = append(profiles, string(p))
		}
	}
	if !r.Complete || r.Shard != (selector.Shard{}) {
		return profiles, false
	}
	cases, err := fixtures.Embedded()
	cases = slices.DeleteFunc(cases, func(c *fixtures.Case) bool { return r.Suite.Pin != "" && c.Since.After(r.Suite.Pin) })
	if err != nil || fixtures.Digest(cases) != r.Corpus {
		return profiles, true
	}
	return profiles, !slices.ContainsFunc(cases, func(c *fixtures.Case) bool { return has[c.Profile] && !asked[c.ID] })
}

// Words are the badge as text.
func (b Badge) Words() string { return b.Label + ", " + b.Message }

// The parts of a badge, in pixels.
const (
	badgeHeight  = 20
	badgePadding = 6
)

// WriteSVG writes the badge as an image. The same badge has the same bytes.
func (b Badge) WriteSVG(w io.Writer) error {
	left, right := textWidth(b.Label), textWidth(b.Message)
	split := left + 2*badgePadding
	width := split + right + 2*badgePadding
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" role="img" aria-label="%s">
<title>%[3]s</title>
<rect width="%[1]d" height="%[2]d" rx="3" fill="#%[4]s"/>
<path d="M%[5]d 0H%[6]dq3 0 3 3v14q0 3-3 3H%[5]dz" fill="#%[7]s"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="%[8]d" y="14" textLength="%[9]d">%[10]s</text>
<text x="%[11]d" y="14" textLength="%[12]d">%[13]s</text>
</g>
</svg>
`, width, badgeHeight, html.EscapeString(b.Words()), badgeLabel, split, width-3, b.Color,
		badgePadding, left, html.EscapeString(b.Label), split+badgePadding, right, html.EscapeString(b.Message))
	return err
}

// WriteEndpoint writes the badge for shields.io (https://shields.io/badges/endpoint-badge).
func (b Badge) WriteEndpoint(w io.Writer) error {
	return untrusted.WriteJSON(w, struct {
		SchemaVersion int    `json:"schemaVersion"`
		Label         string `json:"label"`
		Message       string `json:"message"`
		Color         string `json:"color"`
	}{1, b.Label, b.Message, b.Color})
}

// Markdown is the line that shows the image at that address.
func (b Badge) Markdown(address string) string {
	return fmt.Sprintf("[![%s](%s)](https://github.com/sendspec/sendspec)", Prose(b.Words()), address)
}

// BadgeAddress is a file's path as an address in Markdown.
func BadgeAddress(file string) string {
	u := url.URL{Path: strings.ReplaceAll(file, `\`, "/")}
	return strings.NewReplacer("(", "%28", ")", "%29").Replace(cmp.Or(u.EscapedPath(), "."))
}

// textWidth is about how wide a text is in Verdana of 11 pixels. The image sets its text to that width, whatever the font.
func textWidth(s string) int {
	tenths := 0
	for _, r := range s {
		switch {
		case strings.ContainsRune("ijl.,:;|!'()[] ", r):
			tenths += 42
		case strings.ContainsRune("frt-/", r):
			tenths += 48
		case strings.ContainsRune("mwMW@%", r):
			tenths += 105
		case r >= 'A' && r <= 'Z':
			tenths += 77
		case r >= 0x1100 && utf8.RuneLen(r) >= 3: // what is written in squares
			tenths += 110
		default:
			tenths += 67
		}
	}
	return (tenths + 9) / 10
}
