package query

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

const day = 24 * time.Hour

func guid(n byte) model.GUID { return model.GUID{15: n} }

// office is a small tenant in which every field has something to find.
func office() *inventory.View {
	b := inventory.NewBuilder(0)
	b.SetDomains([]model.Domain{{DNSName: "contoso.test", NetBIOS: "CONTOSO"}, {DNSName: "emea.fabrikam.test", NetBIOS: "FABEMEA"}})
	b.Add([]model.Entity{
		{ID: guid(1), Name: "Anna Berg", SAM: "aberg", Domain: "contoso.test", OU: "Staff/Finance", SID: "S-1-5-21-1-2-3-1101", UPN: "anna.berg@contoso.test",
			Mail: "anna@mail.test", Department: "Finance", Title: "Controller", LastLogon: ago(2 * day), Created: ago(400 * day), PasswordSet: ago(100 * day)},
		{ID: guid(2), Name: "José Ñúñez", SAM: "jnunez", Domain: "emea.fabrikam.test", OU: "Staff/IT", SID: "S-1-5-21-4-5-6-1102", UPN: "jnunez@emea.fabrikam.test",
			Department: "IT operations", Flags: model.Sensitive | model.Locked, LastLogon: ago(100 * day), Created: ago(10 * day)},
		{ID: guid(3), Name: "svc-backup", SAM: "svc-backup", Domain: "contoso.test", OU: "Service accounts", Flags: model.Service | model.Disabled | model.Expired},
		{ID: guid(4), Kind: model.Computer, Name: "WS-FIN-7", SAM: "WS-FIN-7$", Domain: "contoso.test", OU: "Workstations/Finance", DNSName: "ws-fin-7.contoso.test",
			OS: "Windows 11 Enterprise", OSVersion: "10.0 (26100)", LastLogon: ago(time.Hour)},
		{ID: guid(5), Kind: model.Computer, Name: "DC02", SAM: "DC02$", Domain: "emea.fabrikam.test", OU: "Domain Controllers", DNSName: "dc02.emea.fabrikam.test",
			OS: "Windows Server 2019 Standard", Flags: model.DomainController},
		{ID: guid(6), Kind: model.Computer, Name: "OLD", SAM: "OLD$", Domain: "contoso.test", DNSName: "old.contoso.test", OS: "Windows 7"},
	})
	answered := inventory.Answer{State: inventory.Answered}
	k := inventory.Knowledge{MachinesAnswer: answered, EndpointAlertsAnswer: answered, IdentityAlertsAnswer: answered, LogonsAnswer: answered, Stale: true,
		Machines: inventory.NewMachines([]model.Machine{
			{ID: "m4", DeviceID: guid(4), Onboarding: model.Onboarded, Health: model.HealthActive, Risk: model.High, Exposure: model.Low, LastSeen: ago(3 * time.Hour), Tags: []text.Line{"Tier0", "VIP"}},
			{ID: "m5", Name: "dc02.emea.fabrikam.test", Onboarding: model.Onboarded, Health: model.HealthInactive, Risk: model.Low, LastSeen: ago(30 * day)},
			{ID: "m6", Name: "OLD", Onboarding: model.CanBeOnboarded},
		}),
		EndpointAlerts: inventory.NewAlerts([]model.Alert{
			{ID: "1", Product: model.DefenderForEndpoint, Status: model.StatusNew, Severity: model.Medium, Title: "Pass the hash", Phase: model.LateralMovement,
				Techniques: []text.Line{"T1003.006"}, Devices: []model.DeviceRef{{MachineID: "m4"}}, Accounts: []model.AccountRef{{SID: "S-1-5-21-1-2-3-1101"}}},
			{ID: "2", Product: model.DefenderForEndpoint, Status: model.StatusInProgress, Severity: model.High, Title: "Ransomware", Devices: []model.DeviceRef{{MachineID: "m4"}}},
			{ID: "3", Product: model.DefenderForIdentity, Status: model.StatusNew, Severity: model.Low, Title: "Enumeration", Phase: model.Reconnaissance,
				Devices: []model.DeviceRef{{Name: "DC02"}}},
			{ID: "4", Product: model.DefenderForEndpoint, Status: model.StatusResolved, Severity: model.High, Title: "Old news", Phase: model.Impact, Devices: []model.DeviceRef{{MachineID: "m5"}}},
		}),
		Logons: inventory.NewLogons([]model.Logon{{SID: "S-1-5-21-4-5-6-1102", At: ago(5 * day)}}),
	}
	return inventory.Join(b.Table(), k)
}

// Rows of office.
const (
	annaRow = iota
	joseRow
	svcRow
	wsRow
	dcRow
	oldRow
)

func TestWhatQueriesFind(t *testing.T) {
	v := office()
	all := []int{annaRow, joseRow, svcRow, wsRow, dcRow, oldRow}
	for query, want := range map[string][]int{
		"":     all,
		"   ":  all,
		"anna": {annaRow}, "ANNA": {annaRow}, "nunez": {joseRow}, "ñúñez": {joseRow}, `"na be"`: {annaRow},
		"finance": {annaRow, wsRow}, "finance ws": {wsRow}, "windows": {wsRow, dcRow, oldRow}, "contoso.test": {annaRow, wsRow, oldRow},
		"WS-FIN-7$": {wsRow}, "nobody": {}, "!anna": {joseRow, svcRow, wsRow, dcRow, oldRow}, "!!anna": {annaRow}, "finance !anna": {wsRow},
		"~abg": {annaRow}, "~wsf7": {wsRow}, "!~a": {wsRow, oldRow}, "~zzz": {}, "~núñ": {joseRow},
		`/^ws-.*\d$/`: {wsRow}, "/FINANCE$/": {annaRow, wsRow}, "!/o/": {}, `/José/`: {joseRow}, `/^(dc|old)/`: {dcRow, oldRow}, `/staff\/it/`: {joseRow},
		"badge:alerts": {annaRow, wsRow}, "badge:recognized": {joseRow}, "badge:trouble": {dcRow}, "badge:discovered": {oldRow},
		"badge:unrecognized": {svcRow}, "badge:unknown": {}, "badge:ambiguous": {}, "badge:alerts|trouble": {annaRow, wsRow, dcRow},
		"badge:alerts,discovered": {annaRow, wsRow, oldRow}, "badge>=high": {wsRow}, "badge<=medium": {annaRow}, "badge:medium": {annaRow}, "badge:disc": {oldRow},
		"badge!=alerts": {joseRow, svcRow, dcRow, oldRow}, "!badge:alerts": {joseRow, svcRow, dcRow, oldRow},
		"kind:computer": {wsRow, dcRow, oldRow}, "KIND:User": {annaRow, joseRow, svcRow}, "kind=user": {annaRow, joseRow, svcRow},
		"ou:staff": {annaRow, joseRow}, "ou:staff/it": {joseRow}, `os:"server 2019"`: {dcRow}, "os:26100": {wsRow}, "dept:it": {joseRow}, "department:fin": {annaRow},
		"title:control": {annaRow}, "name:berg": {annaRow}, "name:aberg": {}, "sam:aberg": {annaRow}, "sam:7$": {wsRow}, "upn:anna.": {annaRow}, "mail:@mail": {annaRow},
		"dns:ws-fin-7.": {wsRow}, "domain:contoso": {annaRow, svcRow, wsRow, oldRow}, "domain:fabemea": {joseRow, dcRow}, "domain:FABRIKAM": {joseRow, dcRow},
		"sid:S-1-5-21-1-2-3-1101": {annaRow}, "sid:1-2-3": {annaRow}, "id:" + guid(5).String(): {dcRow}, "id:" + guid(9).String(): {},
		"enabled:no": {svcRow}, "enabled:yes": {annaRow, joseRow, wsRow, dcRow, oldRow}, "sensitive:yes": {joseRow}, "service:yes": {svcRow}, "dc:yes": {dcRow},
		"locked:yes": {joseRow}, "expired:yes": {svcRow}, "dc:yes|no": all, "stale:yes": all, "stale:no": {},
		"seen<7d": {joseRow, wsRow}, "seen>=30d": {dcRow}, "seen:never": {annaRow, svcRow, oldRow}, "seen<3h": {}, "seen<=3h": {wsRow},
		"logon>90d": {joseRow}, "logon<1w": {annaRow, wsRow}, "logon:never": {svcRow, dcRow, oldRow}, "!logon:never logon>1d": {annaRow, joseRow},
		"created<30d": {joseRow}, "created>1y": {annaRow}, "password>90d": {annaRow},
		"alerts>1": {wsRow}, "alerts:1": {annaRow}, "alerts<=0": {joseRow, svcRow, dcRow, oldRow}, "alerts:1|2": {annaRow, wsRow}, "mdi>0": {dcRow},
		"alert:hash": {annaRow, wsRow}, "alert:news": {}, `phase:"lateral movement"`: {annaRow, wsRow}, "phase:recon": {dcRow}, "phase:impact": {},
		"technique:T1003": {annaRow, wsRow}, "technique:t1003.006": {annaRow, wsRow}, "technique:T1": {}, "technique:T100": {},
		"health:active": {wsRow}, "health:inactive": {dcRow}, "health:unknown": {oldRow}, "risk>=medium": {wsRow}, "risk<medium": {dcRow, oldRow}, "risk:none": {oldRow},
		"exposure:low": {wsRow}, "tag:tier": {wsRow}, "matched:deviceid": {wsRow}, "matched:sid|logon": {annaRow, joseRow}, "matched:none": {svcRow},
		`"badge:alerts"`: {}, `"!anna"`: {},
		`CONTOSO\aberg`: {annaRow}, `contoso.test\svc`: {svcRow}, `fabemea\aberg`: {}, `nowhere\aberg`: {}, `FABEMEA\`: {joseRow, dcRow}, `!contoso\`: {joseRow, dcRow},
	} {
		q, err := Parse(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if got := rowsOf(t, v, q); !slices.Equal(got, want) {
			t.Errorf("%s: found %v, want %v", query, got, want)
		}
		again, err := Parse(q.String())
		if err != nil || again.String() != q.String() || !slices.Equal(rowsOf(t, v, again), want) {
			t.Errorf("%s: the canonical form %s is another query (%v)", query, q, err)
		}
		if n, err := Count(context.Background(), v, q, now); err != nil || n != len(want) {
			t.Errorf("%s: counted %d (%v), want %d", query, n, err, len(want))
		}
	}
}

// rowsOf gives the rows that match, in the order of the directory.
func rowsOf(t *testing.T, v *inventory.View, q Query) []int {
	t.Helper()
	r, err := Run(context.Background(), v, q, Order{}, now, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := []int{}
	for _, row := range r.Rows {
		rows = append(rows, int(row))
	}
	slices.Sort(rows)
	return rows
}

func TestErrorsSayWhatToWrite(t *testing.T) {
	for query, want := range map[string]struct {
		pos     int
		message string
	}{
		"anna dep:x":             {5, `unknown field "dep": did you mean "dept"?; quote it to look for the text`},
		"bagde:alerts":           {0, `did you mean "badge"?`},
		"xyzzy:1":                {0, `unknown field "xyzzy"; quote it`},
		"badge:":                 {6, "badge needs a value, such as badge>=high"},
		"badge:alert|foo":        {12, `badge takes alerts, recognized`},
		"badge:recognised":       {6, `did you mean "recognized"?`},
		"badge>alerts":           {6, "badge takes informational, low, medium, high, other"},
		"kind>user":              {0, "kind cannot be compared with >; write kind:computer"},
		"alerts>x":               {7, "alerts takes a number, such as alerts>2"},
		"seen<7":                 {5, "seen takes an age in m, h, d, w or y, such as seen<7d"},
		"logon:7d":               {6, "logon takes never, or < or > and an age, such as logon>90d"},
		"seen<7d|9d":             {0, "takes one value"},
		"id:123":                 {3, "id takes a whole GUID"},
		`"open`:                  {0, "the quotation mark is not closed"},
		`ou:"open`:               {3, "the quotation mark is not closed"},
		"/open":                  {0, "close the pattern with a slash"},
		"/(/":                    {0, "not a regular expression: missing closing ): `(`"},
		"//":                     {0, "the pattern is empty"},
		"anna !":                 {5, "nothing to look for here"},
		"~":                      {0, "nothing to look for here"},
		`""`:                     {0, "nothing to look for here"},
		"\xff":                   {0, "not UTF-8"},
		`ou:"a"b`:                {6, "a space is missing"},
		"enabled:maybe":          {8, "enabled takes yes, no"},
		"phase:":                 {6, "phase needs a value"},
		strings.Repeat("a ", 65): {128, "more than 64 conditions"},
	} {
		_, err := Parse(query)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%s: %v is no syntax error", query, err)
			continue
		}
		if syntax.Pos != want.pos || !strings.Contains(syntax.Message, want.message) {
			t.Errorf("%s: %q at %d, want %q at %d", query, syntax.Message, syntax.Pos, want.message, want.pos)
		}
	}
}

// TestEveryExampleIsAQuery: what help shows can be typed.
func TestEveryExampleIsAQuery(t *testing.T) {
	for _, f := range Fields() {
		if _, err := Parse(f.Example); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if !strings.Contains(f.Example, f.Name) || f.Meaning == "" {
			t.Errorf("%s: incomplete help %+v", f.Name, f)
		}
		for _, value := range f.Values {
			if _, err := Parse(f.Name + ":" + quoteValue(value)); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	}
}

func TestOrders(t *testing.T) {
	v := office()
	for s, want := range map[string][]uint32{
		"": {wsRow, annaRow, dcRow, joseRow, oldRow, svcRow}, "badge": {wsRow, annaRow, dcRow, joseRow, oldRow, svcRow},
		"name": {annaRow, dcRow, joseRow, oldRow, svcRow, wsRow}, "-Name": {wsRow, svcRow, oldRow, joseRow, dcRow, annaRow},
		"logon": {wsRow, annaRow, joseRow, dcRow, oldRow, svcRow}, "mdi": {dcRow, annaRow, joseRow, oldRow, svcRow, wsRow},
	} {
		o, err := ParseOrder(s)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Run(context.Background(), v, Query{}, o, now, nil)
		if err != nil || !slices.Equal(r.Rows, want) {
			t.Errorf("%q: %v (%v), want %v", s, r.Rows, err, want)
		}
		if again, err := ParseOrder(o.String()); err != nil || again != o {
			t.Errorf("%q: reads back as %v (%v)", s, again, err)
		}
	}
	if _, err := ParseOrder("logn"); err == nil || !strings.Contains(err.Error(), `did you mean "logon"?`) {
		t.Errorf("got %v", err)
	}
}

// TestBestFuzzyMatchesComeFirst whatever the order.
func TestBestFuzzyMatchesComeFirst(t *testing.T) {
	b := inventory.NewBuilder(0)
	for i, name := range []text.Line{"a-long-d-then-c", "Adam Carter", "dcx", "the dc", "dc"} {
		b.Add([]model.Entity{{ID: guid(byte(i + 1)), Name: name}})
	}
	v := inventory.Join(b.Table(), inventory.Knowledge{})
	q, err := Parse("~dc")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), v, q, Order{Column: inventory.ColumnName}, now, nil)
	if err != nil || !slices.Equal(r.Rows, []uint32{4, 2, 3, 0, 1}) {
		t.Errorf("got %v (%v)", r.Rows, err)
	}
}

// TestWhatAsksTheCounterpart runs every field and every order on a view with and without counterparts: where the answers
// differ, the question asks the counterpart.
func TestWhatAsksTheCounterpart(t *testing.T) {
	whole := office()
	bare, err := inventory.Preview(whole.Table(), whole.Badges(), whole.Counts(), inventory.Knowledge{Stale: true})
	if err != nil {
		t.Fatal(err)
	}
	differs := func(q Query, o Order) bool {
		a, errA := Run(t.Context(), whole, q, o, now, nil)
		b, errB := Run(t.Context(), bare, q, o, now, nil)
		if err := errors.Join(errA, errB); err != nil {
			t.Fatal(err)
		}
		return !slices.Equal(a.Rows, b.Rows)
	}
	for _, f := range Fields() {
		questions := []string{f.Example}
		for _, value := range f.Values {
			questions = append(questions, f.Name+":"+quoteValue(value))
		}
		for _, question := range questions {
			q := parsed(t, question)
			if !q.AsksCounterpart() && differs(q, Order{}) {
				t.Errorf("%s is said not to ask the counterpart", q)
			}
		}
	}
	for _, column := range inventory.Columns() {
		if o := (Order{Column: column}); !o.AsksCounterpart() && differs(Query{}, o) {
			t.Errorf("the order by %s is said not to ask the counterpart", o)
		}
	}
	if !differs(parsed(t, "mdi>0"), Order{}) {
		t.Error("the views do not differ, so that nothing is shown")
	}
}

func parsed(t *testing.T, s string) Query {
	t.Helper()
	q, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return q
}
