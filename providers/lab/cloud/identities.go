package cloud

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/odata"
	"adbadge/providers/lab/state"
	"adbadge/providers/lab/world"
)

// healthIssueType is what health issues can be filtered by ("List healthIssues").
var healthIssueType = odata.Type[world.HealthIssue]{Name: "microsoft.graph.security.healthIssue", Properties: map[string]odata.Property[world.HealthIssue]{
	"id":                   {Kind: odata.Text, Get: func(i world.HealthIssue) odata.Value { return odata.TextOf(i.ID) }},
	"displayname":          {Kind: odata.Text, Get: func(i world.HealthIssue) odata.Value { return odata.TextOf(i.Title) }},
	"healthissuetype":      {Kind: odata.Enum, Get: func(i world.HealthIssue) odata.Value { return odata.TextOf(i.Type) }},
	"issuetypeid":          {Kind: odata.Text, Get: func(i world.HealthIssue) odata.Value { return odata.TextOf(i.TypeID) }},
	"severity":             {Kind: odata.Enum, Get: func(i world.HealthIssue) odata.Value { return odata.TextOf(i.Severity) }},
	"status":               {Kind: odata.Enum, Get: func(i world.HealthIssue) odata.Value { return odata.TextOf(i.Status) }},
	"createddatetime":      {Kind: odata.Instant, Get: func(i world.HealthIssue) odata.Value { return odata.InstantOf(i.Created) }},
	"lastmodifieddatetime": {Kind: odata.Instant, Get: func(i world.HealthIssue) odata.Value { return odata.InstantOf(i.Modified) }},
	"domainnames":          {Kind: odata.List, Get: func(i world.HealthIssue) odata.Value { return odata.ListOf(i.Domains) }},
	"sensordnsnames":       {Kind: odata.List, Get: func(i world.HealthIssue) odata.Value { return odata.ListOf(i.Sensors) }},
}}

// sensorType is what sensors can be filtered by ("List sensors").
var sensorType = odata.Type[world.Sensor]{Name: "microsoft.graph.security.sensor", Properties: map[string]odata.Property[world.Sensor]{
	"id":               {Kind: odata.Text, Get: func(s world.Sensor) odata.Value { return odata.TextOf(s.ID) }},
	"displayname":      {Kind: odata.Text, Get: func(s world.Sensor) odata.Value { return odata.TextOf(s.Name) }},
	"domainname":       {Kind: odata.Text, Get: func(s world.Sensor) odata.Value { return odata.TextOf(s.Domain) }},
	"sensortype":       {Kind: odata.Enum, Get: func(s world.Sensor) odata.Value { return odata.TextOf(s.Type) }},
	"version":          {Kind: odata.Text, Get: func(s world.Sensor) odata.Value { return odata.TextOf(s.Version) }},
	"deploymentstatus": {Kind: odata.Enum, Get: func(s world.Sensor) odata.Value { return odata.TextOf(s.DeploymentStatus) }},
	"healthstatus":     {Kind: odata.Enum, Get: func(s world.Sensor) odata.Value { return odata.TextOf(s.HealthStatus) }},
	"createddatetime":  {Kind: odata.Instant, Get: func(s world.Sensor) odata.Value { return odata.InstantOf(s.Created) }},
}}

// candidate is a server that could get a sensor of version 3: a domain controller without one that has a sensor of
// Defender for Endpoint.
type candidate struct {
	id, dnsName, domain, version string
	seen                         time.Time
}

var candidateType = odata.Type[candidate]{Name: "microsoft.graph.security.sensorCandidate", Properties: map[string]odata.Property[candidate]{
	"senseclientversion": {Kind: odata.Text, Get: func(c candidate) odata.Value { return odata.TextOf(c.version) }},
	"computerdnsname":    {Kind: odata.Text, Get: func(c candidate) odata.Value { return odata.TextOf(c.dnsName) }},
	"domainname":         {Kind: odata.Text, Get: func(c candidate) odata.Value { return odata.TextOf(c.domain) }},
}}

// identities serves /security/identities. The vendor's samples of these lists have no context.
type identities struct {
	issues     listing[world.HealthIssue]
	sensors    listing[world.Sensor]
	candidates listing[candidate]
}

func newIdentities() *identities {
	options := []string{"$count", "$filter", "$skip", "$top", "$select"}
	return &identities{
		issues: listing[world.HealthIssue]{about: healthIssueType, options: options, defaultTop: 100, maxTop: 1000, linked: true, noContext: true,
			encode: func(e *encoder, i world.HealthIssue, _ *page) { encodeHealthIssue(e, &i) }},
		sensors: listing[world.Sensor]{about: sensorType, options: options[:4], defaultTop: 100, maxTop: 1000, linked: true, noContext: true,
			encode: func(e *encoder, s world.Sensor, _ *page) { encodeSensor(e, &s) }},
		candidates: listing[candidate]{about: candidateType, options: options[:4], defaultTop: 100, maxTop: 1000, linked: true, noContext: true,
			encode: func(e *encoder, c candidate, _ *page) { encodeCandidate(e, c) }},
	}
}

func (i *identities) register(a *api) {
	const root = "/v1.0/security/identities/"
	readHealth, writeHealth := "SecurityIdentitiesHealth.Read.All", "SecurityIdentitiesHealth.ReadWrite.All"
	readSensors, writeSensors := "SecurityIdentitiesSensors.Read.All", "SecurityIdentitiesSensors.ReadWrite.All"
	readAuto, writeAuto := "SecurityIdentitiesAutoConfig.Read.All", "SecurityIdentitiesAutoConfig.ReadWrite.All"
	for _, route := range []struct {
		pattern string
		handler handler
		permits []string
	}{
		{"GET " + root + "healthIssues", i.listIssues, []string{readHealth, writeHealth}},
		{"GET " + root + "healthIssues/{id}", getIssue, []string{readHealth, writeHealth}},
		{"PATCH " + root + "healthIssues/{id}", changeIssue, []string{writeHealth}},
		{"GET " + root + "sensors", i.listSensors, []string{readSensors, writeSensors}},
		{"GET " + root + "sensorCandidates", i.listCandidates, []string{readSensors, writeSensors}},
		{"GET " + root + "sensorCandidateActivationConfiguration", activation, []string{readSensors, writeSensors}},
		{"PATCH " + root + "sensorCandidateActivationConfiguration", changeActivation, []string{writeSensors}},
		// The vendor's page posts to the plural path.
		{"POST " + root + "sensorCandidateActivationConfigurations", changeActivation, []string{writeSensors}},
		{"GET " + root + "settings/autoAuditingConfiguration", auditing, []string{readAuto, writeAuto}},
		{"PATCH " + root + "settings/autoAuditingConfiguration", changeAuditing, []string{writeAuto}},
	} {
		a.handle(route.pattern, identityLicensed(route.handler), nil, route.permits...)
	}
}

// healthIssues gives the issues as they are now, with what was changed on them.
func (t *tenant) healthIssues() []world.HealthIssue {
	changed := t.State.Read().Issues
	list := slices.Clone(t.World.HealthIssues(t.Now()))
	for n := range list {
		if status, ok := changed[list[n].ID]; ok {
			list[n].Status = status
		}
	}
	return list
}

func (i *identities) listIssues(w http.ResponseWriter, r *request) error {
	return i.issues.serve(w, r, itemsOf(r.healthIssues()))
}

func (i *identities) listSensors(w http.ResponseWriter, r *request) error {
	return i.sensors.serve(w, r, itemsOf(r.World.Sensors(r.healthIssues())))
}

func (i *identities) listCandidates(w http.ResponseWriter, r *request) error {
	return i.candidates.serve(w, r, itemsOf(r.candidates()))
}

// candidates looks through the domain controllers.
func (t *tenant) candidates() []candidate {
	served := map[int]bool{}
	for _, s := range t.World.Sensors(t.healthIssues()) {
		served[s.Computer] = true
	}
	list := []candidate{}
	for _, at := range t.synced().controllers {
		i := int(at)
		c := t.World.Computer(i)
		for _, at := range t.World.ComputerMachines(i) {
			if m := t.World.Machine(at); !served[i] && m.AgentVersion != "" && m.OnboardingStatus == "Onboarded" {
				list = append(list, candidate{c.GUID.String(), c.DNSName, t.World.Domains()[c.Domain].DNSName, m.AgentVersion, m.LastSeen})
				break
			}
		}
	}
	return list
}

func changeIssue(w http.ResponseWriter, r *request) error {
	var wanted struct{ Status string }
	if err := decode(r, &wanted); err != nil {
		return err
	}
	if !slices.Contains([]string{"open", "closed", "suppressed"}, wanted.Status) {
		return fail(http.StatusBadRequest, "BadRequest", "The value '%s' of property 'status' is not valid.", wanted.Status)
	}
	issue, err := r.healthIssue()
	if err != nil {
		return err
	}
	if err := r.make(fault.Issues, func(d *state.Data) { d.Issues[issue.ID] = wanted.Status }); err != nil {
		return err
	}
	issue.Status = wanted.Status
	return sendIssue(w, r, issue)
}

// healthIssue finds the issue that the path names.
func (r *request) healthIssue() (world.HealthIssue, error) {
	id, list := r.PathValue("id"), r.healthIssues()
	at := slices.IndexFunc(list, func(i world.HealthIssue) bool { return strings.EqualFold(i.ID, id) })
	if at < 0 {
		return world.HealthIssue{}, fail(http.StatusNotFound, "NotFound", "Health issue %s was not found.", id)
	}
	return list[at], nil
}

func getIssue(w http.ResponseWriter, r *request) error {
	issue, err := r.healthIssue()
	if err != nil {
		return err
	}
	return sendIssue(w, r, issue)
}

func sendIssue(w http.ResponseWriter, r *request, issue world.HealthIssue) error {
	var e encoder
	encodeHealthIssue(&e, &issue)
	send(w, r, http.StatusOK, e.out)
	return nil
}

// readable refuses a setting that cannot be read on request.
func (r *request) readable(target fault.Target) error {
	if r.Faults.Has(fault.ToggleUnreadable, target) {
		return fail(http.StatusConflict, "SettingUnavailable", "The setting cannot be read: the workspace is being updated.")
	}
	return nil
}

// single answers with one setting, wrapped as the vendor's samples are.
func single(w http.ResponseWriter, r *request, kind string, member func(e *encoder)) {
	var e encoder
	e.open("")
	e.open("value")
	e.text("@odata.type", "#microsoft.graph.security."+kind)
	member(&e)
	e.close()
	e.close()
	send(w, r, http.StatusOK, e.out)
}

func activation(w http.ResponseWriter, r *request) error {
	if err := r.readable(fault.Activation); err != nil {
		return err
	}
	mode := "manual"
	if r.State.Read().AutomaticActivation {
		mode = "automated"
	}
	single(w, r, "sensorCandidateActivationConfiguration", func(e *encoder) { e.text("activationMode", mode) })
	return nil
}

func changeActivation(w http.ResponseWriter, r *request) error {
	var wanted struct{ ActivationMode string }
	if err := decode(r, &wanted); err != nil {
		return err
	}
	if wanted.ActivationMode != "manual" && wanted.ActivationMode != "automated" {
		return fail(http.StatusBadRequest, "BadRequest", "The value '%s' of property 'activationMode' is not valid.", wanted.ActivationMode)
	}
	if err := r.make(fault.Activation, func(d *state.Data) { d.AutomaticActivation = wanted.ActivationMode == "automated" }); err != nil {
		return err
	}
	return activation(w, r)
}

func auditing(w http.ResponseWriter, r *request) error {
	if err := r.readable(fault.Auditing); err != nil {
		return err
	}
	on := r.State.Read().AutomaticAuditing
	single(w, r, "autoAuditingConfiguration", func(e *encoder) { e.boolean("isAutomatic", on) })
	return nil
}

func changeAuditing(w http.ResponseWriter, r *request) error {
	var wanted struct{ IsAutomatic *bool }
	if err := decode(r, &wanted); err != nil {
		return err
	}
	if wanted.IsAutomatic == nil {
		return fail(http.StatusBadRequest, "BadRequest", "The property 'isAutomatic' is required.")
	}
	if err := r.make(fault.Auditing, func(d *state.Data) { d.AutomaticAuditing = *wanted.IsAutomatic }); err != nil {
		return err
	}
	return auditing(w, r)
}

func encodeHealthIssue(e *encoder, i *world.HealthIssue) {
	kind := i.Type
	if kind == "global" {
		kind = "Global" // so the vendor's sample writes it
	}
	e.open("")
	e.text("@odata.type", "#microsoft.graph.security.healthIssue")
	e.text("id", i.ID)
	e.text("displayName", i.Title)
	e.textOrNull("description", i.Description)
	e.text("healthIssueType", kind)
	e.text("issueTypeId", i.TypeID)
	e.text("severity", i.Severity)
	e.text("status", i.Status)
	e.instant("createdDateTime", i.Created)
	e.instant("lastModifiedDateTime", i.Modified)
	e.texts("domainNames", i.Domains)
	e.texts("sensorDNSNames", i.Sensors)
	e.texts("additionalInformation", i.Additional)
	e.texts("recommendations", i.Remedies)
	e.texts("recommendedActionCommands", i.Commands)
	e.close()
}

func encodeSensor(e *encoder, s *world.Sensor) {
	e.open("")
	e.text("@odata.type", "#microsoft.graph.security.sensor")
	e.text("id", s.ID)
	e.text("displayName", s.Name)
	e.text("sensorType", s.Type)
	e.text("version", s.Version)
	e.text("deploymentStatus", s.DeploymentStatus)
	e.instant("createdDateTime", s.Created)
	e.text("domainName", s.Domain)
	e.text("healthStatus", s.HealthStatus)
	e.text("serviceStatus", s.ServiceStatus)
	e.number("openHealthIssuesCount", s.OpenHealthIssues)
	e.open("settings")
	e.textOrNull("description", s.Description)
	e.texts("domainControllerDnsNames", []string{s.DNSName})
	e.boolean("isDelayedDeploymentEnabled", s.Delayed)
	e.close()
	e.close()
}

func encodeCandidate(e *encoder, c candidate) {
	e.open("")
	e.text("@odata.type", "#microsoft.graph.security.sensorCandidate")
	e.text("id", c.id)
	e.text("computerDnsName", c.dnsName)
	e.text("domainName", c.domain)
	e.text("senseClientVersion", c.version)
	e.instant("lastSeenDateTime", c.seen)
	e.close()
}
