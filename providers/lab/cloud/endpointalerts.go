package cloud

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/odata"
	"adbadge/providers/lab/state"
	"adbadge/providers/lab/world"
)

// endpointAlertType is what alerts can be filtered by ("List alerts API").
var endpointAlertType = odata.Type[*world.Alert]{Name: "microsoft.windowsDefenderATP.api.Alert", Properties: map[string]odata.Property[*world.Alert]{
	"id":                {Kind: odata.Text, Get: func(a *world.Alert) odata.Value { return odata.TextOf(a.ID) }},
	"alertcreationtime": {Kind: odata.Instant, Get: func(a *world.Alert) odata.Value { return odata.InstantOf(a.Created) }},
	"lastupdatetime":    {Kind: odata.Instant, Get: func(a *world.Alert) odata.Value { return odata.InstantOf(a.Updated) }},
	"lasteventtime":     {Kind: odata.Instant, Get: func(a *world.Alert) odata.Value { return odata.InstantOf(a.LastActivity) }},
	"incidentid":        {Kind: odata.Number, Get: func(a *world.Alert) odata.Value { return odata.NumberOf(a.IncidentID) }},
	"investigationid":   {Kind: odata.Number, Get: func(*world.Alert) odata.Value { return odata.Value{Null: true} }},
	"assignedto":        {Kind: odata.Enum, Get: func(a *world.Alert) odata.Value { return odata.TextOf(a.AssignedTo) }},
	"detectionsource":   {Kind: odata.Enum, Get: func(a *world.Alert) odata.Value { return odata.TextOf(a.DetectionSource) }},
	"status":            {Kind: odata.Enum, Get: func(a *world.Alert) odata.Value { return odata.TextOf(a.Status) }},
	"severity":          {Kind: odata.Enum, Get: func(a *world.Alert) odata.Value { return odata.TextOf(a.Severity) }},
	"category":          {Kind: odata.Enum, Get: func(a *world.Alert) odata.Value { return odata.TextOf(a.Category) }},
}}

// endpointAlertListing serves the alerts of Defender for Endpoint. Its pages carry no link to the next: both habits
// are seen in the field, and machines have the other.
type endpointAlertListing struct{ listing[*world.Alert] }

func newEndpointAlertListing(tenantID string) *endpointAlertListing {
	return &endpointAlertListing{listing[*world.Alert]{
		about: endpointAlertType, context: "/api/$metadata#Alerts", options: []string{"$filter", "$top", "$skip", "$expand"},
		defaultTop: machinePage, maxTop: machinePage,
		encode: func(e *encoder, a *world.Alert, p *page) {
			e.open("")
			encodeEndpointAlert(e, a, tenantID, p.expand == "evidence")
			e.close()
		},
	}}
}

// of gives the alerts of Defender for Endpoint that are accepted, newest first.
func (l *endpointAlertListing) of(r *request, accept func(*world.Alert) bool) items[*world.Alert] {
	all, _ := r.alerts()
	list := make([]*world.Alert, 0, len(all))
	for _, a := range all {
		if isEndpoint(a) && accept(a) {
			list = append(list, a)
		}
	}
	return itemsOf(list)
}

func (l *endpointAlertListing) list(w http.ResponseWriter, r *request) error {
	return l.serve(w, r, l.of(r, func(*world.Alert) bool { return true }))
}

// onMachine finds the alerts of the machine that the path names.
func (l *endpointAlertListing) onMachine(r *request) (items[*world.Alert], error) {
	id := strings.ToLower(r.PathValue("id"))
	found := l.of(r, func(a *world.Alert) bool { return a.MachineID == id })
	if _, ok := r.machine(id); (!ok && found.len == 0) || r.Faults.Has(fault.NoMachines, fault.Anywhere) {
		return found, machineNotFound(r)
	}
	return found, nil
}

func (l *endpointAlertListing) ofMachine(w http.ResponseWriter, r *request) error {
	list, err := l.onMachine(r)
	if err != nil {
		return err
	}
	return l.serve(w, r, list)
}

// countOfMachine answers with a bare number.
func (l *endpointAlertListing) countOfMachine(w http.ResponseWriter, r *request) error {
	list, err := l.onMachine(r)
	if err != nil {
		return err
	}
	p, err := l.parse(r.URL.Query())
	if err != nil {
		return err
	}
	_, total, err := l.search(p, list)
	if err != nil {
		return err
	}
	send(w, r, http.StatusOK, strconv.AppendInt(nil, int64(total), 10))
	return nil
}

// ofUser answers GET /users/{id}/alerts. The id is a bare account name, of whatever domain; an unknown one has none.
func (l *endpointAlertListing) ofUser(w http.ResponseWriter, r *request) error {
	name := r.PathValue("id")
	return l.serve(w, r, l.of(r, func(a *world.Alert) bool {
		if a.RelatedUser != nil && strings.EqualFold(a.RelatedUser.Account, name) {
			return true
		}
		return slices.ContainsFunc(a.Evidence, func(e world.Evidence) bool { return e.User != nil && strings.EqualFold(e.User.Account, name) })
	}))
}

func (l *endpointAlertListing) find(r *request) (*world.Alert, error) {
	_, byID := r.alerts()
	a, ok := byID[r.PathValue("id")]
	if !ok || !isEndpoint(a) {
		return nil, fail(http.StatusNotFound, "ResourceNotFound", "Alert %s was not found", r.PathValue("id"))
	}
	return a, nil
}

func (l *endpointAlertListing) get(w http.ResponseWriter, r *request) error {
	a, err := l.find(r)
	if err != nil {
		return err
	}
	var e encoder
	e.open("")
	e.text("@odata.context", r.self+"/api/$metadata#Alerts/$entity")
	encodeEndpointAlert(&e, a, r.tenant.id, true)
	e.close()
	send(w, r, http.StatusOK, e.out)
	return nil
}

// change answers PATCH /alerts/{id} ("Update alert API"): status, classification, determination and assignment.
func (l *endpointAlertListing) change(w http.ResponseWriter, r *request) error {
	a, err := l.find(r)
	if err != nil {
		return err
	}
	var wanted struct{ Status, Classification, Determination, AssignedTo string }
	if err := decode(r, &wanted); err != nil {
		return err
	}
	if wanted.Status != "" && !slices.Contains([]string{"New", "InProgress", "Resolved"}, wanted.Status) {
		return fail(http.StatusBadRequest, "InvalidInput", "Alert status '%s' is not one of New, InProgress, Resolved", wanted.Status)
	}
	if err := r.change(a.ID, state.AlertChange{Status: wanted.Status, Classification: wanted.Classification,
		Determination: wanted.Determination, AssignedTo: wanted.AssignedTo, At: r.Now().UTC()}); err != nil {
		return err
	}
	return l.get(w, r)
}

// encodeEndpointAlert writes the members of an alert. Evidence is an empty list unless it was asked for.
func encodeEndpointAlert(e *encoder, a *world.Alert, tenantID string, evidence bool) {
	e.text("id", a.ID)
	e.number("incidentId", a.IncidentID)
	e.null("investigationId")
	e.textOrNull("assignedTo", a.AssignedTo)
	e.text("severity", a.Severity)
	e.text("status", a.Status)
	e.textOrNull("classification", a.Class)
	e.textOrNull("determination", a.Determination)
	e.textOrNull("investigationState", a.Investigation)
	e.textOrNull("detectionSource", a.DetectionSource)
	e.textOrNull("detectorId", a.DetectorID)
	e.textOrNull("category", a.Category)
	e.textOrNull("threatFamilyName", a.ThreatFamily)
	e.text("title", a.Title)
	e.textOrNull("description", a.Description)
	e.instant("alertCreationTime", a.Created)
	e.instant("firstEventTime", a.FirstActivity)
	e.instant("lastEventTime", a.LastActivity)
	e.instant("lastUpdateTime", a.Updated)
	e.instant("resolvedTime", a.Resolved)
	e.textOrNull("machineId", a.MachineID)
	e.textOrNull("computerDnsName", a.DNSName)
	e.textOrNull("rbacGroupName", a.GroupName)
	e.text("aadTenantId", tenantID)
	e.textOrNull("threatName", a.ThreatName)
	e.texts("mitreTechniques", a.Techniques)
	if u := a.RelatedUser; u != nil {
		e.open("relatedUser")
		e.textOrNull("userName", u.Account)
		e.textOrNull("domainName", u.Domain)
		e.close()
	} else {
		e.null("relatedUser")
	}
	e.openList("comments")
	for _, c := range a.Comments {
		e.open("")
		e.text("comment", c.Text)
		e.text("createdBy", c.By)
		e.instant("createdTime", c.At)
		e.close()
	}
	e.closeList()
	e.openList("evidence")
	if evidence {
		for i := range a.Evidence {
			encodeFlatEvidence(e, &a.Evidence[i])
		}
	}
	e.closeList()
}

// encodeFlatEvidence writes one piece of evidence in the flat form of this API, where every kind has every member.
// A machine is no evidence here: the alert itself names it.
func encodeFlatEvidence(e *encoder, v *world.Evidence) {
	var kind string
	var user world.UserEvidence
	var process world.ProcessEvidence
	var file world.FileEvidence
	var detection string
	switch {
	case v.User != nil:
		kind, user = "User", *v.User
	case v.Process != nil:
		kind, process, detection = "Process", *v.Process, "Detected"
		file = world.FileEvidence{Name: process.FileName, Path: process.Path, SHA1: process.SHA1, SHA256: process.SHA256}
		if process.Account != nil {
			user = *process.Account
		}
	case v.File != nil:
		kind, file, detection = "File", *v.File, "Detected"
	case v.IP != "":
		kind = "Ip"
	default:
		return
	}
	e.open("")
	e.text("entityType", kind)
	e.instant("evidenceCreationTime", v.Created)
	e.textOrNull("sha1", file.SHA1)
	e.textOrNull("sha256", file.SHA256)
	e.textOrNull("fileName", file.Name)
	e.textOrNull("filePath", file.Path)
	e.numberOrNull("processId", int64(process.ID))
	e.textOrNull("processCommandLine", process.CommandLine)
	e.instant("processCreationTime", process.Started)
	e.numberOrNull("parentProcessId", int64(process.ParentID))
	e.null("parentProcessCreationTime")
	e.textOrNull("parentProcessFileName", process.ParentFileName)
	e.textOrNull("parentProcessFilePath", process.ParentPath)
	e.textOrNull("ipAddress", v.IP)
	for _, unused := range [...]string{"url", "registryKey", "registryHive", "registryValueType", "registryValue"} {
		e.null(unused)
	}
	e.textOrNull("accountName", user.Account)
	e.textOrNull("domainName", user.Domain)
	e.textOrNull("userSid", string(user.SID))
	e.guid("aadUserId", user.EntraID)
	e.textOrNull("userPrincipalName", user.UPN)
	e.textOrNull("detectionStatus", detection)
	e.close()
}
