package model

import (
	"time"

	"adbadge/model/text"
)

// Outcome is what came of a change.
type Outcome uint8

const (
	// OutcomeUnknown: whether it was made is not known: the answer was lost, or adbadge ended in the middle.
	OutcomeUnknown Outcome = iota
	// Applied: the new value was read back.
	Applied
	// NotVisible: the change was accepted, but the old value was still read when time was up.
	NotVisible
	// Refused: nothing was changed.
	Refused
	// Watched: a person was to make it elsewhere, and it was seen.
	Watched
	// NotSeen: a person was to make it elsewhere, and it was not seen as long as adbadge looked.
	NotSeen
)

// Outcomes lists all of them.
var Outcomes = [...]Outcome{OutcomeUnknown, Applied, NotVisible, Refused, Watched, NotSeen}

// String gives the words used in screens and JSON.
func (o Outcome) String() string {
	return [...]string{"unknown", "applied", "accepted but not visible", "refused", "seen", "not seen"}[o]
}

// IsMade reports whether the new value was seen.
func (o Outcome) IsMade() bool { return o == Applied || o == Watched }

// Change is one change of a tenant that a person made with adbadge, as the record of changes has it.
type Change struct {
	ID      GUID
	At      time.Time
	By      text.Line // who asked for it
	Tenant  text.Line
	Side    Side
	Setting Setting
	Owner   Owner
	Issue   string    // id of the health issue whose status it is; empty for a toggle
	Title   text.Line // of that
	From    string    // as it was read before, in a word: "on"
	To      string
	Outcome Outcome
	// Seen says what was seen beside the outcome: why it was refused, or what was read back. A clause without a full stop.
	Seen text.Line
}

// Name names what was changed in a sentence, as Toggle.Name does.
func (c Change) Name() string {
	if c.Setting == StatusOfIssue {
		return nameOfIssue(c.Title, c.Issue)
	}
	return nameOf(c.Setting, c.Side, c.Owner)
}

// Label names it in a table.
func (c Change) Label() string { return labelOf(c.Name()) }
