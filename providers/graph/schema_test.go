package graph

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

const namespace = "microsoft.graph.security."

// schema is the part of the vendor's published schema that is about security.
type schema struct {
	Types map[string]struct {
		Base       string
		Properties []struct {
			Name, Type string
			Collection bool
		}
	}
	Enums map[string]struct{ Members []string }
}

// schemas gives our own excerpt, and the whole where it is kept beside the project.
func schemas(t *testing.T, test func(t *testing.T, s schema)) {
	read := func(t *testing.T, data []byte) {
		var s schema
		if err := json.Unmarshal(data, &s); err != nil {
			t.Fatal(err)
		}
		test(t, s)
	}
	t.Run("excerpt", func(t *testing.T) {
		data, err := os.ReadFile("testdata/schema.json")
		if err != nil {
			t.Fatal(err)
		}
		read(t, data)
	})
	t.Run("published", func(t *testing.T) { read(t, entratest.ReadShared(t, "reference", "graph-security-types.json")) })
}

// value makes a value of a type. Of enumerations it is the member of a number, counted round and round.
func (s *schema) value(kind string, depth, number int) any {
	switch {
	case strings.HasPrefix(kind, "Edm.Int"):
		return 443
	case kind == "Edm.Double":
		return 1.5
	case kind == "Edm.Boolean":
		return true
	case kind == "Edm.Guid":
		return "6f1c2a54-0d0e-4c1c-9a7e-0f5f0d1b2c3d"
	case kind == "Edm.DateTimeOffset":
		return "2026-08-11T09:12:41.1033333Z"
	case strings.HasPrefix(kind, "Edm."):
		return "some text"
	}
	if members := s.Enums[kind].Members; len(members) > 0 {
		return members[number%len(members)]
	}
	return s.object(kind, depth-1, number)
}

func (s *schema) object(kind string, depth, number int) map[string]any {
	object := map[string]any{"@odata.type": "#" + kind, "somethingNew": map[string]any{"a": []int{1}}}
	if depth == 0 {
		return object
	}
	for _, p := range s.Types[kind].Properties {
		value := s.value(p.Type, depth, number)
		if p.Collection {
			value = []any{value}
		}
		object[p.Name] = value
	}
	return object
}

// Every type of evidence is read with a name, whatever member each of its enumerations has.
func TestSchemaOfEvidence(t *testing.T) {
	schemas(t, func(t *testing.T, s schema) {
		kinds, longest := 0, 0
		for _, enum := range s.Enums {
			longest = max(longest, len(enum.Members))
		}
		for name, kind := range s.Types {
			if !strings.HasSuffix(kind.Base, ".alertEvidence") {
				continue
			}
			kinds++
			for number := range longest {
				for depth := range 4 {
					raw, err := json.Marshal(map[string]any{"id": "ri1", "evidence": []any{s.object(name, depth, number)}})
					if err != nil {
						t.Fatal(err)
					}
					var record alertRecord
					if err := json.Unmarshal(raw, &record); err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					a, ok := record.alert(entra.NewTexts())
					if !ok || len(a.Evidence) != 1 || a.Evidence[0].Kind == "" || strings.Contains(a.Evidence[0].Kind.String(), "vidence") {
						t.Fatalf("%s is read as %v", name, a.Evidence)
					}
					if depth == 3 && a.Evidence[0].Name == "" {
						t.Errorf("%s has no name: %s", name, raw)
					}
				}
			}
		}
		if kinds < 12 {
			t.Errorf("only %d types of evidence were tried", kinds)
		}
	})
}

// words are the enumerations whose words people see, with how they come to see one. Of "unknown" and "none" nothing is
// to be seen.
var words = map[string]func(t *testing.T, word string) string{
	"alertSeverity": func(t *testing.T, word string) string {
		a := readAlert(t, `{"severity":%q}`, word)
		return first(a.SeverityText.String(), a.Severity.String())
	},
	"alertStatus": func(t *testing.T, word string) string {
		a := readAlert(t, `{"status":%q}`, word)
		return first(a.StatusText.String(), a.Status.String())
	},
	"alertClassification": func(t *testing.T, word string) string {
		return readAlert(t, `{"classification":%q}`, word).Classification.String()
	},
	"alertDetermination": func(t *testing.T, word string) string {
		return readAlert(t, `{"determination":%q}`, word).Determination.String()
	},
	"investigationState": func(t *testing.T, word string) string {
		return readAlert(t, `{"investigationState":%q}`, word).Investigation.String()
	},
	"detectionSource": func(t *testing.T, word string) string {
		return readAlert(t, `{"detectionSource":%q}`, word).Source.String()
	},
	"evidenceVerdict": func(t *testing.T, word string) string {
		return readAlert(t, `{"evidence":[{"@odata.type":"#microsoft.graph.security.fileEvidence","verdict":%q}]}`, word).Evidence[0].Verdict.String()
	},
	"evidenceRemediationStatus": func(t *testing.T, word string) string {
		return readAlert(t, `{"evidence":[{"@odata.type":"#microsoft.graph.security.fileEvidence","remediationStatus":%q}]}`, word).Evidence[0].Remediation.String()
	},
	"detectionStatus": func(t *testing.T, word string) string {
		return readAlert(t, `{"evidence":[{"@odata.type":"#microsoft.graph.security.fileEvidence","detectionStatus":%q}]}`, word).Evidence[0].Detection.String()
	},
	"evidenceRole": func(t *testing.T, word string) string {
		return readAlert(t, `{"evidence":[{"@odata.type":"#microsoft.graph.security.fileEvidence","roles":[%q]}]}`, word).Evidence[0].Roles.String()
	},
	"incidentStatus": func(t *testing.T, word string) string {
		var got []model.Incident
		_, err := say(t, 200, fmt.Appendf(nil, `{"value":[{"id":"1","status":%q}]}`, word)).Incidents(t.Context(), time.Time{},
			func(batch []model.Incident) error { got = append(got, batch...); return nil })
		if err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		return got[0].Status.String()
	},
	"healthIssueSeverity": func(t *testing.T, word string) string {
		issues, err := say(t, 200, fmt.Appendf(nil, `{"value":[{"id":"1","severity":%q}]}`, word)).HealthIssues(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		return first(issues[0].SeverityText.String(), issues[0].Severity.String())
	},
	"sensorHealthStatus": func(t *testing.T, word string) string { return readSensor(t, "healthStatus", word).Health.String() },
	"deploymentStatus":   func(t *testing.T, word string) string { return readSensor(t, "deploymentStatus", word).Deploy.String() },
	"serviceStatus":      func(t *testing.T, word string) string { return readSensor(t, "serviceStatus", word).Service.String() },
}

func readAlert(t *testing.T, form, word string) model.Alert {
	t.Helper()
	var record alertRecord
	if err := json.Unmarshal(fmt.Appendf(nil, form, word), &record); err != nil {
		t.Fatal(err)
	}
	record.ID = "ri1"
	a, ok := record.alert(entra.NewTexts())
	if !ok {
		t.Fatal("the alert was not read")
	}
	return a
}

func readSensor(t *testing.T, member, word string) model.Sensor {
	t.Helper()
	sensors, err := say(t, 200, fmt.Appendf(nil, `{"value":[{%q:%q}]}`, member, word)).Sensors(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sensors[0]
}

// Every word of the enumerations that are shown can be told from the others, also one that came later.
func TestSchemaOfWords(t *testing.T) {
	schemas(t, func(t *testing.T, s schema) {
		for enum, see := range words {
			members := s.Enums[namespace+enum].Members
			if len(members) == 0 {
				t.Errorf("the schema has no %s", enum)
			}
			seen := map[string]string{}
			for _, member := range append(slices.Clone(members), "somethingNewer") {
				shown := see(t, member)
				if other, taken := seen[shown]; taken {
					t.Errorf("%s: %q and %q are both shown as %q", enum, member, other, shown)
				}
				seen[shown] = member
				otherwise, special := spelled[member]
				if squeezed := strings.ReplaceAll(shown, " ", ""); !strings.EqualFold(squeezed, member) && !(special && squeezed == otherwise) {
					t.Errorf("%s: %q is shown as %q", enum, member, shown)
				}
			}
		}
	})
}

// spelled are the words that are shown otherwise than spelled apart.
var spelled = map[string]string{
	"unknown": "", "none": "",
	"notHealthyLow": "nothealthy(low)", "notHealthyMedium": "nothealthy(medium)", "notHealthyHigh": "nothealthy(high)",
}

// Alerts of Defender for Identity are told by their source, whatever else there is; issues that somebody closed or
// suppressed are left out, and any other word counts as open.
func TestSchemaOfDecisions(t *testing.T) {
	schemas(t, func(t *testing.T, s schema) {
		for _, source := range append(slices.Clone(s.Enums[namespace+"serviceSource"].Members), "somethingNewer") {
			record := alertRecord{ServiceSource: source, ID: "da1"}
			if got := record.isIdentity(); got != (source == "microsoftDefenderForIdentity") {
				t.Errorf("an alert of %s: identity %v", source, got)
			}
		}
		open := map[string]bool{"closed": false, "suppressed": false}
		for _, status := range append(slices.Clone(s.Enums[namespace+"healthIssueStatus"].Members), "somethingNewer") {
			issues, err := say(t, 200, fmt.Appendf(nil, `{"value":[{"id":"1","status":%q}]}`, status)).HealthIssues(t.Context(), false)
			if want, known := open[status]; err != nil || (len(issues) == 1) != (want || !known) {
				t.Errorf("an issue that is %s gives %v, %v", status, issues, err)
			}
		}
		for _, kind := range s.Enums[namespace+"healthIssueType"].Members {
			issues, err := say(t, 200, fmt.Appendf(nil, `{"value":[{"id":"1","healthIssueType":%q}]}`, kind)).HealthIssues(t.Context(), false)
			if err != nil || issues[0].Global != (kind == "global") {
				t.Errorf("a %s issue gives %v, %v", kind, issues, err)
			}
		}
	})
}

// The members that adbadge asks for by name are members of the published types: a slip of the pen would read nothing.
func TestSchemaHasWhatIsRead(t *testing.T) {
	var s schema
	if err := json.Unmarshal(entratest.ReadShared(t, "reference", "graph-security-types.json"), &s); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"@odata.type": true}
	for _, kind := range s.Types {
		for _, p := range kind.Properties {
			known[p.Name] = true
		}
	}
	for _, record := range []any{alertRecord{}, evidenceRecord{}, accountRecord{}, incidentRecord{}, healthRecord{}, sensorRecord{}, fileInfo{}, sender{}, subscriptionRecord{}} {
		for _, name := range slices.Sorted(maps.Keys(membersOf(record))) {
			if !known[name] {
				t.Errorf("%T reads %q, which the schema does not have", record, name)
			}
		}
	}
}

// membersOf lists the JSON names of a struct and of what is embedded in it.
func membersOf(record any) map[string]bool {
	names := map[string]bool{}
	var add func(kind reflect.Type)
	add = func(kind reflect.Type) {
		for i := range kind.NumField() {
			field := kind.Field(i)
			inner := field.Type
			for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			if name := field.Tag.Get("json"); name != "" {
				names[name] = true
			}
			if inner.Kind() == reflect.Struct {
				add(inner)
			}
		}
	}
	add(reflect.TypeOf(record))
	return names
}
