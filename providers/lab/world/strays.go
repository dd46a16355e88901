package world

import (
	"fmt"
	"strings"
	"time"

	"adbadge/model"
)

// stray is a machine record that belongs to no AD computer: cloud-only devices, virtual machines managed in Azure,
// printers, phones. The first ones are listed; after them come more of the same kinds.
type stray struct {
	what       string
	name       string // "" for a made-up one; "%s" stands for the short name of the computer named by like
	like       int    // index of a computer whose short name it has
	platform   string
	version    string
	deviceType string
	onboarding string
	vm         string // resource type, or "AWS"
	cloud      bool   // joined to Entra ID, has a device id
	registered bool   // a personal device: registered only
	noID       bool   // joined, but without a device id
}

var strays = [...]stray{
	{what: "virtual machine managed in Azure", name: "vm-web-prod-01", platform: "WindowsServer2022", version: "21H2", deviceType: "Server", onboarding: onboarded, vm: "Microsoft.Compute/virtualMachines"},
	{what: "cloud-only laptop", name: "CLOUD-LT-201", platform: "Windows11", version: "24H2", deviceType: "Workstation", onboarding: onboarded, cloud: true},
	{what: "printer", name: "PRN-MUC-3F", platform: "Other", deviceType: "Printer", onboarding: unsupported},
	{what: "virtual machine managed in Azure with the short name of an AD server", name: "%s", like: azureTwinAt, platform: "WindowsServer2022", version: "21H2", deviceType: "Server", onboarding: onboarded, vm: "Microsoft.Compute/virtualMachines"},
	{what: "short name that computers of two domains have, none of them matched otherwise", name: "%s", like: sameShortAt, platform: "WindowsServer2019", version: "1809", deviceType: "Server", onboarding: onboarded},
	{what: "phone", name: "iPhone von Lena", platform: "iOS", version: "18.3", deviceType: "Mobile", onboarding: onboarded, registered: true},
	{what: "cloud-only device with the short name of an AD workstation", name: "%s", like: cloudTwinAt, platform: "Windows11", version: "24H2", deviceType: "Workstation", onboarding: onboarded, cloud: true},
	{what: "network device", name: "sw-core-02", platform: "Other", deviceType: "NetworkDevice", onboarding: unsupported},
	{what: "unsupported record with the short name of an AD workstation", name: "%s", like: unsupportedTwinAt, platform: "Other", deviceType: "IoT", onboarding: unsupported},
	{what: "joined to Entra ID, but its device id is missing", name: "cloud-lt-207", platform: "Windows11", version: "23H2", deviceType: "Workstation", onboarding: onboarded, cloud: true, noID: true},
	{what: "virtual machine in another cloud", name: "ip-10-61-4-17", platform: "WindowsServer2019", version: "1809", deviceType: "Server", onboarding: onboarded, vm: "AWS"},
	{what: "Linux virtual machine managed in Azure", name: "vm-api-prod-03", platform: "Linux", version: "22.4", deviceType: "Server", onboarding: onboarded, vm: "Microsoft.Compute/virtualMachines"},
	{what: "camera", name: "cam-lobby-1", platform: "Other", deviceType: "SurveillanceCamera", onboarding: unsupported},
	{what: "personal device", name: "DESKTOP-7Q2MK1L", platform: "Windows11", version: "24H2", deviceType: "Workstation", onboarding: discovered, registered: true},
	{what: "cloud-only laptop", name: "CLOUD-LT-233", platform: "macOS", version: "15.3", deviceType: "Workstation", onboarding: onboarded, cloud: true},
	{what: "discovered, in no domain", name: "LAPTOP-GUEST04", platform: "Windows10", version: "22H2", deviceType: "Workstation", onboarding: discovered},
}

// common are the kinds that the strays after the listed ones repeat.
var common = [...]int{0, 1, 2, 5, 7, 11, 12, 13, 14}

func strayAt(n int) (s stray, listed bool) {
	if n < len(strays) {
		return strays[n], true
	}
	return strays[common[n%len(common)]], false
}

func (w *World) strayMachine(m, n int) Machine {
	s, listed := strayAt(n)
	d := w.dice(machineStream, 1<<40+n)
	made := Machine{
		Index: m, Computer: -1, ID: d.hex(40), DNSName: s.name, OSPlatform: s.platform, Version: s.version,
		OSProcessor: "x64", OSArchitecture: "64-bit", OnboardingStatus: s.onboarding, HealthStatus: "Unknown",
		DeviceValue: "Normal", GroupID: 4, GroupName: machineGroups[3], AntivirusStatus: "Unknown",
		ManagedBy: "Unknown", ManagedByStatus: "Unknown", DeviceType: s.deviceType,
	}
	if !listed {
		made.DNSName = fmt.Sprintf("%s-%04d", strings.TrimRight(s.name, "0123456789-"), n)
	}
	if s.name == "%s" {
		made.DNSName = strings.ToLower(w.shortNameOf(s.like))
	}
	if s.onboarding == onboarded {
		made.HealthStatus, made.RiskScore, made.AntivirusStatus = active, "None", "Updated"
		made.ExposureLevel = pick(&d, []string{"Low", "Low", "Medium"})
		made.AgentVersion = fmt.Sprintf("10.8760.26100.%d", d.between(1001, 4890))
	}
	switch {
	case s.vm == "AWS":
		id := d.guid()
		made.VM = &VM{ID: id.String(), Provider: "AWS"}
	case s.vm != "":
		made.VM = w.azure(&d, s.vm, made.DNSName)
	}
	if s.cloud {
		made.CloudJoined, made.JoinType, made.ManagedBy = true, "AAD Joined", "Intune"
	}
	if s.registered {
		made.JoinType = "AAD Registered"
	}
	if (s.cloud || s.registered) && !s.noID {
		made.DeviceID = w.strayDeviceID(n)
	}
	w.fillSeen(&made, &d, 0)
	w.fillNetwork(&made, &d, 60+n%8, n)
	return made
}

// shortNameOf gives a computer's short name, also for an index that a smaller world lacks.
func (w *World) shortNameOf(j int) string {
	c := w.Computer(j)
	return c.Name
}

func (w *World) strayDeviceID(n int) model.GUID {
	d := w.dice(cloudStream, n)
	return d.guid()
}

// CloudDevices lists the devices of Entra ID that no AD computer stands for.
func (w *World) CloudDevices() []CloudDevice {
	t := w.records()
	var devices []CloudDevice
	for n := range t.strays {
		s, _ := strayAt(n)
		if !s.cloud && !s.registered {
			continue
		}
		m := w.strayMachine(0, n)
		d := w.dice(cloudStream, 1<<40+n)
		device := CloudDevice{
			Index: len(devices), ID: d.guid(), DeviceID: w.strayDeviceID(n), DisplayName: m.DNSName,
			OS: "Windows", OSVersion: "10.0.26100.3194", TrustType: "AzureAd", Enabled: true,
			LastSignIn: w.options.Now.Add(-d.span(time.Minute, 9*day)),
		}
		if s.registered {
			device.TrustType = "Workplace"
		}
		if s.platform == "iOS" || s.platform == "macOS" {
			device.OS, device.OSVersion = s.platform, s.version
		}
		devices = append(devices, device)
	}
	return devices
}

// CloudUsers lists the users of Entra ID that exist in no on-premises AD: one for twenty AD users, at most 5000. The
// first has the name of an AD user.
func (w *World) CloudUsers() []CloudUser {
	n := min(max(w.options.Users/20, 4), 5000)
	users := make([]CloudUser, n)
	for i := range users {
		d := w.dice(cloudStream, 2<<40+i)
		given, surname, account := w.personName(10_000_000 + i)
		if namesake := w.User(cloudNamesakeAt); i == 0 {
			given, surname, account = namesake.GivenName, namesake.Surname, namesake.SAM
		}
		surname = strings.TrimRight(surname, " 0123456789")
		account = strings.TrimRight(account, "0123456789")
		dept := pick(&d, departments[:])
		u := CloudUser{
			Index: i, ID: d.guid(), UPN: account + "@contoso.onmicrosoft.test", DisplayName: given + " " + surname,
			GivenName: given, Surname: surname, Department: dept.name, Title: pick(&d, dept.titles[1:]), Enabled: true,
			Created: w.options.Now.Add(-d.span(10*day, 900*day)), Guest: i%5 == 3,
		}
		if u.Guest {
			u.UPN = account + "_fabrikam.test#EXT#@contoso.onmicrosoft.test"
		}
		u.SID = model.SID(fmt.Sprintf("S-1-12-1-%d-%d-%d-%d", uint32(d.next()), uint32(d.next()), uint32(d.next()), uint32(d.next())))
		users[i] = u
	}
	return users
}
