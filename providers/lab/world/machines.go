package world

import (
	"fmt"
	"strings"
	"time"
)

// MachineAt gives the machine record at an index as it is at a later time: those that report do so once a day.
func (w *World) MachineAt(m int, now time.Time) Machine {
	made := w.Machine(m)
	made.LastSeen = w.Recurring(made.LastSeen, now)
	return made
}

// Recurring gives when something happened last, of what happened within the day before Now: it happens every day.
func (w *World) Recurring(at, now time.Time) time.Time {
	if days := now.Sub(at) / day; days > 0 && w.options.Now.Sub(at) < day {
		return at.Add(days * day)
	}
	return at
}

// Machine computes the machine record at an index from 0 up to Machines.
func (w *World) Machine(m int) Machine {
	t := w.records()
	computer, variant, stray := t.of(m)
	if stray >= 0 {
		return w.strayMachine(m, stray)
	}
	var records [maxRecords]record
	w.recordsOf(computer, &records)
	r := &records[variant]
	c := w.Computer(computer)
	d := w.dice(machineStream, computer*maxRecords+variant)
	made := Machine{
		Index: m, Computer: computer, ID: w.machineID(computer, variant),
		PotentialDuplication: r.duplicate, Excluded: r.excluded,
		DNSName: w.recordName(&c, r), OSPlatform: c.system.platform, Version: c.Release, OSBuild: c.system.build,
		OSProcessor: "x64", OSArchitecture: "64-bit", OnboardingStatus: r.onboarding, HealthStatus: r.health,
		DeviceValue: "Normal", CloudJoined: r.joined, JoinType: "Domain Joined", DeviceType: "Workstation",
	}
	if r.hybrid {
		made.DeviceID, made.JoinType = c.GUID, "Hybrid Azure AD Join"
	}
	if r.excluded {
		made.ExclusionReason = "InactiveDevice"
	}
	if r.merged {
		made.MergedInto = w.machineID(computer, variant+1)
	}
	if c.Role != Workstation {
		made.DeviceType = "Server"
	}
	if r.arc {
		made.VM = w.azure(&d, "Microsoft.HybridCompute/machines", c.Name)
	}
	w.fillSeen(&made, &d, r.days)
	w.fillSensor(&made, &d, r, &c)
	w.fillNetwork(&made, &d, w.siteOf(computer).subnet, computer)
	return made
}

func (w *World) machineID(computer, variant int) string {
	d := w.dice(machineStream, -1-(computer*maxRecords+variant))
	return d.hex(40)
}

func (w *World) recordName(c *Computer, r *record) string {
	if r.hostile != "" {
		return r.hostile
	}
	if r.nameOf != 0 {
		other := w.Computer(c.Index + r.nameOf)
		return other.DNSName
	}
	full := c.DNSName
	if full == "" {
		full = w.dnsOf(c.Domain, strings.TrimSuffix(c.SAM, "$"))
	}
	short, domain, _ := strings.Cut(full, ".")
	switch r.form {
	case upperName:
		return strings.ToUpper(short) + "." + strings.ToUpper(domain[:1]) + domain[1:]
	case dottedName:
		return full + "."
	case shortName:
		return short
	case upperShortName:
		return strings.ToUpper(short)
	}
	return full
}

func (w *World) fillSeen(m *Machine, d *dice, days int) {
	now := w.options.Now
	m.LastSeen = now.Add(-d.span(4*time.Minute, 22*time.Hour))
	if days > 0 {
		m.LastSeen = now.Add(-time.Duration(days)*day - d.span(0, 20*time.Hour))
	}
	m.LastSeen = m.LastSeen.Add(time.Duration(d.n(10_000_000)) * 100)
	m.FirstSeen = m.LastSeen.Add(-d.span(3*day, 900*day))
}

// machineGroups are rbacGroupName by the kind of machine; their numbers count from 1.
var machineGroups = [...]string{"Workstations", "Servers", "Tier 0", "UnassignedGroup"}

func (w *World) fillSensor(m *Machine, d *dice, r *record, c *Computer) {
	m.GroupID, m.GroupName = 4, machineGroups[3]
	m.AntivirusStatus, m.ManagedBy, m.ManagedByStatus = "Unknown", "Unknown", "Unknown"
	if !r.bare {
		m.RiskScore, m.ExposureLevel = "None", pick(d, []string{"Low", "Low", "Low", "Medium", "Medium", "High"})
		if r.onboarding == onboarded && !r.merged {
			m.RiskScore = w.riskOf(c.Index)
		}
	}
	if r.onboarding != onboarded {
		return
	}
	m.GroupID, m.GroupName = 1, machineGroups[0]
	m.AgentVersion = fmt.Sprintf("10.8760.%d.%d", max(c.system.build, 19041), d.between(1001, 4890))
	m.AntivirusStatus = pick(d, []string{"Updated", "Updated", "Updated", "Updated", "NotUpdated"})
	m.ManagedBy, m.ManagedByStatus = "MicrosoftDefenderForEndpoint", "Success"
	switch c.Role {
	case Workstation:
		if r.hybrid {
			m.ManagedBy = "Intune"
		}
	case Server:
		m.GroupID, m.GroupName = 2, machineGroups[1]
	case DomainController:
		m.GroupID, m.GroupName, m.DeviceValue = 3, machineGroups[2], "High"
		m.Tags = []string{"Tier0"}
	}
	switch d.n(14) {
	case 0:
		m.Tags = append(m.Tags, "VIP")
		m.DeviceValue = "High"
	case 1:
		m.Tags = append(m.Tags, "Pilot ring")
	case 2:
		m.Tags = append(m.Tags, "Plant floor")
	}
}

func (w *World) fillNetwork(m *Machine, d *dice, subnet, host int) {
	m.IP = fmt.Sprintf("10.%d.%d.%d", subnet, host/200%250, 10+host%200)
	m.ExternalIP = fmt.Sprintf("203.0.113.%d", 1+subnet%250)
	m.MAC = strings.ToUpper("00155D" + d.hex(6))
}

// azure makes the metadata of a machine that Azure knows, as a virtual machine or through Azure Arc.
func (w *World) azure(d *dice, kind, name string) *VM {
	subscription := w.dice(cloudStream, -7)
	id, sub := d.guid(), subscription.guid()
	return &VM{
		ID: id.String(), Provider: "Azure", Subscription: sub.String(),
		ResourceID: "/subscriptions/" + sub.String() + "/resourceGroups/rg-contoso-prod/providers/" + kind + "/" + name,
	}
}
