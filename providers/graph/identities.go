package graph

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

// identities is the root of what Graph says about Defender for Identity itself.
const identities = "/security/identities/"

// healthRecord is microsoft.graph.security.healthIssue.
type healthRecord struct {
	ID          string   `json:"id"`
	Title       string   `json:"displayName"`
	Description string   `json:"description"`
	Type        string   `json:"healthIssueType"`
	Severity    string   `json:"severity"`
	Status      string   `json:"status"`
	Created     string   `json:"createdDateTime"`
	Domains     []string `json:"domainNames"`
	Sensors     []string `json:"sensorDNSNames"`
	Remedies    []string `json:"recommendations"`
}

// HealthIssues reads the open health issues, or all.
func (g *Graph) HealthIssues(ctx context.Context, all bool) ([]model.HealthIssue, error) {
	ways := []question{
		{"/v1.0" + identities + "healthIssues", url.Values{"$filter": {"Status eq 'open'"}}, 0}, // spelled so on the vendor's page
		{"/v1.0" + identities + "healthIssues", nil, 0},
		{"/beta" + identities + "healthIssues", nil, 0},
	}
	if all {
		ways = ways[1:]
	}
	api := g.api.For(entra.Purpose{Doing: "read health issues", Feature: entra.HealthIssues, Header: unknownMembers})
	records, err := collect[healthRecord](ctx, api, "health issues", ways)
	if err != nil {
		return nil, err
	}
	issues, texts := []model.HealthIssue{}, entra.NewTexts()
	for i := range records {
		if issue := records[i].issue(texts); all || issue.Status == model.IssueOpen {
			issues = append(issues, issue)
		}
	}
	return issues, nil
}

// HealthIssue reads one health issue.
func (g *Graph) HealthIssue(ctx context.Context, id string) (model.HealthIssue, error) {
	api := g.api.For(entra.Purpose{Doing: "read a health issue", Feature: entra.HealthIssues, Header: unknownMembers})
	path, err := issuePath(id)
	var raw json.RawMessage
	if err == nil {
		err = api.Get(ctx, path, nil, &raw)
	}
	var record healthRecord
	if err == nil {
		err = unwrap(raw, &record)
	}
	issue := record.issue(entra.NewTexts())
	if err == nil && issue.ID != id {
		err = senseless("the answer is about another health issue", nil)
	}
	return issue, absent(err)
}

// issuePath gives the path of one health issue. Its id is what the service called it, and a part of a path of its own.
func issuePath(id string) (string, error) {
	if strings.Trim(id, ".") == "" {
		return "", senseless("the health issue has no id that could be asked for", nil)
	}
	return "/v1.0" + identities + "healthIssues/" + url.PathEscape(id), nil
}

// absent says that there is no such issue any more.
func absent(err error) error {
	f, ok := errors.AsType[*model.Failure](err)
	status, answered := errors.AsType[*entra.Status](err)
	if !ok || !answered || status.Code != http.StatusNotFound {
		return err
	}
	g := *f
	g.Kind, g.Seen, g.Remedy = model.Misconfigured, "there is no such health issue any more: "+f.Seen, "Refresh, and look at the list again."
	return &g
}

// SetHealthIssue writes the status of one health issue ("Update healthIssue"). The caller reads back.
func (g *Graph) SetHealthIssue(ctx context.Context, id string, status model.IssueStatus) error {
	api := g.api.For(entra.Purpose{Doing: status.Verb() + " a health issue", Feature: entra.ChangeHealthIssues, Change: true})
	path, err := issuePath(id)
	if err != nil {
		return err
	}
	return differs(api.Patch(ctx, path, map[string]string{
		"@odata.type": "#microsoft.graph.security.healthIssue", "status": status.String(),
	}, nil))
}

// issue gives the issue of a record. A status that is not known counts as open.
func (r *healthRecord) issue(texts *entra.Texts) model.HealthIssue {
	issue := model.HealthIssue{
		ID: text.CleanMax(r.ID, 64).String(), Title: text.Clean(r.Title), Description: texts.Long(r.Description),
		Severity: entra.ReadAlertSeverity(r.Severity), Global: strings.EqualFold(r.Type, "global"), Created: entra.ReadTime(r.Created),
		Sensors: lines(r.Sensors), Domains: lines(r.Domains), Remedies: lines(r.Remedies),
	}
	if issue.Severity == model.OtherSeverity {
		issue.SeverityText = texts.Line(r.Severity)
	}
	for _, status := range model.IssueStatuses {
		if strings.EqualFold(r.Status, status.String()) {
			issue.Status = status
		}
	}
	return issue
}

// sensorRecord is microsoft.graph.security.sensor.
type sensorRecord struct {
	Name    string `json:"displayName"`
	Domain  string `json:"domainName"`
	Version string `json:"version"`
	Health  string `json:"healthStatus"`
	Service string `json:"serviceStatus"` // not in older answers
	Deploy  string `json:"deploymentStatus"`
	Issues  int    `json:"openHealthIssuesCount"`
}

// Sensors reads the sensors of Defender for Identity.
func (g *Graph) Sensors(ctx context.Context) ([]model.Sensor, error) {
	api := g.api.For(entra.Purpose{Doing: "read sensors", Feature: entra.Sensors, Header: unknownMembers})
	records, err := collect[sensorRecord](ctx, api, "sensors", []question{
		{"/v1.0" + identities + "sensors", nil, 0},
		{"/beta" + identities + "sensors", nil, 0},
	})
	if err != nil {
		return nil, err
	}
	sensors := []model.Sensor{}
	for i := range records {
		sensors = append(sensors, records[i].sensor())
	}
	return sensors, nil
}

func (r *sensorRecord) sensor() model.Sensor {
	return model.Sensor{
		Name: text.Clean(r.Name), Domain: text.Clean(r.Domain), Version: text.Clean(r.Version),
		Healthy: strings.EqualFold(r.Health, "healthy"), Health: healthWords(r.Health),
		Service: text.Clean(r.Service), Deploy: text.Clean(r.Deploy), Issues: max(0, r.Issues),
	}
}

// candidateRecord is microsoft.graph.security.sensorCandidate.
type candidateRecord struct {
	Name     string `json:"computerDnsName"`
	Domain   string `json:"domainName"`
	LastSeen string `json:"lastSeenDateTime"`
}

// SensorCandidates reads which servers have no sensor and could get one.
func (g *Graph) SensorCandidates(ctx context.Context) ([]model.SensorCandidate, error) {
	api := g.api.For(entra.Purpose{Doing: "read candidates for sensors", Feature: entra.SensorCandidates})
	records, err := collect[candidateRecord](ctx, api, "candidates for sensors", []question{
		{"/v1.0" + identities + "sensorCandidates", nil, 0},
		{"/beta" + identities + "sensorCandidates", nil, 0},
	})
	if err != nil {
		return nil, err
	}
	candidates := []model.SensorCandidate{}
	for i := range records {
		candidates = append(candidates, records[i].candidate())
	}
	return candidates, nil
}

func (r *candidateRecord) candidate() model.SensorCandidate {
	return model.SensorCandidate{Name: text.Clean(r.Name), Domain: text.Clean(r.Domain), LastSeen: entra.ReadTime(r.LastSeen)}
}

// healthWords gives healthStatus in words; one that is not known stays as it is.
func healthWords(status string) text.Line {
	switch strings.ToLower(status) {
	case "healthy":
		return "healthy"
	case "nothealthylow":
		return "not healthy (low)"
	case "nothealthymedium":
		return "not healthy (medium)"
	case "nothealthyhigh":
		return "not healthy (high)"
	}
	return text.Clean(status)
}

// lines cleans a list of texts; nil stays nil.
func lines(raw []string) []text.Line {
	var list []text.Line
	for _, s := range raw {
		list = append(list, text.Clean(s))
	}
	return list
}
