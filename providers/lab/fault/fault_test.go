package fault

import (
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]Fault{
		"signin-refused":             {Kind: SignInRefused},
		"no-permission:endpoint":     {Kind: NoPermission, Target: Endpoint},
		"throttle:graph:3":           {Kind: Throttle, Target: Graph, Times: 3},
		" error:portal ":             {Kind: ServerError, Target: Portal},
		"slow:2s":                    {Kind: Slow, Delay: 2 * time.Second},
		"slow:graph:500ms":           {Kind: Slow, Target: Graph, Delay: 500 * time.Millisecond},
		"toggle-unreadable:identity": {Kind: ToggleUnreadable, Target: Identity},
		"ldap-cut":                   {Kind: LDAPCut},
	} {
		got, err := Parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got.String() != strings.TrimSpace(in) {
			t.Errorf("%q prints as %q", in, got)
		}
		if got.text = ""; got != want {
			t.Errorf("%s = %+v, want %+v", in, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"gremlins":                "ldap-refused", // lists what there is
		"":                        "no fault is named",
		"throttle":                "needs a target",
		"throttle:identity":       "needs a target",
		"throttle:graph:0":        "not a number of requests",
		"throttle:graph:1:2":      "too much",
		"slow":                    "needs a duration",
		"slow:fast":               "not a duration",
		"slow:-1s":                "not a duration",
		"ldap-cut:now":            "too much",
		"no-permission:endpoint:": "too much",
	} {
		if _, err := Parse(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v does not say %q", in, err, want)
		}
	}
}

// Every form of the table can be asked for: its first alternatives, without what is optional.
func TestDescriptionsAreTrue(t *testing.T) {
	for _, d := range Descriptions() {
		form, _, _ := strings.Cut(d.Form, "|")
		form, _, _ = strings.Cut(form, "[")
		if d.delay {
			form = strings.TrimSuffix(form, "DURATION") + "1s"
		}
		f, err := Parse(form)
		if err != nil || f.Kind != d.kind {
			t.Errorf("%s: %s gives %+v, %v", d.Form, form, f, err)
		}
		if d.Meaning == "" {
			t.Errorf("%s has no meaning", d.Form)
		}
	}
}

func TestSet(t *testing.T) {
	var s Set
	if s.Has(Slow, Graph) || s.Take(Throttle, Graph) {
		t.Fatal("an empty set has faults")
	}
	if err := s.Replace([]string{"throttle:graph:2", "slow:1s", "no-licence:identity"}); err != nil {
		t.Fatal(err)
	}
	if s.Take(Throttle, Endpoint) {
		t.Error("a fault of graph hits the endpoint")
	}
	for request, want := range []bool{true, true, false} {
		if got := s.Take(Throttle, Graph); got != want {
			t.Errorf("throttle:graph:2 hits request %d: %v", request+1, got)
		}
	}
	if s.Delay(Slow, Endpoint) != time.Second || s.Delay(Slow, Graph) != time.Second {
		t.Error("slow:1s does not slow all")
	}
	if err := s.Replace([]string{"nonsense"}); err == nil || !s.Has(NoLicence, Identity) {
		t.Error("a refused replacement changed the set")
	}
	if err := s.Replace(nil); err != nil || s.Has(NoLicence, Identity) {
		t.Error("faults cannot be lifted")
	}
}
