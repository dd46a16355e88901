package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"adbadge/ui/ptytest"
)

// program gives the path of the real program, which is built once for all tests.
var program = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "adbadge-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "adbadge")
	if output, err := exec.Command("go", "build", "-o", path, "adbadge").CombinedOutput(); err != nil {
		return "", errors.New("go build: " + string(output))
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// shell is where the program is run: a home of its own, so that its state and configuration are a test's own.
type shell struct {
	t    testing.TB
	home string
	env  []string // more variables
}

func newShell(t testing.TB, env ...string) *shell {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the real program")
	}
	return &shell{t: t, home: t.TempDir(), env: env}
}

// answer is what a run of the program gave.
type answer struct {
	t        testing.TB
	out, err string
	code     int
	took     time.Duration
}

func (s *shell) path() string {
	s.t.Helper()
	path, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	return path
}

func (s *shell) environment() []string {
	env := []string{"HOME=" + s.home, "XDG_CONFIG_HOME=", "XDG_STATE_HOME=", "XDG_CACHE_HOME="}
	return ptytest.Environment(append(env, s.env...)...)
}

// prepare makes a run of the program without a terminal.
func (s *shell) prepare(arguments ...string) (cmd *exec.Cmd, out, err *bytes.Buffer) {
	s.t.Helper()
	cmd = exec.Command(s.path(), arguments...)
	cmd.Env, cmd.Dir = s.environment(), s.home
	out, err = new(bytes.Buffer), new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = out, err
	return cmd, out, err
}

// start begins such a run.
func (s *shell) start(arguments ...string) (cmd *exec.Cmd, out, err *bytes.Buffer) {
	s.t.Helper()
	cmd, out, err = s.prepare(arguments...)
	if startErr := cmd.Start(); startErr != nil {
		s.t.Fatal(startErr)
	}
	s.t.Cleanup(func() { cmd.Process.Kill() }) // too late is fine
	return cmd, out, err
}

// run runs the program without a terminal, on a lab that stands still.
func (s *shell) run(arguments ...string) answer {
	s.t.Helper()
	return s.runAlive(append([]string{"--lab-still"}, arguments...)...)
}

// runAlive runs the program with these arguments only. Whatever it writes, control characters are not among it.
func (s *shell) runAlive(arguments ...string) answer {
	s.t.Helper()
	begin := time.Now()
	cmd, out, errs := s.start(arguments...)
	err := cmd.Wait()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	a := answer{t: s.t, out: out.String(), err: errs.String(), code: cmd.ProcessState.ExitCode(), took: time.Since(begin)}
	for _, written := range []string{a.out, a.err} {
		if at := strings.IndexFunc(written, isControl); at >= 0 {
			s.t.Errorf("%q writes a control character: %q", arguments, written[max(0, at-20):min(len(written), at+20)])
		}
	}
	return a
}

func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r >= 0x7F && r < 0xA0 }

// wants fails the test when the run ended otherwise.
func (a answer) wants(code int, inErr ...string) answer {
	a.t.Helper()
	if a.code != code {
		a.t.Fatalf("exit code %d, want %d; standard error:\n%s\nstandard output:\n%.2000s", a.code, code, a.err, a.out)
	}
	for _, part := range inErr {
		if !strings.Contains(a.err, part) {
			a.t.Errorf("standard error lacks %q:\n%s", part, a.err)
		}
	}
	if len(inErr) == 0 && a.err != "" && code == 0 {
		a.t.Errorf("standard error is not empty:\n%s", a.err)
	}
	return a
}

// shows fails the test when the output lacks a part.
func (a answer) shows(parts ...string) answer {
	a.t.Helper()
	for _, part := range parts {
		if !strings.Contains(a.out, part) {
			a.t.Errorf("standard output lacks %q:\n%.3000s", part, a.out)
		}
	}
	return a
}

func (a answer) lines() []string { return strings.Split(strings.TrimSuffix(a.out, "\n"), "\n") }

// decode reads the JSON of an answer.
func decode[T any](a answer) (value T) {
	a.t.Helper()
	if err := json.Unmarshal([]byte(a.out), &value); err != nil {
		a.t.Fatalf("not JSON: %v\n%.1000s", err, a.out)
	}
	return value
}

// record is one JSON object as a script sees it.
type record = map[string]any

// at gives the value below nested keys, nil when a key is missing.
func at(r record, keys ...string) any {
	var value any = r
	for _, key := range keys {
		object, ok := value.(record)
		if !ok {
			return nil
		}
		value = object[key]
	}
	return value
}

// entities lists all entities of the lab as JSON.
func (s *shell) entities(query ...string) []record {
	s.t.Helper()
	return decode[[]record](s.run(append([]string{"list", "--json"}, query...)...).wants(0))
}

// first gives the first entity that a query finds.
func (s *shell) first(query string) record {
	s.t.Helper()
	found := s.entities(query)
	if len(found) == 0 {
		s.t.Fatalf("the lab has no entity for %q", query)
	}
	return found[0]
}
