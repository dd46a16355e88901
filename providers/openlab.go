package providers

import (
	"context"
	"fmt"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/text"
	"adbadge/providers/lab"
	"adbadge/providers/lab/fault"
	"adbadge/providers/portal/session"
	"adbadge/providers/settings"
)

// LabOptions size the embedded tenant and say what goes wrong in it.
type LabOptions = lab.Options

// MaxLabEntities is the most that LabOptions.Users and LabOptions.Computers may ask for.
const MaxLabEntities = lab.MaxEntities

// LabMark stands on every screen that shows the embedded tenant.
const LabMark = "LAB"

// OpenLab starts the embedded tenant on loopback and opens it like any other, with the sockets, certificates and
// passwords that it gives. Closing the tenant stops it.
func OpenLab(ctx context.Context, o LabOptions, open OpenOptions) (*Tenant, error) {
	running, err := startLab(ctx, o)
	if err != nil {
		return nil, err
	}
	t, err := openRunning(running, open)
	if err != nil {
		_ = running.Close()
		return nil, err
	}
	if !t.Forgets {
		t.Snapshots = newSnapshots(config.Default(), open, labKey(o))
		t.keepsNone = len(o.Faults) > 0 // what goes wrong on request is not to be remembered
	}
	return t, nil
}

// labKey tells labs of different data apart.
func labKey(o LabOptions) string { return fmt.Sprintf("lab %d %d %d", o.Seed, o.Users, o.Computers) }

// openRunning opens a lab that runs. The tenant takes it over unless there is an error.
func openRunning(running *lab.Lab, open OpenOptions) (*Tenant, error) {
	c := running.Config()
	open.Now, open.Write = running.Now, true
	t, err := connect(c, open, secrets{
		directories: []directorySecrets{{running.DirectoryPassword(), running.Roots()}},
		signIn:      running.Secret(), cloudRoots: running.Roots(),
	})
	if err != nil {
		return nil, err
	}
	t.Mark = LabMark
	t.Warning = text.Clean(running.Problem()).String()
	if t.Forgets = running.Forgets(); !t.Forgets {
		t.Changes = settings.NewRecord(open.StateDir)
	}
	t.closers = append(t.closers, running.Close)
	portals, err := running.Settings(t.SignIn.signIn)
	if err != nil {
		return t, err
	}
	t.setSettings(portals)
	return t, t.allowPortal(session.Options{URL: c.Portal.URL, Tenant: c.Tenant.ID, Roots: running.Roots(), Version: open.Version}, running.SessionHint())
}

func startLab(ctx context.Context, o LabOptions) (*lab.Lab, error) {
	running, err := lab.Start(ctx, o)
	if err != nil {
		return nil, &model.Failure{Source: model.Settings, Kind: model.Broken, Doing: "start the lab", Seen: err.Error(),
			Remedy: "Check the --lab options, that sockets may be opened on 127.0.0.1, and that the state folder can be written.", Cause: err}
	}
	return running, nil
}

// ResetLab forgets the embedded tenant's toggles and resolved alerts, and lets its attacks begin anew.
func ResetLab(stateDir string) error { return lab.Reset(stateDir) }

// LabFault is one thing that the embedded tenant can let go wrong.
type LabFault struct {
	Form    string // as --lab-fault takes it: "throttle:endpoint|graph[:TIMES]"
	Meaning string
}

// LabFaults lists what LabOptions.Faults may hold.
func LabFaults() []LabFault {
	var faults []LabFault
	for _, f := range lab.FaultNames() {
		faults = append(faults, LabFault{Form: f.Form, Meaning: f.Meaning})
	}
	return faults
}

// CheckLabFault says what is wrong with one of LabOptions.Faults, nil when nothing is.
func CheckLabFault(text string) error {
	_, err := fault.Parse(text)
	return err
}
