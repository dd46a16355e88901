package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"adbadge/ui/tui/paint"
)

func TestSizesThatNoTerminalHas(t *testing.T) {
	tests := []struct{ claimed, drawn tea.WindowSizeMsg }{
		{tea.WindowSizeMsg{Width: 120, Height: 36}, tea.WindowSizeMsg{Width: 120, Height: 36}},
		{tea.WindowSizeMsg{Width: 1, Height: 1}, tea.WindowSizeMsg{Width: 1, Height: 1}},
		{tea.WindowSizeMsg{}, tea.WindowSizeMsg{Width: 80, Height: 24}},
		{tea.WindowSizeMsg{Width: 80}, tea.WindowSizeMsg{Width: 80, Height: 24}},
		{tea.WindowSizeMsg{Width: 65535, Height: 65535}, tea.WindowSizeMsg{Width: 1000, Height: 500}},
	}
	for _, test := range tests {
		if got := inOrder(now)(nil, test.claimed); got != test.drawn {
			t.Errorf("%v is drawn as %v, want %v", test.claimed, got, test.drawn)
		}
	}
}

// A signal ends the context with a reason, and the screen without an error.
func TestTheEndOfTheContextIsNoError(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	in, typist := io.Pipe()
	defer typist.Close()
	s.options.Input, s.options.Output = in, io.Discard
	ctx, end := context.WithCancelCause(t.Context())
	end(errors.New("terminated"))
	if next, err := Run(ctx, s.options); next != "" || err != nil {
		t.Errorf("the screen ends with %q and the error %v", next, err)
	}
}

// TestAnAbsurdSizeDoesNotHoldTheProgramUp runs the whole program as the terminal library does: what comes after the
// absurd size must be drawn at once.
func TestAnAbsurdSizeDoesNotHoldTheProgramUp(t *testing.T) {
	s := newScreen(t, 80, 24, usual())
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	in, typist := io.Pipe()
	defer typist.Close()
	s.options.Input = in
	terminal := paint.New(&out, "xterm", framesHere, func(err error) { t.Error(err) })
	program := s.options.program(ctx, terminal, s.App)
	go func() {
		program.Send(tea.WindowSizeMsg{Width: 65535, Height: 65535})
		program.Send(tea.WindowSizeMsg{Width: 80, Height: 24})
		program.Send(tea.KeyPressMsg{Code: 'q', Text: "q"})
	}()
	if _, err := program.Run(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(ansi.Strip(out.String()), "INTEGRATION") {
		t.Errorf("the screen was not drawn after the absurd size")
	}
}
