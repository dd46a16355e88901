package tui

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/providers"
	"adbadge/ui/tui/theme"
)

// scene is one screen of the golden frames.
type scene struct {
	name      string
	dashboard func() *providers.Dashboard
	play      func(*screen)
}

func usual() *providers.Dashboard { return dashboardOf(staff(), knowledge()) }

// down is a dashboard whose endpoint side has not answered for twelve minutes.
func down() *providers.Dashboard {
	d := dashboardOf(staff(), knowledge(func(k *inventory.Knowledge) { k.Stale = true }))
	for i := range d.Sources {
		if s := &d.Sources[i]; s.Source == model.Endpoint {
			s.State, s.LastGood = model.SourceFailed, now().Add(-12*time.Minute)
			s.Failure = &model.Failure{Source: model.Endpoint, Kind: model.Unreachable, Doing: "read machines from Defender for Endpoint",
				Seen: "api.contoso.test does not answer", Remedy: "Check the network."}
		}
	}
	d.Status.Integration, d.Status.Level = model.IntegrationError, model.Critical
	d.Status.Reason = "Defender for Endpoint does not answer"
	d.Status.Findings = append([]model.Finding{{Code: "ADB-201", Level: model.Critical, Source: model.Endpoint,
		Title: "Defender for Endpoint does not answer", Remedy: "Check the network."}}, d.Status.Findings...)
	return d
}

// loading is a dashboard in the middle of the first load.
func loading() *providers.Dashboard {
	d := dashboardOf(staff()[:12], inventory.Knowledge{})
	d.Loaded, d.Refreshing, d.At, d.Next = false, true, time.Time{}, time.Time{}
	d.Sources[1].State, d.Sources[2].State = model.SourceLoading, model.SourceLoading
	d.Sources[0].State, d.Sources[2].Items = model.SourceLoading, 0
	d.Status = model.Status{}
	d.Toggles, d.Licences = nil, nil
	return d
}

// refreshing is a dashboard that came from a snapshot of some hours ago, and is being brought up to date.
func refreshing() *providers.Dashboard {
	k := knowledge()
	k.Stale = true
	d := dashboardOf(staff(), k)
	d.Refreshing, d.Next = true, time.Time{}
	for i := range d.Sources {
		d.Sources[i].LastGood = now().Add(-3 * time.Hour)
	}
	d.Progress = []providers.Progress{{What: "machines", Items: 240_000, Expected: 600_000, Began: now().Add(-6 * time.Second)}}
	return d
}

func scenes() []scene {
	return []scene{
		{"dashboard", usual, func(s *screen) { s.press("j", "j", "j", "x", "j") }},
		{"peek", usual, func(s *screen) { s.press("j", "j", "j", "space") }},
		{"peek-above", usual, func(s *screen) { s.press("G", "space") }},
		{"help", usual, func(s *screen) { s.press("?") }},
		{"help-search", usual, func(s *screen) { s.press("?"); s.typeText("copy") }},
		{"palette", usual, func(s *screen) { s.press(":"); s.typeText("sort") }},
		{"confirm-issue", usual, func(s *screen) {
			s.do(s.AskIssue(model.HealthIssue{ID: "1", Title: "Directory Services Object Auditing is not enabled as required"}, model.IssueSuppressed))
		}},
		{"confirm", usual, func(s *screen) { s.do(s.AskToggle(s.env.Dashboard.Toggle(model.EndpointSide))) }},
		{"sort", usual, func(s *screen) { s.press("s", "j") }},
		{"filter", usual, func(s *screen) { s.press("/"); s.typeText("kind:computer badge:alerts") }},
		{"mistake", usual, func(s *screen) { s.press("/"); s.typeText("badge:nonsense") }},
		{"empty", usual, func(s *screen) { s.press("/"); s.typeText("zzz"); s.press("enter") }},
		{"endpoint-side", usual, func(s *screen) { s.press("tab", "j") }},
		{"source-down", down, func(s *screen) { s.press("j") }},
		{"loading", loading, func(*screen) {}},
		{"refreshing", refreshing, func(*screen) {}},
		{"unrecognised", usual, func(s *screen) { s.press("/"); s.typeText("legacy"); s.press("enter", "enter") }},
	}
}

// golden frames of every scene at every size that has a layout of its own, with colours as escape sequences.
func TestGoldenFrames(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}, {60, 16}, {40, 10}} {
		for mode := theme.Dark; mode <= theme.Mono; mode++ {
			for _, scene := range scenes() {
				if size[0] < 80 && (mode != theme.Dark || scene.name != "dashboard" && scene.name != "peek" && scene.name != "source-down") {
					continue
				}
				t.Run(fmt.Sprintf("%s-%dx%d-%s", scene.name, size[0], size[1], mode), func(t *testing.T) {
					s := newScreen(t, size[0], size[1], scene.dashboard(), func(o *Options) { o.Config.Screen.Theme = mode.String() })
					scene.play(s)
					fits(t, s, size[0], size[1])
					golden.RequireEqual(t, s.View().Content)
				})
			}
		}
	}
}

// Without colours every scene reads the same as with them.
func TestColourCarriesNoMeaning(t *testing.T) {
	for _, scene := range scenes() {
		frames := map[theme.Mode]string{}
		for mode := theme.Dark; mode <= theme.Mono; mode++ {
			s := newScreen(t, 120, 36, scene.dashboard(), func(o *Options) { o.Config.Screen.Theme = mode.String() })
			scene.play(s)
			frames[mode] = s.text()
		}
		if frames[theme.Dark] != frames[theme.Mono] || frames[theme.Light] != frames[theme.Mono] {
			t.Errorf("%s reads differently without colours", scene.name)
		}
		s := newScreen(t, 120, 36, scene.dashboard(), func(o *Options) { o.NoColor = true })
		scene.play(s)
		for _, sequence := range sequences(s.View().Content) {
			if isColour(sequence) {
				t.Fatalf("%s has a colour where there must be none: %q", scene.name, sequence)
			}
		}
	}
}

// isColour reports whether a sequence sets a colour, by name or in full.
func isColour(sequence string) bool {
	for parameter := range strings.SplitSeq(strings.Trim(sequence, "\x1b[m"), ";") {
		n, err := strconv.Atoi(parameter)
		if err == nil && (n >= 30 && n <= 48 || n >= 90 && n <= 107) {
			return true
		}
	}
	return false
}

// sequences gives the escape sequences of a frame.
func sequences(frame string) []string {
	var out []string
	for part := range strings.SplitSeq(frame, "\x1b") {
		if end := strings.IndexByte(part, 'm'); end > 0 && part[0] == '[' {
			out = append(out, "\x1b"+part[:end+1])
		}
	}
	return out
}

// With --ascii there is nothing but names beyond ASCII.
func TestASCII(t *testing.T) {
	for _, scene := range scenes() {
		s := newScreen(t, 120, 36, scene.dashboard(), func(o *Options) { o.ASCII = true })
		scene.play(s)
		for _, r := range s.text() {
			if r > 0x7E && !strings.ContainsRune("Tomáš Novák 山田 太郎 国際営業部", r) {
				t.Errorf("%s shows %q", scene.name, r)
				break
			}
		}
	}
}

// fits checks that a frame has exactly the lines of the screen and none that is too long.
func fits(t *testing.T, s *screen, w, h int) {
	t.Helper()
	lines := strings.Split(s.View().Content, "\n")
	if len(lines) != h {
		t.Fatalf("%dx%d: %d lines", w, h, len(lines))
	}
	for i, line := range lines {
		if n := ansi.StringWidth(line); n > w {
			t.Fatalf("%dx%d: line %d has %d cells: %q", w, h, i, n, ansi.Strip(line))
		}
	}
}

func TestEverySize(t *testing.T) {
	for _, scene := range scenes() {
		s := newScreen(t, 80, 24, scene.dashboard())
		scene.play(s)
		step := 1
		if scene.name != "dashboard" {
			step = 7
		}
		for w := 1; w <= 200; w += step {
			for h := 1; h <= 60; h += step {
				s.width, s.height, s.dirty = w, h, true
				lines := strings.Split(s.View().Content, "\n")
				if len(lines) != h {
					t.Fatalf("%s at %dx%d: %d lines", scene.name, w, h, len(lines))
				}
				for i, line := range lines {
					if n := ansi.StringWidth(line); n > w {
						t.Fatalf("%s at %dx%d: line %d has %d cells: %q", scene.name, w, h, i, n, ansi.Strip(line))
					}
				}
			}
		}
	}
}
