package query

import (
	"slices"
	"strings"

	"adbadge/model"
)

// Field is something that can be asked for by name, for help, completion and README.
type Field struct {
	Name    string
	Meaning string
	Example string
	Values  []string // the words that it takes; nil where it takes any text, number or age
	Compare bool     // takes <, <=, > and >=
}

// valueKind is how the value of a field is read.
type valueKind uint8

const (
	textValue     valueKind = iota
	wordValue               // one of Field.Values
	badgeValue              // one of Field.Values, or a severity
	severityValue           // one of Field.Values, ordered
	numberValue
	ageValue // number and unit, or one of Field.Values
	guidValue
)

// field is a Field and how to answer it.
type field struct {
	Field
	kind    valueKind
	other   []string // further names
	compile func(c *compiler, t *term) rowTest
}

var (
	yesNo      = []string{"yes", "no"}
	severities = []string{"none", "informational", "low", "medium", "high", "other"}
	badges     = []string{"alerts", "recognized", "trouble", "discovered", "unrecognized", "unknown", "ambiguous"}
	healths    = []string{"active", "inactive", "impaired", "silent", "unknown"}
)

// fields is the table that parsing, help and completion read.
var fields = makeFields()

func makeFields() []field {
	return []field{
		{Field{"badge", "what Defender for Endpoint knows, as the legend has it; with a severity: has open alerts that bad", "badge>=high", badges, true},
			badgeValue, nil, compileBadge},
		{Field{"alerts", "number of open alerts of Defender for Endpoint", "alerts>2", nil, true}, numberValue, nil, compileAlerts},
		{Field{"mdi", "number of open alerts of Defender for Identity", "mdi>0", nil, true}, numberValue, nil, compileIdentityAlerts},
		{Field{"alert", "an open alert of either product has this in its title", `alert:"pass the hash"`, nil, false}, textValue, nil, compileAlertTitle},
		{Field{"phase", "an open alert of either product belongs to this step of an attack", `phase:"lateral movement"`, phaseNames(), false},
			wordValue, []string{"tactic"}, compilePhase},
		{Field{"technique", "an open alert names this MITRE ATT&CK technique, or a part of it", "technique:T1003", nil, false}, textValue, nil, compileTechnique},
		{Field{"kind", "computer or user", "kind:computer", []string{"computer", "user"}, false}, wordValue, []string{"type"}, compileKind},
		{Field{"name", "display name", "name:anna", nil, false}, textValue, nil, compileName},
		{Field{"sam", "sAMAccountName", "sam:svc-", nil, false}, textValue, []string{"account"}, compileSAM},
		{Field{"upn", "user principal name", "upn:anna@", nil, false}, textValue, nil, compileUPN},
		{Field{"mail", "mail address", "mail:@contoso.test", nil, false}, textValue, []string{"email"}, compileMail},
		{Field{"dns", "full DNS name of a computer", "dns:.emea.", nil, false}, textValue, []string{"fqdn", "host"}, compileDNS},
		{Field{"domain", "DNS name of the domain, or its whole NetBIOS name", "domain:contoso", nil, false}, textValue, nil, compileDomain},
		{Field{"ou", "organisational unit", "ou:workstations", nil, false}, textValue, nil, compileOU},
		{Field{"os", "operating system and its version", `os:"server 2019"`, nil, false}, textValue, nil, compileSystem},
		{Field{"dept", "department", "dept:finance", nil, false}, textValue, []string{"department"}, compileDepartment},
		{Field{"title", "job title", "title:manager", nil, false}, textValue, []string{"job"}, compileTitle},
		{Field{"sid", "security identifier, whole or in part", "sid:S-1-5-21-1004336348-1177238915-682003330-1107", nil, false},
			textValue, nil, compileSID},
		{Field{"id", "objectGUID, whole", "id:5a3b9c1e-0d2f-4e68-9a7b-1c2d3e4f5a6b", nil, false}, guidValue, []string{"guid"}, compileID},
		{Field{"enabled", "the account is not disabled", "enabled:no", yesNo, false}, wordValue, nil, compileFlag(model.Disabled, false)},
		{Field{"sensitive", "a privileged account", "sensitive:yes", yesNo, false}, wordValue, nil, compileFlag(model.Sensitive, true)},
		{Field{"service", "a service account", "service:yes", yesNo, false}, wordValue, nil, compileFlag(model.Service, true)},
		{Field{"dc", "a domain controller", "dc:yes", yesNo, false}, wordValue, nil, compileFlag(model.DomainController, true)},
		{Field{"locked", "the account is locked out", "locked:yes", yesNo, false}, wordValue, nil, compileFlag(model.Locked, true)},
		{Field{"expired", "the account has expired", "expired:yes", yesNo, false}, wordValue, nil, compileFlag(model.Expired, true)},
		{Field{"logon", "age of the last logon that the directory knows; m, h, d, w, y", "logon>90d", []string{"never"}, true}, ageValue, nil, compileLogon},
		{Field{"created", "age of the account", "created<30d", []string{"never"}, true}, ageValue, nil, compileCreated},
		{Field{"password", "age of the password", "password>1y", []string{"never"}, true}, ageValue, []string{"pwd"}, compilePassword},
		{Field{"seen", "how long ago Defender for Endpoint saw it last", "seen<7d", []string{"never"}, true}, ageValue, nil, compileSeen},
		{Field{"health", "sensor of the machine record seen last", "health:inactive", healths, false}, wordValue, nil, compileHealth},
		{Field{"risk", "risk of the machine record seen last", "risk>=medium", severities, true}, severityValue, nil, compileRisk},
		{Field{"exposure", "exposure of the machine record seen last", "exposure:high", severities, true}, severityValue, nil, compileExposure},
		{Field{"tag", "a tag of a machine record", "tag:tier0", nil, false}, textValue, nil, compileTag},
		{Field{"matched", "the rule by which entity and counterpart were brought together", "matched:deviceId", matchNames(), false}, wordValue, nil, compileMatch},
		{Field{"stale", "the answer is older than one refresh interval", "stale:yes", yesNo, false}, wordValue, nil, compileStale},
	}
}

// Fields lists everything that can be asked for by name, in the order in which help shows it.
func Fields() []Field {
	list := make([]Field, len(fields))
	for i := range fields {
		list[i] = fields[i].Field
		list[i].Values = slices.Clone(list[i].Values)
	}
	return list
}

func phaseNames() []string {
	var names []string
	for p := model.InitialAccess; p <= model.Impact; p++ {
		names = append(names, p.String())
	}
	return names
}

func matchNames() []string {
	var names []string
	for m := model.MatchNone; m <= model.MatchLogon; m++ {
		names = append(names, m.String())
	}
	return names
}

// fieldNamed finds a field by one of its names, in either case, or gives nil.
func fieldNamed(name string) *field {
	name = strings.ToLower(name)
	for i := range fields {
		if fields[i].Name == name || slices.Contains(fields[i].other, name) {
			return &fields[i]
		}
	}
	return nil
}

func fieldNames() []string {
	var names []string
	for i := range fields {
		names = append(names, fields[i].Name)
	}
	return names
}
