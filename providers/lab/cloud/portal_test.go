package cloud_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/providers/lab/cloud"
	"adbadge/providers/lab/world"
)

func (b *bench) page(path string) string {
	b.Helper()
	r := b.call("", http.MethodGet, b.PortalURL+path, "")
	if r.status != http.StatusOK || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		b.Fatalf("%s: status %d, %s", path, r.status, r.header.Get("Content-Type"))
	}
	if csp := r.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") {
		b.Errorf("%s: policy %q", path, csp)
	}
	if !strings.Contains(r.body, `<span class="lab">LAB</span>`) || strings.Contains(r.body, "<script") {
		b.Errorf("%s is not marked LAB, or has a script", path)
	}
	return html.UnescapeString(r.body)
}

func TestPortalPages(t *testing.T) {
	b := start(t, world.Options{})
	u, s := someone(t, b.world)
	m := b.world.Machine(s.Machine)
	for _, path := range []string{"/machines/v2/" + m.ID + "/overview?tid=x", "/machines/v2/" + m.ID, "/machines/" + m.ID} {
		if page := b.page(path); !strings.Contains(page, m.DNSName) || !strings.Contains(page, m.ID) {
			t.Errorf("%s does not show the machine", path)
		}
	}
	domain := b.world.Domains()[u.Domain]
	for name, q := range map[string]url.Values{
		"sid": {"sid": {string(u.SID)}}, "name": {"accountName": {u.SAM}, "accountDomain": {domain.DNSName}}, "upn": {"upn": {u.UPN}},
	} {
		if u.UPN == "" && name == "upn" {
			continue
		}
		if page := b.page("/user?" + q.Encode()); !strings.Contains(page, string(u.SID)) || !strings.Contains(page, "/machines/v2/"+m.ID) {
			t.Errorf("by %s the page does not show the user and where it was seen", name)
		}
	}
	for _, a := range b.world.Alerts(noon)[:5] {
		if page := b.page("/alerts/" + a.ID); !strings.Contains(page, a.ID) || !strings.Contains(page, a.Severity) {
			t.Errorf("the page of alert %s does not show it", a.ID)
		}
	}
	b.page("/")
	b.page("/v2/advanced-hunting")
	for _, s := range b.world.Sensors(b.world.HealthIssues(noon)) {
		if !strings.Contains(b.page("/settings/identities"), s.Name) {
			t.Errorf("the settings do not show sensor %s", s.Name)
		}
	}
	for _, path := range []string{"/machines/v2/" + strings.Repeat("0", 40), "/user?sid=S-1-5-21-1-2-3-4", "/user", "/alerts/x", "/incidents/x", "/nothing"} {
		if r := b.call("", http.MethodGet, b.PortalURL+path, ""); r.status != http.StatusNotFound || !strings.Contains(r.body, "Not found") {
			t.Errorf("%s: status %d", path, r.status)
		}
	}
}

// An alert counts on the pages of what it names, for both products.
func TestPortalShowsAlertsOfBothProducts(t *testing.T) {
	b := start(t, world.Options{})
	done := map[model.Product]bool{}
	for _, a := range b.world.Alerts(noon) {
		for _, e := range a.Evidence {
			if done[a.Product] || e.User == nil || !strings.HasPrefix(string(e.User.SID), string(b.world.Domains()[0].SID)+"-") {
				continue
			}
			done[a.Product] = true
			if page := b.page("/user?sid=" + string(e.User.SID)); !strings.Contains(page, "/alerts/"+a.ID) {
				t.Errorf("the page of %s does not show alert %s", e.User.SID, a.ID)
			}
		}
	}
	if len(done) != 2 {
		t.Errorf("alerts that name a user: %v", done)
	}
}

func TestPagesAreEscaped(t *testing.T) {
	b := start(t, world.Options{})
	r := b.call("", http.MethodGet, b.PortalURL+"/securitysettings/endpoints/integration", "")
	if r.status != http.StatusOK {
		t.Fatal(r.status)
	}
	b.write(cloud.EndpointSettingPath, `{"enabled":false,"changedBy":"<b>eve</b>\u202e"}`)
	r = b.call("", http.MethodGet, b.PortalURL+"/securitysettings/endpoints/integration", "")
	if strings.Contains(r.body, "<b>eve") || strings.Contains(r.body, "\u202e") || !strings.Contains(r.body, "&lt;b&gt;eve") {
		t.Error("what a client wrote comes out as it is")
	}
}

// read and write use the settings of the integration.
func (b *bench) read(path string) cloud.Setting {
	b.Helper()
	r := b.call(cloud.PortalScope, http.MethodGet, b.PortalURL+path, "")
	var s cloud.Setting
	if err := json.Unmarshal([]byte(r.body), &s); err != nil || r.status != http.StatusOK {
		b.Fatalf("status %d, %v: %s", r.status, err, r.body)
	}
	return s
}

func (b *bench) write(path, body string) {
	b.Helper()
	if r := b.call(cloud.PortalScope, http.MethodPut, b.PortalURL+path, body); r.status != http.StatusOK {
		b.Fatalf("status %d: %s", r.status, r.body)
	}
}

func TestIntegrationSettings(t *testing.T) {
	b := start(t, world.Options{})
	if s := b.read(cloud.IdentitySettingPath); !s.Enabled || s.By != "" || !s.Changed.IsZero() || s.Licence != "active" || s.Problem != "" {
		t.Errorf("at first: %+v", s)
	}
	b.write(cloud.IdentitySettingPath, `{"enabled":false,"changedBy":"anna@soc"}`)
	if s := b.read(cloud.IdentitySettingPath); s.Enabled || s.By != "anna@soc" || !s.Changed.Equal(noon) {
		t.Errorf("after the change: %+v", s)
	}
	if s := b.read(cloud.EndpointSettingPath); !s.Enabled || !strings.Contains(s.Problem, "off in the portal of Microsoft Defender for Identity") {
		t.Errorf("the other side: %+v", s)
	}
	if page := b.page("/settings/identities"); !strings.Contains(page, "anna@soc") || !strings.Contains(page, `class="off"`) {
		t.Error("the page does not show the change")
	}
	put := func(scope, body string) reply {
		return b.call(scope, http.MethodPut, b.PortalURL+cloud.IdentitySettingPath, body)
	}
	b.refusal(put(cloud.PortalScope, `{}`), http.StatusBadRequest, "BadRequest")
	b.refusal(put("", `{"enabled":true}`), http.StatusUnauthorized, "Unauthorized")
	b.refusal(put(cloud.GraphScope, `{"enabled":true}`), http.StatusUnauthorized, "Unauthorized")
	b.fault("no-licence:identity")
	b.refusal(put(cloud.PortalScope, `{"enabled":true}`), http.StatusConflict, "LicenceMissing")
	if s := b.read(cloud.IdentitySettingPath); s.Licence != "missing" || s.Problem == "" {
		t.Errorf("without a licence: %+v", s)
	}
	b.fault("toggle-unreadable:identity")
	b.refusal(b.call(cloud.PortalScope, http.MethodGet, b.PortalURL+cloud.IdentitySettingPath, ""), http.StatusConflict, "SettingUnavailable")
	b.read(cloud.EndpointSettingPath)
}
