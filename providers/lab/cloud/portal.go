package cloud

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/world"
)

// portal is the server of the portals' pages. Anyone on this machine may look at them: they hold nothing real.
type portal struct{ *tenant }

// portalHandler serves the pages at the vendor's paths, and the settings of the integration for programs.
func (t *tenant) portalHandler(self string) http.Handler {
	p := &portal{t}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /machines/v2/{id}/overview", p.machinePage)
	mux.HandleFunc("GET /machines/v2/{id}", p.machinePage)
	mux.HandleFunc("GET /machines/{id}", p.machinePage)
	mux.HandleFunc("GET /user", p.userPage)
	mux.HandleFunc("GET /alerts/{id}", p.alertPage)
	mux.HandleFunc("GET /incidents/{id}", p.incidentPage)
	mux.HandleFunc("GET /securitysettings/endpoints/integration", p.settingsPage(model.EndpointSide))
	mux.HandleFunc("GET /settings/identities", p.settingsPage(model.IdentitySide))
	forms := http.NewCrossOriginProtection() // another web page cannot press the buttons
	mux.Handle("POST /securitysettings/endpoints/integration", forms.Handler(p.switchPage(model.EndpointSide)))
	mux.Handle("POST /settings/identities", forms.Handler(p.switchPage(model.IdentitySide)))
	mux.HandleFunc("GET /v2/advanced-hunting", p.huntingPage)
	mux.HandleFunc("GET /{$}", p.homePage)
	mux.HandleFunc("GET "+SessionPath, p.sessionPage)
	p.handleSession(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { missing(w, "The lab's portal has no such page.") })
	api := t.settingsAPI(self)
	mux.Handle("/api/", api.mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/") {
			if wait(r.Context(), t.Faults.Delay(fault.Slow, fault.Portal)) != nil {
				return
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// entityView is what the page of a machine, user, alert or incident shows.
type entityView struct {
	Kind, Title, Note string
	Facts             []fact
	LinksTitle        string
	Links             []link
	ShowAlerts        bool
	Alerts            []*world.Alert
}

func missing(w http.ResponseWriter, why string) { render(w, http.StatusNotFound, "missing", why) }

func (p *portal) homePage(w http.ResponseWriter, r *http.Request) {
	if !p.renewToken(w, r) {
		return
	}
	all, _ := p.alerts()
	render(w, http.StatusOK, "entity", entityView{Kind: "Portal", Title: p.World.Domains()[0].DNSName, ShowAlerts: true,
		Facts:  []fact{{Name: "Tenant", Text: p.id}, {Name: "Alerts", Text: strconv.Itoa(len(all))}},
		Alerts: all[:min(len(all), 50)]})
}

// huntingPage says where hunting queries are answered in the lab, and over what.
func (p *portal) huntingPage(w http.ResponseWriter, _ *http.Request) {
	render(w, http.StatusOK, "entity", entityView{Kind: "Microsoft Defender XDR", Title: "Advanced hunting",
		Note:  "In the lab, queries are answered by Microsoft Graph: POST /v1.0/security/runHuntingQuery.",
		Facts: []fact{{Name: "Tables", Text: strings.Join(huntingTables(), ", ")}}})
}

func (p *portal) machinePage(w http.ResponseWriter, r *http.Request) {
	m, ok := p.machine(strings.ToLower(r.PathValue("id")))
	if !ok {
		missing(w, "Defender for Endpoint has no machine with this id.")
		return
	}
	view := entityView{Kind: "Device - Microsoft Defender for Endpoint", Title: cmp.Or(m.DNSName, m.ID), ShowAlerts: true, LinksTitle: "Logged-on users",
		Facts: []fact{
			{Name: "Device id", Text: m.ID}, {Name: "Entra device id", Text: guidText(m.DeviceID)},
			{Name: "Operating system", Text: strings.TrimSpace(m.OSPlatform + " " + m.Version)}, {Name: "Onboarding", Text: huntingWords(m.OnboardingStatus)},
			{Name: "Health", Text: huntingWords(m.HealthStatus)}, {Name: "Risk", Text: m.RiskScore, Class: strings.ToLower(m.RiskScore)},
			{Name: "Exposure", Text: m.ExposureLevel, Class: strings.ToLower(m.ExposureLevel)}, {Name: "First seen", Text: shownTime(m.FirstSeen)},
			{Name: "Last seen", Text: shownTime(m.LastSeen)}, {Name: "IP address", Text: m.IP}, {Name: "Group", Text: m.GroupName},
			{Name: "Tags", Text: strings.Join(m.Tags, ", ")}, {Name: "Merged into", Text: m.MergedInto}, {Name: "Cloud resource", Text: machineVM(&m).ResourceID},
		}}
	for _, s := range p.World.LoggedOn(m.Index) {
		u := p.World.User(s.User)
		view.Links = append(view.Links, link{cmp.Or(u.DisplayName, u.SAM), p.userURL(&u), s.LogonType, s.At})
	}
	view.Alerts = p.alertsWith(func(a *world.Alert) bool {
		return a.MachineID == m.ID || slices.ContainsFunc(a.Evidence, func(e world.Evidence) bool {
			return e.Device != nil && (e.Device.MachineID == m.ID || e.Device.DNSName != "" && strings.EqualFold(e.Device.DNSName, m.DNSName))
		})
	})
	render(w, http.StatusOK, "entity", view)
}

func (p *portal) alertsWith(accept func(*world.Alert) bool) []*world.Alert {
	all, _ := p.alerts()
	var list []*world.Alert
	for _, a := range all {
		if accept(a) {
			list = append(list, a)
		}
	}
	return list
}

func (p *portal) userURL(u *world.User) string {
	q := url.Values{"sid": {string(u.SID)}, "accountName": {u.SAM}, "accountDomain": {p.World.Domains()[u.Domain].DNSName}, "tab": {"overview"}, "tid": {p.id}}
	return "/user?" + q.Encode()
}

func (p *portal) userPage(w http.ResponseWriter, r *http.Request) {
	u, ok := p.findUser(r.URL.Query())
	if !ok {
		missing(w, "Defender for Identity has no such user.")
		return
	}
	domain := p.World.Domains()[u.Domain]
	view := entityView{Kind: "User - Microsoft Defender for Identity", Title: cmp.Or(u.DisplayName, u.SAM), ShowAlerts: true, LinksTitle: "Seen on machines",
		Facts: []fact{
			{Name: "Account", Text: domain.NetBIOS + `\` + u.SAM}, {Name: "Domain", Text: domain.DNSName}, {Name: "User principal name", Text: u.UPN},
			{Name: "SID", Text: string(u.SID)}, {Name: "Distinguished name", Text: u.DN()}, {Name: "Title", Text: u.Title}, {Name: "Department", Text: u.Department},
			{Name: "Enabled", Text: map[bool]string{true: "yes", false: "no"}[u.Enabled()]}, {Name: "Created", Text: shownTime(u.Created)},
			{Name: "Last logon", Text: shownTime(u.LastLogon)}, {Name: "Password set", Text: shownTime(u.PasswordSet)},
		}}
	for _, s := range p.World.Sightings(u.Index) {
		m := p.World.Machine(s.Machine)
		view.Links = append(view.Links, link{cmp.Or(m.DNSName, m.ID), "/machines/v2/" + m.ID + "/overview", s.LogonType, s.At})
	}
	view.Alerts = p.alertsWith(func(a *world.Alert) bool {
		return slices.ContainsFunc(a.Evidence, func(e world.Evidence) bool { return e.User != nil && sameUser(e.User, &u, &domain) })
	})
	render(w, http.StatusOK, "entity", view)
}

// sameUser tells by the strongest name that evidence has: the SID, then the object, then domain and account.
func sameUser(e *world.UserEvidence, u *world.User, domain *world.Domain) bool {
	switch {
	case e.SID != "":
		return e.SID == u.SID
	case !e.ObjectGUID.IsZero():
		return e.ObjectGUID == u.GUID
	case e.Account != "" && e.Domain != "":
		return strings.EqualFold(e.Account, u.SAM) && (strings.EqualFold(e.Domain, domain.NetBIOS) || strings.EqualFold(e.Domain, domain.DNSName))
	}
	return e.UPN != "" && strings.EqualFold(e.UPN, u.UPN)
}

// findUser looks for the user that the link names: by SID, by Entra id, by name and domain, or by UPN.
func (p *portal) findUser(q url.Values) (world.User, bool) {
	sid, _ := model.ParseSID(q.Get("sid")) // what is no SID is empty, and so not looked for
	id, _ := model.ParseGUID(q.Get("aad"))
	name, domain, upn := q.Get("accountName"), q.Get("accountDomain"), q.Get("upn")
	for i := range p.World.Users() {
		u := p.World.User(i)
		d := p.World.Domains()[u.Domain]
		switch {
		case sid != "":
			if u.SID == sid {
				return u, true
			}
		case !id.IsZero():
			if u.EntraID == id {
				return u, true
			}
		case name != "":
			if strings.EqualFold(u.SAM, name) && (strings.EqualFold(domain, d.DNSName) || strings.EqualFold(domain, d.NetBIOS)) {
				return u, true
			}
		case upn != "" && strings.EqualFold(u.UPN, upn):
			return u, true
		}
	}
	return world.User{}, false
}

func (p *portal) alertPage(w http.ResponseWriter, r *http.Request) {
	_, byID := p.alerts()
	a, ok := byID[r.PathValue("id")]
	if !ok {
		missing(w, "There is no alert with this id.")
		return
	}
	view := entityView{Kind: "Alert - " + productName(a.Product), Title: a.Title, Note: a.Description, LinksTitle: "Impacted",
		Facts: []fact{
			{Name: "Severity", Text: a.Severity, Class: strings.ToLower(a.Severity)}, {Name: "Status", Text: a.Status}, {Name: "Category", Text: a.Category},
			{Name: "Techniques", Text: strings.Join(a.Techniques, ", ")}, {Name: "Threat family", Text: a.ThreatFamily}, {Name: "Threat", Text: a.ThreatName},
			{Name: "Actor", Text: a.Actor}, {Name: "Assigned to", Text: a.AssignedTo}, {Name: "Created", Text: shownTime(a.Created)},
			{Name: "Updated", Text: shownTime(a.Updated)}, {Name: "Resolved", Text: shownTime(a.Resolved)}, {Name: "Recommended actions", Text: a.Recommended},
			{Name: "Alert id", Text: a.ID}, {Name: "Incident", Text: strconv.FormatInt(a.IncidentID, 10)},
		}}
	for _, e := range a.Evidence {
		switch {
		case e.User != nil && e.User.SID != "":
			view.Links = append(view.Links, link{Name: e.User.Domain + `\` + e.User.Account, URL: "/user?" + url.Values{"sid": {string(e.User.SID)}}.Encode(), Detail: "user", At: e.Created})
		case e.Device != nil && e.Device.MachineID != "":
			view.Links = append(view.Links, link{Name: cmp.Or(e.Device.DNSName, e.Device.MachineID), URL: "/machines/v2/" + e.Device.MachineID + "/overview", Detail: "device", At: e.Created})
		}
	}
	render(w, http.StatusOK, "entity", view)
}

func (p *portal) incidentPage(w http.ResponseWriter, r *http.Request) {
	list := p.incidents()
	at := slices.IndexFunc(list, func(i *incident) bool { return strconv.FormatInt(i.id, 10) == r.PathValue("id") })
	if at < 0 {
		missing(w, "There is no incident with this number.")
		return
	}
	i := list[at]
	render(w, http.StatusOK, "entity", entityView{Kind: "Incident", Title: i.name, ShowAlerts: true, Alerts: i.alerts, Facts: []fact{
		{Name: "Number", Text: strconv.FormatInt(i.id, 10)}, {Name: "Severity", Text: i.severity, Class: i.severity}, {Name: "Status", Text: i.status()},
		{Name: "Created", Text: shownTime(i.created)}, {Name: "Updated", Text: shownTime(i.updated)},
	}})
}

// shownTime is empty for the zero time.
func shownTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 MST")
}
