package model

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestFailureText(t *testing.T) {
	f := &Failure{Doing: "read machines", Seen: "429 Too Many Requests", Remedy: "Wait; adbadge asks again by itself.", Cause: errors.New("secret detail")}
	if got, want := f.Error(), "read machines: 429 Too Many Requests. Wait; adbadge asks again by itself."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	f.Remedy = ""
	if got, want := f.Error(), "read machines: 429 Too Many Requests"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAsFailure(t *testing.T) {
	if AsFailure(nil, Endpoint, "ask") != nil {
		t.Error("nothing became a failure")
	}
	first := &Failure{Source: Identity, Kind: Throttled, Doing: "ask", Seen: "429"}
	if got := AsFailure(fmt.Errorf("round 2: %w", first), Endpoint, "other"); got != first {
		t.Errorf("a wrapped failure became %+v", got)
	}
	late := AsFailure(fmt.Errorf("get: %w", context.DeadlineExceeded), Endpoint, "read machines")
	if late.Kind != TimedOut || late.Source != Endpoint || late.Remedy == "" || !errors.Is(late, context.DeadlineExceeded) {
		t.Errorf("a passed deadline became %+v", late)
	}
	cause := errors.New("odd answer")
	broken := AsFailure(cause, Directory, "read entities")
	if broken.Kind != Broken || broken.Error() != "read entities: odd answer" || !errors.Is(broken, cause) {
		t.Errorf("another error became %+v", broken)
	}
}
