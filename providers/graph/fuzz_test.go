package graph

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

// fuzzList lets a decoder read the items of a list, as far as they fit, and looks at what comes out.
func fuzzList[T any](f *testing.F, seeds []string, read func(t *testing.T, items []T)) {
	for _, s := range append(seeds, `{"value":[{}]}`, `{"value":[null,7,"x",[]]}`, `{"value":{}}`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read(t, entratest.Decoded[struct{ Value []T }](t, data).Value)
	})
}

// mustBeClean fails for text that is not clean, wherever in a value it is, and for times that no product has seen.
func mustBeClean(t *testing.T, value any) {
	t.Helper()
	look(t, reflect.ValueOf(value))
}

func look(t *testing.T, v reflect.Value) {
	t.Helper()
	switch line, isLine := v.Interface().(text.Line); {
	case isLine:
		if line != text.CleanMax(line.String(), text.MaxRunes) {
			t.Errorf("%q is not clean", line)
		}
		return
	}
	if at, ok := v.Interface().(time.Time); ok {
		if !at.IsZero() && (at.Year() < 1979 || at.Year() > 9001) {
			t.Errorf("%v is no time of ours", at)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			look(t, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			look(t, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			look(t, v.Field(i))
		}
	}
}

func FuzzAlerts(f *testing.F) {
	alerts, err := os.ReadFile("testdata/alerts.json")
	if err != nil {
		f.Fatal(err)
	}
	fuzzList(f, []string{
		string(alerts),
		`{"value":[{"id":"ri1","incidentId":7,"detectorId":[],"evidence":[{"@odata.type":"#a.b.networkConnectionEvidence","sourceAddress":{"ipAddress":"::1"},"sourcePort":1e9,"roles":["unknown",""],"account":{"userAccount":{}}},{"registryKey":"a","registryHive":"\\"}]}]}`,
		`{"value":[{"id":"aa1","severity":"\u0000","status":"\u202e","classification":"aBC d","determination":"A\u001bB","evidence":[{"@odata.type":"Evidence","verdict":"x"}]}]}`,
	}, func(t *testing.T, records []alertRecord) {
		texts := entra.NewTexts()
		for i := range records {
			records[i].isIdentity()
			a, ok := records[i].alert(texts)
			if !ok {
				continue
			}
			if _, valid := entra.ReadAlertID(a.ID); !valid || len(a.Evidence) > model.MaxEvidence || a.MoreEvidence < 0 {
				t.Errorf("alert %+v", a)
			}
			for _, e := range a.Evidence {
				if e.Kind == "" || len([]rune(e.Name)) > maxEvidenceName || e.String() == "" {
					t.Errorf("evidence %+v", e)
				}
			}
			for _, d := range a.Devices {
				if _, valid := entra.ReadMachineID(d.MachineID); d.MachineID != "" && !valid {
					t.Errorf("device %+v", d)
				}
			}
			mustBeClean(t, a)
		}
	})
}

func FuzzIncidents(f *testing.F) {
	fuzzList(f, []string{`{"value":[{"id":"12","displayName":"\u001b[2J","severity":"High","status":"InProgress","incidentWebUrl":"https://x/","lastUpdateDateTime":"2026-08-11T09:12:41Z"},{"id":-1e5}]}`},
		func(t *testing.T, records []incidentRecord) {
			for i := range records {
				in, ok := records[i].incident(entra.NewTexts())
				if ok != (in.ID != "") {
					t.Errorf("incident %+v, %v", in, ok)
				}
				mustBeClean(t, in)
			}
		})
}

func FuzzHealthIssues(f *testing.F) {
	fuzzList(f, []string{`{"value":[{"id":"1","displayName":"A","healthIssueType":"Global","severity":"HIGH","status":"Open","sensorDNSNames":["dc1"],"domainNames":[],"recommendations":["Do\nit"],"createdDateTime":"2022-07-15T12:19:27.7211305Z"}]}`},
		func(t *testing.T, records []healthRecord) {
			for i := range records {
				issue := records[i].issue(entra.NewTexts())
				if path, err := issuePath(issue.ID); err == nil && strings.Count(path, "/") != 5 {
					t.Errorf("path %s", path)
				}
				if len([]rune(issue.ID)) > 64 || issue.Severity == model.NoSeverity {
					t.Errorf("issue %+v", issue)
				}
				mustBeClean(t, issue)
			}
		})
}

func FuzzSensors(f *testing.F) {
	fuzzList(f, []string{`{"value":[{"displayName":"DC1","domainName":"contoso.test","version":"3.0","healthStatus":"NotHealthyHigh","serviceStatus":"stopped","deploymentStatus":"disconnected","openHealthIssuesCount":-2}]}`},
		func(t *testing.T, records []sensorRecord) {
			for i := range records {
				s := records[i].sensor()
				if s.Issues < 0 || s.Healthy && s.Health != "healthy" {
					t.Errorf("sensor %+v", s)
				}
				mustBeClean(t, s)
			}
		})
}

func FuzzSensorCandidates(f *testing.F) {
	fuzzList(f, []string{`{"value":[{"computerDnsName":"dc9\u001b.contoso.test","domainName":"contoso.test","lastSeenDateTime":"2026-03-01T10:00:00Z"},{"lastSeenDateTime":7}]}`},
		func(t *testing.T, records []candidateRecord) {
			for i := range records {
				mustBeClean(t, records[i].candidate())
			}
		})
}

func FuzzLicences(f *testing.F) {
	fuzzList(f, []string{`{"value":[{"capabilityStatus":"Enabled","servicePlans":[{"servicePlanId":"14AB5DB5-E6C4-4B20-B4BC-13E36FD2227F","provisioningStatus":"Success"},{"servicePlanId":"292cc034-7b7c-4950-aaf5-943befd3f1d4","provisioningStatus":"PendingInput"}]}]}`},
		func(t *testing.T, records []subscriptionRecord) {
			licences := licencesOf(records)
			if len(licences) != 2 || licences[0].Side != model.IdentitySide || licences[1].Side != model.EndpointSide {
				t.Errorf("licences %+v", licences)
			}
			for _, l := range licences {
				if l.State == model.LicenceUnknown || l.State != model.LicenceMissing && l.Plan == "" {
					t.Errorf("licence %+v", l)
				}
			}
		})
}

// FuzzSetting: an answer is understood, or it is an error that says what was seen; never both, and never a default.
func FuzzSetting(f *testing.F) {
	for _, s := range []string{`{"value":{"activationMode":"automated"}}`, `{"activationMode":"manual"}`, `{"value":{"isAutomatic":true}}`,
		`{"activationMode":"\u001b[31m"}`, `{"isAutomatic":null}`, `{"value":[]}`, `7`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, of := range settings {
			state, err := of.state(data)
			if (state == model.ToggleUnknown) != (err != nil) {
				t.Errorf("%s: state %s, error %v", of.Setting, state, err)
			}
			if err != nil {
				mustBeClean(t, text.Line(failureOf(t, err).Seen))
			}
		}
	})
}

func FuzzHunting(f *testing.F) {
	for _, s := range []string{
		`{"results":[{"AccountSid":"S-1-5-21-1-2-3-4","LastSeen":"2026-01-01T00:00:00Z","LastDevice":"a\u001b"}]}`,
		`{"Results":[{"accountSID":"s-1-5-21-1-2-3-4","lastseen":7}]}`, `{"results":{}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		answer := entratest.Decoded[struct{ Results []logonRow }](t, data)
		_ = emitLogons(answer.Results, func(batch []model.Logon) error {
			for _, l := range batch {
				if !l.SID.IsAccount() {
					t.Errorf("logon %+v", l)
				}
				mustBeClean(t, l)
			}
			return nil
		})
	})
}
