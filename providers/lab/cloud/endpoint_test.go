package cloud_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/cloud"
	"adbadge/providers/lab/world"
)

func TestMachinesArePaged(t *testing.T) {
	b := start(t, world.Options{})
	seen := map[string]bool{}
	pages := 0
	for next := b.EndpointURL + "/api/machines?$top=100"; next != ""; pages++ {
		l := b.list(b.call(cloud.EndpointScope, http.MethodGet, next, ""))
		for _, m := range l.Value {
			if id := text(m, "id"); seen[id] {
				t.Fatalf("machine %s comes twice", id)
			} else {
				seen[id] = true
			}
		}
		if !strings.HasPrefix(l.Next, b.EndpointURL+"/api/machines?") && l.Next != "" {
			t.Fatalf("the next page is elsewhere: %s", l.Next)
		}
		next = l.Next
	}
	if len(seen) != b.world.Machines() || pages != (len(seen)+99)/100 {
		t.Errorf("%d machines on %d pages, want %d", len(seen), pages, b.world.Machines())
	}
	if l := b.list(b.endpoint("/api/v1.0/machines", "$skip=5", "$top=2")); len(l.Value) != 2 || text(l.Value[0], "id") != b.world.Machine(5).ID {
		t.Errorf("$skip and $top at /api/v1.0: %v", l.Value)
	}
	if l := b.list(b.endpoint("/api/machines", "$skip=1000000")); len(l.Value) != 0 {
		t.Errorf("%d machines behind the end", len(l.Value))
	}
}

func TestMachineFilters(t *testing.T) {
	b := start(t, world.Options{})
	day := noon.AddDate(0, 0, -7)
	for filter, accepts := range map[string]func(m world.Machine) bool{
		"healthStatus eq 'Active'":                          func(m world.Machine) bool { return m.HealthStatus == "Active" },
		"onboardingStatus ne 'onboarded'":                   func(m world.Machine) bool { return m.OnboardingStatus != "Onboarded" },
		"lastSeen gt " + day.Format("2006-01-02Z"):          func(m world.Machine) bool { return m.LastSeen.After(day.Truncate(24 * time.Hour)) },
		"riskScore eq 'High' or riskScore eq 'Medium'":      func(m world.Machine) bool { return m.RiskScore == "High" || m.RiskScore == "Medium" },
		"aadDeviceId eq null and osPlatform eq 'Windows11'": func(m world.Machine) bool { return m.DeviceID.IsZero() && m.OSPlatform == "Windows11" },
		"startswith(computerDnsName,'dc') and not (exposureLevel eq 'Medium')": func(m world.Machine) bool {
			return strings.HasPrefix(strings.ToLower(m.DNSName), "dc") && m.ExposureLevel != "Medium"
		},
	} {
		want := 0
		for i := range b.world.Machines() {
			if accepts(b.world.Machine(i)) {
				want++
			}
		}
		got := len(b.list(b.endpoint("/api/machines", "$filter="+filter)).Value)
		if got != want || want == 0 || want == b.world.Machines() {
			t.Errorf("%s gives %d of %d machines, want %d", filter, got, b.world.Machines(), want)
		}
		// The second page of a search belongs to the first.
		if l := b.list(b.endpoint("/api/machines", "$filter="+filter, "$skip=1", "$top=10000")); len(l.Value) != want-1 {
			t.Errorf("%s from the second gives %d, want %d", filter, len(l.Value), want-1)
		}
	}
}

func TestEndpointRefusesWhatItDoesNotKnow(t *testing.T) {
	b := start(t, world.Options{})
	for query, want := range map[string]string{
		"$filter=colour eq 'red'": "Could not find a property named 'colour'", "$filter=lastSeen gt 'x'": "incompatible types",
		"$top=10001": "limit of '10000'", "$top=-1": "non-negative", "$skip=x": "non-negative", "$orderby=id": "'$orderby' is not allowed",
	} {
		if message := b.refusal(b.endpoint("/api/machines", query), http.StatusBadRequest, "BadRequest"); !strings.Contains(message, want) {
			t.Errorf("%s: %q does not say %q", query, message, want)
		}
	}
	if message := b.refusal(b.endpoint("/api/machines/"+strings.Repeat("0", 40)), http.StatusNotFound, "ResourceNotFound"); !strings.Contains(message, "was not found") {
		t.Errorf("%q", message)
	}
	b.refusal(b.endpoint("/api/elsewhere"), http.StatusNotFound, "NotFound")
}

func TestOneMachine(t *testing.T) {
	b := start(t, world.Options{})
	m := b.world.Machine(3)
	byID, byName := b.object(b.endpoint("/api/machines/"+m.ID)), b.object(b.endpoint("/api/machines/"+url.PathEscape(strings.ToUpper(m.DNSName))))
	if text(byID, "computerDnsName") != m.DNSName || text(byName, "computerDnsName") != m.DNSName && !strings.EqualFold(text(byName, "computerDnsName"), m.DNSName) {
		t.Errorf("by id %v, by name %v, want %s", byID["computerDnsName"], byName["computerDnsName"], m.DNSName)
	}
}

// someone gives an account that was seen on a machine.
func someone(t *testing.T, w *world.World) (world.User, world.Sighting) {
	t.Helper()
	for i := range w.Users() {
		if s, ok := w.Seen(i); ok {
			return w.User(i), s
		}
	}
	t.Fatal("no account was seen on any machine")
	panic("unreachable")
}

func TestLogonUsers(t *testing.T) {
	b := start(t, world.Options{})
	u, s := someone(t, b.world)
	l := b.list(b.endpoint("/api/machines/" + b.world.Machine(s.Machine).ID + "/logonusers"))
	found := false
	for _, item := range l.Value {
		if text(item, "accountName") == u.SAM {
			found = text(item, "lastSeen") == s.At.UTC().Format("2006-01-02T15:04:05.9999999Z") && text(item, "id") == strings.ToLower(b.world.Domains()[u.Domain].NetBIOS)+`\`+u.SAM
		}
	}
	if !found {
		t.Errorf("%s is not among %v", u.SAM, l.Value)
	}
	machines := b.list(b.endpoint("/api/users/" + url.PathEscape(u.SAM) + "/machines"))
	if len(machines.Value) == 0 {
		t.Error("the account's machines are not known")
	}
}

func TestEndpointAlerts(t *testing.T) {
	b := start(t, world.Options{})
	want := map[string]*world.Alert{}
	var one *world.Alert
	total := 0 // some come twice
	for _, a := range b.world.Alerts(noon) {
		if a.Product == model.DefenderForEndpoint {
			want[a.ID] = a
			total++
			if one == nil && a.Open() && a.MachineID != "" && a.RelatedUser != nil {
				one = a
			}
		}
	}
	l := b.list(b.endpoint("/api/alerts"))
	if len(l.Value) != total || total == 0 {
		t.Fatalf("%d alerts, want %d", len(l.Value), total)
	}
	previous := "9"
	for _, a := range l.Value {
		if want[text(a, "id")] == nil || len(a["evidence"].([]any)) != 0 {
			t.Fatalf("an alert that should not be there, or evidence that nobody asked for: %v", a)
		}
		if text(a, "alertCreationTime") > previous {
			t.Errorf("%s is newer than the one before it", a["id"])
		}
		previous = text(a, "alertCreationTime")
	}
	evidence := 0
	for _, a := range b.list(b.endpoint("/api/alerts", "$expand=evidence")).Value {
		evidence += len(a["evidence"].([]any))
	}
	if evidence == 0 {
		t.Error("$expand=evidence gives none")
	}
	open := b.list(b.endpoint("/api/alerts", "$filter=status ne 'Resolved'"))
	if len(open.Value) == 0 || len(open.Value) >= total {
		t.Errorf("%d of %d alerts are open", len(open.Value), total)
	}
	path := "/api/machines/" + one.MachineID + "/alerts"
	ofMachine := b.list(b.endpoint(path))
	count := b.endpoint(path+"/$count", "$filter=id ne ''")
	if len(ofMachine.Value) == 0 || count.body != fmt.Sprint(len(ofMachine.Value)) {
		t.Errorf("the machine has %d alerts, $count says %s", len(ofMachine.Value), count.body)
	}
	b.refusal(b.endpoint("/api/machines/"+strings.Repeat("0", 40)+"/alerts"), http.StatusNotFound, "ResourceNotFound")
	if l := b.list(b.endpoint("/api/users/" + url.PathEscape(one.RelatedUser.Account) + "/alerts")); len(l.Value) == 0 {
		t.Errorf("%s has no alerts", one.RelatedUser.Account)
	}
	if l := b.list(b.endpoint("/api/users/nobody-of-that-name/alerts")); len(l.Value) != 0 {
		t.Error("an unknown user has alerts")
	}
	alert := b.object(b.endpoint("/api/alerts/" + one.ID))
	if text(alert, "title") != one.Title || text(alert, "machineId") != one.MachineID {
		t.Errorf("%v", alert)
	}
}

func TestResolvingAnAlertShowsInBothAPIs(t *testing.T) {
	b := start(t, world.Options{})
	open := b.list(b.endpoint("/api/alerts", "$filter=status eq 'New'", "$top=2")).Value
	first, second := text(open[0], "id"), text(open[1], "id")
	r := b.call(cloud.EndpointScope, http.MethodPatch, b.EndpointURL+"/api/alerts/"+first, `{"status":"Resolved","classification":"FalsePositive"}`)
	if o := b.object(r); text(o, "status") != "Resolved" || o["resolvedTime"] == nil {
		t.Errorf("%v", o)
	}
	r = b.call(cloud.GraphScope, http.MethodPatch, b.GraphURL+"/v1.0/security/alerts_v2/"+second, `{"status":"resolved"}`)
	if o := b.object(r); text(o, "status") != "resolved" || o["resolvedDateTime"] == nil {
		t.Errorf("%v", o)
	}
	if o := b.object(b.graph("/v1.0/security/alerts_v2/" + first)); text(o, "status") != "resolved" || text(o, "classification") != "falsePositive" {
		t.Errorf("Microsoft Graph does not show it: %v", o)
	}
	if o := b.object(b.endpoint("/api/alerts/" + second)); text(o, "status") != "Resolved" {
		t.Errorf("Defender for Endpoint does not show it: %v", o)
	}
	for _, a := range b.list(b.endpoint("/api/alerts", "$filter=status ne 'Resolved'")).Value {
		if text(a, "id") == first || text(a, "id") == second {
			t.Error("a resolved alert is among the open ones")
		}
	}
	r = b.call(cloud.EndpointScope, http.MethodPatch, b.EndpointURL+"/api/alerts/"+first, `{"status":"Gone"}`)
	b.refusal(r, http.StatusBadRequest, "InvalidInput")
	r = b.call(cloud.EndpointScope, http.MethodPatch, b.EndpointURL+"/api/alerts/"+first, `{"status":`)
	b.refusal(r, http.StatusBadRequest, "InvalidRequestBody")
}
