// Package inventory is the joined data in memory that screens and commands read: the entities of the directory,
// laid out for a million of them, and what Defender for Endpoint and Defender for Identity know about each.
//
// A Builder takes entities as they come and gives Tables, immutable snapshots that share their memory. Join brings
// a Table and the answers of the two products together into a View; its method Next gives the one that follows when a
// little has changed. Tables and Views never change, so any number of goroutines may read them, while the Builder goes on
// and the next View is made.
//
// The rules of matching and of the badge are those of DESIGN, "How entities are matched" and "The badge".
package inventory

import (
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// AnswerState is how far a source has answered one question, such as "which machines are there?".
type AnswerState uint8

const (
	// NotAnswered: not asked, or the answer has not come yet.
	NotAnswered AnswerState = iota
	// Answered: the answer came whole.
	Answered
	// Incomplete: a part of the answer is missing, so that nothing follows from what is not in it.
	Incomplete
	// Failed: the source could not be asked.
	Failed
	// Denied: signed in, but not permitted or not licensed to ask.
	Denied
	// NotConfigured: there is nobody to ask.
	NotConfigured
)

// String gives the word for tests and the log.
func (s AnswerState) String() string {
	return [...]string{"not answered", "answered", "incomplete", "failed", "denied", "not configured"}[s]
}

// Answer says how and when a source answered.
type Answer struct {
	State AnswerState
	At    time.Time
}

// Knowledge is what the sources said.
type Knowledge struct {
	Machines       Machines
	EndpointAlerts Alerts // each of the two lists may hold alerts of either product, and an alert may be in both
	IdentityAlerts Alerts
	Incidents      map[text.Line]*model.Incident // by id; must not be changed afterwards
	Logons         Logons
	Asked          map[model.GUID]bool // users whose logons were asked for one by one, and answered whole

	MachinesAnswer       Answer
	EndpointAlertsAnswer Answer
	IdentityAlertsAnswer Answer
	LogonsAnswer         Answer

	// Off is why the two sides are not joined: IntegrationOff, IdentitySideOff, EndpointSideOff or NotConfigured;
	// NoReason when they are.
	Off model.Reason
	// Stale says that the answers are older than one refresh interval.
	Stale bool
}
