package report

// sgr is a colour or weight of a terminal (ECMA-48, Select Graphic Rendition).
type sgr string

const (
	none    sgr = ""
	bold    sgr = "1"
	dim     sgr = "2"
	red     sgr = "31"
	green   sgr = "32"
	yellow  sgr = "33"
	magenta sgr = "35"
)

// style writes for a terminal, or plainly.
type style struct {
	color bool
	width int // of the terminal in columns; 0 where nothing need be cut
}

func (s style) paint(c sgr, text string) string {
	if !s.color || c == none || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// cut shortens a text after a label to the width of the terminal.
func (s style) cut(text string) string {
	room := s.width - labelColumns
	if s.width == 0 || room < minimumRoom {
		return text
	}
	return cutTo(text, room)
}

// minimumRoom is the width below which a cut line says nothing any more.
const minimumRoom = 24
