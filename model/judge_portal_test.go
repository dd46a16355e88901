package model

import (
	"strings"
	"testing"
	"time"
)

// reading gives what both places of the portal say.
func reading(features, context, workspace ToggleState) *PortalReading {
	return &PortalReading{Features: PortalView{Enabled: features, Workspace: workspace}, Context: PortalView{Enabled: context, Workspace: workspace}, At: noon}
}

func TestJudgePortal(t *testing.T) {
	on := func(r *PortalReading) PortalSession { return PortalSession{Begun: true, Open: true, Reading: r} }
	over := func(kind FailureKind) PortalSession {
		return PortalSession{Begun: true, Ended: &Failure{Kind: kind, Seen: "why", Remedy: "What to do."}}
	}
	linked := reading(ToggleOn, ToggleOn, ToggleOn)
	newer, broken, partial := *linked, *linked, *linked
	newer.Drift.Added = append(newer.Drift.Added, "NewSetting")
	broken.Drift.Broken, broken.Features = "BlockListEnabled is neither true nor false", PortalView{Problem: &Failure{Kind: NotSupported, Seen: "drifted"}}
	partial.Features = PortalView{Problem: &Failure{Kind: PermissionMissing, Seen: "403", Remedy: "Ask for a role."}}
	signals := Signals{Signal{true, noon.Add(-time.Hour)}, Signal{true, noon.Add(-23 * time.Hour)}}
	for name, c := range map[string]struct {
		portal  PortalSession
		signals Signals
		code    string // empty: none
		level   Level
		seen    string
	}{
		"none":              {PortalSession{}, Signals{}, "", OK, ""},
		"ended on request":  {PortalSession{Begun: true}, Signals{}, "", OK, ""},
		"not read yet":      {on(nil), Signals{}, "", OK, ""},
		"linked":            {on(linked), Signals{}, "", OK, ""},
		"off":               {on(reading(ToggleOff, ToggleOff, ToggleOn)), Signals{}, codePortalFlagOff, Warning, "check signals, not the flag"},
		"off, with signals": {on(reading(ToggleOff, ToggleOff, ToggleOn)), signals, codePortalFlagOff, OK, "both products sent data within a day"},
		"off, one silent":   {on(reading(ToggleOff, ToggleOff, ToggleOn)), Signals{signals.Identity, Signal{Known: true}}, codePortalFlagOff, Warning, "legacy flag off"},
		"views differ":      {on(reading(ToggleOff, ToggleOn, ToggleOn)), signals, codePortalViews, Warning, "the settings say off, the tenant's context says on"},
		"no workspace":      {on(reading(ToggleOn, ToggleOn, ToggleOff)), Signals{}, codePortalWorkspace, Warning, "the flag has no meaning"},
		"newer form":        {on(&newer), Signals{}, codePortalDrifted, OK, "new: NewSetting"},
		"broken form":       {on(&broken), Signals{}, codePortalDrifted, Warning, "neither true nor false"},
		"one place":         {on(&partial), Signals{}, codePortalDenied, OK, "403"},
		"expired":           {over(SignInRefused), Signals{}, codePortalEnded, OK, "why"},
		"lacks permission":  {over(PermissionMissing), Signals{}, codePortalDenied, OK, "why"},
		"another tenant":    {over(Untrusted), Signals{}, codePortalUnread, OK, "why"},
		"throttled":         {PortalSession{Begun: true, Open: true, Problem: &Failure{Kind: Throttled, Seen: "429"}}, Signals{}, codePortalUnread, OK, "429"},
	} {
		t.Run(name, func(t *testing.T) {
			facts := healthy(func(f *Facts) { f.Portal, f.Signals = c.portal, c.signals })
			s := Judge(facts)
			checkFindings(t, s)
			var found []Finding
			for _, f := range s.Findings {
				if strings.HasPrefix(f.Code, "ADB-15") {
					found = append(found, f)
				}
			}
			if c.code == "" {
				if len(found) > 0 {
					t.Errorf("got %+v", found)
				}
				return
			}
			if len(found) != 1 || found[0].Code != c.code || found[0].Level != c.level || !strings.Contains(found[0].Seen, c.seen) {
				t.Errorf("got %+v", found)
			}
			if want := map[Level]Integration{OK: IntegrationOn, Warning: IntegrationDegraded}[c.level]; s.Integration != want {
				t.Errorf("the integration is %s, want %s", s.Integration, want)
			}
		})
	}
}

// The flag is never among what badges depend on, however it stands.
func TestPortalFlagDecidesNothing(t *testing.T) {
	for _, state := range []ToggleState{ToggleOff, ToggleOn, ToggleUnknown} {
		flag := (&PortalReading{Features: PortalView{Enabled: state}, Context: PortalView{Enabled: state}}).Toggle()
		if flag.State != state || flag.Decides() || (flag.Problem == nil) != (state != ToggleUnknown) {
			t.Errorf("got %+v", flag)
		}
		facts := healthy(func(f *Facts) { f.Toggles = append([]Toggle{flag}, f.Toggles...) })
		if s := Judge(facts); s.Integration != IntegrationOn {
			t.Errorf("%s: the integration is %s: %s", state, s.Integration, s.Reason)
		}
	}
}

func TestPortalSessionLeft(t *testing.T) {
	s := PortalSession{Until: noon.Add(47*time.Minute + 40*time.Second)}
	if got := s.Left(noon); got != "48 min" {
		t.Errorf("got %s", got)
	}
	if got := s.Left(noon.Add(time.Hour)); got != "0 min" {
		t.Errorf("got %s", got)
	}
}
