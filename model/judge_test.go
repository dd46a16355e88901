package model

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"adbadge/model/text"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// healthy gives facts with nothing wrong; the changes make something wrong.
func healthy(changes ...func(*Facts)) Facts {
	f := Facts{
		Now: noon, Interval: time.Minute, DirectoryInterval: 15 * time.Minute,
		Toggles: []Toggle{
			{Side: IdentitySide, State: ToggleOn, Read: noon},
			{Side: EndpointSide, State: ToggleOn, Read: noon},
		},
		Licences: []Licence{
			{Side: IdentitySide, State: LicenceActive, Plan: "Defender for Identity"},
			{Side: EndpointSide, State: LicenceActive, Plan: "Defender for Endpoint P2"},
		},
		Sensors: []Sensor{
			{Name: "DC01", Healthy: true, Service: "running", Deploy: "up to date"},
			{Name: "DC02", Healthy: true, Service: "running", Deploy: "up to date"},
			{Name: "DC03", Healthy: true, Service: "running", Deploy: "up to date"},
			{Name: "DC04", Healthy: true, Service: "running", Deploy: "up to date"},
		},
		Issues:             []HealthIssue{},
		LastIdentitySignal: noon.Add(-time.Hour), LastEndpointSignal: noon.Add(-time.Hour),
		Computers: 250, Recognized: 200,
	}
	for _, source := range Sources {
		f.Sources = append(f.Sources, SourceStatus{Source: source, State: SourceOK, LastGood: noon.Add(-30 * time.Second)})
	}
	for _, change := range changes {
		change(&f)
	}
	return f
}

func toggles(identity, endpoint ToggleState) func(*Facts) {
	return func(f *Facts) { f.Toggles[0].State, f.Toggles[1].State = identity, endpoint }
}

func source(source Source, change func(*SourceStatus)) func(*Facts) {
	return func(f *Facts) { change(&f.Sources[source]) }
}

// fails makes a source fail as a whole; it has never answered when never is true.
func fails(which Source, kind FailureKind, never bool) func(*Facts) {
	return source(which, func(s *SourceStatus) {
		s.State = SourceFailed
		s.Failure = &Failure{Source: which, Kind: kind, Doing: "ask", Seen: "what was seen"}
		if never {
			s.LastGood = time.Time{}
		}
	})
}

func state(which Source, state SourceState) func(*Facts) {
	return source(which, func(s *SourceStatus) { s.State, s.LastGood = state, time.Time{} })
}

func licence(side Side, l Licence) func(*Facts) {
	return func(f *Facts) { l.Side = side; f.Licences[side] = l }
}

func issue(severity Severity, title text.Line) func(*Facts) {
	return func(f *Facts) { f.Issues = append(f.Issues, HealthIssue{Severity: severity, Title: title}) }
}

// beside adds the toggles that decide nothing.
func beside(state ToggleState, problem *Failure) func(*Facts) {
	return func(f *Facts) {
		f.Toggles = append(f.Toggles, Toggle{Setting: AutomaticAuditing, Owner: OwnerGraph, State: state, Problem: problem, Read: noon},
			Toggle{Side: EndpointSide, Owner: OwnerPortal, State: state, Problem: problem, Read: noon})
	}
}

// TestJudge has each finding of a code of its own at least once.
func TestJudge(t *testing.T) {
	seen := map[string]bool{}
	for _, test := range []struct {
		name   string
		facts  Facts
		want   string // integration and level
		codes  string // of all findings, worst first
		reason string
	}{
		{"healthy", healthy(), "on ok", "ADB-100", "Both sides are on and both products answer."},
		{"nothing known", Facts{Now: noon}, "unknown unknown", "ADB-105 ADB-105 ADB-303 ADB-203 ADB-403",
			"The toggle of the identity side has not been read yet, and 3 more things need attention."},

		{"both off", healthy(toggles(ToggleOff, ToggleOff)), "off warning", "ADB-101", "The integration is off on both sides."},
		{"both off, and not licensed", healthy(toggles(ToggleOff, ToggleOff), licence(EndpointSide, Licence{State: LicenceMissing})),
			"off warning", "ADB-101 ADB-140", "The integration is off on both sides."},
		{"both off, and nothing answers", healthy(toggles(ToggleOff, ToggleOff), fails(Endpoint, SignInRefused, true), fails(Identity, Unreachable, true)),
			"off warning", "ADB-101", "The integration is off on both sides."},
		{"identity off", healthy(toggles(ToggleOff, ToggleOn)), "half warning", "ADB-102", "The identity side is off, the endpoint side is on."},
		{"endpoint off", healthy(toggles(ToggleOn, ToggleOff)), "half warning", "ADB-103", "The endpoint side is off, the identity side is on."},
		{"endpoint off, and never asked", healthy(toggles(ToggleOn, ToggleOff), state(Endpoint, SourceWaiting)), "half warning", "ADB-103",
			"The endpoint side is off, the identity side is on."},
		{"endpoint not configured", healthy(state(Endpoint, SourceOff)), "half warning", "ADB-201",
			"The endpoint side is missing: Defender for Endpoint is not configured."},
		{"neither configured", healthy(state(Endpoint, SourceOff), state(Identity, SourceOff)), "off warning", "ADB-101",
			"Neither Defender for Identity nor Defender for Endpoint is configured."},

		{"one toggle unreadable", healthy(toggles(ToggleUnknown, ToggleOn)), "unknown unknown", "ADB-105",
			"The toggle of the identity side could not be read."},
		{"one toggle unreadable, the other off", healthy(toggles(ToggleOff, ToggleUnknown)), "unknown unknown", "ADB-105 ADB-102",
			"The toggle of the endpoint side could not be read, and one more thing needs attention."},
		{"toggles unreadable, sign-in refused", healthy(toggles(ToggleUnknown, ToggleUnknown), fails(Settings, SignInRefused, true), fails(Endpoint, SignInRefused, true)),
			"error critical", "ADB-223 ADB-105 ADB-105",
			"Defender for Endpoint cannot be asked: the sign-in was refused, and 2 more things need attention."},
		{"toggles known, settings fail", healthy(fails(Settings, Unreachable, false)), "degraded warning", "ADB-121",
			"The settings service cannot be reached."},
		{"toggles old", healthy(source(Settings, func(s *SourceStatus) { s.LastGood = noon.Add(-time.Hour) })), "degraded warning", "ADB-106",
			"The settings service answered last 1 h ago."},

		{"identity licence missing", healthy(licence(IdentitySide, Licence{State: LicenceMissing})), "error critical", "ADB-140",
			"Defender for Identity is not licensed."},
		{"licence pending", healthy(licence(EndpointSide, Licence{State: LicencePending})), "degraded warning", "ADB-141",
			"The licence of Defender for Endpoint is being set up."},
		{"licence ends", healthy(licence(EndpointSide, Licence{State: LicenceWarning})), "degraded warning", "ADB-142",
			"The licence of Defender for Endpoint ends soon or has expired."},
		{"licence unknown, data arrive", healthy(licence(EndpointSide, Licence{})), "on ok", "ADB-100 ADB-143",
			"Both sides are on and both products answer."},
		{"licence unknown, no data", healthy(licence(IdentitySide, Licence{}), func(f *Facts) { f.LastIdentitySignal = time.Time{} }),
			"degraded warning", "ADB-143 ADB-308", "The licence of Defender for Identity could not be read."},
		{"licences not asked", healthy(func(f *Facts) { f.Licences = nil }), "on ok", "ADB-100", "Both sides are on and both products answer."},

		{"sign-in refused", healthy(fails(Endpoint, SignInRefused, false)), "error critical", "ADB-223",
			"Defender for Endpoint cannot be asked: the sign-in was refused."},
		{"permission missing", healthy(fails(Identity, PermissionMissing, true)), "error critical", "ADB-324",
			"Defender for Identity cannot be asked: a permission is missing."},
		{"permission missing for a part", healthy(source(Endpoint, func(s *SourceStatus) {
			s.State, s.Failure = SourceDegraded, &Failure{Source: Endpoint, Kind: PermissionMissing, Doing: "read machines", Seen: "403"}
		})), "degraded warning", "ADB-224",
			"Part of the answer is missing: Defender for Endpoint cannot be asked: a permission is missing."},
		{"unlicensed by the API", healthy(fails(Endpoint, LicenceAbsent, true)), "error critical", "ADB-225",
			"Defender for Endpoint cannot be asked: the licence does not allow it."},
		{"unreachable", healthy(fails(Endpoint, Unreachable, false)), "degraded warning", "ADB-221", "Defender for Endpoint cannot be reached."},
		{"unreachable from the start", healthy(fails(Endpoint, Unreachable, true)), "degraded critical", "ADB-221",
			"Defender for Endpoint cannot be reached."},
		{"timed out from the start", healthy(fails(Identity, TimedOut, true)), "degraded critical", "ADB-322",
			"Defender for Identity does not answer in time."},
		{"throttled", healthy(fails(Endpoint, Throttled, true)), "degraded warning", "ADB-226", "Defender for Endpoint asks to be asked less often."},
		{"untrusted", healthy(fails(Endpoint, Untrusted, false)), "degraded critical", "ADB-227", "Defender for Endpoint is not trusted."},
		{"not supported", healthy(fails(Identity, NotSupported, true)), "degraded warning", "ADB-329", "Defender for Identity does not support the question."},
		{"directory gone", healthy(fails(Directory, Unreachable, true)), "degraded critical", "ADB-421", "The directory cannot be reached."},
		{"directory refuses", healthy(fails(Directory, SignInRefused, false)), "degraded critical", "ADB-423",
			"The directory cannot be asked: the sign-in was refused."},
		{"endpoint loading", healthy(state(Endpoint, SourceLoading)), "unknown unknown", "ADB-203", "Defender for Endpoint has not answered yet."},
		{"endpoint loading, directory gone", healthy(state(Endpoint, SourceLoading), fails(Directory, Unreachable, true)),
			"unknown critical", "ADB-421 ADB-203", "The directory cannot be reached, and one more thing needs attention."},
		{"directory loading", healthy(state(Directory, SourceLoading), func(f *Facts) { f.Recognized = 0 }), "on ok", "ADB-100 ADB-403",
			"Both sides are on and both products answer."},
		{"endpoint old", healthy(source(Endpoint, func(s *SourceStatus) { s.LastGood = noon.Add(-2*time.Minute - time.Second) })),
			"degraded warning", "ADB-202", "Defender for Endpoint answered last 2 min ago."},
		{"endpoint just fresh", healthy(source(Endpoint, func(s *SourceStatus) { s.LastGood = noon.Add(-2 * time.Minute) })),
			"on ok", "ADB-100", "Both sides are on and both products answer."},
		{"directory older than the cloud's interval", healthy(source(Directory, func(s *SourceStatus) { s.LastGood = noon.Add(-20 * time.Minute) })),
			"on ok", "ADB-100", "Both sides are on and both products answer."},
		{"directory old", healthy(source(Directory, func(s *SourceStatus) { s.LastGood = noon.Add(-72 * time.Hour) })),
			"degraded warning", "ADB-402", "The directory answered last 3 days ago."},
		{"gap", healthy(source(Endpoint, func(s *SourceStatus) {
			s.State = SourceDegraded
			s.Gaps = []Gap{{Source: Endpoint, Code: "ADB-210", What: "Page 3 of machines failed after 4 tries."}}
		})), "degraded warning", "ADB-210", "Page 3 of machines failed after 4 tries."},
		{"no hunting", healthy(source(Identity, func(s *SourceStatus) {
			s.State = SourceDegraded
			s.Gaps = []Gap{{Source: Identity, Code: CodeNoHunting, What: "Accounts cannot be asked for."}}
		})), "on ok", "ADB-100 ADB-310", "Both sides are on and both products answer."},

		{"no sensors", healthy(func(f *Facts) { f.Sensors = []Sensor{} }), "degraded warning", "ADB-304", "Defender for Identity has no sensors."},
		{"sensors not known", healthy(func(f *Facts) { f.Sensors = nil }), "on ok", "ADB-100", "Both sides are on and both products answer."},
		{"sensor health", healthy(func(f *Facts) { f.Sensors[1].Healthy, f.Sensors[2].Healthy = false, false }),
			"degraded warning", "ADB-104", "2 of 4 sensors report a health issue."},
		{"one sensor stopped", healthy(func(f *Facts) { f.Sensors[0].Service = "Stopped" }), "degraded warning", "ADB-305", "1 of 4 sensors is stopped."},
		{"all sensors silent", healthy(func(f *Facts) {
			f.Sensors[0].Service = "stopped"
			f.Sensors[1].Deploy, f.Sensors[2].Deploy, f.Sensors[3].Deploy = "disconnected", "start failure", "unreachable"
		}), "degraded critical", "ADB-305 ADB-306", "1 of 4 sensors is stopped, and one more thing needs attention."},
		{"sensor outdated", healthy(func(f *Facts) { f.Sensors[0].Deploy = "outdated" }), "degraded warning", "ADB-307", "1 of 4 sensors is outdated."},
		{"issues", healthy(issue(Low, "a"), issue(Medium, "b"), issue(High, "c"), issue(High, "d")), "degraded warning", "ADB-331 ADB-332 ADB-333",
			"2 health issues of high severity open, and one more thing needs attention."},
		{"low issue", healthy(issue(Low, "a")), "on ok", "ADB-100 ADB-333", "Both sides are on and both products answer."},
		{"issue of unknown severity", healthy(issue(OtherSeverity, "a")), "degraded warning", "ADB-334", "1 health issue of unknown severity open."},

		{"domain controllers without a sensor", healthy(func(f *Facts) {
			f.Candidates = []SensorCandidate{{Name: "dc05.contoso.test"}, {Name: "dc06.contoso.test"}}
		}),
			"degraded warning", "ADB-335", "2 domain controllers have no sensor, but could get one."},
		{"none of them without", healthy(func(f *Facts) { f.Candidates = []SensorCandidate{} }), "on ok", "ADB-100", "Both sides are on and both products answer."},
		{"without a sensor, identity off", healthy(toggles(ToggleOff, ToggleOn), func(f *Facts) { f.Candidates = []SensorCandidate{{Name: "dc05"}} }),
			"half warning", "ADB-102", "The identity side is off, the endpoint side is on."},

		{"settings beside the toggles off", healthy(beside(ToggleOff, nil)), "on ok", "ADB-100", "Both sides are on and both products answer."},
		{"settings beside the toggles unreadable", healthy(beside(ToggleUnknown, &Failure{Kind: PermissionMissing, Seen: "403"})), "on ok",
			"ADB-100 ADB-107", "Both sides are on and both products answer."},
		{"settings beside the toggles not read yet", healthy(beside(ToggleUnknown, nil)), "on ok", "ADB-100", "Both sides are on and both products answer."},
		{"settings beside toggles that are off", healthy(toggles(ToggleOff, ToggleOff), beside(ToggleOn, nil)), "off warning", "ADB-101",
			"The integration is off on both sides."},
		{"settings of others alone", healthy(func(f *Facts) { f.Toggles = nil }, beside(ToggleOn, nil)), "unknown unknown", "ADB-105 ADB-105",
			"The toggle of the identity side could not be read, and one more thing needs attention."},

		{"identity not configured", healthy(state(Identity, SourceOff)), "half warning", "ADB-301",
			"The identity side is missing: Defender for Identity is not configured."},
		{"identity loading", healthy(state(Identity, SourceLoading)), "unknown unknown", "ADB-303", "Defender for Identity has not answered yet."},
		{"identity old", healthy(source(Identity, func(s *SourceStatus) { s.LastGood = noon.Add(-time.Hour) })), "degraded warning", "ADB-302",
			"Defender for Identity answered last 1 h ago."},
		{"both silent", healthy(func(f *Facts) { f.Signals = Signals{Identity: Signal{Known: true}, Endpoint: Signal{Known: true}} }), "degraded warning",
			"ADB-309 ADB-208", "Defender for Identity has sent no data for a day, and one more thing needs attention."},
		{"notes only", healthy(source(Identity, func(s *SourceStatus) {
			s.Gaps = []Gap{{Source: Identity, Code: CodeNoIncidents, What: "Incidents cannot be read."}}
		})), "on ok", "ADB-100 ADB-312", "Both sides are on and both products answer."},

		{"no machines", healthy(func(f *Facts) { f.LastEndpointSignal = time.Time{} }), "degraded warning", "ADB-204", "Defender for Endpoint has no machines."},
		{"none recognised", healthy(func(f *Facts) { f.Recognized = 0 }), "degraded warning", "ADB-205", "Defender for Endpoint recognises no AD computer."},
		{"none recognised, but half", healthy(toggles(ToggleOn, ToggleOff), func(f *Facts) { f.Recognized = 0 }), "half warning", "ADB-103",
			"The endpoint side is off, the identity side is on."},
		{"ambiguous and unplaced", healthy(func(f *Facts) { f.Ambiguous, f.Unplaced = 1, 3 }), "on ok", "ADB-100 ADB-206 ADB-207",
			"Both sides are on and both products answer."},
		{"no identity signal", healthy(func(f *Facts) { f.LastIdentitySignal = time.Time{} }), "on ok", "ADB-100 ADB-308",
			"Both sides are on and both products answer."},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Judge(test.facts)
			if line := got.Integration.String() + " " + got.Level.String(); line != test.want {
				t.Errorf("got %q, want %q", line, test.want)
			}
			var codes []string
			for _, f := range got.Findings {
				codes = append(codes, f.Code)
				seen[f.Code] = true
			}
			if line := strings.Join(codes, " "); line != test.codes {
				t.Errorf("findings %s, want %s", line, test.codes)
			}
			if got.Reason != test.reason {
				t.Errorf("reason %q, want %q", got.Reason, test.reason)
			}
			checkFindings(t, got)
		})
	}
	for _, code := range ownCodes {
		if !seen[code.ID] && !strings.HasPrefix(code.ID, "ADB-15") { // those of the portal have a table of their own
			t.Errorf("%s (%s) is judged by no row of the table", code.ID, code.Title)
		}
	}
}

// Whatever goes wrong with whichever source: it is said with its own code and what to do, never taken for a side that is
// off, and where the integration is off by choice, nothing that is wrong with it makes an error of that.
func TestJudgeEveryFailure(t *testing.T) {
	for _, which := range Sources {
		for kind := range failureWords {
			facts := fails(which, FailureKind(kind), true)
			got, code := Judge(healthy(facts)), failureCode(which, FailureKind(kind))
			if !slices.ContainsFunc(got.Findings, func(f Finding) bool { return f.Code == code && f.Level != OK && f.Remedy != "" && f.Seen != "" }) {
				t.Errorf("%s: not among %+v", code, got.Findings)
			}
			if got.Integration == IntegrationOn || got.Integration == IntegrationIsOff || got.Integration == IntegrationHalf {
				t.Errorf("%s: the integration is %s", code, got.Integration)
			}
			checkFindings(t, got)
			off := Judge(healthy(toggles(ToggleOff, ToggleOff), facts))
			if off.Integration != IntegrationIsOff || which != Directory && which != Settings && off.Level != Warning {
				t.Errorf("%s: an integration that is off is %s (%s)", code, off.Integration, off.Level)
			}
		}
	}
}

// checkFindings checks what holds for the findings of every status.
func checkFindings(t *testing.T, s Status) {
	t.Helper()
	known := codeIDs()
	for i, f := range s.Findings {
		if f.Title == "" || f.Checked == "" || f.Seen == "" && f.Level == OK || f.At.IsZero() {
			t.Errorf("%s says too little: %+v", f.Code, f)
		}
		if f.Level == Warning || f.Level == Critical {
			if f.Remedy == "" {
				t.Errorf("%s has no remedy", f.Code)
			}
		}
		if !slices.Contains(known, f.Code) {
			t.Errorf("%s is not in Codes", f.Code)
		}
		if i > 0 && urgency(f.Level) > urgency(s.Findings[i-1].Level) {
			t.Errorf("%s (%s) comes after a milder one", f.Code, f.Level)
		}
	}
}

func codeIDs() []string {
	var ids []string
	for _, c := range Codes() {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestJudgeSaysWhoSwitchedOff(t *testing.T) {
	facts := healthy(toggles(ToggleOff, ToggleOn))
	facts.Toggles[0].By, facts.Toggles[0].Changed = "anna", noon.Add(-time.Hour)
	finding := Judge(facts).Findings[0]
	if want := "switched off by anna on 2026-03-04 11:00 UTC"; finding.Seen != want {
		t.Errorf("got %q, want %q", finding.Seen, want)
	}
}

func TestJudgeNamesSensors(t *testing.T) {
	facts := healthy(func(f *Facts) {
		f.Sensors = nil
		for _, name := range []text.Line{"A", "B", "C", "D", "E", "F"} {
			f.Sensors = append(f.Sensors, Sensor{Name: name})
		}
	})
	if got, want := Judge(facts).Findings[0].Seen, "A, B, C, D and 2 more"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJudgeUsesTheProblemOfAToggle(t *testing.T) {
	facts := healthy(toggles(ToggleUnknown, ToggleOn))
	facts.Toggles[0].Problem = &Failure{Seen: "403 Forbidden", Remedy: "Ask for the role Security Reader."}
	f := Judge(facts).Findings[0]
	if f.Seen != "403 Forbidden" || f.Remedy != "Ask for the role Security Reader." {
		t.Errorf("got %+v", f)
	}
}

func TestCodes(t *testing.T) {
	form := regexp.MustCompile(`^ADB-[1-4][0-9]{2}$`)
	seen := map[string]bool{}
	for _, c := range Codes() {
		if !form.MatchString(c.ID) || seen[c.ID] || c.Title == "" || c.Meaning == "" {
			t.Errorf("bad code %+v", c)
		}
		if c.Link != "" && !strings.HasPrefix(c.Link, "https://learn.microsoft.com/") {
			t.Errorf("%s links to %s", c.ID, c.Link)
		}
		seen[c.ID] = true
	}
	if !slices.IsSorted(codeIDs()) {
		t.Error("not in order")
	}
}

// Every code that the program's source names is explained.
func TestEveryCodeInUseIsExplained(t *testing.T) {
	known, quoted := codeIDs(), regexp.MustCompile(`"(ADB-[0-9]+)"`)
	files := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, match := range quoted.FindAllStringSubmatch(string(source), -1) {
			if !slices.Contains(known, match[1]) {
				t.Errorf("%s uses %s, which model/codes.go does not explain", path, match[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Errorf("only %d files were looked at", files)
	}
}
