package session

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"adbadge/model"
)

func TestDrift(t *testing.T) {
	base := newStandIn(t).settings
	without := func(names ...string) map[string]any {
		m := maps.Clone(base)
		for _, name := range names {
			delete(m, name)
		}
		return m
	}
	for name, c := range map[string]struct {
		settings map[string]any
		want     string
		broken   bool
	}{
		"known":          {base, "", false},
		"number":         {with(base, mobileName, 30), "", false},
		"older":          {with(without("EnableHVAOnboardingOptions"), "EnableAuditTrail", true), "new: EnableAuditTrail; gone: EnableHVAOnboardingOptions", false},
		"text":           {with(base, "NewMode", "strict"), "new: NewMode", false},
		"hostile name":   {with(base, "\x1b[2J\u202e", 1), "new: ␛[2J�", false},
		"no sentinel":    {without("EnableWdavAntiTampering"), "EnableWdavAntiTampering is missing", true},
		"another type":   {with(base, "BlockListEnabled", "true"), "BlockListEnabled is neither true nor false", true},
		"null":           {with(base, "BlockListEnabled", nil), "BlockListEnabled is neither true nor false", true},
		"no number":      {with(base, mobileName, true), "MobileDeactivationPeriodInDays is no number", true},
		"nested":         {with(base, "More", map[string]any{"a": 1}), "More is more than one value", true},
		"few":            {without("BilbaoApproved", "BilbaoEnabled", "MagellanOptOut", "WebCategoriesEnabled", "EnableEndpointDlp"), "only 27 of 32 of the known settings are there", true},
		"text as a flag": {with(base, enabledName, "true"), "AatpIntegrationEnabled is neither true nor false", true},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(c.settings)
			if err != nil {
				t.Fatal(err)
			}
			var r model.PortalReading
			err = readFeatures(data, &r)
			if got := r.Drift.String(); !strings.HasPrefix(got, c.want) || (c.want == "") != r.Drift.IsZero() || (r.Drift.Broken != "") != c.broken {
				t.Errorf("got %q, broken %q", got, r.Drift.Broken)
			}
			if (err != nil) != (r.Features.Enabled == model.ToggleUnknown) {
				t.Errorf("state %s with the error %v", r.Features.Enabled, err)
			}
		})
	}
}

func TestOtherSettingsThatChanged(t *testing.T) {
	base := newStandIn(t).settings
	reading := func(m map[string]any) *model.PortalReading {
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var r model.PortalReading
		if err := readFeatures(data, &r); err != nil {
			t.Fatal(err)
		}
		return &r
	}
	before := reading(base)
	if got := reading(with(base, enabledName, false)).ChangedOthers(before); len(got) > 0 {
		t.Errorf("the flag itself is named: %v", got)
	}
	after := with(with(base, "EnableWdavAntiTampering", false), "Added", 1)
	delete(after, mobileName)
	if got := fmt.Sprint(reading(after).ChangedOthers(before)); got != "[Added EnableWdavAntiTampering MobileDeactivationPeriodInDays]" {
		t.Errorf("got %s", got)
	}
}

func FuzzFeatures(f *testing.F) {
	data, err := json.Marshal(newStandIn(&testing.T{}).settings)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for _, seed := range []string{"{}", "[]", "null", `{"a":{}}`, `{"a":1,"a":2}`, `{"AatpIntegrationEnabled":true,"AatpWorkspaceExists":false}`, "{", `{"a":1}x`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r model.PortalReading
		err := readFeatures(data, &r)
		if (err == nil) != (r.Features.Enabled != model.ToggleUnknown) {
			t.Errorf("state %s with the error %v", r.Features.Enabled, err)
		}
		if strings.ContainsAny(r.Drift.String(), "\x1b\n\x00") {
			t.Errorf("not clean: %q", r.Drift)
		}
		if err == nil && r.Drift.Broken == "" && len(r.Others) < leastKnown-1 {
			t.Errorf("%d settings are taken for the known ones", len(r.Others))
		}
	})
}

func FuzzContext(f *testing.F) {
	for _, seed := range []string{
		`{"AuthInfo":{"TenantId":"` + tenantID + `","UserName":"a"},"Features":{"MdiMdeIntegrationToggleRemoval":true},"AatpIntegrationEnabled":true,"AatpWorkspaceExists":true}`,
		`{"AuthInfo":[]}`, `{"AuthInfo":{"TenantId":1}}`, `{"authinfo":{}}`, `{"AuthInfo":{"TenantId":"a","TenantId":"b"}}`, "{}", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r model.PortalReading
		w, problem, err := readContext(data, &r)
		if err == nil && w.tenant.IsZero() {
			t.Error("no tenant and no error")
		}
		if err == nil && (problem == nil) != (r.Context.Enabled != model.ToggleUnknown) {
			t.Errorf("state %s with %v", r.Context.Enabled, problem)
		}
	})
}
