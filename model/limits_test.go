package model

import (
	"strings"
	"testing"
	"time"
)

func TestLimits(t *testing.T) {
	at := time.Date(2026, 3, 3, 14, 5, 6, 0, time.Local)
	for _, test := range []struct {
		in   Limits
		want string
		near bool
	}{
		{Limits{Requests: 42, Room: 0.814}, "42 requests, 81% of the limit left", false},
		{Limits{Requests: 42, Throttled: 3, Room: 0.1}, "42 requests, 3 of them throttled, 10% of the limit left", true},
		{Limits{Requests: 9, Throttled: 1, Room: 1, RetryAt: at}, "9 requests, 1 of them throttled, asked too often: waits until 14:05:06", true},
	} {
		if got := test.in.String(); got != test.want || test.in.IsNear() != test.near {
			t.Errorf("%+v is %q, near %v", test.in, got, test.in.IsNear())
		}
	}
}

// A source that is left alone for a while is a warning as soon as that is known, and one only.
func TestJudgeWaits(t *testing.T) {
	limits := &Limits{Requests: 9, Throttled: 1, Room: 1, RetryAt: time.Date(2026, 3, 3, 14, 5, 6, 0, time.UTC)}
	for _, failure := range []*Failure{nil, {Source: Endpoint, Kind: Throttled, Seen: "429"}} {
		status := Judge(Facts{Sources: []SourceStatus{
			{Source: Directory, State: SourceOK}, {Source: Endpoint, State: SourceLoading, Limits: limits},
			{Source: Identity, State: SourceOK}, {Source: Settings, State: SourceOK},
		}})
		if failure != nil {
			status = Judge(Facts{Sources: []SourceStatus{{Source: Endpoint, State: SourceFailed, Failure: failure, Limits: limits}}})
		}
		count := 0
		for _, f := range status.Findings {
			if f.Code == "ADB-226" {
				count++
				if f.Level != Warning || failure == nil && !strings.Contains(f.Seen, "waits until") || f.Remedy == "" {
					t.Errorf("finding %+v", f)
				}
			}
		}
		if count != 1 {
			t.Errorf("failure %v: %d findings say it", failure, count)
		}
	}
}

// What hunting knows of the last day: silence is a warning, data are what makes a quiet tenant believable.
func TestJudgeSignals(t *testing.T) {
	now := time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)
	ok := func(source Source) SourceStatus { return SourceStatus{Source: source, State: SourceOK, LastGood: now} }
	judge := func(s Signals) Status {
		return Judge(Facts{Now: now, Interval: time.Minute, Signals: s, LastIdentitySignal: s.Identity.At, LastEndpointSignal: now,
			Toggles:  []Toggle{{Side: IdentitySide, State: ToggleOn}, {Side: EndpointSide, State: ToggleOn}},
			Licences: []Licence{{Side: IdentitySide, State: LicenceActive}, {Side: EndpointSide, State: LicenceActive}},
			Sources:  []SourceStatus{ok(Directory), ok(Identity), ok(Endpoint), ok(Settings)},
			Sensors:  []Sensor{{Name: "DC1", Healthy: true}}, Issues: []HealthIssue{}})
	}
	codes := func(s Status) string {
		var list []string
		for _, f := range s.Findings {
			list = append(list, f.Code)
		}
		return strings.Join(list, " ")
	}
	seen, silent := Signal{Known: true, At: now.Add(-time.Minute)}, Signal{Known: true}
	for _, test := range []struct {
		in   Signals
		want string
	}{
		{Signals{seen, seen}, "ADB-100"},
		{Signals{silent, seen}, "ADB-309"},
		{Signals{seen, silent}, "ADB-208"},
		{Signals{}, "ADB-100 ADB-308"},
		{Signals{Endpoint: seen}, "ADB-100 ADB-308"},
	} {
		status := judge(test.in)
		if got := codes(status); got != test.want {
			t.Errorf("%+v gives %s, want %s", test.in, got, test.want)
		}
		if (test.in == Signals{seen, seen}) && !strings.Contains(status.Findings[0].Seen, "2026-03-03T11:59:00Z") {
			t.Errorf("data that come are not told of: %q", status.Findings[0].Seen)
		}
	}
}
