package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"adbadge/model/text"
)

// Problem is one mistake in a configuration file.
type Problem struct {
	File    string
	Line    int    // counted from 1; 0 when the file has no line for it
	Message string // one clean line; never holds a secret
}

// Error gives "config.toml:22: message".
func (p Problem) Error() string {
	if p.Line == 0 {
		return p.File + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
}

// Problems are all the mistakes of a file, in the order of its lines.
type Problems []Problem

// Error gives one line for each.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// report collects the problems of one file.
type report struct {
	file     string
	lines    lines
	problems Problems
	said     map[string]bool // keys that have a problem already: one is enough
}

// scope says which tenant and which directory of it a path belongs to. Decoding and checking know the sections of one
// tenant only, "[directory] servers"; where a file has several of them, a scope leads to the right one.
type scope struct {
	*report
	tenant    string // of the section [tenants.NAME]; empty: the one at the top
	directory string // its number, for a section [[directory]]; empty where there is only one
}

// say notes a problem of the setting at path.
func (s scope) say(path []string, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if s.directory != "" && path[0] == "directory" {
		message = "directory " + ordinal(s.directory) + ": " + message
	}
	if s.tenant != "" {
		message = "tenant " + s.tenant + ": " + message
	}
	path = s.place(path)
	key := pathKey(path)
	if s.said[key] {
		return
	}
	s.said[key] = true
	s.problems = append(s.problems, newProblem(s.file, s.lines.of(path), message))
}

// place gives the path in the file.
func (s scope) place(path []string) []string {
	if s.directory != "" && path[0] == "directory" {
		path = slices.Insert(slices.Clone(path), 1, s.directory)
	}
	switch {
	case s.tenant == "":
		return path
	case path[0] == "tenant":
		path = path[1:]
	}
	return append([]string{"tenants", s.tenant}, path...)
}

func newProblem(file string, line int, message string) Problem {
	return Problem{File: text.Clean(file).String(), Line: line, Message: text.Clean(message).String()}
}

// err gives the problems in the order of their lines, or nil when there are none.
func (r *report) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), strings.Compare(a.Message, b.Message))
	})
	return r.problems
}

// setting names a setting in a message: `[refresh] interval`, `view 2: query`.
func setting(path []string) string {
	switch {
	case len(path) == 1:
		return "[" + path[0] + "]"
	case path[0] == "views" && len(path) == 2:
		return "view " + ordinal(path[1])
	case path[0] == "views":
		return "view " + ordinal(path[1]) + ": " + strings.Join(path[2:], ".")
	}
	return "[" + path[0] + "] " + strings.Join(path[1:], ".")
}
