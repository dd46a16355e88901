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

// say notes a problem of the setting at path.
func (r *report) say(path []string, format string, args ...any) {
	key := pathKey(path)
	if r.said[key] {
		return
	}
	r.said[key] = true
	r.problems = append(r.problems, newProblem(r.file, r.lines.of(path), fmt.Sprintf(format, args...)))
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
