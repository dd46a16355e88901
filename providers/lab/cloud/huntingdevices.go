package cloud

import (
	"strings"
	"time"

	"adbadge/providers/lab/world"
)

// deviceInfoColumns are those of DeviceInfo: here one row for each machine record, of its last report.
var deviceInfoColumns = []column[world.Machine]{
	when("Timestamp", func(m *world.Machine) time.Time { return m.LastSeen }),
	words("DeviceId", func(m *world.Machine) string { return m.ID }),
	words("DeviceName", func(m *world.Machine) string { return m.DNSName }),
	words("ClientVersion", func(m *world.Machine) string { return m.AgentVersion }),
	words("PublicIP", func(m *world.Machine) string { return m.ExternalIP }),
	words("OSArchitecture", func(m *world.Machine) string { return m.OSArchitecture }),
	words("OSPlatform", func(m *world.Machine) string { return m.OSPlatform }),
	count("OSBuild", func(m *world.Machine) int64 { return m.OSBuild }),
	yes("IsAzureADJoined", func(m *world.Machine) bool { return m.CloudJoined }),
	words("JoinType", func(m *world.Machine) string { return m.JoinType }),
	words("AadDeviceId", func(m *world.Machine) string {
		if m.DeviceID.IsZero() {
			return ""
		}
		return m.DeviceID.String()
	}),
	words("OSVersion", func(m *world.Machine) string { return m.Version }),
	words("MachineGroup", func(m *world.Machine) string { return m.GroupName }),
	words("OnboardingStatus", func(m *world.Machine) string { return huntingWords(m.OnboardingStatus) }),
	words("DeviceType", func(m *world.Machine) string { return m.DeviceType }),
	words("MergedToDeviceId", func(m *world.Machine) string { return m.MergedInto }),
	words("SensorHealthState", func(m *world.Machine) string { return huntingWords(m.HealthStatus) }),
	yes("IsExcluded", func(m *world.Machine) bool { return m.Excluded }),
	words("ExclusionReason", func(m *world.Machine) string { return m.ExclusionReason }),
	words("ExposureLevel", func(m *world.Machine) string { return m.ExposureLevel }),
	words("AssetValue", func(m *world.Machine) string { return m.DeviceValue }),
	words("DeviceManualTags", func(m *world.Machine) string { return jsonList(m.Tags) }),
	words("AzureResourceId", func(m *world.Machine) string { return machineVM(m).ResourceID }),
	words("AzureVmId", func(m *world.Machine) string { return machineVM(m).ID }),
	words("AzureVmSubscriptionId", func(m *world.Machine) string { return machineVM(m).Subscription }),
	words("CloudPlatforms", func(m *world.Machine) string {
		switch vm := machineVM(m); {
		case strings.Contains(vm.ResourceID, "Microsoft.HybridCompute"):
			return `["Azure Arc"]`
		case vm.Provider != "":
			return jsonList([]string{vm.Provider})
		}
		return ""
	}),
}

func machineVM(m *world.Machine) world.VM {
	if m.VM == nil {
		return world.VM{}
	}
	return *m.VM
}

// huntingWords gives "CanBeOnboarded" as hunting writes it: "Can be onboarded".
func huntingWords(s string) string {
	var b strings.Builder
	for i, c := range []byte(s) {
		if i > 0 && c >= 'A' && c <= 'Z' {
			b.WriteByte(' ')
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// jsonList gives texts as hunting shows lists: JSON in a text.
func jsonList(list []string) string {
	var e encoder
	e.texts("", list)
	return string(e.out)
}

func (t *tenant) eachMachine(yield func(*world.Machine) error) error {
	now := t.Now()
	for i := range t.World.Machines() {
		m := t.World.MachineAt(i, now)
		if err := yield(&m); err != nil {
			return err
		}
	}
	return nil
}

// logon is an account on a machine.
type logon struct {
	world.Sighting
	user    world.User
	domain  string
	machine world.Machine
}

// logonColumns are those of DeviceLogonEvents that are of use here.
var logonColumns = []column[logon]{
	when("Timestamp", func(l *logon) time.Time { return l.At }),
	words("DeviceId", func(l *logon) string { return l.machine.ID }),
	words("DeviceName", func(l *logon) string { return l.machine.DNSName }),
	words("ActionType", func(*logon) string { return "LogonSuccess" }),
	words("LogonType", func(l *logon) string { return l.LogonType }),
	words("AccountDomain", func(l *logon) string { return strings.ToLower(l.domain) }),
	words("AccountName", func(l *logon) string { return strings.ToLower(l.user.SAM) }),
	words("AccountSid", func(l *logon) string { return string(l.user.SID) }),
	words("Protocol", func(*logon) string { return "Negotiate" }),
	words("FailureReason", func(*logon) string { return "" }),
	yes("IsLocalAdmin", func(l *logon) bool { return l.LocalAdmin }),
	count("LogonId", func(l *logon) int64 { return int64(l.User)<<16 | int64(l.Machine&0xffff) }),
	words("RemoteDeviceName", func(*logon) string { return "" }),
	words("RemoteIP", func(*logon) string { return "" }),
}

func (t *tenant) eachLogon(yield func(*logon) error) error {
	domains := t.World.Domains()
	var l logon
	for i := range t.World.Users() {
		sightings := t.World.Sightings(i)
		if len(sightings) == 0 {
			continue
		}
		l.user = t.World.User(i)
		l.domain = domains[l.user.Domain].NetBIOS
		for _, l.Sighting = range sightings {
			l.machine = t.World.Machine(l.Machine)
			if err := yield(&l); err != nil {
				return err
			}
		}
	}
	return nil
}
