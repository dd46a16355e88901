// Package entratest serves answers over HTTPS on loopback, with a token endpoint of Entra ID's form beside them, for
// the tests of the packages that ask through entra.
package entratest

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/entra"
)

const (
	// TenantID, ClientID and Secret are what the token endpoint accepts.
	TenantID = "11111111-2222-4333-8444-555555555555"
	ClientID = "66666666-7777-4888-8999-aaaaaaaaaaaa"
	Secret   = "canary-secret-Zm9vYmFy~.1"
	// Person is who types in device codes.
	Person = "anna@contoso.test"
	// Scope is that of the API.
	Scope = "https://api.contoso.test/.default"
)

// Server is a running server. Paths that begin with the tenant's id are the token endpoint's.
type Server struct {
	*httptest.Server
	// Tokens counts the tokens that were given out.
	Tokens atomic.Int32
	// Claims are the members of the tokens.
	Claims map[string]any
	// Page is where a device code is typed in, and Pending how often its token is not there yet.
	Page    string
	Pending atomic.Int32
	// Assertion says which assertions of an application are taken; nil: none.
	Assertion func(string) bool
	// Withdrawn counts how often what people's sign-ins left was withdrawn.
	Withdrawn atomic.Int32
	// Refuse, when set, answers for the token endpoint.
	Refuse http.HandlerFunc
}

// New starts a server that ends with the test. The handler gets every request that is not about tokens.
func New(t testing.TB, api http.Handler) *Server {
	t.Helper()
	var everything []string
	for _, source := range model.Sources {
		for _, f := range append(entra.Features(source), entra.Changes(source)...) {
			everything = append(everything, f.Permissions(false)[0])
		}
	}
	s := &Server{Claims: map[string]any{"aud": "https://api.contoso.test", "roles": everything}}
	s.Page = "https://microsoft.com/devicelogin"
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration"):
			s.discover(w)
		case r.URL.Path == "/"+TenantID+"/oauth2/v2.0/token":
			s.token(w, r)
		case r.URL.Path == "/"+TenantID+"/oauth2/v2.0/devicecode":
			WriteJSON(w, map[string]any{"device_code": "device", "user_code": "ABCD-EFGH", "verification_uri": s.Page, "expires_in": 900, "interval": 1, "message": "Type it\nin."})
		default:
			api.ServeHTTP(w, r)
		}
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are part of the tests
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *Server) discover(w http.ResponseWriter) {
	tenant := s.URL + "/" + TenantID
	WriteJSON(w, map[string]string{
		"issuer": tenant + "/v2.0", "token_endpoint": tenant + "/oauth2/v2.0/token",
		"authorization_endpoint": tenant + "/oauth2/v2.0/authorize", "device_authorization_endpoint": tenant + "/oauth2/v2.0/devicecode",
	})
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if s.Refuse != nil {
		s.Refuse(w, r)
		return
	}
	_ = r.ParseForm() // what is missing is refused
	asks := r.PostForm.Get
	if asks("device_code") == "device" && s.Pending.Add(-1) >= 0 {
		w.WriteHeader(http.StatusBadRequest)
		WriteJSON(w, map[string]string{"error": "authorization_pending", "error_description": "AADSTS70016: Pending."})
		return
	}
	person := asks("device_code") == "device" || asks("refresh_token") != "" && asks("refresh_token") == s.refresh()
	known := asks("client_secret") == Secret || s.knows(asks("client_assertion")) || person
	switch {
	case asks("refresh_token") != "" && !person:
		w.WriteHeader(http.StatusBadRequest)
		WriteJSON(w, map[string]string{"error": "invalid_grant", "error_description": "AADSTS700082: The refresh token has expired. Trace ID: 1"})
		return
	case asks("client_id") != ClientID || !known:
		w.WriteHeader(http.StatusUnauthorized)
		WriteJSON(w, map[string]string{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided. Trace ID: 1"})
		return
	}
	answer := map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": s.Token(s.Tokens.Add(1)), "scope": asks("scope")}
	if person {
		encode := base64.RawURLEncoding.EncodeToString
		identity, _ := json.Marshal(map[string]string{"iss": s.URL + "/" + TenantID + "/v2.0", "aud": ClientID, "tid": TenantID,
			"oid": "person", "sub": "person", "preferred_username": Person})
		answer["id_token"] = encode([]byte(`{"alg":"none"}`)) + "." + encode(identity) + "."
		answer["client_info"] = encode([]byte(`{"uid":"person","utid":"` + TenantID + `"}`))
		answer["refresh_token"] = s.refresh()
	}
	WriteJSON(w, answer)
}

// refresh is the refresh token that is taken. It has no form that anybody knows, as the vendor's.
func (s *Server) refresh() string { return fmt.Sprintf("canary-refresh-%d", s.Withdrawn.Load()) }

// knows reports whether an assertion is one of those that are taken.
func (s *Server) knows(assertion string) bool {
	return assertion != "" && s.Assertion != nil && s.Assertion(assertion)
}

// Token gives the token of a number, counted from 1.
func (s *Server) Token(number int32) string {
	claims, _ := json.Marshal(s.Claims)
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"typ":"JWT","alg":"none"}`)) + "." + encode(claims) + "." + encode(fmt.Appendf(nil, "canary-token-%d", number))
}

// Authorized reports whether a request carries the newest token.
func (s *Server) Authorized(r *http.Request) bool {
	return r.Header.Get("Authorization") == "Bearer "+s.Token(s.Tokens.Load())
}

// Roots trusts the server's certificate.
func (s *Server) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return pool
}

// Options are those of a sign-in that works.
func (s *Server) Options() entra.Options {
	return entra.Options{
		Config:    config.SignIn{Method: config.MethodClientSecret, ClientID: ClientID, Timeout: 30 * time.Second},
		Authority: s.URL, TenantID: TenantID, Secret: Secret, Roots: s.Roots(), Version: "1.2.3",
	}
}

// API signs in and gives an API at the server.
func (s *Server) API(t testing.TB, source model.Source, name string) *entra.API {
	t.Helper()
	signIn, err := entra.New(s.Options())
	if err != nil {
		t.Fatal(err)
	}
	api, err := signIn.API(entra.APIOptions{Source: source, Name: name, BaseURL: s.URL, Scope: Scope})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// WriteJSON answers with a value as JSON.
func WriteJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(value) // the client may have gone
}
