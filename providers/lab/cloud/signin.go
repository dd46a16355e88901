package cloud

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"adbadge/providers/lab/fault"
)

// resource is something that tokens are given for.
type resource struct {
	audience string
	roles    []string // application permissions that the lab's application was granted
	scopes   []string // what the lab's person lends to it; nil: permissions of the same names
}

// resources are those that the lab's tenant knows.
func resources() []resource {
	endpoint := []string{"Machine.Read.All", "Alert.Read.All", "Alert.ReadWrite.All", "User.Read.All"}
	person := []string{"Machine.Read", "Alert.Read", "Alert.ReadWrite", "User.Read.All"}
	return []resource{
		{"https://api.securitycenter.microsoft.com", endpoint, person},
		{"https://securitycenter.onmicrosoft.com/windowsatpservice", endpoint, person},
		// Another resource with a name like the API's host: its tokens are refused there.
		{"https://api.security.microsoft.com", []string{"Incident.Read.All", "AdvancedHunting.Read.All"}, nil},
		{"https://graph.microsoft.com", []string{
			"SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All", "SecurityIncident.Read.All", "ThreatHunting.Read.All",
			"SecurityIdentitiesHealth.Read.All", "SecurityIdentitiesHealth.ReadWrite.All",
			"SecurityIdentitiesSensors.Read.All", "SecurityIdentitiesSensors.ReadWrite.All",
			"SecurityIdentitiesAutoConfig.Read.All", "SecurityIdentitiesAutoConfig.ReadWrite.All",
			"User.Read.All", "Device.Read.All", "GroupMember.Read.All", "LicenseAssignment.Read.All", "Organization.Read.All",
		}, nil},
		{"https://security.microsoft.com", []string{"Settings.ReadWrite.All"}, nil},
	}
}

// signInError is an error of the sign-in server (RFC 6749, 5.2, with the vendor's additions).
type signInError struct {
	status int
	code   string // "invalid_client"
	number int    // "AADSTS7000215"
	text   string
}

// signIn is the sign-in server.
type signIn struct {
	*tenant
	self string
}

// signInHandler serves Entra ID's sign-in: discovery, tokens for applications, and for people the device code flow and
// that of the browser.
func (t *tenant) signInHandler(self string) http.Handler {
	s := &signIn{t, self}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", s.discovery)
	mux.HandleFunc("GET /common/discovery/instance", s.instance)
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", s.token)
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/devicecode", s.deviceCode)
	mux.HandleFunc("GET /{tenant}/oauth2/v2.0/authorize", s.authorize)
	mux.HandleFunc("GET /{tenant}/adminconsent", s.adminConsent)
	mux.HandleFunc("GET /devicelogin", s.deviceLogin)
	mux.HandleFunc("POST /devicelogin", s.deviceLogin)
	return mux
}

// discovery answers with the endpoints, which client libraries ask for first (OpenID Connect Discovery 1.0).
func (s *signIn) discovery(w http.ResponseWriter, r *http.Request) {
	if !s.knows(r.PathValue("tenant")) {
		s.refuse(w, signInError{http.StatusBadRequest, "invalid_tenant", 90002, fmt.Sprintf("Tenant '%s' not found. Check to make sure you have the correct tenant ID.", r.PathValue("tenant"))})
		return
	}
	base := s.self + "/" + r.PathValue("tenant")
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                base + "/v2.0",
		"authorization_endpoint":                base + "/oauth2/v2.0/authorize",
		"token_endpoint":                        base + "/oauth2/v2.0/token",
		"device_authorization_endpoint":         base + "/oauth2/v2.0/devicecode",
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"subject_types_supported":               []string{"pairwise"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post"},
		"id_token_signing_alg_values_supported": []string{"HS256"},
	})
}

// instance answers instance discovery: this server stands for itself only.
func (s *signIn) instance(w http.ResponseWriter, _ *http.Request) {
	host := strings.TrimPrefix(s.self, "https://")
	writeJSON(w, http.StatusOK, map[string]any{
		"api-version":               "1.1",
		"tenant_discovery_endpoint": s.self + "/" + s.id + "/v2.0/.well-known/openid-configuration",
		"metadata":                  []map[string]any{{"preferred_network": host, "preferred_cache": host, "aliases": []string{host}}},
	})
}

// knows reports whether a path names this tenant: by id, or by the name of a domain.
func (s *signIn) knows(tenant string) bool {
	return strings.EqualFold(tenant, s.id) || strings.EqualFold(tenant, s.World.Domains()[0].DNSName) || tenant == "organizations"
}

func (s *signIn) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		s.refuse(w, signInError{http.StatusBadRequest, "invalid_request", 900144, "The request body is not a form."})
		return
	}
	if !s.knows(r.PathValue("tenant")) {
		s.refuse(w, signInError{http.StatusBadRequest, "invalid_request", 90002, fmt.Sprintf("Tenant '%s' not found.", r.PathValue("tenant"))})
		return
	}
	if r.PostForm.Get("client_id") != s.ClientID {
		s.refuse(w, signInError{http.StatusBadRequest, "unauthorized_client", 700016, fmt.Sprintf("Application with identifier '%s' was not found in the directory 'Contoso'.", r.PostForm.Get("client_id"))})
		return
	}
	var answer map[string]any
	var failed *signInError
	switch grant := r.PostForm.Get("grant_type"); grant {
	case "client_credentials":
		answer, failed = s.application(r)
	case "urn:ietf:params:oauth:grant-type:device_code", "device_code": // the vendor's library writes the short form
		answer, failed = s.byDeviceCode(r)
	case "authorization_code":
		answer, failed = s.byAuthorizationCode(r)
	case "refresh_token":
		answer, failed = s.byRefreshToken(r)
	default:
		failed = &signInError{http.StatusBadRequest, "unsupported_grant_type", 70003, fmt.Sprintf("The app requested an unsupported grant type '%s'.", grant)}
	}
	if failed != nil {
		s.refuse(w, *failed)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// application gives an application a token for itself.
func (s *signIn) application(r *http.Request) (map[string]any, *signInError) {
	secret := r.PostForm.Get("client_secret")
	if s.Faults.Has(fault.SignInRefused, fault.Anywhere) || subtle.ConstantTimeCompare([]byte(secret), []byte(s.Secret)) != 1 {
		return nil, &signInError{http.StatusUnauthorized, "invalid_client", 7000215, fmt.Sprintf("Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'.", s.ClientID)}
	}
	about, failed := s.resource(r.PostForm.Get("scope"))
	if failed != nil {
		return nil, failed
	}
	c := s.claims(about)
	c.Roles, c.Name = s.granted(about, about.roles), "adbadge lab application"
	if s.Faults.Has(fault.NoPermission, targetOfAudience(about.audience)) {
		c.Roles = nil
	}
	return s.grant(c)
}

// granted leaves those permissions out that change something, where a fault wants it so.
func (s *signIn) granted(about resource, permissions []string) []string {
	if !s.Faults.Has(fault.NoWrite, targetOfAudience(about.audience)) {
		return permissions
	}
	return slices.DeleteFunc(slices.Clone(permissions), func(p string) bool { return strings.Contains(p, ".ReadWrite") })
}

// targetOfAudience says which API a token is for.
func targetOfAudience(audience string) fault.Target {
	switch audience {
	case "https://graph.microsoft.com":
		return fault.Graph
	case "https://security.microsoft.com":
		return fault.Portal
	}
	return fault.Endpoint
}

// resource reads the scope: one resource, with "/.default".
func (s *signIn) resource(scope string) (resource, *signInError) {
	all := resources()
	for _, part := range strings.Fields(scope) {
		at := strings.LastIndexByte(part, '/')
		if at < 0 { // "openid", "offline_access"
			continue
		}
		// "https://host//.default" is how a resource is written whose name ends in a slash.
		name := strings.TrimSuffix(part[:at], "/")
		if i := slices.IndexFunc(all, func(o resource) bool { return o.audience == name }); i >= 0 {
			return all[i], nil
		}
		return resource{}, &signInError{http.StatusBadRequest, "invalid_resource", 500011, fmt.Sprintf("The resource principal named %s was not found in the tenant named Contoso.", name)}
	}
	return resource{}, &signInError{http.StatusBadRequest, "invalid_scope", 1002012, fmt.Sprintf("The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.", scope)}
}

// claims begins a token for a resource.
func (s *signIn) claims(about resource) claims {
	now := time.Now()
	return claims{
		Audience: about.audience, Issuer: s.self + "/" + s.id + "/v2.0", IssuedAt: now.Unix(), NotBefore: now.Unix(), Expires: now.Add(tokenLife).Unix(),
		AppID: s.ClientID, ObjectID: s.ClientID, Subject: s.ClientID, TenantID: s.id, Version: "1.0",
	}
}

func (s *signIn) grant(c claims) (map[string]any, *signInError) {
	token, err := s.mint.sign(c)
	if err != nil {
		return nil, &signInError{http.StatusInternalServerError, "server_error", 50000, "There was an error issuing a token."}
	}
	life := int(tokenLife / time.Second)
	return map[string]any{"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token}, nil
}

// refuse answers with an error in the vendor's form.
func (s *signIn) refuse(w http.ResponseWriter, e signInError) {
	now, id := time.Now().UTC().Format("2006-01-02 15:04:05Z"), newID()
	writeJSON(w, e.status, map[string]any{
		"error":             e.code,
		"error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: %s Timestamp: %s", e.number, e.text, id, now),
		"error_codes":       []int{e.number}, "timestamp": now, "trace_id": id, "correlation_id": id,
	})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil { // cannot happen: only maps of plain values come here
		http.Error(w, "server error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store, no-cache")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
