package theme

import (
	"image/color"
	"math"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"adbadge/model"
)

// luminance and contrast follow WCAG 2.1.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

// Backgrounds that terminals have: their defaults and the usual themes.
func backgrounds(mode Mode) []string {
	if mode == Light {
		return []string{"#ffffff", "#fdf6e3", "#f6f8fa", "#eeeeee"}
	}
	return []string{"#000000", "#1e1e1e", "#282c34", "#0d1117", "#002b36"}
}

func TestContrast(t *testing.T) {
	text := map[string]ink{"muted": inkMuted, "unknown": inkUnknown, "accent": inkAccent, "ok": inkOK, "info": inkInfo,
		"amber": inkAmber, "danger": inkDanger}
	chips := map[string][2]ink{"low": {inkChipDark, inkLow}, "medium": {inkChipDark, inkMedium}, "high": {inkChipLight, inkHigh},
		"mark": {inkOnAccent, inkAccentOn}, "selected": {inkOnSelected, inkSelected}}
	for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
		for _, mode := range []Mode{Dark, Light} {
			k := newInks(mode, profile)
			shown := func(i ink) color.Color { return profile.Convert(k.of(i)) }
			for name, i := range text {
				for _, background := range backgrounds(mode) {
					if c := contrast(shown(i), lipgloss.Color(background)); c < 4.5 {
						t.Errorf("%s text in the %s theme (%v) has contrast %.1f on %s", name, mode, profile, c, background)
					}
				}
			}
			for name, pair := range chips {
				if c := contrast(shown(pair[0]), shown(pair[1])); c < 4.5 {
					t.Errorf("the %s chip in the %s theme (%v) has contrast %.1f", name, mode, profile, c)
				}
			}
		}
	}
}

// With 16 colours, severities must not become the same.
func TestSixteenColoursKeepSeveritiesApart(t *testing.T) {
	theme := New(Dark, colorprofile.ANSI, false)
	seen := map[string]model.Severity{}
	for s := model.Informational; s <= model.High; s++ {
		look := theme.Severity(s).sgr
		if other, ok := seen[look]; ok {
			t.Errorf("%s and %s look the same: %q", other, s, look)
		}
		seen[look] = s
	}
}

func TestGreyAndUnknownLookDifferent(t *testing.T) {
	for mode := Dark; mode <= Light; mode++ {
		theme := New(mode, colorprofile.TrueColor, false)
		grey := theme.Badge(model.Badge{State: model.BadgeUnrecognized})
		if grey == theme.Badge(model.Badge{Reason: model.NotAsked}) || grey == theme.Badge(model.Badge{Reason: model.EndpointFailed}) {
			t.Errorf("%s: unknown looks like unrecognised", mode)
		}
	}
}

func TestMonoHasNoColour(t *testing.T) {
	mono, plain := New(Mono, colorprofile.TrueColor, false), New(Dark, colorprofile.Ascii, false)
	if *mono != (Theme{Mode: Mono, Glyphs: mono.Glyphs, Strong: mono.Strong, Accent: mono.Strong, Selected: mono.Selected, Marked: mono.Strong,
		Flash: mono.Flash, Input: mono.Strong, Button: mono.Alarm, Link: mono.Link, Warning: mono.Strong, Danger: mono.Strong,
		Alarm: mono.Alarm, Mark: mono.Strong, Write: mono.Alarm, severities: mono.severities, trouble: mono.Strong, failed: mono.Link}) {
		t.Error("a role of the mono theme has a look of its own")
	}
	if plain.Severity(model.High) != mono.Severity(model.High) {
		t.Error("a terminal without colours does not get the mono look")
	}
}

func TestStylesEndWhereTheyShould(t *testing.T) {
	s := newStyle(bold, lipgloss.Color("#ff0000"), nil)
	if got := s.Render("x"); got != "\x1b[1;38;2;255;0;0mx\x1b[m" {
		t.Errorf("%q", got)
	}
	if got := string(s.AppendPadded(nil, 1, "x", 2)); got != " \x1b[1;38;2;255;0;0mx\x1b[m  " {
		t.Errorf("%q", got)
	}
	if got := string(newStyle(reverse, nil, nil).AppendPadded(nil, 1, "x", 2)); got != "\x1b[7m x  \x1b[m" {
		t.Errorf("%q", got)
	}
	if got := string(Style{}.AppendPadded(nil, 1, "x", 1)); got != " x " {
		t.Errorf("%q", got)
	}
}
