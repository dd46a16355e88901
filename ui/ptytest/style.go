package ptytest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Color is "" for the terminal's own, "0" to "255" of the palette, or "#rrggbb".
type Color string

// Style is how a cell looks.
type Style struct {
	Foreground, Background                                Color
	Bold, Faint, Italic, Underline, Blink, Reverse, Cross bool
}

// String gives the parts of a style, separated by blanks.
func (s Style) String() string {
	var parts []string
	if s.Foreground != "" {
		parts = append(parts, "fg="+string(s.Foreground))
	}
	if s.Background != "" {
		parts = append(parts, "bg="+string(s.Background))
	}
	for _, attribute := range []struct {
		on   bool
		name string
	}{
		{s.Bold, "bold"}, {s.Faint, "faint"}, {s.Italic, "italic"}, {s.Underline, "underline"}, {s.Blink, "blink"},
		{s.Reverse, "reverse"}, {s.Cross, "cross"},
	} {
		if attribute.on {
			parts = append(parts, attribute.name)
		}
	}
	return strings.Join(parts, " ")
}

// apply does "select graphic rendition".
func (s *Style) apply(params ansi.Params) {
	if len(params) == 0 {
		*s = Style{}
	}
	for i := 0; i < len(params); i++ {
		n, more, _ := params.Param(i, 0)
		switch {
		case n == 4 && more: // 4:3 is a curly line, 4:0 none
			i++
			kind, _, _ := params.Param(i, 1)
			s.Underline = kind != 0
		case n == 38 || n == 48 || n == 58:
			color, used := extendedColor(params, i, more)
			switch n {
			case 38:
				s.Foreground = color
			case 48:
				s.Background = color
			}
			i += used
		case n >= 30 && n <= 49 || n >= 90:
			s.setColor(n)
		default:
			s.setAttribute(n)
		}
	}
}

func (s *Style) setAttribute(n int) {
	switch n {
	case 0:
		*s = Style{}
	case 1:
		s.Bold = true
	case 2:
		s.Faint = true
	case 3, 23:
		s.Italic = n == 3
	case 4, 21, 24:
		s.Underline = n != 24
	case 5, 6, 25:
		s.Blink = n != 25
	case 7, 27:
		s.Reverse = n == 7
	case 9, 29:
		s.Cross = n == 9
	case 22:
		s.Bold, s.Faint = false, false
	}
}

// setColor does the colours that are one number.
func (s *Style) setColor(n int) {
	switch {
	case n == 39:
		s.Foreground = ""
	case n == 49:
		s.Background = ""
	case n < 38:
		s.Foreground = Color(strconv.Itoa(n - 30))
	case n < 48:
		s.Background = Color(strconv.Itoa(n - 40))
	case n >= 90 && n <= 97:
		s.Foreground = Color(strconv.Itoa(n - 90 + 8))
	case n >= 100 && n <= 107:
		s.Background = Color(strconv.Itoa(n - 100 + 8))
	}
}

// extendedColor reads 38;5;n, 38;2;r;g;b and their forms with colons, from the 38 on. It gives how many further
// numbers belong to it.
func extendedColor(params ansi.Params, at int, colons bool) (Color, int) {
	number := func(i int) int {
		n, _, _ := params.Param(at+i, 0)
		return n
	}
	switch number(1) {
	case 5:
		return Color(strconv.Itoa(number(2))), 2
	case 2:
		first := 2
		if colons && subParameters(params, at) >= 6 { // 38:2::r:g:b names a colour space
			first++
		}
		return Color(fmt.Sprintf("#%02x%02x%02x", number(first), number(first+1), number(first+2))), first + 2
	}
	return "", 0
}

// subParameters counts the numbers that colons tie together.
func subParameters(params ansi.Params, at int) int {
	for i := at; i < len(params); i++ {
		if _, more, _ := params.Param(i, 0); !more {
			return i - at + 1
		}
	}
	return len(params) - at
}
