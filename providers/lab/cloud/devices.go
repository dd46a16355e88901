package cloud

import (
	"net/http"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/odata"
	"adbadge/providers/lab/world"
)

// cloudDevice is a device as Entra ID has it.
type cloudDevice struct {
	id, deviceID model.GUID
	name         string
	trust        string    // "ServerAd": hybrid joined; "AzureAd", "Workplace"
	sid          model.SID // of a hybrid joined computer
	os           string
	osVersion    string
	enabled      bool
	lastSignIn   time.Time
}

func (d *cloudDevice) synced() bool { return d.trust == "ServerAd" }

// deviceType is what devices can be filtered by here.
var deviceType = odata.Type[cloudDevice]{Name: "microsoft.graph.device", Properties: map[string]odata.Property[cloudDevice]{
	"id":                    {Kind: odata.Enum, Get: func(d cloudDevice) odata.Value { return odata.TextOf(d.id.String()) }},
	"deviceid":              {Kind: odata.Enum, Get: func(d cloudDevice) odata.Value { return odata.TextOf(d.deviceID.String()) }},
	"displayname":           {Kind: odata.Enum, Get: func(d cloudDevice) odata.Value { return odata.TextOf(d.name) }},
	"trusttype":             {Kind: odata.Enum, Get: func(d cloudDevice) odata.Value { return odata.TextOf(d.trust) }},
	"accountenabled":        {Kind: odata.Boolean, Get: func(d cloudDevice) odata.Value { return odata.BooleanOf(d.enabled) }},
	"onpremisessyncenabled": {Kind: odata.Boolean, Get: func(d cloudDevice) odata.Value { return odata.Value{Null: !d.synced(), Number: 1} }},
}}

// deviceMembers says which members a device has and what they hold.
var deviceMembers = []struct {
	name  string
	write func(e *encoder, name string, d *cloudDevice)
}{
	{"id", func(e *encoder, n string, d *cloudDevice) { e.guid(n, d.id) }},
	{"deviceId", func(e *encoder, n string, d *cloudDevice) { e.guid(n, d.deviceID) }},
	{"displayName", func(e *encoder, n string, d *cloudDevice) { e.text(n, d.name) }},
	{"trustType", func(e *encoder, n string, d *cloudDevice) { e.text(n, d.trust) }},
	{"onPremisesSyncEnabled", func(e *encoder, n string, d *cloudDevice) {
		if !d.synced() {
			e.null(n)
			return
		}
		e.boolean(n, true)
	}},
	{"onPremisesSecurityIdentifier", func(e *encoder, n string, d *cloudDevice) { e.textOrNull(n, string(d.sid)) }},
	{"accountEnabled", func(e *encoder, n string, d *cloudDevice) { e.boolean(n, d.enabled) }},
	{"operatingSystem", func(e *encoder, n string, d *cloudDevice) { e.textOrNull(n, d.os) }},
	{"operatingSystemVersion", func(e *encoder, n string, d *cloudDevice) { e.textOrNull(n, d.osVersion) }},
	{"approximateLastSignInDateTime", func(e *encoder, n string, d *cloudDevice) { e.instant(n, d.lastSignIn) }},
}

func (d *directory) listDevices(w http.ResponseWriter, r *request) error {
	t, joined := d.tenant, d.tenant.synced().machines
	cloud := t.World.CloudDevices()
	return d.devices.serve(w, r, items[cloudDevice]{len(joined) + len(cloud), func(i int) cloudDevice {
		if i >= len(joined) {
			c := &cloud[i-len(joined)]
			return cloudDevice{c.ID, c.DeviceID, c.DisplayName, c.TrustType, "", c.OS, c.OSVersion, c.Enabled, c.LastSignIn}
		}
		return t.hybridDevice(int(joined[i]))
	}})
}

// hybridDevice is the device that Entra ID has for a computer. Its deviceId is the computer's objectGUID; its own id
// is made from that, since nothing else refers to it.
func (t *tenant) hybridDevice(computer int) cloudDevice {
	c := t.World.Computer(computer)
	id := c.GUID
	for i := range id {
		id[i] ^= 0x5a
	}
	return cloudDevice{id: id, deviceID: c.GUID, name: c.Name, trust: "ServerAd", sid: c.SID, os: "Windows", osVersion: c.OSVersion,
		enabled: c.Enabled(), lastSignIn: c.LastLogon}
}

func encodeCloudDevice(e *encoder, d cloudDevice, p *page) {
	e.open("")
	for _, m := range deviceMembers {
		if p.selects(m.name, true) {
			m.write(e, m.name, &d)
		}
	}
	e.close()
}

// synced is which entities of the directory exist in Entra ID too, by index, and which computers are domain
// controllers.
type synced struct{ users, machines, controllers []int32 }

// findSynced looks at every entity once.
func findSynced(w *world.World) synced {
	s := synced{users: []int32{}, machines: []int32{}}
	for i := range w.Users() {
		if u := w.User(i); u.Synced {
			s.users = append(s.users, int32(i))
		}
	}
	for i := range w.Computers() {
		c := w.Computer(i)
		if c.Role == world.DomainController {
			s.controllers = append(s.controllers, int32(i))
		}
		for _, at := range w.ComputerMachines(i) {
			if w.Machine(at).DeviceID == c.GUID {
				s.machines = append(s.machines, int32(i))
				break
			}
		}
	}
	return s
}
