package model

import (
	"context"
	"errors"
	"slices"
	"time"

	"adbadge/model/text"
)

// Source is one place that facts come from.
type Source uint8

const (
	Directory Source = iota
	Identity
	Endpoint
	Settings
)

// String gives the word used in screens and JSON.
func (s Source) String() string {
	return [...]string{"directory", "identity", "endpoint", "settings"}[s]
}

// Sources lists all of them in the order in which screens show them.
var Sources = [...]Source{Directory, Identity, Endpoint, Settings}

// FailureKind groups failures by what can be done about them.
type FailureKind uint8

const (
	// Broken: an answer that makes no sense, or a fault on the other end.
	Broken FailureKind = iota
	Unreachable
	TimedOut
	SignInRefused
	PermissionMissing
	LicenceAbsent
	Throttled
	Untrusted // TLS certificate or host not trusted
	Misconfigured
	NotSupported
)

// String gives the word used in JSON.
func (k FailureKind) String() string {
	return [...]string{
		"broken", "unreachable", "timedOut", "signInRefused", "permissionMissing", "licenceAbsent", "throttled",
		"untrusted", "misconfigured", "notSupported",
	}[k]
}

// Failure is an error in the user's words: what was being done, what was seen, and the remedy. Its text is
// clean and free of secrets. Cause is for errors.Is and the debug log, never for the screen.
type Failure struct {
	Source  Source
	Kind    FailureKind
	Doing   string    // "read machines from api.contoso.test"
	Seen    string    // "429 Too Many Requests"
	Remedy  string    // a sentence: "Wait; adbadge asks again by itself."
	RetryAt time.Time // zero unless the other end named a time
	Link    string    // https: a page where the remedy is applied; empty when there is none
	Cause   error     `json:"-"`
}

// Error gives one line: what was being done, what was seen, the remedy, and where that is applied.
func (f *Failure) Error() string {
	line := f.Doing + ": " + f.Seen
	if f.Remedy != "" {
		line += ". " + f.Remedy
	}
	if f.Link != "" {
		line += " " + f.Link
	}
	return line
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// AsFailure finds the Failure in err, or wraps err in one of kind Broken (TimedOut for a passed deadline).
// It gives nil for nil.
func AsFailure(err error, source Source, doing string) *Failure {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &Failure{Source: source, Kind: TimedOut, Doing: doing, Seen: "no answer within the time limit",
			Remedy: "Check the network, or raise the time limit.", Cause: err}
	}
	return &Failure{Source: source, Kind: Broken, Doing: doing, Seen: text.CleanMax(err.Error(), text.MaxRunes).String(), Cause: err}
}

// Gap is a part of an answer that is missing or could not be used, so that nothing is hidden from the user.
type Gap struct {
	Source Source
	Code   string // stable finding code, such as "ADB-210"
	What   string // a sentence: "Page 3 of machines failed after 4 tries."
	Remedy string
	Count  int // things concerned; 0 when not countable
	// Missing: the list is shorter than it should be, so that absence from it proves nothing.
	Missing bool
	// Domain is the one that a directory leaves out because it does not hold it; empty for every other gap. Another
	// directory may hold it.
	Domain text.Line
}

// IsNote reports whether nothing is broken: the answer is what it can be with what was bought, allowed or chosen.
func (g Gap) IsNote() bool {
	return slices.Contains([]string{CodeSettingUnknown, CodeNoHunting, CodeNoIncidents, CodeCloudDirectory, CodeNoSnapshot}, g.Code)
}
