package cloud_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/providers/lab/cloud"
	"adbadge/providers/lab/world"
)

func TestGraphAlertsArePagedAndFiltered(t *testing.T) {
	b := start(t, world.Options{})
	want := map[model.Product]int{}
	for _, a := range b.world.Alerts(noon) {
		want[a.Product]++
	}
	const filter = "$filter=serviceSource eq 'microsoftDefenderForIdentity'"
	seen := map[string]bool{}
	next := b.GraphURL + "/v1.0/security/alerts_v2" + encode([]string{filter, "$top=7", "$count=true"})
	for next != "" {
		l := b.list(b.call(cloud.GraphScope, http.MethodGet, next, ""))
		if l.Count != want[model.DefenderForIdentity] {
			t.Fatalf("$count says %d, want %d", l.Count, want[model.DefenderForIdentity])
		}
		for _, a := range l.Value {
			seen[text(a, "id")] = true
			if text(a, "serviceSource") != "microsoftDefenderForIdentity" || !strings.HasPrefix(text(a, "alertWebUrl"), b.PortalURL+"/alerts/") {
				t.Fatalf("%v", a)
			}
		}
		next = l.Next
	}
	if len(seen) != want[model.DefenderForIdentity] || len(seen) == 0 {
		t.Errorf("%d alerts of Defender for Identity, want %d", len(seen), want[model.DefenderForIdentity])
	}
	all := b.list(b.graph("/v1.0/security/alerts_v2", "$top=1000"))
	if got := want[model.DefenderForIdentity] + want[model.DefenderForEndpoint]; len(all.Value) != got {
		t.Errorf("%d alerts of both products, want %d", len(all.Value), got)
	}
	recent := b.list(b.graph("/v1.0/security/alerts_v2", "$filter=lastUpdateDateTime ge 2026-03-03T11:50:00Z and status ne 'resolved'"))
	if len(recent.Value) == 0 || len(recent.Value) >= len(all.Value) {
		t.Errorf("%d of %d alerts are recent", len(recent.Value), len(all.Value))
	}
	b.refusal(b.graph("/v1.0/security/alerts_v2", "$orderby=createdDateTime"), http.StatusBadRequest, "BadRequest")
	b.refusal(b.graph("/v1.0/security/alerts_v2/nothing"), http.StatusNotFound, "NotFound")
	if message := b.refusal(b.graph("/v1.0/security/nothing"), http.StatusBadRequest, "BadRequest"); message != "Resource not found for the segment 'nothing'." {
		t.Errorf("%q", message)
	}
}

func TestIncidents(t *testing.T) {
	b := start(t, world.Options{})
	l := b.list(b.graph("/v1.0/security/incidents", "$expand=alerts", "$top=5"))
	if len(l.Value) == 0 {
		t.Fatal("no incidents")
	}
	for _, i := range l.Value {
		alerts := i["alerts"].([]any)
		if len(alerts) == 0 || text(alerts[0].(map[string]any), "incidentId") != text(i, "id") {
			t.Errorf("incident %v has other alerts: %v", i["id"], alerts)
		}
	}
}

func TestIdentities(t *testing.T) {
	b := start(t, world.Options{})
	const root = "/v1.0/security/identities/"
	sensors := b.list(b.graph(root + "sensors"))
	if len(sensors.Value) != len(b.world.Sensors(b.world.HealthIssues(noon))) || len(sensors.Value) == 0 {
		t.Errorf("%d sensors", len(sensors.Value))
	}
	open := b.list(b.graph("/beta/security/identities/healthIssues", "$filter=Status eq 'open'")).Value
	if len(open) == 0 {
		t.Fatal("no open health issue")
	}
	id := text(open[0], "id")
	if o := b.object(b.call(cloud.GraphScope, http.MethodPatch, b.GraphURL+root+"healthIssues/"+id, `{"status":"suppressed"}`)); text(o, "status") != "suppressed" {
		t.Errorf("%v", o)
	}
	if left := b.list(b.graph(root+"healthIssues", "$filter=Status eq 'open'")).Value; len(left) != len(open)-1 {
		t.Errorf("%d issues are open, want %d", len(left), len(open)-1)
	}
	b.refusal(b.call(cloud.GraphScope, http.MethodPatch, b.GraphURL+root+"healthIssues/"+id, `{"status":"gone"}`), http.StatusBadRequest, "BadRequest")
	b.list(b.graph(root+"sensorCandidates", "$filter=senseClientVersion ne ''"))
}

func TestSupportedSettings(t *testing.T) {
	b := start(t, world.Options{})
	const root = "/v1.0/security/identities/"
	for path, c := range map[string]struct{ member, body, want string }{
		"settings/autoAuditingConfiguration":     {"isAutomatic", `{"isAutomatic":false}`, "false"},
		"sensorCandidateActivationConfiguration": {"activationMode", `{"activationMode":"automated"}`, "automated"},
	} {
		before := b.object(b.graph(root + path))["value"].(map[string]any)
		if text(before, c.member) == c.want {
			t.Fatalf("%s is %s already", path, c.want)
		}
		b.object(b.call(cloud.GraphScope, http.MethodPatch, b.GraphURL+root+path, c.body))
		if after := b.object(b.graph(root + path))["value"].(map[string]any); text(after, c.member) != c.want {
			t.Errorf("%s: %v after writing %s", path, after, c.body)
		}
		b.refusal(b.call(cloud.GraphScope, http.MethodPatch, b.GraphURL+root+path, `{}`), http.StatusBadRequest, "BadRequest")
	}
}

func TestUsersAndDevices(t *testing.T) {
	b := start(t, world.Options{})
	type key struct{ synced, cloud int }
	var want, got key
	sids := map[string]world.User{}
	for i := range b.world.Users() {
		if u := b.world.User(i); u.Synced {
			want.synced++
			sids[string(u.SID)] = u
		}
	}
	want.cloud = len(b.world.CloudUsers())
	next := b.GraphURL + "/v1.0/users?$top=150&$select=id,userPrincipalName,onPremisesSyncEnabled,onPremisesSecurityIdentifier,onPremisesImmutableId"
	for next != "" {
		l := b.list(b.call(cloud.GraphScope, http.MethodGet, next, ""))
		for _, item := range l.Value {
			if item["onPremisesSyncEnabled"] == nil {
				got.cloud++
				continue
			}
			got.synced++
			u := sids[text(item, "onPremisesSecurityIdentifier")]
			if len(item) != 5 || text(item, "onPremisesImmutableId") != base64.StdEncoding.EncodeToString(u.GUID[:]) {
				t.Fatalf("%v", item)
			}
		}
		next = l.Next
	}
	if got != want || want.synced == 0 || want.cloud == 0 {
		t.Errorf("users %+v, want %+v", got, want)
	}
	trusts := map[string]int{}
	for _, d := range b.list(b.graph("/v1.0/devices", "$top=999")).Value {
		trusts[text(d, "trustType")]++
	}
	if trusts["ServerAd"] == 0 || trusts["AzureAd"] == 0 {
		t.Errorf("devices by trust: %v", trusts)
	}
	if l := b.list(b.graph("/v1.0/users", "$filter=onPremisesSyncEnabled eq true", "$top=999")); len(l.Value) != min(want.synced, 999) || l.Value[0]["onPremisesSecurityIdentifier"] != nil {
		t.Errorf("%d synced users, %v", len(l.Value), l.Value[0])
	}
}

func TestLicences(t *testing.T) {
	b := start(t, world.Options{})
	plans := func() string {
		var names []string
		for _, sku := range b.list(b.graph("/v1.0/subscribedSkus")).Value {
			for _, p := range sku["servicePlans"].([]any) {
				names = append(names, text(p.(map[string]any), "servicePlanName"))
			}
		}
		return " " + strings.Join(names, " ") + " "
	}
	if p := plans(); !strings.Contains(p, " ATA ") || !strings.Contains(p, " WINDEFATP ") {
		t.Errorf("plans: %s", p)
	}
	b.fault("no-licence:identity")
	if p := plans(); strings.Contains(p, " ATA ") || !strings.Contains(p, " WINDEFATP ") {
		t.Errorf("plans without Defender for Identity: %s", p)
	}
}

// hunt runs a query and gives the rows.
func (b *bench) hunt(query string) []map[string]any {
	b.Helper()
	body, err := json.Marshal(map[string]string{"Query": query})
	if err != nil {
		b.Fatal(err)
	}
	r := b.call(cloud.GraphScope, http.MethodPost, b.GraphURL+"/v1.0/security/runHuntingQuery", string(body))
	var answer struct {
		Schema  []struct{ Name, Type string }
		Results []map[string]any
	}
	if err := json.Unmarshal([]byte(r.body), &answer); err != nil || r.status != http.StatusOK || len(answer.Schema) == 0 {
		b.Fatalf("status %d, %v: %.300s", r.status, err, r.body)
	}
	return answer.Results
}

func TestHuntingForAccounts(t *testing.T) {
	b := start(t, world.Options{})
	rows := b.hunt(`DeviceLogonEvents
| where Timestamp > ago(30d) and ActionType == "LogonSuccess" and AccountSid startswith "S-1-5-21-"
| summarize arg_max(Timestamp, DeviceName), Devices = dcount(DeviceId) by AccountSid
| project AccountSid, LastSeen = Timestamp, LastDevice = DeviceName, Devices`)
	want := map[string]world.Sighting{}
	for i := range b.world.Users() {
		if s, ok := b.world.Seen(i); ok && s.At.After(noon.AddDate(0, 0, -30)) {
			want[string(b.world.User(i).SID)] = s
		}
	}
	if len(rows) != len(want) || len(want) == 0 {
		t.Fatalf("%d accounts, want %d", len(rows), len(want))
	}
	for _, row := range rows {
		s := want[text(row, "AccountSid")]
		if text(row, "LastDevice") != b.world.Machine(s.Machine).DNSName || text(row, "LastSeen") != s.At.UTC().Format("2006-01-02T15:04:05.9999999Z") {
			t.Errorf("%v, want %v", row, s)
		}
	}
}

// The other queries of the reference are understood too.
func TestHuntingQueries(t *testing.T) {
	b := start(t, world.Options{})
	for name, query := range map[string]string{
		"machines": `DeviceInfo | where Timestamp > ago(30d)
| project Timestamp, DeviceId, DeviceName, AadDeviceId, JoinType, OnboardingStatus, SensorHealthState, ExposureLevel, OSPlatform, AzureVmId, AzureResourceId, MergedToDeviceId, IsExcluded
| summarize arg_max(Timestamp, *) by DeviceId
| where isempty(MergedToDeviceId)
| where JoinType has_any ("Domain", "Hybrid")
| where not(AzureResourceId contains "Microsoft.Compute/") and (isempty(AzureVmId) or AzureResourceId contains "HybridCompute")
| project DeviceId, DeviceName = tolower(DeviceName), AadDeviceId = tolower(AadDeviceId), JoinType, OnboardingStatus, SensorHealthState, ExposureLevel, OSPlatform, IsExcluded, LastReport = Timestamp`,
		"alerts by machine": `let info = AlertInfo
    | where Timestamp > ago(30d) and ServiceSource == "Microsoft Defender for Endpoint"
    | summarize arg_max(Timestamp, Severity) by AlertId
    | extend Rank = case(Severity =~ "High", 4, Severity =~ "Medium", 3, Severity =~ "Low", 2, Severity =~ "Informational", 1, 0)
    | project AlertId, Rank;
AlertEvidence
| where Timestamp > ago(30d) and isnotempty(DeviceId)
| summarize DeviceName = take_any(DeviceName) by AlertId, DeviceId
| join kind=inner info on AlertId
| summarize Alerts = count(), High = countif(Rank == 4), MaxRank = max(Rank), DeviceName = tolower(take_any(DeviceName)) by DeviceId`,
		"users": `IdentityInfo | where Timestamp > ago(30d) and isnotempty(OnPremSid)
| summarize arg_max(Timestamp, AccountUpn, AccountName, IdentityEnvironment, SourceProviders) by OnPremSid
| where IdentityEnvironment in~ ("On-premises", "Hybrid") or tostring(SourceProviders) has "ActiveDirectory"`,
		"grey machines": `let mde = DeviceInfo | where Timestamp > ago(30d) | summarize by Name = tolower(DeviceName);
IdentityLogonEvents
| where Timestamp > ago(7d) and Application == "Active Directory" and isnotempty(DeviceName)
| summarize LastSeen = max(Timestamp) by Name = tolower(DeviceName)
| join kind=leftanti mde on Name`,
		"endpoint feeds": `DeviceInfo | where Timestamp > ago(1d) | summarize Rows = count(), Last = max(Timestamp) | where Rows > 0`,
		"identity feeds": `IdentityDirectoryEvents | where Timestamp > ago(7d) | summarize Rows = count(), Last = max(Timestamp) | where Rows > 0`,
	} {
		if rows := b.hunt(query); len(rows) == 0 {
			t.Errorf("%s: no rows", name)
		}
	}
}

func TestHuntingRefusals(t *testing.T) {
	b := start(t, world.Options{})
	ask := func(body string) reply {
		return b.call(cloud.GraphScope, http.MethodPost, b.GraphURL+"/v1.0/security/runHuntingQuery", body)
	}
	for body, want := range map[string]string{
		`{"Query":"DeviceProcessEvents | where FileName == 'x'"}`: "Failed to resolve table or column expression named 'DeviceProcessEvents'",
		`{"Query":"DeviceInfo | render piechart"}`:                "cannot evaluate 'render'",
		`{"Query":"DeviceInfo | count","Timespan":"a while"}`:     "not an ISO 8601 duration",
		`{`: "not a valid hunting query",
	} {
		if message := b.refusal(ask(body), http.StatusBadRequest, "BadRequest"); !strings.Contains(message, want) {
			t.Errorf("%s: %q", body, message)
		}
	}
	all := b.hunt("DeviceLogonEvents | count")
	day := b.object(ask(`{"Query":"DeviceLogonEvents | count","Timespan":"P1D"}`))["results"].([]any)[0].(map[string]any)
	if day["Count"].(float64) >= all[0]["Count"].(float64) {
		t.Errorf("a timespan of one day gives %v of %v rows", day["Count"], all[0]["Count"])
	}
}
