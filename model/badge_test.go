package model

import (
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"
)

// lastReason is the last of the reasons in their order.
const lastReason = IdentityNotConfigured

func TestBadgeText(t *testing.T) {
	for _, test := range []struct {
		badge Badge
		want  string
	}{
		{Badge{State: BadgeAlerts, Severity: High, Alerts: 3}, "[H 3]"},
		{Badge{State: BadgeAlerts, Severity: Medium, Alerts: 12}, "[M12]"},
		{Badge{State: BadgeAlerts, Severity: Low, Alerts: 1}, "[L 1]"},
		{Badge{State: BadgeAlerts, Severity: Informational, Alerts: 4}, "[i 4]"},
		{Badge{State: BadgeAlerts, Severity: OtherSeverity, Alerts: 1}, "[? 1]"},
		{Badge{State: BadgeAlerts, Severity: High, Alerts: 9}, "[H 9]"},
		{Badge{State: BadgeAlerts, Severity: High, Alerts: 10}, "[H10]"},
		{Badge{State: BadgeAlerts, Severity: High, Alerts: 99}, "[H99]"},
		{Badge{State: BadgeAlerts, Severity: High, Alerts: 100}, "[H++]"},
		{Badge{State: BadgeAlerts, Severity: High, Alerts: 65535}, "[H++]"},
		{Badge{State: BadgeRecognized}, "[ ok]"},
		{Badge{State: BadgeRecognized, Trouble: true}, "[ ! ]"},
		{Badge{State: BadgeDiscovered, Reason: NotOnboarded}, "[ + ]"},
		{Badge{State: BadgeUnrecognized, Reason: NoMachine}, "[ - ]"},
		{Badge{}, "[...]"},
		{Badge{Reason: NotAsked}, "[...]"},
		{Badge{Reason: AccountsNotAsked}, "[...]"},
		{Badge{Reason: IntegrationOff}, "[off]"},
		{Badge{Reason: IdentitySideOff}, "[off]"},
		{Badge{Reason: EndpointSideOff}, "[off]"},
		{Badge{Reason: NotConfigured}, "[off]"},
		{Badge{Reason: EndpointFailed}, "[err]"},
		{Badge{Reason: EndpointDenied}, "[err]"},
		{Badge{Reason: AnswerIncomplete}, "[err]"},
		{Badge{Reason: Ambiguous}, "[ ? ]"},
		{Badge{Reason: IdentityNotAsked}, "[...]"},
		{Badge{Reason: IdentityNotConfigured}, "[off]"},
		{Badge{Reason: IdentityFailed}, "[err]"},
		{Badge{Reason: IdentityDenied}, "[err]"},
	} {
		if got := test.badge.Text(); got != test.want {
			t.Errorf("%+v is %q, want %q", test.badge, got, test.want)
		}
	}
}

// everyBadge makes all combinations of what a badge can hold.
func everyBadge() []Badge {
	var all []Badge
	for state := BadgeUnknown; state <= BadgeAlerts; state++ {
		for reason := NoReason; reason <= lastReason; reason++ {
			for severity := NoSeverity; severity <= OtherSeverity; severity++ {
				for _, alerts := range []uint16{0, 1, 9, 10, 99, 100, 65535} {
					for _, trouble := range []bool{false, true} {
						all = append(all, Badge{State: state, Reason: reason, Severity: severity, Alerts: alerts, Trouble: trouble})
					}
				}
			}
		}
	}
	return all
}

// Whatever a badge holds, it takes five cells of ASCII, and grey means grey: only a badge that was asked for reads
// like one.
func TestBadgeTextIsAlwaysFiveCells(t *testing.T) {
	grey := []string{"[ - ]", "[ + ]", "[ ok]", "[ ! ]"}
	for _, b := range everyBadge() {
		text := b.Text()
		if len(text) != 5 || utf8.RuneCountInString(text) != 5 || text[0] != '[' || text[4] != ']' {
			t.Errorf("%+v is %q", b, text)
		}
		if b.State == BadgeUnknown && slices.Contains(grey, text) {
			t.Errorf("%+v is unknown, but reads %q", b, text)
		}
	}
}

func TestBadgeRank(t *testing.T) {
	worstFirst := []Badge{
		{State: BadgeAlerts, Severity: OtherSeverity, Alerts: 1},
		{State: BadgeAlerts, Severity: High, Alerts: 65535},
		{State: BadgeAlerts, Severity: High, Alerts: 2},
		{State: BadgeAlerts, Severity: High, Alerts: 1},
		{State: BadgeAlerts, Severity: Medium, Alerts: 500},
		{State: BadgeAlerts, Severity: Low, Alerts: 7},
		{State: BadgeAlerts, Severity: Informational, Alerts: 65535},
		{State: BadgeAlerts, Severity: Informational, Alerts: 1},
		{State: BadgeRecognized, Trouble: true},
		{State: BadgeRecognized},
		{State: BadgeDiscovered},
		{State: BadgeUnrecognized},
		{Reason: NotAsked},
		{Reason: AnswerIncomplete},
	}
	for i := 1; i < len(worstFirst); i++ {
		if before, after := worstFirst[i-1], worstFirst[i]; before.Rank() >= after.Rank() {
			t.Errorf("%+v ranks %d, not before %+v with %d", before, before.Rank(), after, after.Rank())
		}
	}
}

func TestReasonsHaveWords(t *testing.T) {
	codes := map[string]bool{}
	for reason := NotAsked; reason <= lastReason; reason++ {
		if reason.Code() == "" || reason.String() == "" || codes[reason.Code()] {
			t.Errorf("reason %d: code %q, text %q", reason, reason.Code(), reason.String())
		}
		codes[reason.Code()] = true
	}
	if NoReason.Code() != "" || NoReason.String() != "" {
		t.Error("no reason has words")
	}
	if int(lastReason) != len(reasonCodes)-1 || len(reasonCodes) != len(reasonTexts) {
		t.Error("the tables of words do not fit the reasons")
	}
}

// Every value of every enumeration has a word of its own.
func TestEnumerationsHaveWords(t *testing.T) {
	for _, test := range []struct {
		name  string
		count int
		word  func(int) string
	}{
		{"badge state", int(BadgeAlerts) + 1, func(i int) string { return BadgeState(i).String() }},
		{"match", int(MatchLogon) + 1, func(i int) string { return Match(i).String() }},
		{"severity", int(OtherSeverity) + 1, func(i int) string { return Severity(i).String() }},
		{"alert status", int(StatusResolved) + 1, func(i int) string { return AlertStatus(i).String() }},
		{"product", int(DefenderForIdentity) + 1, func(i int) string { return Product(i).String() }},
		{"onboarding", int(Onboarded) + 1, func(i int) string { return Onboarding(i).String() }},
		{"health", int(HealthNoSensorData) + 1, func(i int) string { return Health(i).String() }},
		{"kind", int(Computer) + 1, func(i int) string { return Kind(i).String() }},
		{"side", int(EndpointSide) + 1, func(i int) string { return Side(i).String() }},
		{"toggle state", int(ToggleOn) + 1, func(i int) string { return ToggleState(i).String() }},
		{"owner", int(OwnerGraph) + 1, func(i int) string { return Owner(i).String() }},
		{"licence state", int(LicenceActive) + 1, func(i int) string { return LicenceState(i).String() }},
		{"integration", int(IntegrationError) + 1, func(i int) string { return Integration(i).String() }},
		{"level", int(Unknown) + 1, func(i int) string { return Level(i).String() }},
		{"source", int(Settings) + 1, func(i int) string { return Source(i).String() }},
		{"source state", int(SourceFailed) + 1, func(i int) string { return SourceState(i).String() }},
		{"failure kind", int(NotSupported) + 1, func(i int) string { return FailureKind(i).String() }},
		{"phase", int(Impact) + 1, func(i int) string { return fmt.Sprint(Phase(i)) }},
	} {
		seen := map[string]bool{}
		for i := range test.count {
			word := test.word(i)
			if seen[word] || word == "" && test.name != "phase" {
				t.Errorf("%s %d is called %q", test.name, i, word)
			}
			seen[word] = true
		}
	}
}

func TestSides(t *testing.T) {
	if IdentitySide.Other() != EndpointSide || EndpointSide.Other() != IdentitySide {
		t.Error("a side is not the other of the other")
	}
	if IdentitySide.Product() != "Defender for Identity" || EndpointSide.Product() != "Defender for Endpoint" {
		t.Error("a side has the wrong product")
	}
}
