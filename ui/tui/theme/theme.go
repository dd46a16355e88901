// Package theme says how everything looks: a few roles, each with a style for dark terminals, light ones, and ones
// without colour. Meaning never depends on colour alone, so the mono theme loses nothing.
package theme

import (
	"github.com/charmbracelet/colorprofile"

	"adbadge/model"
)

// Mode is one of the three looks.
type Mode uint8

const (
	Dark Mode = iota
	Light
	// Mono uses bold, underline and reverse only.
	Mono
)

// String gives the word used in the configuration and in messages.
func (m Mode) String() string { return [...]string{"dark", "light", "mono"}[m] }

// ParseMode reads the word of a mode; ok is false for any other word ("auto" among them).
func ParseMode(word string) (mode Mode, ok bool) {
	for m := Dark; m <= Mono; m++ {
		if m.String() == word {
			return m, true
		}
	}
	return Dark, false
}

// Next gives the mode that follows when a user steps through them.
func (m Mode) Next() Mode { return (m + 1) % 3 }

// Theme holds a style for every role. It is immutable; a change of look makes a new one.
type Theme struct {
	Mode   Mode
	Glyphs Glyphs

	Text     Style // body: the terminal's own
	Strong   Style // headings and names
	Muted    Style // what supports: labels, units, column heads
	Accent   Style // the one accent: keys, the active view
	Rule     Style // lines between zones
	Selected Style // what is under the cursor
	Marked   Style // the star of a marked row
	Flash    Style // a row with a new alert, for a few seconds
	Input    Style // what is being typed
	Button   Style // the button that enter would press
	Link     Style

	OK      Style
	Info    Style
	Warning Style
	Danger  Style
	Alarm   Style // a source that is down, a tenant's warning: must not be overlooked
	Mark    Style // the mark of the lab
	Write   Style // "WRITE" in the title

	severities [model.OtherSeverity + 1]Style // chips
	recognized Style
	trouble    Style
	grey       Style
	unknown    Style
	failed     Style
}

// New makes the theme of a mode for what the terminal can show. ascii swaps lines and boxes for plain characters.
func New(mode Mode, profile colorprofile.Profile, ascii bool) *Theme {
	k := newInks(mode, profile)
	t := &Theme{Mode: mode, Glyphs: glyphs(ascii)}
	if k.none {
		t.setMono()
		return t
	}
	t.Strong = newStyle(bold, nil, nil)
	t.Muted = newStyle(0, k.of(inkMuted), nil)
	t.Accent = newStyle(0, k.of(inkAccent), nil)
	t.Rule = newStyle(0, k.of(inkRule), nil)
	t.Selected = newStyle(0, k.of(inkOnSelected), k.of(inkSelected))
	if k.of(inkSelected) == nil { // 16 colours: no two of them are sure to fit
		t.Selected = newStyle(reverse, nil, nil)
	}
	t.Marked = newStyle(bold, k.of(inkAccent), nil)
	t.Flash = newStyle(bold, k.of(inkDanger), nil)
	t.Input = newStyle(bold, nil, nil)
	t.Button = newStyle(bold, k.of(inkOnAccent), k.of(inkAccentOn))
	t.Link = newStyle(underline, k.of(inkAccent), nil)
	t.OK = newStyle(0, k.of(inkOK), nil)
	t.Info = newStyle(0, k.of(inkInfo), nil)
	t.Warning = newStyle(0, k.of(inkAmber), nil)
	t.Danger = newStyle(bold, k.of(inkDanger), nil)
	t.Alarm = newStyle(bold|reverse, k.of(inkDanger), nil)
	t.Mark = newStyle(bold, k.of(inkOnAccent), k.of(inkAccentOn))
	t.Write = newStyle(bold, k.of(inkChipDark), k.of(inkMedium))
	t.setBadges(k)
	return t
}

func (t *Theme) setBadges(k inks) {
	high := newStyle(bold, k.of(inkChipLight), k.of(inkHigh))
	medium := newStyle(0, k.of(inkChipDark), k.of(inkMedium))
	if k.of(inkMedium) == inkMedium.basic { // 16 colours: black on magenta is hard to read
		medium = newStyle(0, k.of(inkChipLight), k.of(inkMedium))
	}
	t.severities = [...]Style{
		{}, newStyle(bold, k.of(inkInfo), nil), newStyle(0, k.of(inkChipDark), k.of(inkLow)), medium, high, high,
	}
	t.recognized = t.OK
	t.trouble = newStyle(bold, k.of(inkAmber), nil)
	t.grey = t.Muted
	t.unknown = newStyle(italic, k.of(inkUnknown), nil)
	t.failed = newStyle(italic, k.of(inkAmber), nil)
}

// setMono says everything with attributes.
func (t *Theme) setMono() {
	t.Strong = newStyle(bold, nil, nil)
	t.Accent = newStyle(bold, nil, nil)
	t.Selected = newStyle(reverse, nil, nil)
	t.Marked = newStyle(bold, nil, nil)
	t.Flash = newStyle(bold|underline, nil, nil)
	t.Input = newStyle(bold, nil, nil)
	t.Button = newStyle(bold|reverse, nil, nil)
	t.Link = newStyle(underline, nil, nil)
	t.Warning = newStyle(bold, nil, nil)
	t.Danger = newStyle(bold, nil, nil)
	t.Alarm = newStyle(bold|reverse, nil, nil)
	t.Mark = newStyle(bold, nil, nil)
	t.Write = newStyle(bold|reverse, nil, nil)
	high := newStyle(bold|reverse, nil, nil)
	t.severities = [...]Style{{}, {}, newStyle(bold, nil, nil), newStyle(bold|underline, nil, nil), high, high}
	t.trouble = newStyle(bold, nil, nil)
	t.failed = newStyle(underline, nil, nil)
}

// Badge gives the style of a badge's five cells.
func (t *Theme) Badge(b model.Badge) Style {
	switch b.State {
	case model.BadgeAlerts:
		return t.severities[b.Severity]
	case model.BadgeRecognized:
		if b.Trouble {
			return t.trouble
		}
		return t.recognized
	case model.BadgeDiscovered, model.BadgeUnrecognized:
		return t.grey
	}
	switch b.Reason {
	case model.EndpointFailed, model.EndpointDenied, model.AnswerIncomplete:
		return t.failed
	}
	return t.unknown
}

// Severity gives the chip of a severity, as badges have it.
func (t *Theme) Severity(s model.Severity) Style { return t.severities[s] }

// Level gives the style of a finding's level.
func (t *Theme) Level(l model.Level) Style {
	switch l {
	case model.OK:
		return t.OK
	case model.Warning:
		return t.Warning
	case model.Critical:
		return t.Danger
	}
	return t.unknown
}

// Integration gives the style of the integration's state word.
func (t *Theme) Integration(i model.Integration) Style {
	switch i {
	case model.IntegrationOn:
		return t.OK
	case model.IntegrationHalf, model.IntegrationDegraded:
		return t.Warning
	case model.IntegrationError:
		return t.Danger
	case model.IntegrationIsOff:
		return t.Muted
	}
	return t.unknown
}

// Toggle gives the style of a switch.
func (t *Theme) Toggle(s model.ToggleState) Style {
	switch s {
	case model.ToggleOn:
		return t.OK
	case model.ToggleOff:
		return t.Muted
	}
	return t.unknown
}
