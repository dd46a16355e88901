package providers

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"adbadge/model"
	"adbadge/model/config"
)

// asked answers as a person would.
func asked(answer string) func(string) (string, error) {
	return func(string) (string, error) { return answer, nil }
}

func TestDirectoryPassword(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(t.TempDir(), "open")
	if err := os.WriteFile(open, []byte("hunter2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ADBADGE_TEST_PASSWORD", "from the environment")
	keyring.MockInit() // stays in the process; no test here needs the real one, and none may touch a person's
	if err := keyring.Set(keyringService, "reader@contoso.test", "from the keyring"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*config.Directory)
		ask    func(string) (string, error)
		want   string
		kind   model.FailureKind
		seen   string
	}{
		"environment":       {func(d *config.Directory) { d.PasswordEnv = "ADBADGE_TEST_PASSWORD" }, asked("no"), "from the environment", 0, ""},
		"empty environment": {func(d *config.Directory) { d.PasswordEnv = "ADBADGE_TEST_NONE" }, asked("no"), "", model.Misconfigured, "ADBADGE_TEST_NONE is empty"},
		"file":              {func(d *config.Directory) { d.PasswordFile = file }, asked("no"), "from a file", 0, ""},
		"file for all":      {func(d *config.Directory) { d.PasswordFile = open }, asked("no"), "", model.Misconfigured, "can be read by others"},
		"keyring":           {func(d *config.Directory) { d.PasswordKeyring = true }, asked("no"), "from the keyring", 0, ""},
		"keyring without it": {func(d *config.Directory) { d.User, d.PasswordKeyring = "other@contoso.test", true }, asked("no"), "", model.Misconfigured,
			"it holds none"},
		"person":            {func(*config.Directory) {}, asked("from a person"), "from a person", 0, ""},
		"person in silence": {func(*config.Directory) {}, asked(""), "", model.SignInRefused, "none was entered"},
		"nobody":            {func(*config.Directory) {}, nil, "", model.Misconfigured, "there is nobody to ask"},
		"anonymous":         {func(d *config.Directory) { d.User = "" }, nil, "", 0, ""},
		"keytab":            {func(d *config.Directory) { d.KeytabFile = "keys" }, nil, "", 0, ""},
		"dump":              {func(d *config.Directory) { d.Source = config.SourceLDIF }, nil, "", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := config.Directory{Source: config.SourceLDAP, User: "reader@contoso.test"}
			c.change(&d)
			got, err := directoryPassword(d, c.ask)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.seen == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			f, ok := errors.AsType[*model.Failure](err)
			if !ok || f.Kind != c.kind || !strings.Contains(f.Seen, c.seen) || f.Remedy == "" {
				t.Errorf("got %v, want %q and a remedy", err, c.seen)
			}
			if strings.Contains(fmt.Sprint(err), "hunter2") {
				t.Error("the secret is part of the error")
			}
		})
	}
}

// TestSilentKeyring puts a bus in the keyring's place that takes a connection and never says a word. It runs itself
// again in a process of its own: the library keeps what it connects to.
func TestSilentKeyring(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no message bus here")
	}
	if os.Getenv("ADBADGE_TEST_SILENT_KEYRING") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSilentKeyring$")
		cmd.Env = append(os.Environ(), "ADBADGE_TEST_SILENT_KEYRING=1", "DBUS_SESSION_BUS_ADDRESS="+silentBus(t))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	began := time.Now()
	_, err := readKeyring(model.Directory, "the password", "reader@contoso.test", "password_file")
	f, ok := errors.AsType[*model.Failure](err)
	if !ok || f.Kind != model.TimedOut || time.Since(began) > keyringPatience+2*time.Second {
		t.Errorf("got %v after %s", err, time.Since(began))
	}
}

// silentBus gives the address of a message bus that never answers.
func silentBus(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	var held []net.Conn
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
		for _, conn := range held {
			_ = conn.Close()
		}
	})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			held = append(held, conn)
		}
	}()
	return "unix:path=" + path
}
