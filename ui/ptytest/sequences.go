package ptytest

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// execute does the control characters.
func (s *Screen) execute(c byte) {
	b := s.b
	switch c {
	case '\r':
		b.x, s.wrapNext = 0, false
	case '\n', '\v', '\f':
		s.index()
		s.wrapNext = false
	case '\b':
		b.x, s.wrapNext = max(0, b.x-1), false
	case '\t':
		s.tab(1)
	case 0x85: // next line
		b.x = 0
		s.index()
	}
}

func (s *Screen) esc(c ansi.Cmd) {
	if c.Intermediate() != 0 {
		return // character sets
	}
	switch c.Final() {
	case '7':
		s.save()
	case '8':
		s.restore()
	case 'D':
		s.index()
	case 'E':
		s.b.x = 0
		s.index()
	case 'M':
		s.reverseIndex()
	case 'H':
		s.tabs[s.b.x] = true
	case '=', '>', '\\':
	default:
		s.unknown[fmt.Sprintf("ESC %c", c.Final())]++
	}
}

func (s *Screen) dcs(c ansi.Cmd, _ ansi.Params, _ []byte) {
	if c.Intermediate() == '+' && c.Final() == 'q' {
		s.answer("\x1bP0+r\x1b\\") // no such capability
	}
}

func (s *Screen) osc(number int, data []byte) {
	_, rest, _ := strings.Cut(string(data), ";")
	switch {
	case number == 0 || number == 2:
		s.title = rest
	case number == 8:
		if _, address, _ := strings.Cut(rest, ";"); address != "" {
			s.links[address] = true
		}
	case number == 52:
		_, encoded, _ := strings.Cut(rest, ";")
		if decoded, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			s.clipboard = string(decoded)
		}
	case (number == 10 || number == 11) && rest == "?":
		colour := map[int]string{10: "d0d0/d0d0/d0d0", 11: "1c1c/1c1c/1c1c"}[number]
		s.answer(fmt.Sprintf("\x1b]%d;rgb:%s\x1b\\", number, colour))
	}
}

func (s *Screen) answer(text string) {
	if s.reply != nil {
		s.reply([]byte(text))
	}
}

// csi sorts control sequences by their kind.
func (s *Screen) csi(c ansi.Cmd, params ansi.Params) {
	if c.Prefix() != 0 || c.Intermediate() != 0 || c.Final() == 'c' {
		s.terminal(c, params)
		return
	}
	if c.Final() != 'm' && c.Final() != 'b' {
		s.wrapNext = false
	}
	if !s.moved(c.Final(), params) && !s.edited(c.Final(), params) && !s.changed(c.Final(), params) {
		s.unknown[fmt.Sprintf("CSI %c", c.Final())]++
	}
}

// argument gives a number of a sequence; 0 stands for the default where that is 1.
func argument(params ansi.Params, at, otherwise int) int {
	n, _, _ := params.Param(at, otherwise)
	if n == 0 && otherwise == 1 {
		return 1
	}
	return n
}

// terminal does modes and queries. Keyboard protocols and cursor shapes are known and have no effect on cells.
func (s *Screen) terminal(c ansi.Cmd, params ansi.Params) {
	switch {
	case c.Prefix() == '?' && (c.Final() == 'h' || c.Final() == 'l'):
		params.ForEach(0, func(_, number int, _ bool) { s.mode(number, c.Final() == 'h') })
	case c.Prefix() == '?' && c.Intermediate() == '$' && c.Final() == 'p':
		number, state := argument(params, 0, 0), 0
		if number == synchronizedOutput {
			state = 2 // known, and not set
		}
		s.answer(fmt.Sprintf("\x1b[?%d;%d$y", number, state))
	case c.Prefix() == 0 && c.Final() == 'c':
		s.answer("\x1b[?62;22c")
	case c.Prefix() == '>' && c.Final() == 'c':
		s.answer("\x1b[>41;380;0c")
	case c.Prefix() == '?' && c.Final() == 'W':
		s.resetTabs()
	}
}

// Numbers of DEC private modes.
const (
	autoWrapMode       = 7
	cursorMode         = 25
	altScreenOld       = 47
	altScreenClear     = 1047
	altScreenSave      = 1049
	synchronizedOutput = 2026
)

func (s *Screen) mode(number int, on bool) {
	s.modes[number] = on
	switch number {
	case autoWrapMode:
		s.autowrap = on
		s.wrapNext = s.wrapNext && on
	case cursorMode:
		s.cursor = on
	case altScreenOld, altScreenClear, altScreenSave:
		s.switchScreen(on, number == altScreenSave)
	}
}

func (s *Screen) switchScreen(toAlt, keepCursor bool) {
	switch {
	case toAlt && s.b == s.main:
		if keepCursor {
			s.save()
		}
		s.alt = s.newBuffer()
		s.alt.x, s.alt.y, s.alt.pen = s.main.x, s.main.y, s.main.pen
		s.b = s.alt
	case !toAlt && s.b == s.alt:
		s.b = s.main
		if keepCursor {
			s.restore()
		}
	}
}

// moved does the sequences that move the cursor.
func (s *Screen) moved(final byte, params ansi.Params) bool {
	b := s.b
	n := argument(params, 0, 1)
	switch final {
	case 'A':
		limit := 0
		if b.y >= s.top {
			limit = s.top
		}
		b.y = max(limit, b.y-n)
	case 'B', 'e':
		limit := s.rows - 1
		if b.y <= s.bot {
			limit = s.bot
		}
		b.y = min(limit, b.y+n)
	case 'C', 'a':
		b.x = min(s.cols-1, b.x+n)
	case 'D':
		b.x = max(0, b.x-n)
	case 'E':
		b.x, b.y = 0, min(s.rows-1, b.y+n)
	case 'F':
		b.x, b.y = 0, max(0, b.y-n)
	case 'G', '`':
		b.x = min(s.cols, n) - 1
	case 'd':
		b.y = min(s.rows, n) - 1
	case 'H', 'f':
		b.y, b.x = min(s.rows, n)-1, min(s.cols, argument(params, 1, 1))-1
	case 'I':
		s.tab(n)
	case 'Z':
		s.tab(-n)
	case 's':
		s.save()
	case 'u':
		s.restore()
	default:
		return false
	}
	return true
}

// edited does the sequences that change cells.
func (s *Screen) edited(final byte, params ansi.Params) bool {
	b := s.b
	n := argument(params, 0, 1)
	switch final {
	case 'J':
		s.eraseScreen(argument(params, 0, 0))
	case 'K':
		s.eraseLine(argument(params, 0, 0))
	case 'X':
		s.erase(b.y, b.x, b.x+n)
	case '@':
		s.insert(n)
	case 'P':
		s.remove(n)
	case 'L', 'M':
		if b.y >= s.top && b.y <= s.bot {
			if final == 'L' {
				n = -n
			}
			b.x = 0
			s.scroll(b.y, n)
		}
	case 'S':
		s.scroll(s.top, n)
	case 'T':
		s.scroll(s.top, -n)
	case 'b':
		for ; n > 0 && s.last != 0; n-- {
			s.print(s.last)
		}
	default:
		return false
	}
	return true
}

func (s *Screen) eraseLine(which int) {
	b := s.b
	switch which {
	case 0:
		s.erase(b.y, b.x, s.cols)
	case 1:
		s.erase(b.y, 0, b.x+1)
	case 2:
		s.erase(b.y, 0, s.cols)
	}
}

func (s *Screen) eraseScreen(which int) {
	from, to := 0, s.rows
	switch which {
	case 0:
		s.eraseLine(0)
		from = s.b.y + 1
	case 1:
		s.eraseLine(1)
		to = s.b.y
	}
	for y := from; y < to; y++ {
		s.erase(y, 0, s.cols)
	}
}

// changed does the sequences that change how later ones work.
func (s *Screen) changed(final byte, params ansi.Params) bool {
	b := s.b
	switch final {
	case 'r':
		top, bottom := argument(params, 0, 1)-1, argument(params, 1, s.rows)-1
		if bottom <= 0 || bottom >= s.rows {
			bottom = s.rows - 1
		}
		if top < bottom {
			s.top, s.bot, b.x, b.y = top, bottom, 0, 0
		}
	case 'm':
		b.pen.apply(params)
	case 'g':
		if argument(params, 0, 0) == 3 {
			clear(s.tabs)
		} else {
			delete(s.tabs, b.x)
		}
	case 'n':
		switch argument(params, 0, 0) {
		case 5:
			s.answer("\x1b[0n")
		case 6:
			s.answer(fmt.Sprintf("\x1b[%d;%dR", b.y+1, b.x+1))
		}
	case 't', 'h', 'l', 'q':
	default:
		return false
	}
	return true
}
