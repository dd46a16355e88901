package page

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// Task is work that runs beside the screen, one piece at a time: starting anew abandons the piece before. It belongs
// to the Update goroutine and must not be copied. The zero Task is ready.
type Task[T any] struct {
	generation uint64
	cancel     context.CancelFunc
}

// Answer marks the messages with which tasks come back, so that the root hands them to pages and dialogs.
type Answer interface{ isAnswer() }

// done is the answer of one piece of work.
type done[T any] struct {
	task       *Task[T]
	generation uint64
	value      T
	err        error
}

func (done[T]) isAnswer() {}

// Start begins a piece of work. run must use nothing that the screen may change: copy what it needs before.
func (t *Task[T]) Start(parent context.Context, run func(context.Context) (T, error)) tea.Cmd {
	t.Cancel()
	ctx, cancel := context.WithCancel(parent)
	t.cancel = cancel
	generation := t.generation
	return func() tea.Msg {
		defer cancel()
		value, err := run(ctx)
		return done[T]{task: t, generation: generation, value: value, err: err}
	}
}

// Take reads an answer. ok is false for what another task did and for work that was abandoned, whether it failed or
// not: then there is nothing to show.
func (t *Task[T]) Take(msg tea.Msg) (value T, err error, ok bool) {
	d, is := msg.(done[T])
	if !is || d.task != t || d.generation != t.generation {
		return value, nil, false
	}
	t.cancel = nil
	return d.value, d.err, true
}

// Cancel abandons the work, if there is any. Its answer will not be taken.
func (t *Task[T]) Cancel() {
	t.generation++
	if t.cancel != nil {
		t.cancel()
		t.cancel = nil
	}
}

// Running reports whether an answer is awaited.
func (t *Task[T]) Running() bool { return t.cancel != nil }
