package theme

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// ink is one colour of the palette: for dark and for light terminals, and by name for terminals with 16 colours,
// where nearest colours cannot be trusted (low, medium and high would all become the same red). A nil name is the
// terminal's own colour.
//
// The numbers are those of the 256 colours that terminals agree on, not the first 16 that users change. A frame in them
// takes a third fewer bytes than in 24-bit colours, and looks the same over SSH, where few terminals are known to have more.
type ink struct {
	dark, light ansi.IndexedColor
	basic       color.Color
}

// The palette. Contrasts are checked by a test: at least 4.5 to 1 for text on the usual backgrounds, and within
// chips; rules are decoration.
var (
	inkMuted      = ink{dark: 248, light: 240}
	inkUnknown    = ink{dark: 146, light: 60}
	inkAccent     = ink{dark: 147, light: 61}
	inkRule       = ink{dark: 102, light: 244}
	inkOK         = ink{dark: 78, light: 22}
	inkInfo       = ink{dark: 111, light: 25}
	inkAmber      = ink{dark: 215, light: 94}
	inkDanger     = ink{dark: 210, light: 124}
	inkChipDark   = ink{dark: 234, light: 234, basic: ansi.Black}
	inkChipLight  = ink{dark: 231, light: 231, basic: ansi.BrightWhite}
	inkLow        = ink{dark: 221, light: 221, basic: ansi.Yellow}
	inkMedium     = ink{dark: 208, light: 208, basic: ansi.Magenta}
	inkHigh       = ink{dark: 124, light: 124, basic: ansi.Red}
	inkAccentOn   = ink{dark: 147, light: 61, basic: ansi.Blue}
	inkSelected   = ink{dark: 60, light: 189}
	inkOnSelected = ink{dark: 231, light: 16}
	inkOnAccent   = ink{dark: 234, light: 231, basic: ansi.BrightWhite}
)

// inks turns palette entries into colours for one terminal.
type inks struct {
	pick     lipgloss.LightDarkFunc
	complete lipgloss.CompleteFunc
	none     bool
}

func newInks(mode Mode, profile colorprofile.Profile) inks {
	return inks{
		pick:     lipgloss.LightDark(mode != Light),
		complete: lipgloss.Complete(profile),
		none:     mode == Mono || profile <= colorprofile.Ascii,
	}
}

// of gives the colour of an entry, nil for the terminal's own.
func (k inks) of(i ink) color.Color {
	if k.none {
		return nil
	}
	full := k.pick(i.light, i.dark)
	return k.complete(i.basic, full, full)
}
