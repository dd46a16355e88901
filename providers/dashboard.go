package providers

import (
	"slices"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
)

// Dashboard is everything that one frame, or one answer without a screen, is made from. It is immutable: a refresh
// makes a new one and swaps it whole.
type Dashboard struct {
	// Generation grows by one with every new dashboard.
	Generation uint64
	View       *inventory.View
	Status     model.Status
	Toggles    []model.Toggle      // of all owners, in the order of model.Toggle.Compare
	Portal     model.PortalSession // its zero value where there never was one
	Licences   []model.Licence
	Sources    []model.SourceStatus // in the order of model.Sources
	Sensors    []model.Sensor
	Issues     []model.HealthIssue
	// Changes are the newest changes made from this installation, the newest first; few.
	Changes []model.Change
	// NewAlerts are the alerts that were opened since the refresh before; empty after the first one.
	NewAlerts []*model.Alert
	// Progress says how far a refresh has come that takes longer than a moment.
	Progress []Progress
	// Loaded: every source has answered or failed at least once.
	Loaded bool
	// Refreshing: a refresh is running.
	Refreshing bool
	Paused     bool
	// SignIn is what a person is asked to do before the cloud sources can answer; nil when nobody is.
	SignIn *SignInPrompt
	// At is when the last refresh ended, Next when the next one begins; zero when there is none.
	At   time.Time
	Next time.Time
}

// Toggle gives the toggle of a side that decides about badges; its state is unknown when it was not read.
func (d *Dashboard) Toggle(side model.Side) model.Toggle {
	return model.DecidingToggle(d.Toggles, side)
}

// Find gives a toggle as it was read last; its state is unknown when it was not read.
func (d *Dashboard) Find(toggle model.Toggle) model.Toggle {
	if i := slices.IndexFunc(d.Toggles, toggle.Is); i >= 0 {
		return d.Toggles[i]
	}
	return model.Toggle{Side: toggle.Side, Setting: toggle.Setting, Owner: toggle.Owner}
}

// Source gives the status of a source.
func (d *Dashboard) Source(source model.Source) model.SourceStatus {
	for _, s := range d.Sources {
		if s.Source == source {
			return s
		}
	}
	return model.SourceStatus{Source: source}
}
