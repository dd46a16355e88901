package cloud_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/providers/entra/entratest"
	"adbadge/providers/lab/cloud"
	"adbadge/providers/lab/world"
)

func sample(t *testing.T, name string) any {
	t.Helper()
	raw := entratest.ReadShared(t, "samples", filepath.FromSlash(name))
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// shape notes every member of a value with the types that it has: "value[].id" -> "string". Members of evidence are
// noted by the type of the evidence.
func shape(v any, path string, into map[string]map[string]bool) {
	note := func(kind string) {
		if into[path] == nil {
			into[path] = map[string]bool{}
		}
		into[path][kind] = true
	}
	switch v := v.(type) {
	case map[string]any:
		note("object")
		if kind, ok := v["@odata.type"].(string); ok {
			path += "<" + kind[strings.LastIndexByte(kind, '.')+1:] + ">"
		}
		if kind, ok := v["entityType"].(string); ok {
			path += "<" + kind + ">"
		}
		for name, member := range v {
			shape(member, path+"."+name, into)
		}
	case []any:
		note("list")
		for _, item := range v {
			shape(item, path+"[]", into)
		}
	case string:
		note("string")
	case float64:
		note("number")
	case bool:
		note("bool")
	case nil:
		note("null")
	}
}

// known are members of samples that the lab does not have, each for a reason.
var known = map[string]string{
	".value[]<alert>.evidence[]<registryKeyEvidence>": "the lab makes no registry evidence",
	".evidence[]<registryKeyEvidence>":                "the lab makes no registry evidence",
	"<deviceEvidence>.vmMetadata.":                    "only on virtual machines, and no alert of the lab may be on one",
	"<deviceEvidence>.loggedOnUsers[]":                "only where somebody is logged on",
	".comments[].":                                    "only where somebody wrote one",
	".value[]<incident>.comments[]":                   "nobody comments on incidents in the lab",
}

func excused(path string) bool {
	for part := range known {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

func TestShapesAreThoseOfTheSamples(t *testing.T) {
	b := start(t, world.Options{})
	var machineWithUsers string
	_, s := someone(t, b.world)
	machineWithUsers = b.world.Machine(s.Machine).ID
	var alert string
	for _, a := range b.world.Alerts(noon) {
		var user, process, file bool
		for _, e := range a.Evidence {
			user, process, file = user || e.User != nil, process || e.Process != nil, file || e.File != nil
		}
		if a.Product == model.DefenderForEndpoint && user && process && file && a.RelatedUser != nil {
			alert = a.ID
		}
	}
	userSelect := "$select=id,userPrincipalName,onPremisesSyncEnabled,onPremisesSecurityIdentifier,onPremisesImmutableId,onPremisesSamAccountName,onPremisesDomainName,onPremisesDistinguishedName"
	deviceSelect := "$select=id,deviceId,displayName,trustType,onPremisesSyncEnabled,onPremisesSecurityIdentifier,accountEnabled,operatingSystem,approximateLastSignInDateTime"
	for name, answer := range map[string]func() reply{
		"mde/machines-list.json":                            func() reply { return b.endpoint("/api/machines") },
		"mde/machine-get-observed.json":                     func() reply { return b.endpoint("/api/machines/" + machineWithUsers) },
		"mde/machine-logonusers.json":                       func() reply { return b.endpoint("/api/machines/" + machineWithUsers + "/logonusers") },
		"mde/alerts-list.json":                              func() reply { return b.endpoint("/api/alerts") },
		"mde/alerts-list-expand-evidence.json":              func() reply { return b.endpoint("/api/alerts", "$expand=evidence") },
		"mde/alert-get-composed.json":                       func() reply { return b.endpoint("/api/alerts/" + alert) },
		"mde/user-alerts-empty-composed.json":               func() reply { return b.endpoint("/api/users/nobody-here/alerts") },
		"mde/error-404.json":                                func() reply { return b.endpoint("/api/machines/1") },
		"graph/alerts_v2-list-mdi-composed.json":            func() reply { return b.graph("/v1.0/security/alerts_v2", "$top=50", "$count=true") },
		"graph/incidents-list.json":                         func() reply { return b.graph("/v1.0/security/incidents") },
		"graph/healthIssues-list.json":                      func() reply { return b.graph("/v1.0/security/identities/healthIssues") },
		"graph/sensors-list.json":                           func() reply { return b.graph("/v1.0/security/identities/sensors") },
		"graph/autoAuditingConfiguration.json":              func() reply { return b.graph("/v1.0/security/identities/settings/autoAuditingConfiguration") },
		"graph/sensorCandidateActivationConfiguration.json": func() reply { return b.graph("/v1.0/security/identities/sensorCandidateActivationConfiguration") },
		"graph/subscribedSkus-mdi-mde-composed.json":        func() reply { return b.graph("/v1.0/subscribedSkus") },
		"graph/users-list-composed.json":                    func() reply { return b.graph("/v1.0/users", userSelect, "$top=999") },
		"graph/devices-list-composed.json":                  func() reply { return b.graph("/v1.0/devices", deviceSelect, "$top=999") },
		"graph/error-403-composed.json":                     func() reply { return b.call(cloud.GraphScope, http.MethodGet, b.GraphURL+"/v1.0/nothing", "") },
		"graph/runHuntingQuery.json": func() reply {
			return b.call(cloud.GraphScope, http.MethodPost, b.GraphURL+"/v1.0/security/runHuntingQuery", `{"Query":"DeviceInfo | project Timestamp, FileName = DeviceName, InitiatingProcessFileName = DeviceId"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			want, got := map[string]map[string]bool{}, map[string]map[string]bool{}
			shape(sample(t, name), "", want)
			var v any
			r := answer()
			if err := json.Unmarshal([]byte(r.body), &v); err != nil {
				t.Fatalf("status %d, %v: %.200s", r.status, err, r.body)
			}
			shape(v, "", got)
			for path, kinds := range want {
				if excused(path) {
					continue
				}
				if list, found := strings.CutSuffix(path, "[]"); found && got[list]["list"] {
					continue // the list is there; it is empty
				}
				if got[path] == nil {
					t.Errorf("%s is missing", path)
					continue
				}
				for kind := range got[path] {
					if !kinds[kind] && kind != "null" && !kinds["null"] {
						t.Errorf("%s is a %s, in the sample %v", path, kind, kinds)
					}
				}
			}
		})
	}
}
