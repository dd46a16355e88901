// Package text holds text that came from outside after it was made harmless: names, titles and messages
// that a directory, an API or a file supplied. Cleaning happens once, where the text enters; the type says so.
package text

// Line is one line of cleaned text: valid UTF-8 without control characters, escape sequences, bidirectional
// controls or invisible characters, short enough to show.
type Line string

// String gives the text.
func (l Line) String() string { return string(l) }

const (
	// DefaultRunes is the length at which Clean cuts.
	DefaultRunes = 1024
	// MaxRunes is the greatest length that CleanMax gives, whatever it is asked for.
	MaxRunes = importLimit / 4
	// importLimit is how many bytes of one value are looked at; what comes after is cut off unseen.
	importLimit = 64 << 10
	// maxMarks is how many combining marks one character keeps. Scripts in use need four at most.
	maxMarks = 4
)

const (
	// marker stands for a character that would be invisible or would move other cells.
	marker = '\uFFFD'
	// carrier is the dotted circle, which carries a combining mark that has no character to sit on.
	carrier = '\u25CC'
	// ellipsis stands for what was cut off.
	ellipsis = '\u2026'
	// controlPictures is where Unicode shows the control characters 0 to 31; deletePicture shows DEL.
	controlPictures = '\u2400'
	deletePicture   = '\u2421'
)
