package cloud

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/state"
)

// SessionPath is the page that shows the cookies of the lab's person.
const SessionPath = "/lab/session"

// The names of the portal's cookies.
const (
	authCookie = "sccauth"
	xsrfCookie = "XSRF-TOKEN"
)

const (
	// xsrfAge is after how long the portal gives a new XSRF-TOKEN, xsrfLife for how long it takes one.
	xsrfAge  = 4 * time.Minute
	xsrfLife = 10 * time.Minute
)

// browser is the session of the one person who is signed in to the portal. Like tokens it goes by the real clock.
type browser struct {
	auth string

	mu     sync.Mutex
	tokens map[string]time.Time // when each was given
	newest string
}

func newBrowser() *browser { return &browser{auth: rand.Text(), tokens: map[string]time.Time{}} }

// token gives the newest XSRF-TOKEN, which is a new one where it is old, or always.
func (b *browser) token(now time.Time, always bool) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if given, ok := b.tokens[b.newest]; always || !ok || now.Sub(given) >= xsrfAge {
		for token, given := range b.tokens {
			if now.Sub(given) >= xsrfLife {
				delete(b.tokens, token)
			}
		}
		random := rand.Text()
		b.newest = random[:13] + ":" + random[13:] // a character that is encoded in the cookie and plain in the header
		b.tokens[b.newest] = now
	}
	return b.newest
}

func (b *browser) takes(token string, now time.Time, newest bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	given, ok := b.tokens[token]
	return ok && now.Sub(given) < xsrfLife && (!newest || token == b.newest)
}

// cookies gives a Cookie header.
func (b *browser) cookies(now time.Time) string {
	return authCookie + "=" + b.auth + "; " + xsrfCookie + "=" + url.QueryEscape(b.token(now, false))
}

// isSignedIn reports whether a request has the cookie of the session.
func (b *browser) isSignedIn(r *http.Request) bool {
	c, err := r.Cookie(authCookie)
	return err == nil && subtle.ConstantTimeCompare([]byte(c.Value), []byte(b.auth)) == 1
}

func setCookie(w http.ResponseWriter, name, value string, hidden bool) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", Secure: true, HttpOnly: hidden, SameSite: http.SameSiteLaxMode})
}

// sessionPage signs the visitor in as the lab's person and shows the cookies.
func (p *portal) sessionPage(w http.ResponseWriter, _ *http.Request) {
	now := time.Now()
	setCookie(w, authCookie, p.browser.auth, true)
	setCookie(w, xsrfCookie, url.QueryEscape(p.browser.token(now, false)), false)
	render(w, http.StatusOK, "session", struct{ Person, Cookies string }{personName, p.browser.cookies(now)})
}

// renewToken gives a visitor who is signed in the newest XSRF-TOKEN, on the start page. Where the session is over it
// answers the request.
func (p *portal) renewToken(w http.ResponseWriter, r *http.Request) bool {
	if !p.browser.isSignedIn(r) {
		return true // the lab shows its pages to everybody
	}
	if p.endSession(w) {
		return false
	}
	setCookie(w, xsrfCookie, url.QueryEscape(p.browser.token(time.Now(), p.Faults.Has(fault.SessionRotates, fault.Anywhere))), false)
	return true
}

// handleSession serves what adbadge reads of the interface that the portal's own pages use, as far as that was published.
func (p *portal) handleSession(mux *http.ServeMux) {
	for path, answer := range map[string]func() any{
		"/apiproxy/mtp/settings/GetAdvancedFeaturesSetting": p.advancedFeatures,
		"/apiproxy/mtp/sccManagement/mgmt/TenantContext":    p.tenantContext,
	} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			if p.admitSession(w, r) {
				sendSession(w, answer())
			}
		})
	}
	mux.HandleFunc("/apiproxy/", func(w http.ResponseWriter, _ *http.Request) {
		sessionError(w, http.StatusNotFound, "Unknown api endpoint")
	})
}

func sendSession(w http.ResponseWriter, value any) {
	data, err := json.Marshal(value)
	if err != nil {
		sessionError(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(data)
}

func sessionError(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"Message": message})
}

// admitSession checks the cookies, lets go wrong what was asked for, and renews the token.
func (p *portal) admitSession(w http.ResponseWriter, r *http.Request) bool {
	if wait(r.Context(), p.Faults.Delay(fault.Slow, fault.Session)) != nil {
		return false
	}
	if !p.browser.isSignedIn(r) {
		sessionError(w, statusLoginTimeout, "The session has expired.")
		return false
	}
	if p.endSession(w) {
		return false
	}
	now, rotates := time.Now(), p.Faults.Has(fault.SessionRotates, fault.Anywhere)
	cookie, err := r.Cookie(xsrfCookie)
	token := r.Header.Get("X-XSRF-TOKEN")
	if err != nil || cookie.Value != url.QueryEscape(token) || !p.browser.takes(token, now, rotates) {
		sessionError(w, http.StatusInternalServerError, "An error has occurred.")
		return false
	}
	setCookie(w, xsrfCookie, url.QueryEscape(p.browser.token(now, rotates)), false)
	switch {
	case p.Faults.Take(fault.ServerError, fault.Session):
		sessionError(w, http.StatusServiceUnavailable, "The service is unavailable.")
	case p.Faults.Take(fault.Throttle, fault.Session):
		w.Header().Set("Retry-After", "2")
		sessionError(w, http.StatusTooManyRequests, "Too many requests.")
	case p.Faults.Has(fault.NoPermission, fault.Session):
		sessionError(w, http.StatusForbidden, "Forbidden")
	default:
		return true
	}
	return false
}

// statusLoginTimeout is the portal's answer to an expired session.
const statusLoginTimeout = 440

// endSession answers as a portal whose session is over, where a fault wants that.
func (p *portal) endSession(w http.ResponseWriter) bool {
	has := func(kind fault.Kind) bool { return p.Faults.Has(kind, fault.Anywhere) }
	switch {
	case has(fault.SessionExpired):
		sessionError(w, statusLoginTimeout, "The session has expired.")
	case has(fault.SessionRevoked):
		sessionError(w, http.StatusUnauthorized, "Unauthorized")
	case has(fault.SessionPage):
		render(w, http.StatusOK, "login", loginView{Message: "The session has ended."})
	case has(fault.SessionRedirect):
		w.Header().Set("Location", "https://login.contoso.test/common/oauth2/authorize?client_id=portal")
		w.WriteHeader(http.StatusFound)
	default:
		return false
	}
	return true
}

// flag gives the legacy flag, which follows the toggle of the endpoint side, and whether Defender for Identity is set up.
func (p *portal) flag(remembered *state.Data) (enabled, workspace bool) {
	return remembered.Endpoint.On, !p.Faults.Has(fault.SessionWorkspace, fault.Anywhere) && !p.Faults.Has(fault.NoLicence, fault.Identity)
}

// advancedFeatures is the flat object of the settings, with the members of May 2026.
func (p *portal) advancedFeatures() any {
	remembered := p.State.Read()
	enabled, workspace := p.flag(&remembered)
	has := func(kind fault.Kind) bool { return p.Faults.Has(kind, fault.Anywhere) }
	f := map[string]any{
		"AatpIntegrationEnabled": enabled, "AatpWorkspaceExists": workspace, "AllowWdavNetworkBlock": true,
		"AutoResolveInvestigatedAlerts": true, "BilbaoApproved": false, "BilbaoEnabled": false, "BlockListEnabled": true,
		"DartDataCollection": false, "EnableAggregatedReporting": false, "EnableAipIntegration": false,
		"EnableCustomAsrAdvancedProcessTermination": false, "EnableEndpointDlp": false, "EnableExcludedDevices": true,
		"EnableHVAOnboardingOptions": false, "EnableMcasIntegration": true, "EnableQuarantinedFileDownload": true,
		"EnableWdavAntiTampering": true, "EnableWdavAuditMode": has(fault.SessionOther) && !enabled, "EnableWdavPassiveModeRemediation": true,
		"HidePotentialDuplications": true, "IsolateIncidentsWithDifferentDeviceGroups": false, "IsolationExclusionOptIn": false,
		"LicenseEnabled": !p.Faults.Has(fault.NoLicence, fault.Endpoint), "LowFidelityEnrichmentEnabled": true,
		"M365SecureScoreIntegrationEnabled": true, "MagellanOptOut": false, "MobileDeactivationPeriodInDays": nil,
		"ShowUserAadProfile": true, "SkypeIntegrationEnabled": false, "UseSimplifiedConnectivity": true,
		"UseSimplifiedConnectivityViaApi": true, "WebCategoriesEnabled": true,
	}
	switch {
	case has(fault.SessionDrifted):
		delete(f, "EnableWdavAntiTampering")
		f["AatpIntegrationEnabled"] = map[string]any{"State": "Enabled"}
	case has(fault.SessionNewer):
		delete(f, "DartDataCollection")
		f["EnableFutureProtection"] = true
	}
	return f
}

// previews is how many feature flags a tenant has, which is what makes its context large.
const previews = 5893

// tenantContext is what the portal's pages ask first: who is signed in, to which tenant, and what is active in it.
func (p *portal) tenantContext() any {
	remembered := p.State.Read()
	enabled, workspace := p.flag(&remembered)
	if p.Faults.Has(fault.SessionViews, fault.Anywhere) {
		enabled = !enabled
	}
	features := map[string]bool{"MdiMdeIntegrationToggleRemoval": p.Faults.Has(fault.SessionRemoved, fault.Anywhere)}
	for i := range previews {
		features[fmt.Sprintf("Preview%04d", i)] = i%3 == 0
	}
	id := p.id
	if p.Faults.Has(fault.SessionTenant, fault.Anywhere) {
		id = "0e7e4000-0000-4000-8000-000000000001"
	}
	return map[string]any{
		"AuthInfo": map[string]any{
			"TenantId": id, "TenantName": "Contoso", "UserName": personUPN, "AadUserId": "0e7e4000-0000-4000-8000-000000000002",
			"Roles": []string{"SecurityReader"}, "AllowedActions": 1,
		},
		"AatpIntegrationEnabled": enabled, "AatpWorkspaceExists": workspace, "Features": features,
		"IsMdatpActive": !p.Faults.Has(fault.NoLicence, fault.Endpoint), "IsItpActive": workspace, "IsMdiActive": workspace,
		"IsSuspended": false, "OrgId": "0e7e4000-0000-4000-8000-000000000003", "GeoRegion": "EU",
	}
}
