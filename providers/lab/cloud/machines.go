package cloud

import (
	"net/http"
	"strings"

	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/odata"
	"adbadge/providers/lab/world"
)

// machineType is what machines can be filtered by ("List machines API").
var machineType = odata.Type[world.Machine]{Name: "microsoft.windowsDefenderATP.api.Machine", Properties: map[string]odata.Property[world.Machine]{
	"id":               {Kind: odata.Text, Get: func(m world.Machine) odata.Value { return odata.TextOf(m.ID) }},
	"computerdnsname":  {Kind: odata.Enum, Get: func(m world.Machine) odata.Value { return odata.TextOf(m.DNSName) }},
	"version":          {Kind: odata.Text, Get: func(m world.Machine) odata.Value { return odata.TextOf(m.Version) }},
	"devicevalue":      {Kind: odata.Enum, Get: func(m world.Machine) odata.Value { return odata.TextOf(m.DeviceValue) }},
	"aaddeviceid":      {Kind: odata.Enum, Get: machineDeviceID},
	"machinetags":      {Kind: odata.List, Get: func(m world.Machine) odata.Value { return odata.ListOf(m.Tags) }},
	"lastseen":         {Kind: odata.Instant, Get: func(m world.Machine) odata.Value { return odata.InstantOf(m.LastSeen) }},
	"exposurelevel":    {Kind: odata.Enum, Get: func(m world.Machine) odata.Value { return odata.TextOf(m.ExposureLevel) }},
	"onboardingstatus": {Kind: odata.Enum, Get: func(m world.Machine) odata.Value { return odata.TextOf(m.OnboardingStatus) }},
	"lastipaddress":    {Kind: odata.Text, Get: func(m world.Machine) odata.Value { return odata.TextOf(m.IP) }},
	"healthstatus":     {Kind: odata.Enum, Get: func(m world.Machine) odata.Value { return odata.TextOf(m.HealthStatus) }},
	"osplatform":       {Kind: odata.Enum, Get: func(m world.Machine) odata.Value { return odata.TextOf(m.OSPlatform) }},
	"riskscore":        {Kind: odata.Enum, Get: func(m world.Machine) odata.Value { return odata.TextOf(m.RiskScore) }},
	"rbacgroupid":      {Kind: odata.Number, Get: func(m world.Machine) odata.Value { return odata.NumberOf(int64(m.GroupID)) }},
}}

func machineDeviceID(m world.Machine) odata.Value {
	if m.DeviceID.IsZero() {
		return odata.Value{Null: true}
	}
	return odata.TextOf(m.DeviceID.String())
}

// machinePage is the greatest page of machines and of alerts.
const machinePage = 10_000

type machineListing struct{ listing[world.Machine] }

func newMachineListing() *machineListing {
	return &machineListing{listing[world.Machine]{
		about: machineType, context: "/api/$metadata#Machines", options: []string{"$filter", "$top", "$skip"},
		defaultTop: machinePage, maxTop: machinePage, linked: true, found: &searches{},
		encode: func(e *encoder, m world.Machine, _ *page) {
			e.open("")
			encodeMachine(e, &m)
			e.close()
		},
	}}
}

// list answers GET /machines. Where nothing was reported of late, that is status 404 and not an empty list.
func (l *machineListing) list(w http.ResponseWriter, r *request) error {
	if r.World.Machines() == 0 || r.Faults.Has(fault.NoMachines, fault.Anywhere) {
		return fail(http.StatusNotFound, "ResourceNotFound", "No recent machines were found")
	}
	now := r.Now()
	return l.serve(w, r, items[world.Machine]{r.World.Machines(), func(i int) world.Machine { return r.World.MachineAt(i, now) }})
}

// get answers GET /machines/{id}: the id of the record, or the computer's name.
func (l *machineListing) get(w http.ResponseWriter, r *request) error {
	m, ok := r.machine(strings.ToLower(r.PathValue("id")))
	for i := 0; !ok && i < r.World.Machines(); i++ {
		m = r.World.MachineAt(i, r.Now())
		ok = strings.EqualFold(m.DNSName, r.PathValue("id"))
	}
	if !ok || r.Faults.Has(fault.NoMachines, fault.Anywhere) {
		return machineNotFound(r)
	}
	var e encoder
	e.open("")
	e.text("@odata.context", r.self+"/api/$metadata#Machines/$entity")
	encodeMachine(&e, &m)
	e.close()
	send(w, r, http.StatusOK, e.out)
	return nil
}

// ofUser answers GET /users/{id}/machines. The id is a bare account name, so that accounts of several domains run
// together, as they do at the vendor.
func (l *machineListing) ofUser(w http.ResponseWriter, r *request) error {
	seen := map[int]bool{}
	list := []world.Machine{}
	for i := range r.World.Users() {
		if u := r.World.User(i); !strings.EqualFold(u.SAM, r.PathValue("id")) {
			continue
		}
		for _, s := range r.World.Sightings(i) {
			if !seen[s.Machine] {
				seen[s.Machine] = true
				list = append(list, r.World.MachineAt(s.Machine, r.Now()))
			}
		}
	}
	unfiltered := l.listing
	unfiltered.found = nil
	return unfiltered.serve(w, r, itemsOf(list))
}

// encodeMachine writes the members of a machine: those of the vendor's page, and those that answers have besides.
func encodeMachine(e *encoder, m *world.Machine) {
	e.text("id", m.ID)
	e.textOrNull("mergedIntoMachineId", m.MergedInto)
	e.boolean("isPotentialDuplication", m.PotentialDuplication)
	e.boolean("isExcluded", m.Excluded)
	e.textOrNull("exclusionReason", m.ExclusionReason)
	e.textOrNull("computerDnsName", m.DNSName)
	e.instant("firstSeen", m.FirstSeen)
	e.instant("lastSeen", m.LastSeen)
	e.textOrNull("osPlatform", m.OSPlatform)
	e.null("osVersion")
	e.textOrNull("osProcessor", m.OSProcessor)
	e.textOrNull("version", m.Version)
	e.textOrNull("lastIpAddress", m.IP)
	e.textOrNull("lastExternalIpAddress", m.ExternalIP)
	e.textOrNull("agentVersion", m.AgentVersion)
	e.numberOrNull("osBuild", m.OSBuild)
	e.text("healthStatus", m.HealthStatus)
	e.textOrNull("deviceValue", m.DeviceValue)
	e.number("rbacGroupId", int64(m.GroupID))
	e.textOrNull("rbacGroupName", m.GroupName)
	e.textOrNull("riskScore", m.RiskScore)
	e.textOrNull("exposureLevel", m.ExposureLevel)
	e.boolean("isAadJoined", m.CloudJoined)
	e.guid("aadDeviceId", m.DeviceID)
	e.texts("machineTags", m.Tags)
	e.textOrNull("defenderAvStatus", m.AntivirusStatus)
	e.text("onboardingStatus", m.OnboardingStatus)
	e.textOrNull("osArchitecture", m.OSArchitecture)
	e.textOrNull("managedBy", m.ManagedBy)
	e.textOrNull("managedByStatus", m.ManagedByStatus)
	encodeAddresses(e, m)
	encodeVM(e, m.VM)
}

func encodeAddresses(e *encoder, m *world.Machine) {
	e.openList("ipAddresses")
	for _, a := range [...]struct{ ip, mac, kind string }{{m.IP, m.MAC, "Ethernet"}, {"127.0.0.1", "", "SoftwareLoopback"}} {
		if m.IP == "" {
			break
		}
		e.open("")
		e.text("ipAddress", a.ip)
		e.textOrNull("macAddress", a.mac)
		e.text("type", a.kind)
		e.text("operationalStatus", "Up")
		e.close()
	}
	e.closeList()
}

func encodeVM(e *encoder, vm *world.VM) {
	if vm == nil {
		e.null("vmMetadata")
		return
	}
	e.open("vmMetadata")
	e.text("vmId", vm.ID)
	e.text("cloudProvider", vm.Provider)
	e.text("resourceId", vm.ResourceID)
	e.textOrNull("subscriptionId", vm.Subscription)
	e.close()
}
