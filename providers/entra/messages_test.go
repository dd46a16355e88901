package entra_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/log"

	"adbadge/model"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

func TestForbiddenNamesThePermission(t *testing.T) {
	refuse := func(code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintf(w, `{"error":{"code":%q,"message":"No \u001b[31mroles\u202e.","target":"1fa66c0f-18bd-4133-b378-36d76f3a2ba0"}}`, code)
		}
	}
	for _, test := range []struct {
		code       string
		feature    entra.Feature
		kind       model.FailureKind
		seen, want string
	}{
		{"Forbidden", entra.Machines, model.PermissionMissing, "is for https://api.contoso.test", "Check scope"},
		{"Forbidden", entra.NoFeature, model.PermissionMissing, "403 Forbidden: No", "admin consent"},
		{"DisabledFeature", entra.Machines, model.LicenceAbsent, "DisabledFeature", "licences"},
	} {
		api, _ := ask(t, refuse(test.code))
		err := api.For(entra.Purpose{Doing: "read alerts", Feature: test.feature}).Get(t.Context(), "/x", nil, nil)
		f := failureOf(t, err)
		if f.Kind != test.kind || !strings.Contains(f.Seen, test.seen) || !strings.Contains(f.Remedy, test.want) {
			t.Errorf("failure is %v: %q", f.Kind, f)
		}
		if !strings.HasPrefix(f.Doing, "read alerts from 127.0.0.1:") || !strings.Contains(f.Seen, "(request 1fa66c0f-18bd-4133-b378-36d76f3a2ba0)") {
			t.Errorf("failure is %q", f)
		}
		if strings.ContainsAny(f.Error(), "\x1b\u202e") {
			t.Errorf("control characters in %q", f)
		}
		if s, ok := errors.AsType[*entra.Status](err); !ok || s.Code != 403 || s.Name != test.code {
			t.Errorf("status is %+v", s)
		}
	}
}

// TestNoSecretsInErrors lets both servers say everything they know, and listens to the libraries' own log.
func TestNoSecretsInErrors(t *testing.T) {
	var mu sync.Mutex
	var logged strings.Builder
	log.SetListener(func(_ log.Event, line string) {
		mu.Lock()
		defer mu.Unlock()
		logged.WriteString(line)
	})
	defer func() {
		log.SetListener(nil)
		if s := logged.String(); s == "" || strings.Contains(s, "canary") || strings.Contains(s, "eyJ0eXAi") {
			t.Errorf("the libraries logged %q", s)
		}
	}()
	var server *entratest.Server
	echo := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":{"code":%q,"message":%q}}`, r.Header.Get("Authorization"), "you sent "+r.Header.Get("Authorization")+" and "+string(body)+" "+entratest.Secret)
	}
	api, server := ask(t, echo)
	check := func(err error) {
		t.Helper()
		if err == nil {
			t.Fatal("no error")
		}
		for ; err != nil; err = errors.Unwrap(err) {
			for _, shown := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
				for _, canary := range []string{"canary", "Zm9vYmFy", server.Token(1), "eyJ0eXAi"} {
					if strings.Contains(shown, canary) {
						t.Errorf("%q is in %T %q", canary, err, shown)
					}
				}
			}
		}
	}
	check(api.Get(t.Context(), "/x", nil, nil))
	check(api.Patch(t.Context(), "/x", map[string]string{"a": "b"}, nil))

	server = entratest.New(t, http.HandlerFunc(echo))
	for _, form := range []string{`{"error":"invalid_client","error_description":%q}`, `<html>%s</html>`, `{"error":%q}`} {
		server.Refuse = func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, form, "AADSTS7000215: "+string(body)+" "+entratest.Secret)
		}
		check(server.API(t, model.Endpoint, "API").Get(t.Context(), "/x", nil, nil))
	}
}
