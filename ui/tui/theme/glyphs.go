package theme

import "strings"

// Glyphs are the few characters beyond letters and digits that screens are drawn with.
type Glyphs struct {
	ASCII    bool
	Rule     string // between zones
	Vertical string // between a list and the pane beside it
	TeeDown  string // where a vertical line begins at a rule
	TeeUp    string // where it ends

	TopLeft, TopRight, BottomLeft, BottomRight string

	Ellipsis string // where text was cut
	Up, Down string // sort order
}

func glyphs(ascii bool) Glyphs {
	if ascii {
		return Glyphs{ASCII: true, Rule: "-", Vertical: "|", TeeDown: "+", TeeUp: "+",
			TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+", Ellipsis: "~", Up: "^", Down: "v"}
	}
	return Glyphs{Rule: "─", Vertical: "│", TeeDown: "┬", TeeUp: "┴",
		TopLeft: "┌", TopRight: "┐", BottomLeft: "└", BottomRight: "┘", Ellipsis: "…", Up: "^", Down: "v"}
}

// controlPictures are the marks that cleaned text carries in place of control characters.
var controlPictures = strings.NewReplacer(pictures()...)

// pictures pairs each control picture with a plain question mark.
func pictures() []string {
	pairs := []string{"\uFFFD", "?", "…", "~", "–", "-", "—", "-"}
	for r := '\u2400'; r <= '\u2426'; r++ {
		pairs = append(pairs, string(r), "?")
	}
	return pairs
}

// Plain gives text as this set of glyphs shows it: with ASCII, the marks that cleaning leaves become question marks.
func (g Glyphs) Plain(text string) string {
	if !g.ASCII {
		return text
	}
	return controlPictures.Replace(text)
}
