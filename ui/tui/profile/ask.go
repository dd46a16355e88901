package profile

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/ui/tui/page"
)

// patience bounds how long one question of this page may take.
const patience = 30 * time.Second

// question is something that a source is asked for this one entity. The last answer stays while it is asked anew.
type question[T any] struct {
	task  page.Task[T]
	since time.Time // the end of the refresh after which it was asked last
	asked bool
	value T
	at    time.Time // when value was answered; zero when never
	err   error     // why the last one failed
}

// ask asks once for every refresh that has ended.
func (q *question[T]) ask(parent context.Context, refreshed time.Time, run func(context.Context) (T, error)) tea.Cmd {
	if q.task.Running() || q.asked && q.since.Equal(refreshed) {
		return nil
	}
	q.asked, q.since = true, refreshed
	return q.task.Start(parent, func(ctx context.Context) (T, error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return run(ctx)
	})
}

// cancel abandons the question; it is asked anew when the page shows again.
func (q *question[T]) cancel() {
	if q.task.Running() {
		q.asked = false
	}
	q.task.Cancel()
}

// forget drops the answer, when it was about something else.
func (q *question[T]) forget() {
	q.task.Cancel()
	q.asked, q.at, q.err = false, time.Time{}, nil
	q.value = *new(T)
}

// take reads an answer if it is the one of this question. A failure leaves the value before.
func (q *question[T]) take(msg page.Answer, now time.Time) {
	value, err, ok := q.task.Take(msg)
	if !ok || errors.Is(err, context.Canceled) {
		return
	}
	q.err = err
	if err == nil {
		q.value, q.at = value, now
	}
}

// askDetail asks the directory for what the list does not read.
func (p *Page) askDetail(row int) tea.Cmd {
	tenant, entity := p.env.Tenant, p.dashboard().View.Entity(row)
	return p.detail.ask(p.env.Context, p.dashboard().At, func(ctx context.Context) (model.Detail, error) {
		detail, err := tenant.Detail(ctx, entity)
		if err != nil {
			return model.Detail{}, model.AsFailure(err, model.Directory, "read "+entity.Name.String()+" from the directory")
		}
		return detail, nil
	})
}

// askLogons asks which accounts the newest machine record reports. It is not asked while the integration is off.
func (p *Page) askLogons(row int) tea.Cmd {
	view := p.dashboard().View
	machine := view.Machine(row)
	if machine == nil || p.env.Tenant.Endpoint == nil || view.Knowledge().Off != model.NoReason {
		p.logons.forget()
		return nil
	}
	if p.record != machine.ID {
		p.logons.forget()
		p.record = machine.ID
	}
	endpoint, id, name := p.env.Tenant.Endpoint, machine.ID, machine.Name.String()
	return p.logons.ask(p.env.Context, p.dashboard().At, func(ctx context.Context) ([]model.Logon, error) {
		logons, err := endpoint.LoggedOn(ctx, id)
		if err != nil {
			return nil, model.AsFailure(err, model.Endpoint, "read who logged on to "+name)
		}
		return logons, nil
	})
}

// askAccount asks where the account of a user was seen, where that could not be asked for all users at once.
func (p *Page) askAccount(row int) tea.Cmd {
	if !p.dashboard().AskAlone(row) {
		p.seen.forget()
		return nil
	}
	refresher, entity := p.env.Refresher, p.dashboard().View.Entity(row)
	return p.seen.ask(p.env.Context, p.dashboard().At, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, refresher.AskAccount(ctx, entity)
	})
}
