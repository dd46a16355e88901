// Package providers brings the facts in: the sources behind small interfaces, and the refresh that joins them
// into an inventory. It is all that the user interface knows of the outside.
package providers

import (
	"context"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// Directory is the on-premises AD. Calls may run at the same time; each honours its context.
type Directory interface {
	// Domains gives the domains of the forest, for matching.
	Domains(ctx context.Context) ([]model.Domain, error)
	// Entities reads every user and computer and hands them to emit in batches, as they come. It stops at the first
	// error of emit and returns it. Gaps say what is missing or odd; an error means that the read ended early.
	// A batch belongs to the reader again when emit returns. An entity may come again; what comes last counts.
	Entities(ctx context.Context, emit func([]model.Entity) error) ([]model.Gap, error)
	// Detail reads what the profile page shows of one entity.
	Detail(ctx context.Context, entity model.Entity) (model.Detail, error)
	// Host says where the directory is asked, for the status page.
	Host() string
}

// Tracker is a Directory that can say what has changed. A dump cannot.
type Tracker interface {
	// Position marks where the directory stands now; empty when it does not tell. It keeps what an earlier one says about
	// the directory's other servers.
	Position(ctx context.Context, earlier model.Position) (model.Position, error)
	// Changes hands on what has changed since a position, and the ids of what was deleted as far as that can be seen,
	// and gives the position to go on from. It is model.ErrPositionLost when everything has to be read again. Batches
	// belong to the reader again when emit returns.
	Changes(ctx context.Context, since model.Position, emit func(changed []model.Entity, deleted []model.GUID) error) (model.Position, error)
	// Present hands on the ids of everything that exists, and perhaps of more. An error means that the list is not whole.
	Present(ctx context.Context, emit func([]model.GUID) error) error
}

// Endpoint is Defender for Endpoint.
type Endpoint interface {
	// Machines reads the machine records, or those that have reported since a time of the service's clock. It is
	// model.ErrChangesRefused when the service does not tell those apart.
	Machines(ctx context.Context, since time.Time, emit func([]model.Machine) error) (model.Reading, error)
	// Alerts reads the alerts, or those that were updated since a time, in the same way.
	Alerts(ctx context.Context, since time.Time, emit func([]model.Alert) error) (model.Reading, error)
	// LoggedOn lists the accounts that one machine reports, newest first.
	LoggedOn(ctx context.Context, machineID string) ([]model.Logon, error)
	// Account says where accounts of one bare name were seen, of whatever domain. whole is false when there may be more.
	Account(ctx context.Context, name text.Line) (logons []model.Logon, whole bool, err error)
	// Limits says how near the requests are to what the service allows. It never waits.
	Limits() model.Limits
	Host() string
}

// Identity is Defender for Identity, and what Microsoft Graph says about the tenant.
type Identity interface {
	// Alerts reads the alerts of Defender for Identity, or those that were updated since a time of the service's clock. It
	// is model.ErrChangesRefused when the service does not tell those apart.
	Alerts(ctx context.Context, since time.Time, emit func([]model.Alert) error) (model.Reading, error)
	// Incidents reads those of both products that are not resolved, or any that were updated since a time, in the same way.
	Incidents(ctx context.Context, since time.Time, emit func([]model.Incident) error) (model.Reading, error)
	// HealthIssues reads the open ones, or all.
	HealthIssues(ctx context.Context, all bool) ([]model.HealthIssue, error)
	HealthIssue(ctx context.Context, id string) (model.HealthIssue, error)
	// SetHealthIssue writes the status of one. The caller reads back.
	SetHealthIssue(ctx context.Context, id string, status model.IssueStatus) error
	Sensors(ctx context.Context) ([]model.Sensor, error)
	// SensorCandidates lists the servers that have no sensor and could get one.
	SensorCandidates(ctx context.Context) ([]model.SensorCandidate, error)
	Licences(ctx context.Context) ([]model.Licence, error)
	// Logons lists the AD accounts that Defender for Endpoint has seen on machines, by hunting. A Failure of kind
	// PermissionMissing, LicenceAbsent or NotSupported means that accounts cannot be asked for all at once.
	Logons(ctx context.Context, emit func([]model.Logon) error) ([]model.Gap, error)
	// Signals says when each product sent data last, by hunting; the same kinds of Failure mean that it cannot be asked.
	Signals(ctx context.Context) (model.Signals, error)
	// Limits says how near the requests are to what the service allows. It never waits.
	Limits() model.Limits
	Host() string
}

// Settings holds the toggles of one owner.
type Settings interface {
	// Toggles reads all of them; one that cannot be read comes with state unknown and its problem.
	Toggles(ctx context.Context) ([]model.Toggle, error)
	// SetToggle writes one of those that Toggles gave and nothing else. The caller reads back.
	SetToggle(ctx context.Context, toggle model.Toggle, on bool, by string) error
	Host() string
}
