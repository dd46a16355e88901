package tui

import (
	"context"
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/providers"
	"adbadge/providers/portal"
	"adbadge/ui/tui/page"
)

// now is when all tests happen.
func now() time.Time { return time.Date(2026, 11, 23, 14, 2, 31, 0, time.UTC) }

// memory is a directory and a pair of toggles in memory. Everything else of a tenant is real.
type memory struct {
	entities []model.Entity
	toggles  []model.Toggle
	refuse   error
}

func (m *memory) Host() string { return "dc01.contoso.test" }

func (m *memory) Entities(_ context.Context, emit func([]model.Entity) error) ([]model.Gap, error) {
	return nil, emit(m.entities)
}

func (m *memory) Domains(context.Context) ([]model.Domain, error) {
	return []model.Domain{{DNSName: "contoso.test", NetBIOS: "CONTOSO", SID: "S-1-5-21-1-2-3"}}, nil
}

func (m *memory) Detail(context.Context, model.Entity) (model.Detail, error) {
	return model.Detail{}, nil
}

func (m *memory) Close() error { return nil }

func (m *memory) Toggles(context.Context) ([]model.Toggle, error) {
	return append([]model.Toggle(nil), m.toggles...), nil
}

func (m *memory) SetToggle(_ context.Context, toggle model.Toggle, on bool, by string) error {
	if m.refuse != nil {
		return m.refuse
	}
	t := &m.toggles[toggle.Side]
	t.State, t.By, t.Changed = model.ToggleOff, text.Clean(by), now()
	if on {
		t.State = model.ToggleOn
	}
	return nil
}

// person makes a user, host a computer. The number is the last part of the id and of the SID.
func person(n int, name, sam, department string, logon time.Duration, flags model.EntityFlags) model.Entity {
	return model.Entity{
		ID: id(n), Kind: model.User, Name: text.Clean(name), SAM: text.Clean(sam), Domain: "contoso.test", Flags: flags,
		DN: text.Clean("CN=" + name + ",OU=" + department + ",OU=Users,DC=contoso,DC=test"), OU: text.Clean("Users/" + department),
		SID: model.SID(fmt.Sprintf("S-1-5-21-1-2-3-%d", 1000+n)), UPN: text.Clean(sam + "@contoso.test"),
		Mail: text.Clean(sam + "@contoso.test"), Department: text.Clean(department), Title: "Specialist",
		LastLogon: ago(logon), Created: ago(9000 * time.Hour), PasswordSet: ago(500 * time.Hour),
	}
}

func host(n int, name, os, ou string, logon time.Duration, flags model.EntityFlags) model.Entity {
	return model.Entity{
		ID: id(n), Kind: model.Computer, Name: text.Clean(name), SAM: text.Clean(name + "$"), Domain: "contoso.test", Flags: flags,
		DN: text.Clean("CN=" + name + ",OU=" + ou + ",DC=contoso,DC=test"), OU: text.Clean(ou),
		SID: model.SID(fmt.Sprintf("S-1-5-21-1-2-3-%d", 1000+n)), DNSName: text.Clean(name + ".contoso.test"), OS: text.Clean(os),
		OSVersion: "10.0 (26100)", LastLogon: ago(logon), Created: ago(9000 * time.Hour),
	}
}

func id(n int) model.GUID { return model.GUID{15: byte(n), 14: byte(n >> 8), 13: byte(n >> 16), 0: 1} }

func ago(d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return now().Add(-d)
}

const day = 24 * time.Hour

// staff is a directory with something of everything.
func staff() []model.Entity {
	e := []model.Entity{
		host(1, "KLOPEZ-LT07", "Windows 11 Enterprise", "Workstations/Sales", 2*time.Minute, 0),
		person(2, "svc-backup", "svc-backup", "Service accounts", 14*time.Minute, model.Service|model.Sensitive),
		person(3, "Anna Berg", "anna.berg", "Finance", 3*time.Minute, 0),
		host(4, "FIN-SRV-02", "Windows Server 2022 Standard", "Servers/Finance", time.Minute, 0),
		person(5, "Tomáš Novák", "tomas.novak", "Sales EMEA", 41*time.Minute, 0),
		host(6, "HR-LT-114", "Windows 11 Enterprise", "Workstations/HR", 6*time.Hour, 0),
		host(7, "DC02", "Windows Server 2025 Datacenter", "Domain Controllers", 20*time.Second, model.DomainController|model.Sensitive),
		person(8, "Aisha Rahman", "aisha.rahman", "IT operations", 8*time.Minute, model.Sensitive),
		host(9, "BUILD-07", "Windows Server 2019 Standard", "Servers/Build", 12*time.Minute, 0),
		person(10, "山田 太郎", "taro.yamada", "国際営業部", 19*time.Minute, 0),
		host(11, "PRN-SRV-01", "Windows Server 2016 Standard", "Servers/Print", 4*day, 0),
		host(12, "legacy-scan01", "Windows 7 Professional", "Legacy", 90*day, 0),
		host(13, "WS-0042", "Windows 10 Enterprise", "Workstations", day, 0),
		person(14, "Erik Lund", "erik.lund", "Leavers", 212*day, model.Disabled),
		person(15, "Guest", "guest", "", 0, model.Disabled),
		person(16, "Mallory \u202egpj.exe", "mallory", "External", 5*day, 0),
	}
	for n := 17; n <= 60; n++ {
		if n%3 == 0 {
			e = append(e, person(n, fmt.Sprintf("Person %02d", n), fmt.Sprintf("person.%02d", n), "Research", time.Duration(n)*time.Hour, 0))
			continue
		}
		e = append(e, host(n, fmt.Sprintf("WS-%04d", n), "Windows 11 Enterprise", "Workstations/Research", time.Duration(n)*time.Minute, 0))
	}
	return e
}

func machine(n int, name string, health model.Health, onboarding model.Onboarding, risk model.Severity) model.Machine {
	return model.Machine{ID: fmt.Sprintf("%040x", n), Name: text.Clean(name + ".contoso.test"), DeviceID: id(n), FirstSeen: ago(200 * day),
		LastSeen: ago(time.Duration(n) * time.Minute), OS: "Windows11", Onboarding: onboarding, Health: health, Risk: risk, Exposure: model.Low}
}

func machines() []model.Machine {
	list := []model.Machine{
		machine(1, "klopez-lt07", model.HealthActive, model.Onboarded, model.High),
		machine(4, "fin-srv-02", model.HealthActive, model.Onboarded, model.Medium),
		machine(6, "hr-lt-114", model.HealthActive, model.Onboarded, model.Low),
		machine(7, "dc02", model.HealthImpaired, model.Onboarded, model.NoSeverity),
		machine(9, "build-07", model.HealthActive, model.Onboarded, model.NoSeverity),
		machine(11, "prn-srv-01", model.HealthUnknown, model.CanBeOnboarded, model.NoSeverity),
	}
	for n := 17; n <= 40; n++ {
		if n%3 != 0 {
			list = append(list, machine(n, fmt.Sprintf("ws-%04d", n), model.HealthActive, model.Onboarded, model.NoSeverity))
		}
	}
	return list
}

func alert(n int, product model.Product, severity model.Severity, title string, on int, person bool) model.Alert {
	a := model.Alert{ID: fmt.Sprintf("alert-%d", n), Product: product, Title: text.Clean(title), Severity: severity, Status: model.StatusNew,
		Category: "LateralMovement", Phase: model.LateralMovement, Created: ago(time.Duration(n) * time.Hour), Updated: ago(time.Duration(n) * time.Hour),
		FirstActivity: ago(time.Duration(n) * time.Hour), LastActivity: ago(time.Duration(n) * time.Hour)}
	if person {
		a.Accounts = []model.AccountRef{{SID: model.SID(fmt.Sprintf("S-1-5-21-1-2-3-%d", 1000+on))}}
	} else {
		a.Devices = []model.DeviceRef{{MachineID: fmt.Sprintf("%040x", on), DeviceID: id(on)}}
	}
	return a
}

func alertList() []model.Alert {
	e, i := model.DefenderForEndpoint, model.DefenderForIdentity
	list := []model.Alert{
		alert(1, e, model.High, "Credential dumping by LSASS access", 1, false),
		alert(2, e, model.Medium, "Suspicious service installed", 1, false),
		alert(3, e, model.Low, "Unusual process", 1, false),
		alert(4, e, model.High, "Pass-the-ticket from an unusual host", 2, true),
		alert(5, e, model.Low, "Suspicious PowerShell download", 6, false),
		alert(6, i, model.Medium, "Suspected brute-force attack (Kerberos)", 7, false),
		alert(7, i, model.High, "Suspected DCSync attack (replication of directory services)", 1, false),
		alert(8, e, model.Informational, "Logon from a new address", 5, true),
	}
	for n := 20; n < 32; n++ {
		list = append(list, alert(n, e, model.Medium, "Anomalous token", 3, true))
	}
	return list
}

// knowledge is what both products say; changes are made to it before the join.
func knowledge(change ...func(*inventory.Knowledge)) inventory.Knowledge {
	yes := inventory.Answer{State: inventory.Answered, At: now().Add(-31 * time.Second)}
	logon := func(n int, on string) model.Logon {
		return model.Logon{SID: model.SID(fmt.Sprintf("S-1-5-21-1-2-3-%d", 1000+n)), Machine: text.Clean(on), At: ago(time.Duration(n) * time.Minute)}
	}
	k := inventory.Knowledge{
		Machines: inventory.NewMachines(machines()), EndpointAlerts: inventory.NewAlerts(alertList()),
		Logons:         inventory.NewLogons([]model.Logon{logon(8, "klopez-lt07"), logon(10, "ws-0017"), logon(18, "ws-0017")}),
		MachinesAnswer: yes, EndpointAlertsAnswer: yes, IdentityAlertsAnswer: yes, LogonsAnswer: yes,
	}
	for _, c := range change {
		c(&k)
	}
	return k
}

// dashboardOf joins entities with knowledge, and says that all sources are well.
func dashboardOf(entities []model.Entity, k inventory.Knowledge) *providers.Dashboard {
	b := inventory.NewBuilder(len(entities))
	b.SetDomains([]model.Domain{{DNSName: "contoso.test", NetBIOS: "CONTOSO", SID: "S-1-5-21-1-2-3"}})
	b.Add(entities)
	view := inventory.Join(b.Table(), k)
	good := now().Add(-31 * time.Second)
	source := func(s model.Source, host string, items int, latency time.Duration) model.SourceStatus {
		return model.SourceStatus{Source: s, State: model.SourceOK, Host: host, Items: items, Latency: latency, LastGood: good}
	}
	return &providers.Dashboard{
		Generation: 1, View: view, Loaded: true, At: good, Next: now().Add(42 * time.Second),
		Toggles: []model.Toggle{
			{Side: model.IdentitySide, State: model.ToggleOn, Owner: model.OwnerLab, Read: good},
			{Side: model.EndpointSide, State: model.ToggleOn, Owner: model.OwnerLab, Read: good},
		},
		Licences: []model.Licence{{Side: model.IdentitySide, State: model.LicenceActive}, {Side: model.EndpointSide, State: model.LicenceActive}},
		Sources: []model.SourceStatus{
			source(model.Directory, "dc01.contoso.test", len(entities), 12*time.Millisecond),
			source(model.Identity, "graph.contoso.test", 4, 180*time.Millisecond),
			source(model.Endpoint, "api.contoso.test", k.Machines.Len(), 310*time.Millisecond),
			source(model.Settings, "lab", 2, time.Millisecond),
		},
		Status: model.Status{
			Integration: model.IntegrationDegraded, Level: model.Warning,
			Reason: "2 of 4 sensors report a health issue, and one more thing needs attention.",
			At:     good, Findings: []model.Finding{
				{Code: "ADB-104", Level: model.Warning, Source: model.Identity, Title: "2 of 4 sensors report a health issue",
					Remedy: "Open the health page and repair them."},
				{Code: "ADB-210", Level: model.Warning, Source: model.Endpoint, Title: "1 computer has no sensor but could be onboarded",
					Remedy: "Onboard it."},
			},
		},
	}
}

// screen is the program under test, driven without a terminal.
type screen struct {
	*App
	t      testing.TB
	memory *memory
	opened []string
	copied []string
	raw    []string
	asleep chan struct{} // gets one when a command waits for time or for a dashboard
}

// newScreen shows a dashboard at a size. The tenant can be changed before anything is drawn.
func newScreen(t testing.TB, w, h int, d *providers.Dashboard, change ...func(*Options)) *screen {
	t.Helper()
	m := &memory{entities: staff(), toggles: append([]model.Toggle(nil), d.Toggles...)}
	links, err := newLinks()
	if err != nil {
		t.Fatal(err)
	}
	tenant := &providers.Tenant{Name: "contoso.test", Mark: "LAB", Directories: []providers.Directory{m}, Settings: []providers.Settings{m}, Links: links, Interval: time.Minute,
		DirectoryInterval: time.Hour, Now: now}
	s := &screen{t: t, memory: m}
	profile := colorprofile.TrueColor
	o := Options{Tenant: tenant, Config: config.Default(), Now: now, Profile: &profile, Actor: "tester", Environment: []string{}, CanOpen: true,
		Open: func(_ context.Context, link string) error { s.opened = append(s.opened, link); return nil }}
	for _, c := range change {
		c(&o)
	}
	o.Refresher = providers.NewRefresher(o.Tenant)
	app, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s.App, s.asleep = app, make(chan struct{}, 1)
	app.env.Dashboard = d
	app.env.Sleep = func(ctx context.Context, _ time.Duration) error { return s.rest(ctx) }
	app.wait = func(ctx context.Context, _ uint64) (*providers.Dashboard, error) { return nil, s.rest(ctx) }
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
	s.run(app.top().Show())
	s.View()
	return s
}

// send gives the program a message and runs what follows from it, except for what waits.
func (s *screen) send(msg tea.Msg) {
	s.t.Helper()
	_, cmd := s.Update(msg)
	s.run(cmd)
}

// do runs what a method of the program asked for, as if a key had led to it.
func (s *screen) do(cmd tea.Cmd) {
	s.t.Helper()
	s.dirty = true
	s.run(cmd)
}

// rest is how a command waits: it says so, and then does until it is abandoned.
func (s *screen) rest(ctx context.Context) error {
	select {
	case s.asleep <- struct{}{}:
	case <-ctx.Done():
	}
	<-ctx.Done()
	return ctx.Err()
}

// run runs commands until none is left. What waits for time or for a dashboard is let go.
func (s *screen) run(cmd tea.Cmd) {
	s.t.Helper()
	if cmd == nil {
		return
	}
	answer := make(chan tea.Msg, 1)
	go func() { answer <- cmd() }()
	var msg tea.Msg
	select {
	case msg = <-answer:
	case <-s.asleep:
		return
	case <-time.After(time.Minute):
		s.t.Fatal("a command neither ends nor waits")
	}
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			s.run(c)
		}
	case page.Answer:
		s.send(msg)
	default:
		s.note(msg)
	}
}

// note keeps what would have gone to the terminal.
func (s *screen) note(msg tea.Msg) {
	switch fmt.Sprintf("%T", msg) {
	case "tea.setClipboardMsg":
		s.copied = append(s.copied, fmt.Sprint(msg))
	case "tea.RawMsg":
		s.raw = append(s.raw, fmt.Sprint(msg))
	}
}

// press presses keys; each is a name as in the table of keys, or text to type.
func (s *screen) press(names ...string) {
	s.t.Helper()
	for _, name := range names {
		s.send(keyPress(name))
		s.View()
	}
}

// typeText types a text, one key after the other.
func (s *screen) typeText(text string) {
	s.t.Helper()
	for _, r := range text {
		s.press(string(r))
	}
}

func keyPress(name string) tea.KeyPressMsg {
	special := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp,
		"backspace": tea.KeyBackspace, "delete": tea.KeyDelete}
	if name == "space" || name == " " {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	if code, ok := special[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if len(name) == 6 && name[:5] == "ctrl+" {
		return tea.KeyPressMsg{Code: rune(name[5]), Mod: tea.ModCtrl}
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: string(r)}
}

// text is the frame without its colours.
func (s *screen) text() string { return ansi.Strip(s.View().Content) }

func newLinks() (*providers.Links, error) { return portal.New("https://security.contoso.test", "") }
