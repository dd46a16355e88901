package world

import (
	"fmt"
	"strings"
	"time"
)

// Sensors lists the sensors of Defender for Identity: one on each domain controller (at most 1000, the product's
// limit) and one each on the servers of federation, certification and Entra Connect. Their health follows from the health
// issues as they stand.
func (w *World) Sensors(issues []HealthIssue) []Sensor {
	const most = 1000
	open := make(map[string]int64)
	for _, issue := range issues {
		if issue.Status == "open" {
			for _, name := range issue.Sensors {
				open[name]++
			}
		}
	}
	var sensors []Sensor
	add := func(j int, kind string) {
		if j >= w.options.Computers || len(sensors) == most {
			return
		}
		c := w.Computer(j)
		d := w.dice(sensorStream, j)
		id := d.guid()
		s := Sensor{
			ID: id.String(), Name: c.Name, DNSName: c.DNSName, Computer: j, Type: kind, DeploymentStatus: "upToDate",
			HealthStatus: "healthy", ServiceStatus: "running", Version: "2.254.19112.470", Domain: w.domains[c.Domain].DNSName,
			Created: builtinDate().Add(1400*day + d.span(0, 900*day)), Description: c.Description, Adapters: []string{"Ethernet0"},
			OpenHealthIssues: open[c.DNSName],
		}
		if s.OpenHealthIssues > 0 {
			s.HealthStatus = "notHealthyMedium"
		}
		if n := controllerNumber(j); n == 4 {
			s.DeploymentStatus, s.Version, s.Delayed = "outdated", "2.248.18900.112", true
		}
		sensors = append(sensors, s)
	}
	for _, c := range controllers {
		add(c.at, "domainControllerIntegrated")
	}
	for j := controllers[len(controllers)-1].at + controllerEvery; j < w.options.Computers; j += controllerEvery {
		add(j, "domainControllerIntegrated")
	}
	add(adfsAt, "adfsIntegrated")
	add(pkiAt, "adcsIntegrated")
	add(entraConnectAt, "adConnectIntegrated")
	return sensors
}

// healthKind is a health issue as Microsoft words it (defender-for-identity/health-alerts).
type healthKind struct {
	title, description, kind, typeID, severity, status string
	ago                                                time.Duration
	computer                                           int // of the sensor, or -1
	remedies, commands                                 []string
}

func healthKinds() []healthKind {
	return []healthKind{
		{"Directory Services Advanced Auditing is not enabled as required", "Some Windows events that detections rely on are not written on the domain controller.", "sensor", "1032", "medium", "open", 4*day + 3*time.Hour, controllers[1].at,
			[]string{"Enable the advanced audit policies that the documentation lists.", "Check the result with the tool for auditing."}, []string{"Set-MDIConfiguration -Mode Domain -Configuration AdvancedAuditPolicyDCs"}},
		{"Sensor outdated", "A sensor runs a version that is at least three behind and may miss detections.", "sensor", "1010", "medium", "open", 9 * day, controllers[3].at,
			[]string{"Let the sensor update itself, or install the newest version by hand."}, nil},
		{"Directory Services Object Auditing is not enabled as required", "Changes to directory objects are not audited in every domain.", "global", "1031", "medium", "open", 16*day + 40*time.Minute, -1,
			[]string{"Enable auditing of the domain objects.", "The permission to read the audit settings may be missing."}, []string{"Set-MDIConfiguration -Configuration DomainObjectAuditing"}},
		{"Power mode is not configured for optimal processor performance", "The sensor may drop traffic when the processor saves power.", "sensor", "1045", "low", "suppressed", 20 * day, controllers[2].at,
			[]string{"Set the power plan to high performance."}, nil},
		{"Sensor stopped communicating", "The sensor did not report for more than five minutes.", "sensor", "1004", "medium", "closed", 12 * day, controllers[0].at,
			[]string{"Check that the sensor's service runs and that the proxy lets it through."}, nil},
		{"Read-only user password is about to expire", "The directory service account's password expires soon.", "global", "1017", "medium", "closed", 25 * day, -1,
			[]string{"Use a group managed service account instead."}, nil},
	}
}

// HealthIssues lists the health issues of Defender for Identity, open ones first. They do not change while a world
// lives.
func (w *World) HealthIssues(now time.Time) []HealthIssue {
	var issues []HealthIssue
	for n, k := range healthKinds() {
		if k.computer >= w.options.Computers {
			continue
		}
		d := w.dice(sensorStream, -1-n)
		id := d.guid()
		issue := HealthIssue{
			ID: id.String(), Title: k.title, Description: k.description, Type: k.kind, TypeID: k.typeID, Severity: k.severity,
			Status: k.status, Created: w.options.Now.Add(-k.ago), Remedies: k.remedies, Commands: k.commands,
		}
		issue.Modified = issue.Created.Add(k.ago / 3)
		if issue.Created.After(now) {
			continue
		}
		if k.computer >= 0 {
			c := w.Computer(k.computer)
			issue.Sensors = []string{c.DNSName}
			issue.Domains = []string{w.domains[c.Domain].DNSName}
			issue.Additional = []string{fmt.Sprintf("Sensor %s, last contact a minute ago", strings.ToUpper(c.Name))}
		} else {
			for i := range w.domains {
				issue.Domains = append(issue.Domains, w.domains[i].DNSName)
			}
		}
		issues = append(issues, issue)
	}
	return issues
}
