package endpoint

import (
	"os"
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

func FuzzMachines(f *testing.F) {
	machines, err := os.ReadFile("testdata/machines.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(machines)
	f.Add([]byte(`{"value":[{"id":"1e5bc9d7e413ddd7902c2932e418702b84d0cc07","vmMetadata":{"resourceId":"/MICROSOFT.COMPUTE/"},"deviceValue":"\u0000","machineTags":["",null],"lastSeen":"0001-01-01"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := entratest.Decoded[struct{ Value []machineRecord }](t, data).Value
		r := newMachineReader()
		seen := map[string]bool{}
		for i := range in {
			m, ok := r.read(&in[i])
			if !ok {
				continue
			}
			if len(m.ID) != 40 || strings.ToLower(m.ID) != m.ID || seen[m.ID] {
				t.Errorf("machine %+v", m)
			}
			seen[m.ID] = true
			mustBeClean(t, m.Name, m.OS, m.OSVersion, m.IP)
			mustBeClean(t, m.Tags...)
			if s := m.Setup; s != nil {
				mustBeClean(t, s.Group, s.Value, s.Sensor, s.Antivirus, s.ManagedBy, s.Exclusion)
			}
		}
	})
}

func FuzzAlerts(f *testing.F) {
	f.Add([]byte(`{"value":[{"id":"da1_1","relatedUser":"A\\b","incidentId":"7","title":"\u001b","classification":"TruePositive","evidence":[{"entityType":"User","userSid":"S-1-5-21-1"},{"entityType":"Process","processCommandLine":"a\u202e","filePath":"C:\\"}]}]}`))
	f.Add([]byte(`{"value":[{"id":"aa1","relatedUser":{"userName":"x"},"incidentId":7e3,"severity":"None","status":"","mitreTechniques":["T1003",""]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := entratest.Decoded[struct{ Value []alertRecord }](t, data).Value
		r := alertReader{texts: entra.NewTexts()}
		for i := range in {
			a, ok := r.read(&in[i])
			if !ok {
				continue
			}
			if a.ID == "" || strings.ContainsAny(a.ID, "/?#\\ .") || a.Severity == model.NoSeverity || len(a.Evidence) > model.MaxEvidence {
				t.Errorf("alert %+v", a)
			}
			mustBeClean(t, a.Title, a.Description, a.Category, a.SeverityText, a.StatusText, a.Classification, a.Determination, a.Investigation, a.IncidentID)
			mustBeClean(t, a.Techniques...)
			for _, e := range a.Evidence {
				mustBeClean(t, e.Kind, e.Name, e.Detection)
			}
			for _, u := range a.Accounts {
				mustBeClean(t, u.Name, u.Domain, u.UPN)
			}
			for _, d := range a.Devices {
				mustBeClean(t, d.Name)
			}
		}
	})
}

func FuzzLogons(f *testing.F) {
	f.Add([]byte(`{"value":[{"id":"contoso\\old","accountName":"old\u001b","accountDomain":"contoso","lastSeen":"2020-01-06T08:01:48Z"},{"accountName":""}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := entratest.Decoded[struct{ Value []logonRecord }](t, data).Value
		for i := range in {
			l, ok := in[i].logon()
			if ok != (l.Name != "") {
				t.Errorf("logon %+v, %v", l, ok)
			}
			mustBeClean(t, l.Name, l.Domain)
		}
	})
}

func mustBeClean(t *testing.T, lines ...text.Line) {
	t.Helper()
	for _, line := range lines {
		if line != text.CleanMax(line.String(), text.MaxRunes) {
			t.Errorf("%q is not clean", line)
		}
	}
}
