package model

import "time"

// Verdict is what came of one step of an examination.
type Verdict uint8

const (
	// Skipped: not tried, because an earlier step failed or because nothing is configured.
	Skipped Verdict = iota
	Passed
	// Doubtful: it works, but something about it should be looked at.
	Doubtful
	Failed
)

// String gives the word used in screens and JSON.
func (v Verdict) String() string { return [...]string{"skipped", "ok", "warning", "failed"}[v] }

// Level is what the verdict does to the whole. A step that was skipped adds nothing: what it waited for did.
func (v Verdict) Level() Level { return [...]Level{OK, OK, Warning, Critical}[v] }

// Check is one step of an examination: what was looked at, what was seen, and what to do about it.
type Check struct {
	Source  Source
	Name    string // of the step: "certificate"
	Verdict Verdict
	Seen    string // a clause without a full stop, or several
	Remedy  string // sentences; empty when there is nothing to do
	Took    time.Duration
}
