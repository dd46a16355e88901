package snapshot

import (
	"adbadge/model"
	"adbadge/model/text"
)

// What follows names every field of what is kept, once for writing and reading. A test finds those that were forgotten.

func machine(c *codec, m *model.Machine) {
	unique(c, &m.ID)
	unique(c, &m.Name)
	c.guid(&m.DeviceID)
	c.time(&m.FirstSeen)
	c.time(&m.LastSeen)
	word(c, &m.OS)
	word(c, &m.OSVersion)
	enum(c, &m.Onboarding, model.Onboarded)
	enum(c, &m.Health, model.HealthNoSensorData)
	enum(c, &m.Risk, model.OtherSeverity)
	enum(c, &m.Exposure, model.OtherSeverity)
	enum(c, &m.Cloud, model.OtherCloud)
	c.flag(&m.CloudJoined)
	unique(c, &m.MergedInto)
	c.flag(&m.PotentialDuplicate)
	c.flag(&m.Excluded)
	list(c, &m.Tags, word[text.Line])
	unique(c, &m.IP)
	setup(c, &m.Setup)
}

// setup is that of many machines which are set up alike: it is written once.
func setup(c *codec, s **model.Setup) {
	present := *s != nil
	c.flag(&present)
	if !present {
		return
	}
	var number uint64
	if !c.reading {
		var known bool
		if number, known = c.shared[**s]; !known {
			number = uint64(len(c.shared))
			c.shared[**s] = number
		}
		c.number(&number)
		if known {
			return
		}
	} else {
		c.number(&number)
		switch known := uint64(len(c.setups)); {
		case number < known:
			*s = c.setups[number]
			return
		case number > known:
			c.fail()
		}
		*s = &model.Setup{}
		c.setups = append(c.setups, *s)
	}
	for _, field := range []*text.Line{&(*s).Group, &(*s).Value, &(*s).Sensor, &(*s).Antivirus, &(*s).ManagedBy, &(*s).Exclusion} {
		word(c, field)
	}
}

// alert leaves the incident out: it is found again by its id.
func alert(c *codec, a *model.Alert) {
	unique(c, &a.ID)
	enum(c, &a.Product, model.DefenderForIdentity)
	for _, field := range []*text.Line{&a.Title, &a.Description, &a.Category, &a.SeverityText, &a.StatusText, &a.ThreatFamily, &a.ThreatName,
		&a.Actor, &a.Source, &a.Classification, &a.Determination, &a.Investigation, &a.IncidentID, &a.AssignedTo, &a.Recommended} {
		word(c, field)
	}
	enum(c, &a.Phase, model.Impact)
	enum(c, &a.Severity, model.OtherSeverity)
	enum(c, &a.Status, model.StatusResolved)
	list(c, &a.Techniques, word[text.Line])
	unique(c, &a.URL)
	c.time(&a.Created)
	c.time(&a.Updated)
	c.time(&a.Resolved)
	c.time(&a.FirstActivity)
	c.time(&a.LastActivity)
	list(c, &a.Devices, device)
	list(c, &a.Accounts, account)
	list(c, &a.Evidence, evidence)
	c.count(&a.MoreEvidence)
}

func device(c *codec, d *model.DeviceRef) {
	word(c, &d.MachineID)
	c.guid(&d.DeviceID)
	word(c, &d.Name)
}

func account(c *codec, a *model.AccountRef) {
	word(c, &a.SID)
	c.guid(&a.Object)
	word(c, &a.Name)
	word(c, &a.Domain)
	word(c, &a.UPN)
}

func evidence(c *codec, e *model.Evidence) {
	word(c, &e.Kind)
	unique(c, &e.Name)
	word(c, &e.Verdict)
	word(c, &e.Remediation)
	word(c, &e.Detection)
	word(c, &e.Roles)
}

func incident(c *codec, i *model.Incident) {
	unique(c, &i.ID)
	unique(c, &i.Title)
	enum(c, &i.Severity, model.OtherSeverity)
	word(c, &i.SeverityText)
	word(c, &i.Status)
	word(c, &i.AssignedTo)
	unique(c, &i.URL)
	c.time(&i.Updated)
}

func logon(c *codec, l *model.Logon) {
	unique(c, &l.SID)
	unique(c, &l.Name)
	word(c, &l.Domain)
	word(c, &l.Machine)
	c.time(&l.At)
}
