package tui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/providers"
)

// meter counts what the terminal receives.
type meter struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (m *meter) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.buf.Write(p)
}

// take gives what came since the last call.
func (m *meter) take() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.buf.String()
	m.buf.Reset()
	return s
}

// quiet waits until nothing has come for a while and gives everything since the last call.
func (m *meter) quiet(t *testing.T) string {
	t.Helper()
	all, silent := "", 0
	for range 500 {
		part := m.take()
		all += part
		if part != "" || all == "" {
			silent = 0
		} else if silent++; silent > 5 {
			return all
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the screen never comes to rest")
	return ""
}

// wide is a directory in which every third name is in wide characters.
func wide(n int) []model.Entity {
	list := make([]model.Entity, n)
	for i := range list {
		name := fmt.Sprintf("Person %06d", i)
		if i%3 == 0 {
			name = fmt.Sprintf("山田 太郎 %06d", i)
		}
		list[i] = person(i+1, name, fmt.Sprintf("person.%06d", i), "国際営業部", time.Duration(i%5000+1)*time.Minute, 0)
	}
	return list
}

// One cursor move must cost little over a slow line, wide characters or not.
func TestBytesOfACursorMove(t *testing.T) {
	screen := newScreen(t, 200, 50, dashboardOf(wide(500), knowledge()))
	screen.state.Unpinned = true
	var out meter
	in, typist := io.Pipe()
	defer typist.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	program := tea.NewProgram(screen.App, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(&out), tea.WithWindowSize(200, 50),
		tea.WithEnvironment([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}), tea.WithoutSignalHandler())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, err := program.Run(); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	}()
	first := out.quiet(t)
	if !strings.Contains(first, "Person") {
		t.Fatalf("no first frame: %.200q", first)
	}
	press := func(key string) int {
		if _, err := io.WriteString(typist, key); err != nil {
			t.Fatal(err)
		}
		return len(out.quiet(t))
	}
	for _, key := range []string{"j", "j", "j", "k"} {
		if n := press(key); n >= 4096 || n == 0 {
			t.Errorf("the key %s costs %d bytes", key, n)
		}
	}
	if n := press("\x06"); n >= 32<<10 { // a whole page
		t.Errorf("a page costs %d bytes", n)
	}
	program.Quit()
	<-ended
}

// forest makes a dashboard of n entities, half of them computers with a machine record.
func forest(n int) *providers.Dashboard {
	list := make([]model.Entity, n)
	records := make([]model.Machine, 0, n/2)
	for i := range list {
		if i%2 == 0 {
			list[i] = person(i+1, fmt.Sprintf("Person %07d", i), fmt.Sprintf("person.%07d", i), "Research", time.Hour, 0)
			continue
		}
		name := fmt.Sprintf("WS-%07d", i)
		list[i] = host(i+1, name, "Windows 11 Enterprise", "Workstations", time.Hour, 0)
		records = append(records, model.Machine{ID: fmt.Sprintf("%040x", i), Name: text.Line(name), DeviceID: list[i].ID, LastSeen: ago(time.Hour),
			Onboarding: model.Onboarded, Health: model.HealthActive})
	}
	return dashboardOf(list, knowledge(func(k *inventory.Knowledge) { k.Machines = inventory.NewMachines(records) }))
}

// BenchmarkKey is one key from message to frame at 200x50, with the mini-profile beside the list.
func BenchmarkKey(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		s := newScreen(b, 200, 50, forest(n))
		b.Run(fmt.Sprintf("move/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				key := keyPress("j")
				if i%40 > 20 {
					key = keyPress("k")
				}
				s.Update(key)
				s.View()
			}
		})
		b.Run(fmt.Sprintf("page/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				key := keyPress("pgdown")
				if i%40 > 20 {
					key = keyPress("pgup")
				}
				s.Update(key)
				s.View()
			}
		})
	}
}
