package tui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/providers"
	"adbadge/ui/tui/paint"
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
		} else if silent++; silent > 10 {
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

// line is a screen that runs in the real program, and what its terminal receives.
type line struct {
	t       *testing.T
	out     meter
	typist  *io.PipeWriter
	program *tea.Program
}

// run lets the screen run in the program until the test ends, and waits for its first frame.
func run(t *testing.T, s *screen) *line {
	t.Helper()
	in, typist := io.Pipe()
	l := &line{t: t, typist: typist}
	ctx, cancel := context.WithCancel(t.Context())
	o := s.options
	o.Input, o.Output, o.Width, o.Height = in, &l.out, s.width, s.height
	o.Environment = []string{"TERM=xterm-256color", "COLORTERM=truecolor"}
	l.program = o.program(ctx, paint.New(o.Output, o.termType(), o.frames(), func(err error) { t.Error(err) }), s.App)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, err := l.program.Run(); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		typist.Close()
		cancel()
		<-ended
	})
	// The first frame is there before the modes of the terminal are.
	for all := ""; !strings.Contains(all, "Person") || !strings.Contains(all, ansi.SetModeBracketedPaste); {
		all += l.out.quiet(t)
	}
	return l
}

// press gives what a key costs.
func (l *line) press(key string) int {
	l.t.Helper()
	if _, err := io.WriteString(l.typist, key); err != nil {
		l.t.Fatal(err)
	}
	return len(l.out.quiet(l.t))
}

// What a key costs over a slow line, wide characters or not: little for one row, and for a page no more than its rows.
func TestBytesOfKeys(t *testing.T) {
	const pageDown = "\x06"
	for _, c := range []struct {
		width, height    int
		pinned           bool
		move, edge, page int // at most so many bytes for: a row, a row that scrolls, a page
	}{
		{200, 50, false, 110, 240, 800},
		{200, 50, true, 1300, 600, 800}, // the mini-profile changes with the row
		{80, 24, false, 110, 180, 350},
	} {
		name := fmt.Sprintf("%dx%d pinned %v", c.width, c.height, c.pinned)
		begin := func(keys ...string) *line {
			screen := newScreen(t, c.width, c.height, dashboardOf(wide(500), knowledge()))
			screen.state.Unpinned = !c.pinned
			screen.press(keys...)
			return run(t, screen)
		}
		top := begin()
		for _, key := range []string{"j", "j", "j", "k"} {
			if n := top.press(key); n > c.move {
				t.Errorf("%s: the key %s costs %d bytes", name, key, n)
			}
		}
		edge := begin(slices.Repeat([]string{"j"}, c.height)...)
		if n := edge.press("j"); n > c.edge {
			t.Errorf("%s: a row that scrolls costs %d bytes", name, n)
		}
		if n := edge.press(pageDown); n > c.page {
			t.Errorf("%s: a page costs %d bytes", name, n)
		}
	}
}

// Nothing is sent when nothing has changed, and little when only the time has, or what a refresh tells of itself.
func TestBytesOfAnIdleScreen(t *testing.T) {
	const rows = 500
	var past atomic.Int64 // seconds since the screen began
	var dashboards = make(chan *providers.Dashboard)
	screen := newScreen(t, 200, 50, dashboardOf(wide(rows), knowledge()), func(o *Options) {
		o.Now = func() time.Time { return now().Add(time.Duration(past.Load()) * time.Second) }
	})
	screen.wait = func(ctx context.Context, _ uint64) (*providers.Dashboard, error) {
		select {
		case d := <-dashboards:
			return d, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	line := run(t, screen)
	for _, key := range []string{"j", "k", "j", "k"} {
		line.press(key)
	}
	alone := line.press("j")
	line.press("k")
	for range 20 {
		line.program.Send(tea.FocusMsg{}) // a frame is drawn for each
	}
	if n := line.press("j"); n != alone {
		t.Errorf("a key costs %d bytes, but %d after frames in which nothing changed", alone, n)
	}
	past.Store(10)
	line.program.Send(tea.FocusMsg{})
	if n := len(line.out.quiet(t)); n > 32 {
		t.Errorf("ten seconds later the screen costs %d bytes", n)
	}
	past.Store(20)
	same := dashboardOf(wide(rows), knowledge())
	same.Generation++
	same.At = now().Add(20 * time.Second)
	for i := range same.Sources {
		same.Sources[i].LastGood, same.Sources[i].Latency = same.At, same.Sources[i].Latency+5*time.Millisecond
	}
	dashboards <- same
	if n := len(line.out.quiet(t)); n > 200 {
		t.Errorf("a refresh that changes nothing costs %d bytes", n)
	}
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
