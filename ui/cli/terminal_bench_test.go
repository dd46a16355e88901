package cli

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"adbadge/ui/ptytest"
)

// program under measurement, with the keys that it takes.
type measured struct {
	name     string
	command  []string
	ready    string // is on the screen when it can be used
	first    []string
	down     string
	pageDown string
	pageUp   string
}

const (
	arrowDown = "\x1bOB" // as a terminal sends it to programs that switch its keypad
	csiDown   = "\x1b[B"
)

// programs gives adbadge and what is installed beside it: lists of the same entities, by name, with and without the facts
// about the one under the cursor beside the list.
func programs(s *shell) []measured {
	folder := filepath.Join(s.home, "names")
	if err := os.Mkdir(folder, 0o700); err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, entity := range s.entities() {
		name := entity["name"].(string)
		names = append(names, name)
		facts := ""
		for _, fact := range []string{"name", "sam", "dn", "ou", "sid", "dnsName", "upn", "os", "department", "title", "lastLogon", "created",
			"passwordSet", "matchedBy", "id", "mail"} {
			if value, ok := entity[fact].(string); ok {
				facts += fmt.Sprintf("%-12s%s\n", fact, value)
			}
		}
		if err := os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, "/", "-")), []byte(facts), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	rows := filepath.Join(s.home, "rows")
	if err := os.WriteFile(rows, []byte(s.run("list").wants(0).out), 0o600); err != nil {
		s.t.Fatal(err)
	}
	list := []measured{
		{name: "adbadge", command: []string{s.path(), "--lab-still"}, ready: "1-", first: []string{"R"}, down: "j"},
		{name: "adbadge-list", command: []string{s.path(), "--lab-still"}, ready: "1-", first: []string{"R", "v"}, down: "j"},
		{name: "fzf", command: []string{"sh", "-c", "exec fzf --header-lines=1 --layout=reverse < " + rows}, ready: names[3], down: csiDown},
		{name: "fzf-preview", command: []string{"sh", "-c", "exec fzf --header-lines=1 --delimiter='   +' --layout=reverse --preview-window=right,34% --preview 'cat \"" + folder +
			"/\"{2}' < " + rows}, ready: names[3], down: csiDown},
		{name: "mc", command: []string{"mc", "-u", "-X", "-x", folder, folder}, ready: "Right", down: arrowDown},
		{name: "mc-preview", command: []string{"mc", "-u", "-X", "-x", folder, folder}, ready: "Right", first: []string{"C-x", "q"}, down: arrowDown},
		{name: "htop", command: []string{"htop", "-d", "6000"}, ready: "PID", down: arrowDown},
		{name: "less", command: []string{"less", "-S", rows}, ready: names[3], down: "j"}, // has no cursor
	}
	var installed []measured
	for _, m := range list {
		tool := m.command[0]
		if tool == "sh" {
			tool, _, _ = strings.Cut(strings.TrimPrefix(m.command[2], "exec "), " ")
		}
		if _, err := exec.LookPath(tool); err == nil {
			m.pageDown, m.pageUp = "PgDn", "PgUp"
			installed = append(installed, m)
		}
	}
	return installed
}

// BenchmarkTerminal measures what each kind of key costs the terminal and the machine, beside the programs for lists
// that are installed. Bytes repeat; compare processor time within one run only. A whole redraw is what a change of the
// window's size takes.
func BenchmarkTerminal(b *testing.B) {
	s := newShell(b)
	list := programs(s)
	for _, size := range [][2]int{{80, 24}, {200, 50}} {
		for _, m := range list {
			b.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], m.name), func(b *testing.B) {
				for b.Loop() {
					measureKeys(b, s, m, size[0], size[1])
				}
			})
		}
	}
}

func measureKeys(b *testing.B, s *shell, m measured, width, height int) {
	env := append(s.environment(), "LC_ALL=C.UTF-8", "XDG_STATE_HOME="+b.TempDir()) // what was pinned is not remembered
	p := ptytest.Start(b, width, height, env, m.command[0], m.command[1:]...)
	p.WaitText(m.ready)
	p.Quiet()
	for _, key := range m.first {
		p.Press(key)
		p.Quiet()
	}
	p.Press(m.down, m.down)
	bytes := p.Quiet()
	group := func(name string, keys ...string) {
		cpu := p.CPU()
		before := bytes
		for _, key := range keys {
			p.Press(key)
			bytes = p.Quiet()
		}
		if bytes == before { // its list is too short for that
			return
		}
		b.ReportMetric(float64(bytes-before)/float64(len(keys)), "B/"+name)
		b.ReportMetric(float64((p.CPU()-cpu).Microseconds())/1000/float64(len(keys)), "cpu-ms/"+name)
	}
	times := func(key string, n int) []string { return strings.Split(strings.Repeat(key+" ", n-1)+key, " ") }
	group("move", times(m.down, 8)...)
	p.Press(times(m.down, height)...) // to the edge
	bytes = p.Quiet()
	group("scroll", times(m.down, 8)...)
	group("page", m.pageDown, m.pageUp, m.pageDown, m.pageUp)
	p.SetSize(width-10, height-2)
	p.Quiet()
	before := p.Quiet()
	p.SetSize(width, height)
	bytes = p.Quiet()
	b.ReportMetric(float64(bytes-before), "B/redraw")
	if m.name == "adbadge" { // its refreshes are paused: nothing changes any more
		for range 12 {
			bytes = p.Quiet()
		}
		b.ReportMetric(float64(p.Quiet()-bytes), "B/idle")
	}
}

// BenchmarkFirstFrame is the way from starting the program to its first rows: of an LDIF file with 500 users by the
// snapshot of a run before, of the lab with its servers and certificates, of the lab on a terminal that answers no query,
// and of the least program with a table.
func BenchmarkFirstFrame(b *testing.B) {
	s := newShell(b)
	table := filepath.Join(s.home, "table")
	if output, err := exec.Command("go", "build", "-o", table, "./testdata/table").CombinedOutput(); err != nil {
		b.Fatalf("go build: %s", output)
	}
	ldif, configuration := filepath.Join(s.home, "users.ldif"), filepath.Join(s.home, "ldif.toml")
	users := "version: 1\n\n"
	for i := range 500 {
		id := make([]byte, 16)
		id[0], id[1] = byte(i>>8), byte(i)
		users += fmt.Sprintf("dn: CN=u%d,OU=People,DC=contoso,DC=test\nobjectClass: user\ndisplayName: Person %06d\nsAMAccountName: u%d\n"+
			"sAMAccountType: 805306368\nuserAccountControl: 512\nobjectGUID:: %s\n\n", i, i, i, base64.StdEncoding.EncodeToString(id))
	}
	for file, text := range map[string]string{ldif: users, configuration: fmt.Sprintf("[directory]\nsource = \"ldif\"\nldif_file = %q\n", ldif)} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, ready string
		line        ptytest.Line
		command     []string
	}{
		{"table", "Person 000010", ptytest.Line{}, []string{table}},
		{"snapshot", "Person 000010", ptytest.Line{}, []string{s.path(), "--config", configuration}},
		{"lab", "1-35 of ", ptytest.Line{}, []string{s.path(), "--lab-still"}},
		{"mute", "1-35 of ", ptytest.Line{Mute: true}, []string{s.path(), "--lab-still"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			start := func() *ptytest.Term {
				p := ptytest.StartOver(c.line, b, 200, 50, s.environment(), c.command[0], c.command[1:]...)
				p.WaitText(c.ready)
				return p
			}
			end := func(p *ptytest.Term) {
				p.Quiet()
				p.Press("q")
				p.WaitExit()
			}
			end(start()) // leaves the snapshot
			for b.Loop() {
				p := start()
				b.StopTimer()
				end(p)
				b.StartTimer()
			}
		})
	}
}

// BenchmarkStart is a start that shows no screen: the version, a status from the snapshot, and beside them a program that
// does nothing. It also tells the size of the program as make build makes it.
func BenchmarkStart(b *testing.B) {
	s := newShell(b)
	build := func(name, what string) string {
		path := filepath.Join(s.home, name)
		if output, err := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, what).CombinedOutput(); err != nil {
			b.Fatalf("go build: %s", output)
		}
		return path
	}
	lean, nothing := build("adbadge", "adbadge"), build("nothing", "./testdata/nothing")
	file, err := os.Stat(lean)
	if err != nil {
		b.Fatal(err)
	}
	s.run("status", "--fail-on", "never").wants(0) // leaves the snapshot
	for _, c := range []struct {
		name    string
		command []string
	}{
		{"version", []string{lean, "--version"}},
		{"status", []string{lean, "--lab-still", "status", "--cached", "--fail-on", "never"}},
		{"nothing", []string{nothing}},
	} {
		b.Run(c.name, func(b *testing.B) {
			least := time.Hour
			for b.Loop() {
				cmd := exec.Command(c.command[0], c.command[1:]...)
				cmd.Env = s.environment()
				least = min(least, took(b, cmd))
			}
			b.ReportMetric(float64(least), "ns/op")
			if c.name == "version" {
				b.ReportMetric(float64(file.Size())/1e6, "MB")
			}
		})
	}
}
