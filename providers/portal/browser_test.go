package portal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// atDesktop makes the environment one of a person at a desktop with nothing but the given folder in PATH.
func atDesktop(t *testing.T, path string) {
	t.Helper()
	for variable, value := range map[string]string{
		"SSH_TTY": "", "SSH_CONNECTION": "", "DISPLAY": ":0", "WAYLAND_DISPLAY": "", "PATH": path,
	} {
		t.Setenv(variable, value)
	}
}

// recorder writes a program that writes its arguments into a file, and gives both paths.
func recorder(t *testing.T, folder, name, ending string) (program, file string) {
	t.Helper()
	program, file = filepath.Join(folder, name), filepath.Join(folder, "arguments")
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" >" + file + ".new\n/bin/mv " + file + ".new " + file + "\necho noise\n" + ending + "\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return program, file
}

func TestBrowserOfConfiguration(t *testing.T) {
	folder := t.TempDir()
	program, file := recorder(t, folder, "browse", "exit 0")
	l := links(t, "https://security.microsoft.com")
	for name, command := range map[string][]string{
		"by path": {program, "--new-window", "a b; echo $HOME"},
		"by name": {"browse", "--new-window", "a b; echo $HOME"},
	} {
		t.Run(name, func(t *testing.T) {
			atDesktop(t, folder)
			t.Setenv("DISPLAY", "")
			open, err := l.Browser(command)
			if err != nil {
				t.Fatal(err)
			}
			if err := open(t.Context(), "https://security.microsoft.com/alerts/x?a=$(b)"); err != nil {
				t.Fatal(err)
			}
			got, _ := os.ReadFile(file)
			if want := "--new-window\na b; echo $HOME\nhttps://security.microsoft.com/alerts/x?a=$(b)\n"; string(got) != want {
				t.Errorf("the browser got %q, want %q", got, want)
			}
			_ = os.Remove(file)
			for _, link := range []string{"https://evil.test/", "file:///etc/passwd", "--help", ""} {
				if err := open(t.Context(), link); err == nil || !strings.Contains(err.Error(), "refused") {
					t.Errorf("%q was not refused: %v", link, err)
				}
			}
			if _, err := os.Stat(file); err == nil {
				t.Error("a refused link reached the browser")
			}
		})
	}
}

// The browser for signing in opens pages of the token service and no other.
func TestSignInBrowser(t *testing.T) {
	folder := t.TempDir()
	program, file := recorder(t, folder, "browse", "exit 0")
	atDesktop(t, folder)
	open, err := SignInBrowser([]string{program}, "https://login.contoso.test:8443/base")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"https://security.microsoft.com/", "https://login.contoso.test/x", "https://login.contoso.test.evil.test:8443/", "http://login.contoso.test:8443/x"} {
		if err := open(t.Context(), link); err == nil || !strings.Contains(err.Error(), "refused") {
			t.Errorf("%q was not refused: %v", link, err)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a refused link reached the browser")
	}
	const page = "https://login.contoso.test:8443/contoso.test/oauth2/v2.0/authorize?client_id=x"
	if err := open(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(file); string(got) != page+"\n" {
		t.Errorf("the browser got %q", got)
	}
	t.Setenv("SSH_TTY", "/dev/pts/9")
	if _, err := SignInBrowser([]string{program}, "https://login.contoso.test"); err == nil || !strings.Contains(err.Error(), "SSH") {
		t.Errorf("over SSH: %v", err)
	}
}

func TestBrowserOfDesktop(t *testing.T) {
	folder := t.TempDir()
	_, file := recorder(t, folder, "xdg-open", "exit 0")
	atDesktop(t, folder)
	open, err := links(t, "").Browser(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := open(t.Context(), "https://security.microsoft.com/x"); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(file); string(got) != "https://security.microsoft.com/x\n" {
		t.Errorf("the launcher got %q", got)
	}
}

func TestNoBrowser(t *testing.T) {
	for name, c := range map[string]struct {
		variable, value string
		command         []string
		want            string
	}{
		"ssh":             {"SSH_CONNECTION", "1 2 3 4", nil, "SSH session"},
		"ssh terminal":    {"SSH_TTY", "/dev/pts/1", []string{"/bin/true"}, "SSH session"},
		"no desktop":      {"DISPLAY", "", nil, "no desktop"},
		"dot in PATH":     {"PATH", "/bin:.", nil, "PATH holds"},
		"empty in PATH":   {"PATH", "/bin::/usr/bin", nil, "PATH holds"},
		"missing program": {"", "", []string{"no-such-browser"}, "not found"},
		"hyphen":          {"", "", []string{"-x"}, "name of a program"},
		"relative":        {"", "", []string{"./browse"}, "absolute path"},
		"only in dot":     {"PATH", ".", []string{"browse"}, "not found"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			recorder(t, folder, "browse", "exit 0")
			t.Chdir(folder)
			atDesktop(t, "/bin")
			if c.variable != "" {
				t.Setenv(c.variable, c.value)
			}
			open, err := links(t, "").Browser(c.command)
			if open != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got the error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestBrowserFails(t *testing.T) {
	folder := t.TempDir()
	program, _ := recorder(t, folder, "browse", "exit 3")
	atDesktop(t, folder)
	open, err := links(t, "").Browser([]string{program})
	if err != nil {
		t.Fatal(err)
	}
	if err := open(t.Context(), "https://security.microsoft.com/"); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v, want the exit status", err)
	}
}

func TestBrowserStaysOpen(t *testing.T) {
	folder := t.TempDir()
	program, _ := recorder(t, folder, "browse", "exec /bin/sleep 5")
	atDesktop(t, folder)
	open, err := links(t, "").Browser([]string{program})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := open(t.Context(), "https://security.microsoft.com/"); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 4500*time.Millisecond {
		t.Errorf("the caller waited %v for the browser to end", took)
	}
}
