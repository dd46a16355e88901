package lab_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/entra"
	"adbadge/providers/lab"
)

// A person may sign in with a code, and the integration then records that person's name.
func TestDeviceCodeSignIn(t *testing.T) {
	l := start(t, lab.Options{})
	c := l.Config()
	c.SignIn.Method = config.MethodDeviceCode
	browser := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: l.Roots()}}}
	defer browser.CloseIdleConnections()
	s, err := entra.New(entra.Options{Config: c.SignIn, Authority: c.SignIn.Authority, TenantID: c.Tenant.ID, Roots: l.Roots(),
		Prompt: func(_ context.Context, code entra.DeviceCode) error {
			response, err := browser.PostForm(code.URL, url.Values{"code": {code.Code.String()}, "answer": {"approve"}})
			if err != nil {
				return err
			}
			if response.StatusCode != http.StatusOK {
				return fmt.Errorf("the sign-in page answers %s", response.Status)
			}
			return response.Body.Close()
		}})
	if err != nil {
		t.Fatal(err)
	}
	toggled, err := l.Settings(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := toggled.SetToggle(t.Context(), model.IdentitySide, false, "somebody else"); err != nil {
		t.Fatal(err)
	}
	if identity, _ := toggles(t, toggled); identity.State != model.ToggleOff || identity.By != "analyst@contoso.test" {
		t.Errorf("%+v", identity)
	}
}
