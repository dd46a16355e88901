package odata

import (
	"errors"
	"strings"
	"testing"
	"time"
)

type device struct {
	name  string
	risk  string
	build int64
	seen  time.Time
	tags  []string
	on    bool
}

var deviceType = Type[device]{Name: "test.device", Properties: map[string]Property[device]{
	"name":  {Text, func(d device) Value { return TextOf(d.name) }},
	"risk":  {Enum, func(d device) Value { return TextOf(d.risk) }},
	"build": {Number, func(d device) Value { return NumberOf(d.build) }},
	"seen":  {Instant, func(d device) Value { return InstantOf(d.seen) }},
	"tags":  {List, func(d device) Value { return ListOf(d.tags) }},
	"on":    {Boolean, func(d device) Value { return BooleanOf(d.on) }},
}}

var laptop = device{name: "lap.contoso.test", risk: "High", build: 26100, seen: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	tags: []string{"Finance", "o'Brien"}, on: true}

func TestFilterAccepts(t *testing.T) {
	for filter, want := range map[string]bool{
		`name eq 'lap.contoso.test'`:                         true,
		`name eq 'LAP.contoso.test'`:                         false,
		`Name ne null`:                                       true,
		`risk eq 'high'`:                                     true,
		`risk ne 'High'`:                                     false,
		`risk in ('Low','HIGH')`:                             true,
		`build ge 26100 and build lt 26101`:                  true,
		`build gt 26100 or on eq true`:                       true,
		`seen gt 2026-03-01Z`:                                true,
		`seen gt 2026-03-01T12:00:00Z`:                       false,
		`seen ge 2026-03-01T13:00:00+01:00`:                  true,
		`seen lt 2026-03-01`:                                 false,
		`startswith(name,'lap')`:                             true,
		`startswith(name,'LAP')`:                             true,
		`endswith(name, '.test') and not contains(name,'x')`: true,
		`not (risk eq 'High' or on eq false)`:                false,
		`tags/any(tag: tag eq 'Finance')`:                    true,
		`tags/any(t:endswith(t,'BRIEN'))`:                    true,
		`tags/any(t: t eq 'o''Brien' and risk eq 'High')`:    true,
		`tags/any()`:                                         true,
		`tags/any(t: t eq 'x')`:                              false,
		`on`:                                                 true,
		`not on`:                                             false,
		`name eq 80fe8ff8-2624-418e-9591-41f0491218f9`:       false,
	} {
		test, err := Compile(filter, deviceType)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if got := test(laptop); got != want {
			t.Errorf("%s = %v, want %v", filter, got, want)
		}
	}
}

func TestNullHasNoOrder(t *testing.T) {
	for filter, want := range map[string]bool{
		`name eq null`: true, `name ne null`: false, `name eq ''`: false, `name ne 'x'`: true,
		`seen lt 2026-01-01Z`: false, `seen ge 2026-01-01Z`: false, `null eq seen`: true,
	} {
		test, err := Compile(filter, deviceType)
		if err != nil {
			t.Fatalf("%s: %v", filter, err)
		}
		if got := test(device{}); got != want {
			t.Errorf("%s = %v, want %v", filter, got, want)
		}
	}
}

func TestFilterRefusals(t *testing.T) {
	for filter, want := range map[string]string{
		``:                              "Syntax error at position 0",
		`colour eq 'red'`:               "Could not find a property named 'colour' on type 'test.device'.",
		`name`:                          "must evaluate to a single boolean",
		`name gt`:                       "Syntax error",
		`name eq 'x`:                    "unterminated string",
		`seen gt 'yesterday'`:           "Found operand types 'Edm.DateTimeOffset' and 'Edm.String'",
		`seen gt 2026-13-01Z`:           "Unrecognized 'Edm.DateTimeOffset' literal",
		`build eq 'x'`:                  "incompatible types",
		`tags eq 'x'`:                   "incompatible types",
		`name and on`:                   "incompatible types",
		`not name`:                      "incompatible type",
		`round(build) eq 1`:             "An unknown function with name 'round'",
		`startswith(build,'x')`:         "No function signature",
		`startswith(name)`:              "',' expected",
		`tags/all(t: t eq 'x')`:         "not supported",
		`name/length eq 3`:              "not supported",
		`on eq true on`:                 "Syntax error",
		`(on eq true`:                   "')' expected",
		`build in ('x')`:                "incompatible types",
		strings.Repeat("(", 200) + "on": "recursion limit",
		strings.Repeat("not ", 200):     "recursion limit",
		strings.Repeat("x", 9000):       "longer than",
	} {
		_, err := Compile(filter, deviceType)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.40s: want an *Error, got %v", filter, err)
		} else if !strings.Contains(e.Message, want) {
			t.Errorf("%.40s: %q does not say %q", filter, e.Message, want)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{`name eq 'x'`, `tags/any(t:endswith(t,'a')) and not (seen gt 2026-03-01Z or build in (1,2))`, `startswith(risk,'h')`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, filter string) {
		test, err := Compile(filter, deviceType)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Position < 0 || e.Position > len(filter) {
				t.Fatalf("%q: not an *Error within the filter: %v", filter, err)
			}
			return
		}
		not, err := Compile("not ("+filter+")", deviceType)
		if err == nil && not(laptop) == test(laptop) {
			t.Fatalf("%q and its opposite are both %v", filter, test(laptop))
		}
		test(device{})
	})
}
