package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"syscall"

	"github.com/BurntSushi/toml"
)

// maxSize is how large a configuration file may be, in bytes.
const maxSize = 128 << 10

// File is a configuration file that was read.
type File struct {
	Name   string
	Config Config
	lines  lines
}

// Problem makes a problem of the setting at the given path, for checks that other packages make, such as of a view's
// query: file.Problem(err.Error(), "views", "0", "query").
func (f *File) Problem(message string, path ...string) Problem {
	return newProblem(f.Name, f.lines.of(path), setting(path)+": "+message)
}

// Load reads and checks the configuration file at path. Mistakes come as Problems, all at once; a file that is not
// there as an error that is fs.ErrNotExist.
func Load(path string) (Config, error) {
	f, err := Read(path)
	if err != nil {
		return Config{}, err
	}
	return f.Config, nil
}

// Read is Load for callers that also want to know the lines. Relative file names in the configuration count from the
// folder of the file, and "~/" from the home folder; they come back absolute.
func Read(path string) (*File, error) {
	data, err := readLimited(path)
	if err != nil {
		return nil, err
	}
	f, r := parse(path, data)
	if f == nil {
		return nil, r.err()
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("find the folder of the configuration %s: %w", path, err)
	}
	checkFiles(r, &f.Config, folder)
	if err := r.err(); err != nil {
		return nil, err
	}
	return f, nil
}

// Parse reads and checks a configuration without looking at any file; name is for messages. Mistakes come as
// Problems, all at once.
func Parse(name string, data []byte) (*File, error) {
	f, r := parse(name, data)
	if err := r.err(); err != nil {
		return nil, err
	}
	return f, nil
}

// parse gives a nil file when the syntax is wrong.
func parse(name string, data []byte) (*File, *report) {
	r := &report{file: name, said: map[string]bool{}}
	var document map[string]any
	if _, err := toml.Decode(string(data), &document); err != nil {
		r.problems = Problems{syntaxProblem(name, string(data), err)}
		return nil, r
	}
	r.lines = scanLines(string(data))
	f := &File{Name: name, Config: Default(), lines: r.lines}
	all := scope{report: r}
	decoder{all}.table(nil, document, reflect.ValueOf(&f.Config).Elem())
	checker{all}.check(&f.Config)
	return f, r
}

// syntaxProblem puts the TOML library's complaint into one line. Lines that seem to hold a secret are not quoted.
func syntaxProblem(name, document string, err error) Problem {
	var syntax toml.ParseError
	if !errors.As(err, &syntax) {
		return newProblem(name, 0, "not valid TOML: "+err.Error())
	}
	line := syntax.Position.Line
	message := syntax.Message
	if all := strings.Split(document, "\n"); line > 0 && line <= len(all) && looksSecret(all[line-1]) {
		message = "the value cannot be read (it is not repeated here)"
	}
	return newProblem(name, line, "not valid TOML: "+message)
}

// readLimited reads a configuration file. One that others may write could send the sign-in elsewhere or name a
// program to run, so it is refused.
func readLimited(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is refused below rather than waited for
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no configuration file %s: %w", path, fs.ErrNotExist)
		}
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, Problems{newProblem(path, 0, "not a regular file")}
	}
	if hasModes() && info.Mode().Perm()&0o022 != 0 {
		return nil, Problems{newProblem(path, 0, fmt.Sprintf(
			"others may change this file (mode %04o); run: chmod go-w %s", info.Mode().Perm(), ShellQuote(path)))}
	}
	data, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	if len(data) > maxSize {
		return nil, Problems{newProblem(path, 0, fmt.Sprintf("larger than %d KiB: this is no configuration", maxSize>>10))}
	}
	return data, nil
}

// hasModes reports whether file modes say who may read a file.
func hasModes() bool { return runtime.GOOS != "windows" }

// ShellQuote gives a text as it can be typed into a shell.
func ShellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
