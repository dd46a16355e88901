// Package input is a line that is being typed: the filter, the palette, the name of a view. What comes in is cleaned,
// so that nothing pasted can be a control character.
package input

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"adbadge/model/text"
	"adbadge/ui/tui/draw"
)

// maxRunes bounds what can be typed or pasted into a line.
const maxRunes = 1000

// Line is an editable line. The zero Line is empty. Its cursor stands between characters as people see them, so a
// letter with its accents, or an emoji of several parts, is never split.
type Line struct {
	before, after string
}

// Set replaces the text and puts the cursor behind it.
func (l *Line) Set(s string) { l.before, l.after = s, "" }

// Text gives what was typed.
func (l *Line) Text() string { return l.before + l.after }

// Cursor gives the column of the cursor.
func (l *Line) Cursor() int { return draw.Width(l.before) }

// Insert puts text in at the cursor, cleaned and on one line.
func (l *Line) Insert(s string) {
	room := maxRunes - len([]rune(l.Text()))
	if room <= 0 || s == "" {
		return
	}
	lead := strings.HasPrefix(s, " ") && strings.TrimSpace(s) != ""
	trail := strings.HasSuffix(s, " ")
	clean := text.CleanMax(s, room).String()
	if lead {
		clean = " " + clean
	}
	if trail {
		clean += " "
	}
	l.before += clean
}

// Press edits the line, and reports whether the key was one for it.
func (l *Line) Press(key tea.KeyPressMsg) bool {
	switch key.String() {
	case "backspace", "ctrl+h":
		l.before = cutLast(l.before)
	case "delete":
		l.after = cutFirst(l.after)
	case "left", "ctrl+b":
		shorter := cutLast(l.before)
		l.before, l.after = shorter, l.before[len(shorter):]+l.after
	case "right", "ctrl+f":
		rest := cutFirst(l.after)
		l.before, l.after = l.before+l.after[:len(l.after)-len(rest)], rest
	case "home", "ctrl+a":
		l.before, l.after = "", l.Text()
	case "end", "ctrl+e":
		l.before, l.after = l.Text(), ""
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		l.before = cutWord(l.before)
	case "ctrl+u":
		l.before = ""
	case "ctrl+k":
		l.after = ""
	default:
		if key.Text == "" || key.Mod&^tea.ModShift != 0 {
			return false
		}
		l.Insert(key.Text)
	}
	return true
}

// Window gives the part of the text that shows in width cells so that the cursor is in it, and the cursor's column
// within that part.
func (l *Line) Window(width int) (shown string, cursor int) {
	if width <= 0 {
		return "", 0
	}
	before := l.before
	for draw.Width(before) > width-1 {
		before = cutFirst(before)
	}
	return draw.Cut(before+l.after, width, ""), draw.Width(before)
}

func cutFirst(s string) string {
	cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return s[len(cluster):]
}

func cutLast(s string) string {
	at := 0
	for rest := s; rest != ""; {
		cluster, _ := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		if len(cluster) == len(rest) {
			break
		}
		at += len(cluster)
		rest = rest[len(cluster):]
	}
	return s[:at]
}

func cutWord(s string) string {
	s = strings.TrimRightFunc(s, unicode.IsSpace)
	at := strings.LastIndexFunc(s, unicode.IsSpace)
	return s[:at+1]
}
