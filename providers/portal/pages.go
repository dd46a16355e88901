package portal

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
)

// Machine gives the device page of a machine record. Observed, not documented.
func (l *Links) Machine(id string) (string, error) {
	if !machineID.fits(id) {
		return "", errors.New("the machine id is not 40 hexadecimal digits, so there is no device page to open")
	}
	return l.page("/machines/v2/"+id+"/overview", nil)
}

// User gives the identity page of an AD user, found by its SID or, where that is missing, by its UPN. Observed, not
// documented.
func (l *Links) User(e model.Entity) (string, error) {
	query := url.Values{}
	switch {
	case e.SID.IsAccount():
		query.Set("sid", string(e.SID))
		if exact(e.SAM) && exact(e.Domain) {
			query.Set("accountName", string(e.SAM))
			query.Set("accountDomain", string(e.Domain))
		}
	case exact(e.UPN):
		query.Set("upn", string(e.UPN))
	default:
		return "", fmt.Errorf("the directory gave neither a SID nor a UPN for %s, so the portal cannot find the account", e.Name)
	}
	query.Set("tab", "overview")
	return l.page("/user", query)
}

// exact reports whether a value is short, and certain to be what the directory holds rather than what cleaning made
// of it.
func exact(value text.Line) bool {
	const maxValue = 256
	return value != "" && len(value) <= maxValue && !strings.ContainsFunc(string(value), func(r rune) bool {
		return r == '\uFFFD' || r == '\u25CC' || r >= '\u2400' && r <= '\u2421'
	})
}

// Entity gives the page of an entity on one side. On the endpoint side that is the device page of the newest machine
// record of a computer, and the identity page of a user, where Defender for Endpoint shows what it knows of accounts.
// On the identity side it is the identity page of a user; a computer has no page of its own there, since the portal
// shows what Defender for Identity knows of it on the device page.
func (l *Links) Entity(side model.Side, e model.Entity, machines []*model.Machine) (string, error) {
	if e.Kind == model.User {
		return l.User(e)
	}
	newest := newestRecord(machines)
	switch {
	case newest != nil:
		return l.Machine(newest.ID)
	case side == model.IdentitySide:
		return "", fmt.Errorf("the portal shows computers on their device page, and Defender for Endpoint has no machine record for %s", e.Name)
	}
	return "", fmt.Errorf("there is no device page to open: Defender for Endpoint has no machine record for %s", e.Name)
}

// newestRecord gives the record that was seen last, preferring those that no other record has replaced.
func newestRecord(machines []*model.Machine) *model.Machine {
	var newest *model.Machine
	for _, m := range machines {
		switch {
		case newest == nil:
			newest = m
		case (m.MergedInto == "") != (newest.MergedInto == ""):
			if m.MergedInto == "" {
				newest = m
			}
		case m.LastSeen.After(newest.LastSeen):
			newest = m
		}
	}
	return newest
}

// Alert gives the page of an alert: the link of the API where it leads to an allowed host, else one built from the id
// (documented for alerts of Microsoft Graph).
func (l *Links) Alert(a *model.Alert) (string, error) {
	if link, err := l.Check(a.URL); err == nil {
		return l.withTenant(link)
	}
	if !alertID.fits(a.ID) {
		return "", errors.New("the alert has no usable id, so there is no page to open")
	}
	return l.page("/alerts/"+a.ID, nil)
}

// Incident gives the page of the incident that an alert belongs to, in the same way (documented).
func (l *Links) Incident(a *model.Alert) (string, error) {
	if a.Incident != nil {
		if link, err := l.Check(a.Incident.URL); err == nil {
			return l.withTenant(link)
		}
	}
	if !incidentID.fits(a.IncidentID.String()) {
		return "", errors.New("the alert names no incident, so there is no page to open")
	}
	return l.page("/incidents/"+a.IncidentID.String(), nil)
}

// withTenant adds the tenant to a checked link that names none, so that the portal opens in the right one.
func (l *Links) withTenant(link string) (string, error) {
	u, err := url.Parse(link)
	if err != nil || l.tenant == "" || u.Query().Has("tid") {
		return link, err
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += "tid=" + l.tenant
	return u.String(), nil
}

// Settings gives the page on which a side was connected to the other (both documented; the vendor has built the
// integration in since, and the toggles are gone from them).
func (l *Links) Settings(side model.Side) (string, error) {
	if side == model.EndpointSide {
		return l.page("/securitysettings/endpoints/integration", nil)
	}
	return l.page("/settings/identities", nil)
}

// Health gives the page from which the health issues of Defender for Identity are reached, under Deployment > Health
// issues: the tab has no documented address of its own.
func (l *Links) Health() (string, error) { return l.page("/settings/identities", nil) }

// Hunting gives the page for queries. Observed, not documented.
func (l *Links) Hunting() (string, error) { return l.page("/v2/advanced-hunting", nil) }
