// Package text holds text that came from outside after it was made harmless: names, titles and messages
// that a directory, an API or a file supplied. Cleaning happens once, where the text enters; the type says so.
package text

// Line is one line of cleaned text: valid UTF-8 without control characters, escape sequences, bidirectional
// controls or invisible characters, short enough to show.
type Line string
