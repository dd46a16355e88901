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
