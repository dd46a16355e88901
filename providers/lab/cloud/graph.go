package cloud

import (
	"net/http"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/fault"
)

// graphHandler serves Microsoft Graph, at /v1.0 and at /beta.
func (t *tenant) graphHandler(self string) http.Handler {
	a := &api{
		tenant: t, self: self, target: fault.Graph, mux: http.NewServeMux(),
		audiences:   []string{"https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"},
		body:        (*failure).graphBody,
		contentType: "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
		wrongAudience: failure{status: http.StatusUnauthorized, code: "InvalidAuthenticationToken", message: "Access token validation failure. Invalid audience.",
			authenticate: `Bearer error="invalid_token", error_description="Invalid audience."`},
	}
	limited := newLimiter(alertLimits, time.Now)
	alerts, incidents := newGraphAlertListing(t), newIncidentListing(t)
	identities := newIdentities()
	people := newDirectory(t)

	const readAlert, writeAlert = "SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All"
	a.handle("GET /v1.0/security/alerts_v2", alerts.list, limited, readAlert, writeAlert)
	a.handle("GET /v1.0/security/alerts_v2/{id}", alerts.get, limited, readAlert, writeAlert)
	a.handle("PATCH /v1.0/security/alerts_v2/{id}", alerts.change, limited, writeAlert)
	a.handle("GET /v1.0/security/incidents", incidents.list, limited, "SecurityIncident.Read.All", "SecurityIncident.ReadWrite.All")
	a.handle("POST /v1.0/security/runHuntingQuery", newHunting(t).run, newLimiter(huntingLimits, time.Now), "ThreatHunting.Read.All")
	identities.register(a)
	a.handle("GET /v1.0/users", people.listUsers, nil, "User.Read.All", "Directory.Read.All")
	a.handle("GET /v1.0/users/{id}/memberOf", people.listUserGroups, nil, "GroupMember.Read.All", "Directory.Read.All")
	a.handle("GET /v1.0/users/{id}/manager", people.manager, nil, "User.Read.All", "Directory.Read.All")
	a.handle("GET /v1.0/devices/{id}/memberOf", people.listDeviceGroups, nil, "GroupMember.Read.All", "Directory.Read.All")
	a.handle("GET /v1.0/devices", people.listDevices, nil, "Device.Read.All", "Directory.Read.All")
	a.handle("GET /v1.0/subscribedSkus", listLicences, nil, "LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All")
	a.handle("GET /v1.0/organization", organization, nil, "Organization.Read.All", "User.Read.All")
	a.handle("/", func(_ http.ResponseWriter, r *request) error {
		segment := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		return fail(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '%s'.", segment)
	}, nil)
	return withoutPrefix("/beta", "/v1.0", a.mux)
}

// graphWord gives a word of the Defender for Endpoint API as Microsoft Graph writes it: with a small first letter.
func graphWord(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// endpointWord is graphWord the other way round.
func endpointWord(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// organization answers with the tenant's name and domains.
func organization(w http.ResponseWriter, r *request) error {
	var e encoder
	e.open("")
	e.text("@odata.context", r.self+"/v1.0/$metadata#organization")
	e.openList("value")
	e.open("")
	e.text("id", r.tenant.id)
	e.text("displayName", "Contoso")
	e.openList("verifiedDomains")
	for i, d := range r.World.Domains() {
		e.open("")
		e.text("name", d.MailDomain)
		e.boolean("isDefault", i == 0)
		e.boolean("isInitial", i == 0)
		e.text("type", "Managed")
		e.close()
	}
	e.closeList()
	e.close()
	e.closeList()
	e.close()
	send(w, r, http.StatusOK, e.out)
	return nil
}

// identityLicensed refuses when the tenant has no licence for Defender for Identity.
func identityLicensed(next handler) handler {
	return func(w http.ResponseWriter, r *request) error {
		if r.Faults.Has(fault.NoLicence, fault.Identity) {
			return fail(http.StatusForbidden, "Forbidden", "Tenant is not licensed for Microsoft Defender for Identity.")
		}
		return next(w, r)
	}
}

// serviceSource is Microsoft Graph's word for a product.
func serviceSource(p model.Product) string {
	switch p {
	case model.DefenderForEndpoint:
		return "microsoftDefenderForEndpoint"
	case model.DefenderForIdentity:
		return "microsoftDefenderForIdentity"
	}
	return "microsoft365Defender"
}

// productName is the product's name on alerts.
func productName(p model.Product) string {
	switch p {
	case model.DefenderForEndpoint:
		return "Microsoft Defender for Endpoint"
	case model.DefenderForIdentity:
		return "Microsoft Defender for Identity"
	}
	return "Microsoft Defender XDR"
}
