package hunting

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 3, 3, 14, 0, 0, 0, time.UTC)

// logons is a small DeviceLogonEvents.
func logons(name string) (Table, bool) {
	columns := []Column{{"Timestamp", Instant}, {"DeviceId", Text}, {"DeviceName", Text}, {"ActionType", Text}, {"AccountSid", Text}, {"IsLocalAdmin", Boolean}, {"LogonId", Number}}
	rows := []struct {
		hours          int
		id, name, kind string
		sid            string
		admin          bool
	}{
		{1, "d1", "LAP-1.contoso.test", "LogonSuccess", "S-1-5-21-1-2-3-1001", true},
		{30, "d2", "LAP-2.contoso.test", "LogonSuccess", "S-1-5-21-1-2-3-1001", false},
		{2, "d1", "LAP-1.contoso.test", "LogonFailed", "S-1-5-21-1-2-3-1002", false},
		{3, "d3", "SRV.contoso.test", "LogonSuccess", "S-1-5-18", false},
		{24 * 40, "d3", "SRV.contoso.test", "LogonSuccess", "S-1-5-21-1-2-3-1003", false},
	}
	if name == "Known" {
		return Table{[]Column{{"DeviceId", Text}, {"Owner", Text}}, func(_ context.Context, _ []bool, emit func([]Value) error) error {
			return emit([]Value{TextOf("d1"), TextOf("anna")})
		}}, true
	}
	return Table{columns, func(_ context.Context, wanted []bool, emit func([]Value) error) error {
		for i, r := range rows {
			full := []Value{InstantOf(now.Add(-time.Duration(r.hours) * time.Hour)), TextOf(r.id), TextOf(r.name), TextOf(r.kind), TextOf(r.sid), BooleanOf(r.admin), NumberOf(int64(i))}
			for c := range full {
				if !wanted[c] {
					full[c] = Value{Text: "not asked for", Null: true}
				}
			}
			if err := emit(full); err != nil {
				return err
			}
		}
		return nil
	}}, name == "DeviceLogonEvents"
}

// shown gives an answer as text, one row a line, the names of the columns first.
func shown(a Answer) string {
	var lines []string
	var names []string
	for _, c := range a.Columns {
		names = append(names, c.Name)
	}
	lines = append(lines, strings.Join(names, " "))
	for _, row := range a.Rows {
		var cells []string
		for i, v := range row {
			switch {
			case v.Null:
				cells = append(cells, "null")
			case a.Columns[i].Type == Text:
				cells = append(cells, v.Text)
			case a.Columns[i].Type == Instant:
				cells = append(cells, v.Time().Format("02T15"))
			default:
				cells = append(cells, fmt.Sprint(v.Number))
			}
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return strings.Join(lines, "\n")
}

func TestQueries(t *testing.T) {
	const events = "DeviceLogonEvents\n"
	for name, c := range map[string]struct{ query, want string }{
		"accounts seen on machines": {events + `| where Timestamp > ago(30d) and ActionType == "LogonSuccess" and AccountSid startswith "S-1-5-21-"
| summarize arg_max(Timestamp, DeviceName), Devices = dcount(DeviceId) by AccountSid
| project AccountSid, LastSeen = Timestamp, LastDevice = DeviceName, Devices`,
			"AccountSid LastSeen LastDevice Devices\nS-1-5-21-1-2-3-1001 03T13 LAP-1.contoso.test 2"},
		"is it feeding": {events + `| where Timestamp > ago(1d) | summarize Rows = count(), Last = max(Timestamp)`, "Rows Last\n3 03T13"},
		"no row at all": {events + `| where Timestamp > now() | summarize Rows = count(), Last = max(Timestamp)`, "Rows Last\n0 null"},
		"partition sum": {`let a = DeviceLogonEvents | where hash(AccountSid, 2) == 0 | summarize A = count();
DeviceLogonEvents | where hash(AccountSid, 2) in (0, 1) | summarize A = count()`, "A\n5"},
		"everything":     {events + `| take 1 | where true`, "Timestamp DeviceId DeviceName ActionType AccountSid IsLocalAdmin LogonId\n03T13 d1 LAP-1.contoso.test LogonSuccess S-1-5-21-1-2-3-1001 1 0"},
		"newest of each": {events + `| summarize arg_max(Timestamp, *) by DeviceId | where DeviceName has "srv" | project DeviceId, ActionType, LogonId`, "DeviceId ActionType LogonId\nd3 LogonSuccess 3"},
		"extend, case":   {events + `| extend Rank = case(ActionType =~ "logonfailed", 2, IsLocalAdmin, 1, 0) | top 2 by Rank desc | project Rank, Name = tolower(DeviceName)`, "Rank Name\n2 lap-1.contoso.test\n1 lap-1.contoso.test"},
		"join": {`let k = Known | project DeviceId, Owner; DeviceLogonEvents | summarize N = countif(not(IsLocalAdmin)) by DeviceId
| join kind=inner k on DeviceId | project Owner, N`, "Owner N\nanna 1"},
		"leftanti":     {events + `| distinct DeviceId | join kind=leftanti (Known) on DeviceId | sort by DeviceId asc`, "DeviceId\nd2\nd3"},
		"count":        {events + `| where ActionType in~ ("LOGONSUCCESS") and not(isempty(AccountSid)) | count`, "Count\n4"},
		"in, negated":  {events + `| where DeviceId !in ("d1", "d2") and DeviceName !contains "x" and DeviceName has_any ("srv", "lap") | count`, "Count\n2"},
		"names, texts": {events + `| where LogonId == 0 | project strcat(tolower(DeviceId), '\\', @"a\b"), iff(LogonId > 0, "y", "n"), tostring(LogonId)`, "Column1 Column2 Column3\nd1\\a\\b n 0"},
		"folded":       {events + `| summarize Name = toupper(take_any(DeviceName)) by DeviceId | take 1`, "DeviceId Name\nd1 LAP-1.CONTOSO.TEST"},
		"comments":     {"// first\n" + events + "| count // last", "Count\n5"},
		"a date":       {events + `| where Timestamp < datetime(2026-03-01) | count`, "Count\n1"},
		"maxif":        {events + `| summarize M = maxif(LogonId, IsLocalAdmin), L = min(LogonId), T = take_any(ActionType) by DeviceId | take 1`, "DeviceId M L T\nd1 0 0 LogonSuccess"},
	} {
		answer, err := Run(t.Context(), c.query, logons, now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(c.want, shown(answer)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestRefusals(t *testing.T) {
	for query, want := range map[string]string{
		"DeviceProcessEvents | count":                                 "Failed to resolve table or column expression named 'DeviceProcessEvents'",
		"DeviceLogonEvents | where Colour == 'red'":                   "'where' operator: Failed to resolve table or column expression named 'Colour'",
		"DeviceLogonEvents | render timechart":                        "cannot evaluate 'render'",
		"DeviceLogonEvents | where DeviceId":                          "not boolean",
		"DeviceLogonEvents | where DeviceId > 3":                      "Cannot compare values of types String and Int64",
		"DeviceLogonEvents | where geo(DeviceId) == 1":                "does not know the function 'geo'",
		"DeviceLogonEvents | summarize percentile(LogonId)":           "does not know the aggregate",
		"DeviceLogonEvents | join kind=fullouter (Known) on DeviceId": "not fullouter",
		"DeviceLogonEvents | where (Timestamp > ago(3)":               "arguments of ago()",
		"DeviceLogonEvents | where DeviceId == \"x":                   "not closed",
		"DeviceLogonEvents | take many":                               "number of rows expected",
		"DeviceLogonEvents | count | count extra":                     "too much",
		"": "a name expected",
		"DeviceLogonEvents | where " + strings.Repeat("(", 300): "nested deeper",
		"DeviceLogonEvents | where DeviceId == `x`":             "not understood",
		strings.Repeat("x", 70_000):                             "longer than",
	} {
		_, err := Run(t.Context(), query, logons, now)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Message, want) {
			t.Errorf("%.60s: %v does not say %q", query, err, want)
		}
	}
}

func TestAnswerIsCutAtTheLimit(t *testing.T) {
	endless := func(string) (Table, bool) {
		return Table{[]Column{{"N", Number}}, func(_ context.Context, _ []bool, emit func([]Value) error) error {
			for i := int64(0); ; i++ {
				if err := emit([]Value{NumberOf(i)}); err != nil {
					return err
				}
			}
		}}, true
	}
	answer, err := Run(t.Context(), "T | where N >= 5 | project N", endless, now)
	if err != nil || len(answer.Rows) != MaxRows || answer.Rows[0][0].Number != 5 {
		t.Errorf("%d rows, %v", len(answer.Rows), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, "T | count", endless, now); !errors.Is(err, context.Canceled) {
		t.Errorf("a query goes on after its client has left: %v", err)
	}
}

func FuzzQuery(f *testing.F) {
	f.Add(`DeviceLogonEvents | where Timestamp > ago(30d) and AccountSid startswith "S-1" | summarize arg_max(Timestamp, *), N = dcount(DeviceId) by AccountSid | project N`)
	f.Add(`let k = Known | project DeviceId; DeviceLogonEvents | join kind=leftanti (k) on DeviceId | top 3 by LogonId asc`)
	f.Add(`DeviceLogonEvents | extend X = case(IsLocalAdmin, 1, 0) - 3 | where X !in (1, 2) or DeviceName !has "a" | distinct X`)
	f.Fuzz(func(t *testing.T, query string) {
		if _, err := Run(t.Context(), query, logons, now); err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Message == "" {
				t.Fatalf("%q: not an *Error: %v", query, err)
			}
		}
	})
}
