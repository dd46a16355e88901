package cloud_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/providers/lab/cloud"
	"adbadge/providers/lab/state"
	"adbadge/providers/lab/world"
)

const (
	settingsPath = "/apiproxy/mtp/settings/GetAdvancedFeaturesSetting"
	contextPath  = "/apiproxy/mtp/sccManagement/mgmt/TenantContext?realTime=true"
)

// visit asks the portal as a browser with these cookies does.
func (b *bench) visit(method, path, cookies string) reply {
	b.Helper()
	request, err := http.NewRequest(method, b.PortalURL+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Cookie", cookies)
	if c, err := request.Cookie("XSRF-TOKEN"); err == nil {
		token, err := url.PathUnescape(c.Value)
		if err != nil {
			b.Fatal(err)
		}
		request.Header.Set("X-XSRF-TOKEN", token)
	}
	response, err := b.client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	return reply{status: response.StatusCode, header: response.Header, body: string(body)}
}

// members gives the object of a good answer.
func (b *bench) members(r reply) map[string]any {
	b.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(r.body), &m); err != nil || r.status != http.StatusOK {
		b.Fatalf("status %d, %v: %.200s", r.status, err, r.body)
	}
	return m
}

// The portal's flag follows the toggle of the endpoint side, in both places.
func TestSessionFollowsTheToggle(t *testing.T) {
	b := start(t, world.Options{})
	cookies := b.SessionCookies()
	for _, on := range []bool{true, false, true} {
		if err := b.state.Update(func(d *state.Data) { d.Toggle(model.EndpointSide).On = on }); err != nil {
			t.Fatal(err)
		}
		settings, context := b.members(b.visit("GET", settingsPath, cookies)), b.members(b.visit("GET", contextPath, cookies))
		if settings["AatpIntegrationEnabled"] != on || context["AatpIntegrationEnabled"] != on || settings["AatpWorkspaceExists"] != true {
			t.Errorf("want %v, the portal says %v and %v", on, settings["AatpIntegrationEnabled"], context["AatpIntegrationEnabled"])
		}
		if len(settings) != 32 {
			t.Errorf("%d settings, want the 32 that were published", len(settings))
		}
		if who := context["AuthInfo"].(map[string]any); who["TenantId"] != b.world.TenantID().String() {
			t.Errorf("signed in to %v", who)
		}
	}
	if r := b.visit("GET", contextPath, cookies); len(r.body) < 100_000 {
		t.Errorf("the context has %d bytes; a real one has 300 KB", len(r.body))
	}
}

func TestSessionNeedsItsCookies(t *testing.T) {
	b := start(t, world.Options{})
	good := b.SessionCookies()
	auth, token, _ := strings.Cut(good, "; ")
	for name, c := range map[string]struct {
		cookies string
		status  int
	}{
		"none": {"", 440}, "another session": {"sccauth=x; " + token, 440}, "no token": {auth, 500}, "another token": {auth + "; XSRF-TOKEN=x", 500},
	} {
		if r := b.visit("GET", settingsPath, c.cookies); r.status != c.status || strings.Contains(r.body, "Aatp") {
			t.Errorf("%s: status %d, %s", name, r.status, r.body)
		}
	}
	for _, path := range []string{settingsPath, "/apiproxy/mtp/settings/SaveAdvancedFeaturesSetting", "/apiproxy/x"} {
		if r := b.visit("POST", path, good); r.status < 400 {
			t.Errorf("POST %s: status %d", path, r.status)
		}
	}
	b.fault("session-rotates")
	b.members(b.visit("GET", settingsPath, good))
	if r := b.visit("GET", settingsPath, good); r.status != 500 {
		t.Errorf("a token that was used: status %d", r.status)
	}
	if r := b.visit("GET", "/", auth); r.status != 200 || !strings.HasPrefix(r.header.Get("Set-Cookie"), "XSRF-TOKEN=") {
		t.Errorf("the start page gives %q", r.header.Get("Set-Cookie"))
	}
	b.fault()
	shown := b.page(cloud.SessionPath)
	if !strings.Contains(shown, b.SessionCookies()) {
		t.Error("the page does not show the cookies")
	}
}

// A person switches the toggle on the portal's page; another web page cannot.
func TestPersonSwitchesOnThePage(t *testing.T) {
	b := start(t, world.Options{})
	const path = "/securitysettings/endpoints/integration"
	press := func(state, site string) int {
		t.Helper()
		request, err := http.NewRequest("POST", b.PortalURL+path, strings.NewReader("state="+state))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", site)
		response, err := b.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	if !strings.Contains(b.page(path), "Switch it off") {
		t.Error("there is no button")
	}
	if status := press("off", "cross-site"); status != http.StatusForbidden || !b.state.Read().Endpoint.On {
		t.Errorf("another page may press it: status %d", status)
	}
	if status := press("off", "same-origin"); status != http.StatusSeeOther || b.state.Read().Endpoint.On {
		t.Errorf("status %d, and the toggle stands %v", status, b.state.Read().Endpoint.On)
	}
	if shown := b.page(path); !strings.Contains(shown, "Switch it on") || !strings.Contains(shown, "analyst@contoso.test") {
		t.Errorf("the page does not show it: %s", shown)
	}
	b.fault("toggle-ignored:endpoint")
	if press("on", "same-origin"); b.state.Read().Endpoint.On {
		t.Error("it was not ignored")
	}
}
