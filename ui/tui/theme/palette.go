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
type ink struct {
	dark, light string
	basic       color.Color
}

// The palette. Contrasts are checked by a test: at least 4.5 to 1 for text on the usual backgrounds, and within
// chips; rules are decoration.
var (
	inkMuted     = ink{dark: "#a3a9b5", light: "#545a66"}
	inkUnknown   = ink{dark: "#b3a5d6", light: "#65558f"}
	inkAccent    = ink{dark: "#a9b7ff", light: "#3b48b8"}
	inkRule      = ink{dark: "#7d8596", light: "#7a8190"}
	inkOK        = ink{dark: "#5fd38d", light: "#0b6b3a"}
	inkInfo      = ink{dark: "#7cb7ff", light: "#0a58b0"}
	inkAmber     = ink{dark: "#ffaf5f", light: "#994200"}
	inkDanger    = ink{dark: "#ff8a80", light: "#b3141f"}
	inkChipDark  = ink{dark: "#1a1a1a", light: "#1a1a1a", basic: ansi.Black}
	inkChipLight = ink{dark: "#ffffff", light: "#ffffff", basic: ansi.BrightWhite}
	inkLow       = ink{dark: "#ffd75f", light: "#ffd75f", basic: ansi.Yellow}
	inkMedium    = ink{dark: "#ff9f45", light: "#ff9f45", basic: ansi.Magenta}
	inkHigh      = ink{dark: "#b3141f", light: "#b3141f", basic: ansi.Red}
	inkAccentOn  = ink{dark: "#a9b7ff", light: "#3b48b8", basic: ansi.Blue}
	inkOnAccent  = ink{dark: "#1a1a1a", light: "#ffffff", basic: ansi.BrightWhite}
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
	full := k.pick(lipgloss.Color(i.light), lipgloss.Color(i.dark))
	return k.complete(i.basic, full, full)
}
