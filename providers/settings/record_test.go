package settings

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// begun writes the first line of a change.
func begun(t testing.TB, r *Record, by string) model.Change {
	t.Helper()
	c := model.Change{By: text.Line(by), Tenant: "contoso.test", Side: model.EndpointSide, Owner: model.OwnerLab, From: "on", To: "off"}
	if err := r.Begin(context.Background(), &c, time.Now()); err != nil {
		t.Fatal(err)
	}
	return c
}

func ended(t testing.TB, r *Record, by string) model.Change {
	t.Helper()
	c := begun(t, r, by)
	c.Outcome, c.Seen = model.Applied, "read back off"
	if err := r.End(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

func last(t testing.TB, r *Record, most, wantUnread int) []model.Change {
	t.Helper()
	list, unread, err := r.Last(most)
	if err != nil || unread != wantUnread {
		t.Fatalf("%d unread lines, %v; want %d", unread, err, wantUnread)
	}
	return list
}

func TestRecordGivesEachChangeOnce(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state")
	r := NewRecord(folder)
	if list := last(t, r, 10, 0); len(list) != 0 {
		t.Errorf("%+v before anything was changed", list)
	}
	first, second := ended(t, r, "an\x1b[31mna"), begun(t, r, "berta")
	list := last(t, NewRecord(folder), 10, 0)
	if len(list) != 2 || list[0].ID != second.ID || list[1].ID != first.ID {
		t.Fatalf("got %+v, want both, the newest first", list)
	}
	if list[0].Outcome != model.OutcomeUnknown || !strings.Contains(list[0].Seen.String(), "ended before") {
		t.Errorf("a change without an end is %s: %s", list[0].Outcome, list[0].Seen)
	}
	if list[1].Outcome != model.Applied || strings.ContainsRune(list[1].By.String(), '\x1b') {
		t.Errorf("got %+v", list[1])
	}
	if got := last(t, r, 1, 0); len(got) != 1 || got[0].ID != second.ID {
		t.Errorf("the newest one is %+v", got)
	}
	for path, want := range map[string]os.FileMode{folder: 0o700, r.path: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v (%v), want %v", path, info.Mode(), err, want)
		}
	}
}

// The record is never rewritten: what an earlier adbadge wrote, which knew of the integration only, can still be read.
func TestRecordOfOld(t *testing.T) {
	r := NewRecord(t.TempDir())
	old := `{"id":"5a3b9c1e-0d2f-4e68-9a7b-1c2d3e4f5a6b","at":"2026-03-01T10:00:00Z","by":"anna","tenant":"contoso.test","side":"endpoint",` +
		`"owner":"adbadge","from":"on","to":"off","outcome":"applied","seen":"read back off"}` + "\n"
	if err := os.WriteFile(r.path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	c := model.Change{By: "berta", Side: model.IdentitySide, Setting: model.AutomaticAuditing, Owner: model.OwnerGraph, From: "off", To: "on"}
	if err := r.Begin(t.Context(), &c, time.Now()); err != nil {
		t.Fatal(err)
	}
	issue := model.Change{By: "carla", Setting: model.StatusOfIssue, Owner: model.OwnerGraph, Issue: "17", Title: "Sensor outdated", From: "open", To: "suppressed"}
	if err := r.Begin(t.Context(), &issue, time.Now()); err != nil {
		t.Fatal(err)
	}
	list := last(t, r, 10, 0)
	if len(list) != 3 || list[0].Name() != `the health issue "Sensor outdated"` || list[0].Issue != "17" || list[0].From != "open" || list[0].To != "suppressed" {
		t.Fatalf("got %+v", list)
	}
	list = list[1:]
	if list[0].Name() != "automatic auditing" || list[0].Owner != model.OwnerGraph || list[0].To != "on" ||
		list[1].Name() != "the endpoint side" || list[1].Setting != model.IntegrationSetting || list[1].From != "on" || list[1].Outcome != model.Applied {
		t.Errorf("got %+v", list)
	}
}

// What a crash left of a line costs that line and no other.
func TestRecordAfterACrash(t *testing.T) {
	r := NewRecord(t.TempDir())
	ended(t, r, "anna")
	f, err := os.OpenFile(r.path, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(`{"id":"5a3b9c1e-0d2f-4e68-9a7b-1c2d3e4f5a6b","at":"20`)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	ended(t, r, "berta")
	if list := last(t, r, 10, 1); len(list) != 2 || list[0].By != "berta" || list[1].By != "anna" {
		t.Errorf("got %+v", list)
	}
}

func TestRecordRotates(t *testing.T) {
	r := NewRecord(t.TempDir())
	long := strings.Repeat("x", 900)
	const changes = 1200
	for i := range changes {
		ended(t, r, fmt.Sprintf("%d %s", i, long))
	}
	if _, err := os.Stat(r.older(1)); err != nil {
		t.Errorf("the file was not rotated: %v", err)
	}
	list := last(t, r, 2*changes, 0)
	if len(list) != changes {
		t.Fatalf("%d changes, want %d", len(list), changes)
	}
	for i, c := range list {
		if !strings.HasPrefix(c.By.String(), fmt.Sprintf("%d ", changes-1-i)) {
			t.Fatalf("change %d is of %.10s", i, c.By)
		}
	}
	if info, err := os.Stat(r.path); err != nil || info.Size() > rotateAt+10_000 {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
}

// crashing is the environment of a process that writes until it is killed.
const crashing = "ADBADGE_TEST_RECORD"

// TestRecordSurvivesKilledWriters: many processes write, and each is killed in the middle; every line that one of them was
// told to be written is there, once.
func TestRecordSurvivesKilledWriters(t *testing.T) {
	if folder := os.Getenv(crashing); folder != "" {
		r := NewRecord(folder)
		for i := 0; ; i++ {
			c := ended(t, r, fmt.Sprintf("%d-%d", os.Getpid(), i))
			fmt.Println("written", c.ID)
		}
	}
	folder := t.TempDir()
	var writers sync.WaitGroup
	said := make(chan string, 4)
	for range cap(said) {
		writers.Go(func() {
			cmd := exec.Command(os.Args[0], "-test.run", "^TestRecordSurvivesKilledWriters$")
			cmd.Env = append(os.Environ(), crashing+"="+folder)
			out, err := cmd.StdoutPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err != nil {
				t.Error(err)
				return
			}
			var lines strings.Builder
			scanner := bufio.NewScanner(out)
			for n := 0; scanner.Scan(); n++ {
				lines.WriteString(scanner.Text() + "\n")
				if n == 5 {
					_ = cmd.Process.Kill()
				}
			}
			_ = cmd.Wait() // it was killed
			said <- lines.String()
		})
	}
	writers.Wait()
	close(said)
	list, unread, err := NewRecord(folder).Last(1_000_000)
	if err != nil || unread > cap(said) {
		t.Fatalf("%d unread lines, %v", unread, err)
	}
	found := map[string]int{}
	for _, c := range list {
		found[c.ID.String()]++
	}
	written := 0
	for out := range said {
		for line := range strings.Lines(out) {
			id, ok := strings.CutPrefix(strings.TrimSpace(line), "written ")
			if !ok || len(id) != 36 {
				continue
			}
			written++
			if found[id] != 1 {
				t.Errorf("%s is there %d times", id, found[id])
			}
		}
	}
	if written == 0 {
		t.Error("nobody wrote anything, which proves nothing")
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"id":"5a3b9c1e-0d2f-4e68-9a7b-1c2d3e4f5a6b","at":"2026-03-03T12:00:00Z","by":"a\u001b[2J","tenant":"t","side":"endpoint","owner":"lab","from":"on","to":"off","outcome":"applied"}` + "\n{}\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewRecord(t.TempDir())
		if err := os.WriteFile(r.path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		list, _, err := r.Last(10)
		if err != nil && len(data) <= maxRecord {
			t.Fatal(err)
		}
		for _, c := range list {
			if c.ID.IsZero() || strings.ContainsAny(c.By.String()+c.Tenant.String()+c.Seen.String(), "\x1b\n\x00") {
				t.Errorf("got %+v", c)
			}
		}
	})
}
