// Package snapshot keeps the inventory of a tenant in one file, so that the next start shows something at once. What the
// file holds is only as old as it says; nothing in it is needed, and nothing in it is secret but to the organisation: it
// is for nobody but its user to read.
//
// The file is versioned and checksummed, and replaced as a whole: a reader sees the old one or the new one. What is
// damaged, cut off, of another version, of another kind of machine or of another tenant is refused with a reason, so that
// it is made anew. Several processes may read and write it at the same time.
package snapshot

import (
	"errors"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

// Snapshot is all that is kept.
type Snapshot struct {
	Summary Summary
	Table   *inventory.Table
	Badges  []byte // as inventory.View.Badges gives them
	Lists   Lists
	// First has what a screen shows first of a long Table, FirstBadges the badges of that; nil when the Table is short.
	First       *inventory.Table
	FirstBadges []byte
}

// Summary is what a status can be made from without the rows. It stands at the beginning of the file.
type Summary struct {
	Tenant  string    // what the sources are, in one word; another one makes the file foreign
	Program string    // version of the adbadge that wrote it
	Written time.Time // when
	Name    string    // of the tenant, for the title
	Mark    string    // that stands beside it
	At      time.Time // when the refresh ended that brought it

	Counts      inventory.Counts
	Hosts       map[string]string // where each source was asked; empty: nowhere
	Topics      map[string]Topic
	Directories []Directory
	Followed    map[string]Followed
	Toggles     []model.Toggle
	Licences    []model.Licence
	Sensors     []model.Sensor          // nil: not answered
	Candidates  []model.SensorCandidate // nil: not answered
	Issues      []model.HealthIssue     // nil: not answered
	Signals     model.Signals
}

// Topic is how one question to a source was answered.
type Topic struct {
	Items   int
	Gaps    []model.Gap
	Failure *model.Failure
	Tried   time.Time
	Good    time.Time
	Took    time.Duration
}

// Directory is where the next question to a directory goes on from.
type Directory struct {
	Domains  []model.Domain
	Holds    []text.Line
	Position model.Position
	Whole    time.Time
	Gaps     []model.Gap
	Swept    time.Time
	Sweeping time.Duration
}

// Followed is where the next question for the changes of a list goes on from.
type Followed struct {
	Gaps   []model.Gap
	At     time.Time
	Whole  time.Time
	Newest time.Time
}

// Lists are the answers of the cloud sources.
type Lists struct {
	Machines       inventory.Machines
	EndpointAlerts inventory.Alerts
	IdentityAlerts inventory.Alerts
	Incidents      []model.Incident
	Logons         inventory.Logons
}

// The reasons for which a file is not used, beside those of the file system (fs.ErrNotExist when there is none).
var (
	// ErrDamaged: it is not as it was written.
	ErrDamaged = errors.New("it is damaged")
	// ErrForeign: it was written by another version, on another kind of machine, or for other sources.
	ErrForeign = errors.New("it was made by another adbadge, or for other sources")
)
