package config

import (
	"strconv"
	"strings"
)

// lines maps the path of a key or table to the line where it stands first. The TOML library gives positions for
// errors of syntax only.
type lines map[string]int

// of gives the line of a path, or of the nearest table around it; 0 when the file has neither.
func (l lines) of(path []string) int {
	for n := len(path); n > 0; n-- {
		if line, ok := l[pathKey(path[:n])]; ok {
			return line
		}
	}
	return 0
}

// pathKey joins a path with a character that no sensible key holds.
func pathKey(path []string) string { return strings.Join(path, "\x00") }

// ordinal gives the number of an array element as people count.
func ordinal(index string) string {
	n, err := strconv.Atoi(index)
	if err != nil {
		return index
	}
	return strconv.Itoa(n + 1)
}

// lineScanner walks over the lines of a valid TOML document.
type lineScanner struct {
	found  lines
	table  []string       // the table that keys belong to now
	counts map[string]int // how often the header of an array of tables was seen
	depth  int            // open brackets of a value that goes on in the next line
	quote  string         // the delimiter of a text that goes on in the next line
}

// scanLines finds where the keys of a document stand. The document must have been accepted by the TOML library; with
// another one the lines are merely wrong.
func scanLines(document string) lines {
	s := lineScanner{found: lines{}, counts: map[string]int{}}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(document, "\ufeff")) {
		number++
		rest := strings.TrimSpace(line)
		if s.quote != "" || s.depth > 0 {
			s.value(rest)
			continue
		}
		switch {
		case rest == "" || rest[0] == '#':
		case strings.HasPrefix(rest, "[["):
			s.arrayHeader(rest[2:], number)
		case rest[0] == '[':
			s.table, _ = readKey(rest[1:])
			s.table = s.indexed(s.table)
			s.note(s.table, number)
		default:
			key, after := readKey(rest)
			s.note(append(s.table[:len(s.table):len(s.table)], key...), number)
			s.value(strings.TrimPrefix(strings.TrimSpace(after), "="))
		}
	}
	return s.found
}

// arrayHeader enters the next element of an array of tables.
func (s *lineScanner) arrayHeader(rest string, number int) {
	key, _ := readKey(rest)
	if len(key) == 0 {
		return
	}
	last := len(key) - 1
	array := append(s.indexed(key[:last]), key[last])
	index := s.counts[pathKey(array)]
	s.counts[pathKey(array)]++
	s.note(array, number)
	s.table = append(array, strconv.Itoa(index))
	s.note(s.table, number)
}

// indexed puts the number of the current element behind every part of a path that is an array of tables.
func (s *lineScanner) indexed(key []string) []string {
	var path []string
	for _, part := range key {
		path = append(path, part)
		if n := s.counts[pathKey(path)]; n > 0 {
			path = append(path, strconv.Itoa(n-1))
		}
	}
	return path
}

// note remembers the first line of a path, and of the tables that a dotted key opens.
func (s *lineScanner) note(path []string, number int) {
	for n := len(path); n > 0; n-- {
		if _, ok := s.found[pathKey(path[:n])]; ok {
			return
		}
		s.found[pathKey(path[:n])] = number
	}
}

// value skips a value, or the part of it that stands on this line.
func (s *lineScanner) value(rest string) {
	for rest != "" {
		if s.quote != "" {
			end := endOfText(rest, s.quote)
			if end < 0 {
				return // goes on in the next line
			}
			rest = rest[end:]
			if len(s.quote) == 3 {
				rest = strings.TrimLeft(rest, s.quote[:1]) // up to two quotes may stand before the closing three
			}
			s.quote = ""
			continue
		}
		switch rest[0] {
		case '#':
			return
		case '[', '{':
			s.depth++
		case ']', '}':
			s.depth--
		case '"', '\'':
			s.quote = delimiter(rest)
			rest = rest[len(s.quote):]
			continue
		}
		rest = rest[1:]
	}
}

// delimiter gives the quotes that a text begins with: one or three.
func delimiter(rest string) string {
	if triple := strings.Repeat(rest[:1], 3); strings.HasPrefix(rest, triple) {
		return triple
	}
	return rest[:1]
}

// endOfText gives the index behind the closing delimiter, or -1.
func endOfText(rest, quote string) int {
	for i := 0; i < len(rest); i++ {
		if quote[0] == '"' && rest[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(rest[i:], quote) {
			return i + len(quote)
		}
	}
	return -1
}

// readKey reads a bare, quoted or dotted key from the beginning of a line, and gives what follows it.
func readKey(rest string) (key []string, after string) {
	for {
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" {
			return key, ""
		}
		var part string
		if quote := rest[0]; quote == '"' || quote == '\'' {
			end := endOfText(rest[1:], rest[:1])
			if end < 0 {
				return key, ""
			}
			part, rest = unquote(rest[:1+end]), rest[1+end:]
		} else {
			end := strings.IndexAny(rest, " \t.=]")
			if end < 0 {
				end = len(rest)
			}
			part, rest = rest[:end], rest[end:]
		}
		key = append(key, part)
		rest = strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(rest, ".") {
			return key, rest
		}
		rest = rest[1:]
	}
}

// unquote reads a quoted key; escapes that Go does not know leave it as it is written.
func unquote(quoted string) string {
	if s, err := strconv.Unquote(quoted); err == nil && quoted[0] == '"' {
		return s
	}
	return quoted[1 : len(quoted)-1]
}
