package paint

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// pen is how cells look: the parameters of "select graphic rendition" since the last reset; and where they lead: the
// parameters and the address of a hyperlink.
type pen struct{ rendition, link string }

// plain is the number of the pen that is the terminal's own look.
const plain = 0

// colours reports whether the pen does nothing but give letters a colour, of 256 or of red, green and blue.
func (p pen) colours() bool {
	more := strings.Count(p.rendition, ";")
	return strings.HasPrefix(p.rendition, "38;5;") && more == 2 || strings.HasPrefix(p.rendition, "38;2;") && more == 4
}

// cell is one column of a row.
type cell struct {
	char rune   // negative: the number of a cluster of several
	pen  uint16 // its number in pens
	size uint8  // columns; 0: the right half of a wide character
}

var blank = cell{char: ' ', size: 1}

// row is a row of the screen, with the line of the frame that it was made of. It is never changed.
type row struct {
	line  string
	cells []cell
	// unsure rows have characters whose width terminals do not agree about, such as emoji of several parts.
	unsure bool
}

// pens numbers the pens that are in use.
type pens struct {
	list    []pen
	numbers map[pen]uint16
	erase   []bool   // blanks of this pen can be made by erasing
	blanks  []uint16 // the pen with which a blank looks the same, plain where that does
}

func newPens() pens {
	p := pens{numbers: map[pen]uint16{}}
	p.number(pen{})
	return p
}

func (p *pens) number(one pen) uint16 {
	if n, ok := p.numbers[one]; ok {
		return n
	}
	n := uint16(len(p.list))
	p.list = append(p.list, one)
	p.numbers[one] = n
	paper, lines := onBlanks(one.rendition)
	p.erase = append(p.erase, !lines && one.link == "")
	if paper || lines || one.link != "" {
		p.blanks = append(p.blanks, n)
	} else {
		p.blanks = append(p.blanks, plain)
	}
	return n
}

// onBlanks says what of a rendition shows on blanks: the colour of the paper, and what erasing does not leave behind.
func onBlanks(rendition string) (paper, lines bool) {
	numbers := strings.FieldsFunc(rendition, func(r rune) bool { return r == ';' || r == ':' })
	for i := 0; i < len(numbers); i++ {
		n, _ := strconv.Atoi(numbers[i])
		switch {
		case n == 38, n == 48, n == 58: // a colour in several numbers: of 256, or of red, green and blue
			paper = paper || n == 48
			if i+1 < len(numbers) && numbers[i+1] == "2" {
				i += 4
			} else {
				i += 2
			}
		case n >= 40 && n <= 47, n >= 100 && n <= 107:
			paper = true
		case n == 4, n == 7, n == 9, n == 21, n == 53:
			lines = true
		}
	}
	return paper, lines
}

// clusters numbers the characters that are written with several code points, from -1 down.
type clusters struct {
	list    []string
	numbers map[string]rune
}

func (k *clusters) char(text string) rune {
	if r, size := utf8.DecodeRuneInString(text); size == len(text) {
		return r
	}
	if n, ok := k.numbers[text]; ok {
		return n
	}
	k.list = append(k.list, text)
	n := rune(-len(k.list))
	k.numbers[text] = n
	return n
}

// row makes the cells of a line of a frame, cut or filled to the width.
func (c *canvas) row(line string, width int) *row {
	r := &row{line: line, cells: make([]cell, 0, width)}
	line = strings.ToValidUTF8(line, string(utf8.RuneError)) // or what follows would be taken for a part of it
	var now pen
	number := uint16(plain)
	for i := 0; i < len(line) && len(r.cells) < width; {
		b := line[i]
		if b >= ' ' && b < 0x7F && (i+1 == len(line) || line[i+1] < utf8.RuneSelf) {
			one := cell{char: rune(b), pen: number, size: 1}
			if b == ' ' {
				one.pen = c.pens.blanks[number]
			}
			r.cells = append(r.cells, one)
			i++
			continue
		}
		sequence, size, n, _ := ansi.DecodeSequence(line[i:], 0, nil)
		i += n
		switch {
		case size == 0: // it has no place of its own: a change of the pen, or what is not for screens
			now = now.changed(sequence)
			number = c.pens.number(now)
		case len(r.cells)+size > width:
			r.cells = append(r.cells, blank)
		default:
			one := cell{char: c.clusters.char(sequence), pen: number, size: uint8(size)}
			r.cells = append(r.cells, one)
			for range size - 1 {
				r.cells = append(r.cells, cell{pen: number})
			}
			r.unsure = r.unsure || one.char < 0 || size > 1 && !eastAsian(one.char) || ansi.StringWidthWc(sequence) != size
		}
	}
	for len(r.cells) < width {
		r.cells = append(r.cells, blank)
	}
	return r
}

// eastAsian reports whether a wide character is one of those about which all terminals agree. Emoji became wide one by one,
// and get more each year.
func eastAsian(char rune) bool { return char >= 0x2E80 && char <= 0xFFFF || char >= 0x20000 }

// changed gives the pen after a sequence of the frame.
func (p pen) changed(sequence string) pen {
	if rest, ok := strings.CutPrefix(sequence, "\x1b["); ok && strings.HasSuffix(rest, "m") {
		switch parameters := rest[:len(rest)-1]; {
		case strings.Trim(parameters, "0123456789:;") != "": // another command
		case parameters == "" || parameters == "0":
			p.rendition = ""
		case p.rendition == "":
			p.rendition = parameters
		default:
			p.rendition += ";" + parameters
		}
		return p
	}
	if rest, ok := strings.CutPrefix(sequence, "\x1b]8;"); ok {
		p.link = strings.TrimSuffix(strings.TrimSuffix(rest, "\x1b\\"), "\a")
		if strings.HasSuffix(p.link, ";") { // no address
			p.link = ""
		}
	}
	return p
}
