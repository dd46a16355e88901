package cloud

import (
	"net/http"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/world"
)

// endpointHandler serves the Defender for Endpoint API, at /api and at /api/v1.0.
func (t *tenant) endpointHandler(self string) http.Handler {
	a := &api{
		tenant: t, self: self, target: fault.Endpoint, mux: http.NewServeMux(),
		audiences:     []string{"https://api.securitycenter.microsoft.com", "https://securitycenter.onmicrosoft.com/windowsatpservice"},
		body:          (*failure).endpointBody,
		contentType:   "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8",
		wrongAudience: failure{status: http.StatusForbidden, code: "Forbidden", message: "The application is not authorized: the token is for another resource."},
	}
	// The vendor's pages name a limit for each call by itself.
	limits := func() *limiter { return newLimiter(endpointLimits, time.Now) }
	machines, alerts := newMachineListing(), newEndpointAlertListing(t.id)

	const readMachine, writeMachine, readAlert, writeAlert, readUser = "Machine.Read.All", "Machine.ReadWrite.All", "Alert.Read.All", "Alert.ReadWrite.All", "User.Read.All"
	a.handle("GET /api/machines", licensed(machines.list), limits(), readMachine, writeMachine)
	a.handle("GET /api/machines/{id}", licensed(machines.get), limits(), readMachine, writeMachine)
	a.handle("GET /api/machines/{id}/alerts", licensed(alerts.ofMachine), limits(), readAlert, writeAlert)
	a.handle("GET /api/machines/{id}/alerts/$count", licensed(alerts.countOfMachine), limits(), readAlert, writeAlert)
	a.handle("GET /api/machines/{id}/logonusers", licensed(logonUsers), limits(), readUser)
	a.handle("GET /api/alerts", licensed(alerts.list), limits(), readAlert, writeAlert)
	a.handle("GET /api/alerts/{id}", licensed(alerts.get), limits(), readAlert, writeAlert)
	a.handle("PATCH /api/alerts/{id}", licensed(alerts.change), limits(), writeAlert)
	a.handle("GET /api/users/{id}/alerts", licensed(alerts.ofUser), limits(), readAlert, writeAlert)
	a.handle("GET /api/users/{id}/machines", licensed(machines.ofUser), limits(), readMachine, writeMachine)
	a.handle("/", func(_ http.ResponseWriter, r *request) error {
		return fail(http.StatusNotFound, "NotFound", "No resource is at %s.", r.URL.Path)
	}, nil)
	return withoutPrefix("/api/v1.0", "/api", a.mux)
}

// withoutPrefix serves paths that begin with old as if they began with replacement.
func withoutPrefix(old, replacement string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, found := strings.CutPrefix(r.URL.Path, old); found && (rest == "" || rest[0] == '/') {
			url := *r.URL
			url.Path, url.RawPath = replacement+rest, ""
			shorter := *r
			shorter.URL = &url
			r = &shorter
		}
		next.ServeHTTP(w, r)
	})
}

// licensed refuses when the tenant has no licence for Defender for Endpoint.
func licensed(next handler) handler {
	return func(w http.ResponseWriter, r *request) error {
		if r.Faults.Has(fault.NoLicence, fault.Endpoint) {
			return fail(http.StatusForbidden, "DisabledFeature", "Defender for Endpoint is not licensed for this tenant.")
		}
		return next(w, r)
	}
}

// logonUsers lists the accounts that one machine reports.
func logonUsers(w http.ResponseWriter, r *request) error {
	m, ok := r.machine(strings.ToLower(r.PathValue("id")))
	if !ok {
		return machineNotFound(r)
	}
	var e encoder
	e.open("")
	e.text("@odata.context", r.self+"/api/$metadata#Users")
	e.openList("value")
	for _, s := range r.World.LoggedOn(m.Index) {
		u := r.World.User(s.User)
		domain := strings.ToLower(r.World.Domains()[u.Domain].NetBIOS)
		e.open("")
		e.text("id", domain+`\`+u.SAM)
		e.text("accountName", u.SAM)
		e.text("accountDomain", domain)
		e.instant("firstSeen", s.First)
		e.instant("lastSeen", s.At)
		e.text("logonTypes", s.LogonType)
		e.boolean("isDomainAdmin", u.AdminCount && u.Role == world.AdminAccount)
		e.boolean("isOnlyNetworkUser", s.LogonType == "Network")
		e.close()
	}
	e.closeList()
	e.close()
	send(w, r, http.StatusOK, e.out)
	return nil
}

func machineNotFound(r *request) error {
	return fail(http.StatusNotFound, "ResourceNotFound", "Machine %s was not found", r.PathValue("id"))
}

// isEndpoint picks the alerts that the Defender for Endpoint API knows: its own.
func isEndpoint(a *world.Alert) bool { return a.Product == model.DefenderForEndpoint }
