package cloud_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"adbadge/providers/lab/cloud"
	"adbadge/providers/lab/world"
)

func TestDiscovery(t *testing.T) {
	b := start(t, world.Options{})
	base := b.SignInURL + "/" + b.world.TenantID().String()
	o := b.object(b.call("", http.MethodGet, base+"/v2.0/.well-known/openid-configuration", ""))
	for member, want := range map[string]string{
		"issuer": base + "/v2.0", "token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize",
	} {
		if text(o, member) != want {
			t.Errorf("%s is %q, want %q", member, o[member], want)
		}
	}
	if r := b.call("", http.MethodGet, b.SignInURL+"/9a1c2f6e-0000-0000-0000-000000000000/v2.0/.well-known/openid-configuration", ""); r.status != http.StatusBadRequest || !strings.Contains(r.body, "invalid_tenant") {
		t.Errorf("a foreign tenant is known: %d %s", r.status, r.body)
	}
}

func TestTokenSaysWhatItIsFor(t *testing.T) {
	b := start(t, world.Options{})
	for scope, role := range map[string]string{cloud.EndpointScope: "Machine.Read.All", cloud.GraphScope: "SecurityAlert.Read.All", cloud.PortalScope: "Settings.ReadWrite.All"} {
		parts := strings.Split(b.signIn(scope), ".")
		if len(parts) != 3 {
			t.Fatalf("a token of %d parts", len(parts))
		}
		raw, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Aud, Tid, Appid string
			Roles           []string
			Exp             int64
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		if c.Aud+"/.default" != scope || !slices.Contains(c.Roles, role) || c.Appid != clientID || c.Tid != b.world.TenantID().String() || c.Exp < time.Now().Unix() {
			t.Errorf("%s: %+v", scope, c)
		}
	}
}

func TestSignInRefusals(t *testing.T) {
	b := start(t, world.Options{})
	good := url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {secret}, "scope": {cloud.GraphScope}}
	for name, c := range map[string]struct {
		member, value string
		status        int
		code, says    string
	}{
		"wrong secret":   {"client_secret", "x", 401, "invalid_client", "AADSTS7000215"},
		"no such client": {"client_id", "x", 400, "unauthorized_client", "AADSTS700016"},
		"other grant":    {"grant_type", "password", 400, "unsupported_grant_type", "AADSTS70003"},
		"other resource": {"scope", "https://vault.azure.net/.default", 400, "invalid_resource", "AADSTS500011"},
		"no resource":    {"scope", "openid", 400, "invalid_scope", "AADSTS1002012"},
	} {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		form.Set(c.member, c.value)
		status, answer := b.post(b.tokenURL(), form)
		if status != c.status || text(answer, "error") != c.code || !strings.HasPrefix(text(answer, "error_description"), c.says) {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
}

func TestDeviceCode(t *testing.T) {
	b := start(t, world.Options{})
	begin := func() map[string]any {
		status, answer := b.post(strings.Replace(b.tokenURL(), "token", "devicecode", 1), url.Values{"client_id": {clientID}, "scope": {cloud.EndpointScope + " openid offline_access"}})
		if status != http.StatusOK || text(answer, "verification_uri") != b.SignInURL+"/devicelogin" || !strings.Contains(text(answer, "message"), text(answer, "user_code")) {
			t.Fatalf("%d %v", status, answer)
		}
		return answer
	}
	poll := func(code string) (int, map[string]any) {
		return b.post(b.tokenURL(), url.Values{"client_id": {clientID}, "grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {code}})
	}
	say := func(code, answer string) {
		response, err := b.client.PostForm(b.SignInURL+"/devicelogin", url.Values{"code": {code}, "answer": {answer}})
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Fatal(response.Status)
		}
	}
	codes := begin()
	if status, answer := poll(text(codes, "device_code")); status != 400 || text(answer, "error") != "authorization_pending" {
		t.Fatalf("before the person has answered: %d %v", status, answer)
	}
	say(text(codes, "user_code"), "approve")
	status, answer := poll(text(codes, "device_code"))
	if status != 200 || text(answer, "refresh_token") == "" || text(answer, "id_token") == "" {
		t.Fatalf("after the person has approved: %d %v", status, answer)
	}
	b.tokens["person"] = text(answer, "access_token")
	b.list(b.call("person", http.MethodGet, b.EndpointURL+"/api/machines?$top=1", ""))
	if status, answer = b.post(b.tokenURL(), url.Values{"client_id": {clientID}, "grant_type": {"refresh_token"}, "refresh_token": {text(answer, "refresh_token")}, "scope": {cloud.GraphScope}}); status != 200 {
		t.Errorf("the refresh token is refused: %v", answer)
	}
	if status, answer := poll(text(codes, "device_code")); text(answer, "error") != "bad_verification_code" {
		t.Errorf("a code is good twice: %d %v", status, answer)
	}
	codes = begin()
	say(text(codes, "user_code"), "decline")
	if _, answer := poll(text(codes, "device_code")); text(answer, "error") != "authorization_declined" {
		t.Errorf("after the person has declined: %v", answer)
	}
}

// The page of a sign-in in the browser gives a code that its verifier redeems, once.
func TestAuthorizationCode(t *testing.T) {
	b := start(t, world.Options{})
	const verifier = "a-verifier-of-forty-three-characters-or-more"
	sum := sha256.Sum256([]byte(verifier))
	good := url.Values{"client_id": {clientID}, "redirect_uri": {"http://localhost:12345"}, "response_type": {"code"}, "response_mode": {"form_post"},
		"scope": {cloud.GraphScope + " openid offline_access"}, "state": {"a state"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])},
		"code_challenge_method": {"S256"}}
	page := strings.Replace(b.tokenURL(), "token", "authorize", 1)
	with := func(values url.Values, member, value string) url.Values {
		changed := maps.Clone(values)
		changed.Set(member, value)
		return changed
	}
	code := func() string {
		r := b.call("", http.MethodGet, page+"?"+good.Encode(), "")
		_, after, found := strings.Cut(r.body, `name="code" value="`)
		if r.status != http.StatusOK || !found || !strings.Contains(r.body, `action="http://localhost:12345"`) ||
			!strings.Contains(r.header.Get("Content-Security-Policy"), "form-action 'self' http://localhost:12345;") {
			t.Fatalf("%d %v %s", r.status, r.header, r.body)
		}
		value, _, _ := strings.Cut(after, `"`)
		return value
	}
	for name, c := range map[string]struct{ member, value, says string }{
		"other client":     {"client_id", "x", "AADSTS700016"},
		"other host":       {"redirect_uri", "http://evil.example/", "AADSTS50011"},
		"other scheme":     {"redirect_uri", "https://localhost", "AADSTS50011"},
		"script":           {"redirect_uri", "javascript:alert(1)", "AADSTS50011"},
		"without a mode":   {"response_mode", "", "AADSTS700054"},
		"plain challenge":  {"code_challenge_method", "plain", "AADSTS501491"},
		"no challenge":     {"code_challenge", "", "AADSTS501491"},
		"host that begins": {"redirect_uri", "http://localhost.evil.example", "AADSTS50011"},
	} {
		r := b.call("", http.MethodGet, page+"?"+with(good, c.member, c.value).Encode(), "")
		if r.status != http.StatusBadRequest || !strings.Contains(r.body, c.says) || strings.Contains(r.body, "<form") {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	redeem := func(code string) url.Values {
		return url.Values{"client_id": {clientID}, "grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {verifier},
			"redirect_uri": {"http://localhost:12345"}}
	}
	for name, form := range map[string]url.Values{
		"unknown code":     redeem("x"),
		"another verifier": with(redeem(code()), "code_verifier", "x"),
		"another address":  with(redeem(code()), "redirect_uri", "http://localhost:1"),
	} {
		if status, answer := b.post(b.tokenURL(), form); status != 400 || text(answer, "error") != "invalid_grant" {
			t.Errorf("%s: %d %v", name, status, answer)
		}
	}
	form := redeem(code())
	status, answer := b.post(b.tokenURL(), form)
	if status != 200 || text(answer, "refresh_token") == "" {
		t.Fatalf("%d %v", status, answer)
	}
	b.tokens["person"] = text(answer, "access_token")
	b.list(b.call("person", http.MethodGet, b.GraphURL+"/v1.0/security/alerts_v2?$top=1", ""))
	if status, answer := b.post(b.tokenURL(), form); status != 400 {
		t.Errorf("a code is good twice: %v", answer)
	}
	consent := strings.Replace(b.tokenURL(), "/oauth2/v2.0/token", "/adminconsent?client_id=", 1)
	if r := b.call("", http.MethodGet, consent+clientID, ""); r.status != 200 || !strings.Contains(r.body, "granted") {
		t.Errorf("consent: %d %s", r.status, r.body)
	}
	if r := b.call("", http.MethodGet, consent+"x", ""); r.status != http.StatusBadRequest {
		t.Errorf("consent for another application: %d", r.status)
	}
}

func TestTokensAreChecked(t *testing.T) {
	b := start(t, world.Options{})
	machines := b.EndpointURL + "/api/machines?$top=1"
	r := b.call("", http.MethodGet, machines, "")
	b.refusal(r, http.StatusUnauthorized, "Unauthorized")
	if !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Bearer ") {
		t.Errorf("no WWW-Authenticate: %v", r.header)
	}
	good := b.signIn(cloud.EndpointScope)
	b.tokens["forged"] = good[:len(good)-4] + "AAAA"
	b.refusal(b.call("forged", http.MethodGet, machines, ""), http.StatusUnauthorized, "Unauthorized")
	for _, scope := range []string{cloud.GraphScope, "https://api.security.microsoft.com/.default"} {
		b.refusal(b.call(scope, http.MethodGet, machines, ""), http.StatusForbidden, "Forbidden") // 403, not 401: as the vendor's page warns
	}
	b.refusal(b.call(cloud.EndpointScope, http.MethodGet, b.GraphURL+"/v1.0/subscribedSkus", ""), http.StatusUnauthorized, "InvalidAuthenticationToken")
}

func TestOtherHostNamesAreRefused(t *testing.T) {
	b := start(t, world.Options{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.PortalURL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "attacker.test"
	response, err := b.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("status %d", response.StatusCode)
	}
}
