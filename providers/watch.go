package providers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// watchPace says how a toggle that a person switches in the portal is watched: it is read after a moment, then ever more
// slowly, until time is up.
type watchPace struct{ first, most, patience time.Duration }

// portalPace leaves a person ten minutes to find the switch. Nothing is documented about how long a change takes to show.
var portalPace = watchPace{2 * time.Second, 30 * time.Second, WatchPatience}

// WatchPatience is how long a change in the portal is waited for.
const WatchPatience = 10 * time.Minute

// watch waits for a change that a person makes in the portal, which needs no permission here. How the flag stood before is
// what the person was shown: it may be another one by now, since the portal's page is open already.
func (f *flipping) watch(ctx context.Context) error {
	state := f.tenant.portalState()
	if !state.Open {
		return f.refused(model.SignInRefused, "there is no portal session", "Begin one, with the cookies of your browser.")
	}
	if err := f.begin(ctx); err != nil {
		return err
	}
	f.owner = f.tenant.Portal
	return errors.Join(f.await(ctx, state.Reading), f.end())
}

// await reads the portal's flag until both of its places show the new state, the session ends, or time is up.
func (f *flipping) await(ctx context.Context, before *model.PortalReading) error {
	began := time.Now()
	limited, cancel := context.WithTimeout(ctx, f.tenant.watchPace.patience)
	defer cancel()
	f.change.Outcome = model.NotSeen
	var last error
	for wait := f.tenant.watchPace.first; ; wait = min(2*wait, f.tenant.watchPace.most) {
		if !pause(limited, wait, last) {
			return f.notSeen(ctx, before, time.Since(began))
		}
		now, err := f.read(limited)
		if f.flip.Read != nil && f.toggles != nil {
			f.flip.Read(f.toggles)
		}
		last = errors.Join(err, problemOf(now))
		state := f.tenant.portalState()
		switch {
		case !state.Open:
			return f.lost(state.Ended)
		case last == nil && now.State == f.to && isSettled(state.Reading):
			f.change.Outcome, f.change.Seen = model.Watched, text.Clean(state.Reading.Views()+alsoChanged(before, state.Reading))
			return nil
		}
	}
}

// isSettled reports whether both places were read, or the one that was not has nothing to say in the next minutes either.
func isSettled(r *model.PortalReading) bool {
	if r == nil {
		return false
	}
	problem := r.Problem()
	return problem == nil || problem.Kind == model.NotSupported || problem.Kind == model.PermissionMissing
}

// problemOf gives the problem of a toggle as an error, nil when there is none.
func problemOf(t model.Toggle) error {
	if t.Problem == nil {
		return nil
	}
	return t.Problem
}

// pause waits before the next reading, and longer when the last one was refused until a time. It gives false when there is
// no next one.
func pause(ctx context.Context, wait time.Duration, last error) bool {
	if f, ok := errors.AsType[*model.Failure](last); ok && !f.RetryAt.IsZero() {
		wait = max(wait, time.Until(f.RetryAt))
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	}
}

// alsoChanged names the other settings of the portal that changed in the meantime.
func alsoChanged(before, now *model.PortalReading) string {
	if before == nil || now == nil {
		return ""
	}
	names := now.ChangedOthers(before)
	if len(names) == 0 {
		return ""
	}
	const most = 5
	var shown []string
	for _, name := range names[:min(most, len(names))] {
		shown = append(shown, name.String())
	}
	line := "; OTHER SETTINGS CHANGED TOO: " + strings.Join(shown, ", ")
	if more := len(names) - most; more > 0 {
		line += fmt.Sprintf(" and %d more", more)
	}
	return line
}

// notSeen says that the change was not seen in time, or that nobody waits for it any more.
func (f *flipping) notSeen(ctx context.Context, before *model.PortalReading, after time.Duration) error {
	now := f.tenant.portalState().Reading
	seen := "the portal could not be read"
	if i := slices.IndexFunc(f.toggles, f.flip.Toggle.Is); now != nil {
		seen = now.Meaning()
	} else if i >= 0 && f.toggles[i].Problem != nil {
		seen = f.toggles[i].Problem.Seen
	}
	seen = fmt.Sprintf("not seen within %s: %s%s", after.Round(time.Second), seen, alsoChanged(before, now))
	if errors.Is(ctx.Err(), context.Canceled) {
		seen = "watching was stopped; " + seen
	}
	f.change.Seen = text.Clean(seen)
	return &model.Failure{Source: model.Settings, Kind: model.TimedOut, Doing: f.doing, Seen: seen, Cause: ctx.Err(),
		Remedy: "Look at the portal's settings page; the flag may have been taken out of it."}
}

// lost says that the session ended before the change was seen.
func (f *flipping) lost(why *model.Failure) error {
	seen, remedy := "the portal session ended before the change was seen", "Begin another portal session to see how the flag stands."
	if why != nil {
		seen += ": " + why.Seen
	}
	f.change.Outcome, f.change.Seen = model.OutcomeUnknown, text.Clean(seen)
	return &model.Failure{Source: model.Settings, Kind: model.SignInRefused, Doing: f.doing, Seen: seen, Remedy: remedy}
}
