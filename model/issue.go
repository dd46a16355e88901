package model

import (
	"cmp"
	"time"

	"adbadge/model/text"
)

// IssueStatus is what became of a health issue.
type IssueStatus uint8

const (
	// IssueOpen is also any status that adbadge does not know.
	IssueOpen IssueStatus = iota
	IssueClosed
	IssueSuppressed
)

// IssueStatuses lists all of them.
var IssueStatuses = [...]IssueStatus{IssueOpen, IssueClosed, IssueSuppressed}

// String gives the word used in screens, commands and JSON, which is the vendor's as well.
func (s IssueStatus) String() string { return [...]string{"open", "closed", "suppressed"}[s] }

// Verb says what a person does to bring an issue there.
func (s IssueStatus) Verb() string { return [...]string{"reopen", "close", "suppress"}[s] }

// Effect says in a sentence what it means for people when an issue gets there.
func (s IssueStatus) Effect() string {
	return [...]string{
		"It counts among the open health issues again, for everyone in the tenant.",
		"It leaves the open health issues, for everyone in the tenant. That repairs nothing: close what is done.",
		"It is hidden from the open health issues for 7 days, for everyone in the tenant. That repairs nothing.",
	}[s]
}

// HealthIssue is a health issue of Defender for Identity.
type HealthIssue struct {
	ID           string
	Title        text.Line
	Description  text.Line
	Status       IssueStatus
	Severity     Severity
	SeverityText text.Line // as it came, for OtherSeverity
	Global       bool      // concerns the workspace rather than a sensor
	Sensors      []text.Line
	Domains      []text.Line
	Remedies     []text.Line
	Created      time.Time
}

// Name names the issue in a sentence.
func (h HealthIssue) Name() string { return nameOfIssue(h.Title, h.ID) }

func nameOfIssue(title text.Line, id string) string {
	return `the health issue "` + cmp.Or(title.String(), id) + `"`
}
