package lab_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/entra"
	"adbadge/providers/lab"
)

// browser is that of the lab's person.
func browser(t *testing.T, l *lab.Lab) *http.Client {
	t.Helper()
	b := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: l.Roots()}}, Timeout: 30 * time.Second}
	t.Cleanup(b.CloseIdleConnections)
	return b
}

// A person may sign in with a code, and the integration then records that person's name.
func TestDeviceCodeSignIn(t *testing.T) {
	l := start(t, lab.Options{})
	c := l.Config()
	c.SignIn.Method = config.MethodDeviceCode
	b := browser(t, l)
	s, err := entra.New(entra.Options{Config: c.SignIn, Authority: c.SignIn.Authority, TenantID: c.Tenant.ID, Roots: l.Roots(),
		Prompt: func(_ context.Context, p entra.Prompt) {
			response, err := b.PostForm(p.URL, url.Values{"code": {p.Code.String()}, "answer": {"approve"}})
			if err != nil {
				t.Error(err)
				return
			}
			if response.Body.Close(); response.StatusCode != http.StatusOK {
				t.Errorf("the sign-in page answers %s", response.Status)
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	toggled, err := l.Settings(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := toggled.SetToggle(t.Context(), model.Toggle{Side: model.IdentitySide, Owner: model.OwnerLab}, false, "somebody else"); err != nil {
		t.Fatal(err)
	}
	if identity, _ := toggles(t, toggled); identity.State != model.ToggleOff || identity.By != "analyst@contoso.test" {
		t.Errorf("%+v", identity)
	}
}

var hidden = regexp.MustCompile(`name="([a-z_]+)" value="([^"]*)"`)

// press takes the answer of a button from the sign-in page to the program that waits for it.
func press(b *http.Client, page, button string) (status int, err error) {
	response, err := b.Get(page)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return response.StatusCode, err
	}
	for _, form := range strings.Split(string(body), "<form ")[1:] {
		if !strings.Contains(form, "<button>"+button) {
			continue
		}
		values := url.Values{}
		for _, field := range hidden.FindAllStringSubmatch(form, -1) {
			values.Set(field[1], field[2])
		}
		_, action, _ := strings.Cut(form, `action="`)
		action, _, _ = strings.Cut(action, `"`)
		answer, err := b.PostForm(action, values)
		if err != nil {
			return 0, err
		}
		return answer.StatusCode, answer.Body.Close()
	}
	return response.StatusCode, io.ErrUnexpectedEOF
}

// A person may sign in with the browser, whose answer comes back on loopback.
func TestBrowserSignIn(t *testing.T) {
	l := start(t, lab.Options{})
	c := l.Config()
	c.SignIn.Method = config.MethodInteractiveBrowser
	b := browser(t, l)
	button := "Sign in"
	opened, shown := 0, 0
	o := entra.Options{Config: c.SignIn, Authority: c.SignIn.Authority, TenantID: c.Tenant.ID, Roots: l.Roots(),
		Prompt: func(_ context.Context, p entra.Prompt) {
			if shown++; p.Code != "" || !strings.HasPrefix(p.URL, c.SignIn.Authority) {
				t.Errorf("shown %+v", p)
			}
		},
		OpenPage: func(_ context.Context, page string) error {
			opened++
			go func() {
				if status, err := press(b, page, button); err != nil || status != http.StatusOK {
					t.Errorf("the browser got %d, %v", status, err)
				}
			}()
			return nil
		},
	}
	for _, domain := range []string{c.Tenant.ID, "contoso.test"} {
		o.TenantID = domain
		s, err := entra.New(o)
		if err != nil {
			t.Fatal(err)
		}
		before := opened
		for _, a := range []entra.APIOptions{
			{Source: model.Identity, Name: "Microsoft Graph", BaseURL: c.Graph.URL, Scope: c.Graph.Scope},
			{Source: model.Endpoint, Name: "Defender for Endpoint", BaseURL: c.Endpoint.URL, Scope: c.Endpoint.Scope},
		} {
			api, err := s.API(a)
			if err != nil {
				t.Fatal(err)
			}
			grant, err := api.Grant(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if grant.Account != "analyst@contoso.test" || !grant.Delegated {
				t.Errorf("%s: %+v", a.Name, grant)
			}
			for _, f := range entra.Features(a.Source) {
				if _, ok := grant.Permits(f); !ok {
					t.Errorf("%s does not permit %s: %v", a.Name, f, grant.Permissions)
				}
			}
		}
		if opened != before+1 || shown != opened {
			t.Errorf("tenant %q: the browser was opened %d times, shown %d", domain, opened-before, shown)
		}
	}
	button = "Decline"
	s, err := entra.New(o)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := l.Settings(s)
	if err != nil {
		t.Fatal(err)
	}
	err = settings.SetToggle(t.Context(), model.Toggle{Side: model.IdentitySide, Owner: model.OwnerLab}, false, "")
	if f := model.AsFailure(err, model.Settings, ""); f == nil || f.Kind != model.SignInRefused || !strings.Contains(f.Seen, "declined") {
		t.Errorf("declined: %v", err)
	}
}
