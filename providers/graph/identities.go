package graph

import (
	"context"
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

// HealthIssues reads the open health issues.
func (g *Graph) HealthIssues(ctx context.Context) ([]model.HealthIssue, error) {
	api := g.api.For(entra.Purpose{Doing: "read health issues", Feature: entra.HealthIssues, Header: unknownMembers})
	open := url.Values{"$filter": {"Status eq 'open'"}} // spelled so on the vendor's page
	records, err := collect[healthRecord](ctx, api, "health issues", []question{
		{"/v1.0" + identities + "healthIssues", open, 0},
		{"/v1.0" + identities + "healthIssues", nil, 0},
		{"/beta" + identities + "healthIssues", nil, 0},
	})
	if err != nil {
		return nil, err
	}
	issues, texts := []model.HealthIssue{}, entra.NewTexts()
	for i := range records {
		if issue, open := records[i].issue(texts); open {
			issues = append(issues, issue)
		}
	}
	return issues, nil
}

// issue gives the issue of a record; open is false for one that somebody closed or suppressed. Any other word counts as
// open.
func (r *healthRecord) issue(texts *entra.Texts) (issue model.HealthIssue, open bool) {
	issue = model.HealthIssue{
		ID: text.CleanMax(r.ID, 64).String(), Title: text.Clean(r.Title), Description: texts.Long(r.Description),
		Severity: entra.ReadAlertSeverity(r.Severity), Global: strings.EqualFold(r.Type, "global"), Created: entra.ReadTime(r.Created),
		Sensors: lines(r.Sensors), Domains: lines(r.Domains), Remedies: lines(r.Remedies),
	}
	if issue.Severity == model.OtherSeverity {
		issue.SeverityText = texts.Line(r.Severity)
	}
	return issue, !strings.EqualFold(r.Status, "closed") && !strings.EqualFold(r.Status, "suppressed")
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
