package entra_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

// A request that the token does not permit is not sent; another one is.
func TestMissingPermission(t *testing.T) {
	asked := 0
	server := entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		entratest.WriteJSON(w, item{7})
	}))
	for name, test := range map[string]struct {
		claims  map[string]any
		feature entra.Feature
		lacks   string // the permission to grant; empty: none
	}{
		"application has it":         {map[string]any{"roles": []string{"Machine.Read.All"}}, entra.Machines, ""},
		"application has more":       {map[string]any{"roles": []string{"Machine.ReadWrite.All"}}, entra.Machines, ""},
		"application lacks it":       {map[string]any{"roles": []string{"Machine.Read.All"}}, entra.EndpointAlerts, "Grant Alert.Read.All of API to the app"},
		"application has nothing":    {map[string]any{}, entra.Machines, "Grant Machine.Read.All of API to the app"},
		"person has it":              {map[string]any{"scp": "openid Machine.Read"}, entra.Machines, ""},
		"person lacks it":            {map[string]any{"scp": "openid User.Read"}, entra.Machines, "Grant Machine.Read (delegated) of API"},
		"person has everything":      {map[string]any{"scp": "user_impersonation"}, entra.Machines, ""},
		"the same for both":          {map[string]any{"scp": "SecurityAlert.Read.All"}, entra.IdentityAlerts, ""},
		"a name of another kind":     {map[string]any{"scp": "Machine.Read.All"}, entra.Machines, "Grant Machine.Read (delegated) of API"},
		"nothing is known to matter": {map[string]any{}, entra.NoFeature, ""},
	} {
		server.Claims = test.claims
		api := server.API(t, model.Endpoint, "API").For(entra.Purpose{Doing: "read things", Feature: test.feature})
		asked = 0
		var into item
		err := api.Get(t.Context(), "/x", nil, &into)
		if test.lacks == "" {
			if err != nil || asked != 1 {
				t.Errorf("%s: %v, asked %d times", name, err, asked)
			}
			continue
		}
		f := failureOf(t, err)
		consent := server.URL + "/" + entratest.TenantID + "/adminconsent?client_id=" + entratest.ClientID
		if f.Kind != model.PermissionMissing || asked != 0 || !strings.Contains(f.Seen, test.feature.String()) ||
			!strings.HasPrefix(f.Remedy, test.lacks) || f.Link != consent || !strings.HasSuffix(f.Error(), consent) {
			t.Errorf("%s: asked %d times, failure is %v %q with link %q", name, asked, f.Kind, f, f.Link)
		}
		if s := api.Stats(); s.Requests != 0 || s.Failed != 0 {
			t.Errorf("%s: counts %+v for a request that was not sent", name, s)
		}
	}
}

// A token that is not for us to read decides nothing.
func TestOpaqueTokenIsSent(t *testing.T) {
	asked := 0
	server := entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusForbidden)
	}))
	server.Refuse = func(w http.ResponseWriter, _ *http.Request) {
		entratest.WriteJSON(w, map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": "canary-opaque"})
	}
	err := server.API(t, model.Endpoint, "API").For(entra.Purpose{Feature: entra.Machines}).Get(t.Context(), "/x", nil, nil)
	if f := failureOf(t, err); f.Kind != model.PermissionMissing || asked != 1 || f.Link == "" || strings.Contains(f.Error(), "canary") {
		t.Errorf("asked %d times, failure is %v", asked, f)
	}
}

func TestFeatureThatACloudLacks(t *testing.T) {
	server := answering(t)
	signIn, err := entra.New(server.Options())
	if err != nil {
		t.Fatal(err)
	}
	for cloud, lacks := range map[string]bool{"public": false, "gcc-high": false, "china": true, "": false} {
		api, err := signIn.API(entra.APIOptions{Source: model.Identity, Name: "Microsoft Graph", BaseURL: server.URL, Scope: entratest.Scope, Cloud: cloud})
		if err != nil {
			t.Fatal(err)
		}
		before := server.Tokens.Load()
		err = api.For(entra.Purpose{Doing: "read sensors", Feature: entra.Sensors}).Get(t.Context(), "/x", nil, nil)
		if !lacks {
			if err != nil {
				t.Errorf("cloud %q: %v", cloud, err)
			}
			continue
		}
		f := failureOf(t, err)
		if f.Kind != model.NotSupported || !strings.Contains(f.Seen, `Microsoft Graph has no sensors in the cloud "china"`) || server.Tokens.Load() != before {
			t.Errorf("cloud %q: %v %v", cloud, f.Kind, f)
		}
	}
}

// Every feature has a name of its own and permissions in both forms.
func TestCatalogue(t *testing.T) {
	names, clouds := map[string]bool{}, map[string]bool{}
	for _, cloud := range config.Clouds() {
		clouds[cloud.Name] = true
	}
	count := 0
	for _, source := range model.Sources {
		changes := entra.Changes(source)
		for _, f := range append(entra.Features(source), changes...) {
			count++
			if strings.Contains(f.Permissions(false)[0], "Write") != slices.Contains(changes, f) {
				t.Errorf("%s needs %s: what reads must not need more, and what changes needs it", f, f.Permissions(false)[0])
			}
			if names[f.String()] || f.String() == "" || len(f.Permissions(false)) == 0 || len(f.Permissions(true)) == 0 {
				t.Errorf("feature %d: %q needs %q or %q", f, f, f.Permissions(false), f.Permissions(true))
			}
			names[f.String()] = true
			if !f.IsOfferedIn("public") || !f.IsOfferedIn("gcc") || source == model.Identity && f.IsOfferedIn("china") != (f == entra.Licences) {
				t.Errorf("%s is not offered where it should be, or is where it should not", f)
			}
		}
	}
	if count != 19 {
		t.Errorf("%d features are in use", count)
	}
	if f := entra.Auditing; f.IsOfferedIn("gcc-high") || f.IsOfferedIn("dod") || !f.IsOfferedIn("public") {
		t.Error("the set-up of auditing is offered in the wrong clouds")
	}
}

func TestConsentLink(t *testing.T) {
	t.Setenv("AZURE_CLIENT_ID", "99999999-7777-4888-8999-aaaaaaaaaaaa")
	t.Setenv("AZURE_FEDERATED_TOKEN_FILE", "/nowhere")
	for method, want := range map[string]string{
		config.MethodClientSecret:       "https://login.contoso.test/contoso.test/adminconsent?client_id=" + entratest.ClientID,
		config.MethodDeviceCode:         "https://login.contoso.test/contoso.test/adminconsent?client_id=" + entratest.ClientID,
		config.MethodInteractiveBrowser: "https://login.contoso.test/contoso.test/adminconsent?client_id=" + entratest.ClientID,
		config.MethodWorkloadIdentity:   "https://login.contoso.test/contoso.test/adminconsent?client_id=99999999-7777-4888-8999-aaaaaaaaaaaa",
		config.MethodManagedIdentity:    "",
		config.MethodAzureCLI:           "",
	} {
		o := entra.Options{Config: config.SignIn{Method: method, ClientID: entratest.ClientID}, Authority: "https://login.contoso.test/",
			TenantID: "contoso.test", Secret: "x"}
		if method == config.MethodWorkloadIdentity {
			o.Config.ClientID = ""
		}
		s, err := entra.New(o)
		if err != nil {
			t.Fatal(err)
		}
		if link := s.ConsentLink(); link != want {
			t.Errorf("%s: %q, want %q", method, link, want)
		}
	}
}

// Answers of the token service that cannot be read are not repeated: nobody knows what in them is a token.
func TestNoTokensOfUnreadableAnswers(t *testing.T) {
	for _, answer := range []string{
		`{"access_token":"canary-a","refresh_token":"canary-b","expires_in":{}}`,
		`{"access_token":"canary-a"`,
		`{"access_token":"","refresh_token":"canary-b","expires_in":3599}`,
		`{"token_type":"Bearer","access_token":"canary-a","id_token":"canary-c","refresh_token":"canary-b","expires_in":3599,"client_info":"%%"}`,
	} {
		server := answering(t)
		server.Refuse = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, answer)
		}
		byCode := server.Options()
		byCode.Config.Method, byCode.Secret = config.MethodDeviceCode, ""
		byCode.Prompt = func(context.Context, entra.Prompt) {}
		for _, o := range []entra.Options{server.Options(), byCode} {
			err := get(t, server, o)
			if err == nil {
				continue // what the library makes of it is enough
			}
			if f := failureOf(t, err); strings.Contains(f.Error(), "canary") || f.Cause != nil && strings.Contains(f.Cause.Error(), "canary") {
				t.Errorf("%s: %v (cause %v)", o.Config.Method, f, f.Cause)
			}
		}
	}
}
