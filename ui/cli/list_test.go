package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestListText(t *testing.T) {
	s := newShell(t)
	lines := s.run("list").wants(0).lines()
	if len(lines) < 650 || !strings.HasPrefix(lines[0], "MDE ") {
		t.Fatalf("%d lines, the first is %q; want a head and some 650 entities", len(lines), lines[0])
	}
	badge := regexp.MustCompile(`^\[(..[0-9]|[?HMLi]\+\+| ok| ! | \+ | - |\.\.\.|off|err| \? )\][~ ] `)
	name := strings.Index(lines[0], "NAME")
	for _, line := range lines[1:] {
		if !badge.MatchString(line) || line[name-1] != ' ' || line[name] == ' ' {
			t.Errorf("a row does not line up below its heads: %q", line)
		}
	}
	// Without a query the worst come first.
	if !strings.HasPrefix(lines[1], "[H") && !strings.HasPrefix(lines[1], "[?") || !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "[ - ]") }) {
		t.Errorf("the first row is %q, want one with high alerts, and grey ones further down", lines[1])
	}
}

func TestListJSON(t *testing.T) {
	s := newShell(t)
	all := s.entities()
	if len(all) < 650 {
		t.Fatalf("%d entities, want some 650", len(all))
	}
	states, ids := map[any]int{}, map[any]bool{}
	for _, e := range all {
		states[at(e, "badge", "state")]++
		ids[e["id"]] = true
		for _, key := range []string{"kind", "name", "sam", "domain", "dn", "sid"} {
			if e[key] == nil || e[key] == "" {
				t.Errorf("entity %v has no %s", e["id"], key)
			}
		}
		if e["kind"] == "user" && e["upn"] == nil || e["kind"] == "computer" && e["dnsName"] == nil {
			t.Errorf("%v lacks what its kind has", e["name"])
		}
	}
	for _, state := range []string{"alerts", "recognized", "discovered", "unrecognized", "unknown"} {
		if states[state] == 0 {
			t.Errorf("no entity of the lab is %s: %v", state, states)
		}
	}
	if len(states) != 5 || len(ids) != len(all) {
		t.Errorf("states %v, %d different ids", states, len(ids))
	}
}

func TestListFormatsAgree(t *testing.T) {
	s := newShell(t)
	question := []string{"badge:alerts", "kind:computer", "--sort", "-name", "--limit", "7"}
	asked := func(format string) answer { return s.run(append([]string{"list", format}, question...)...).wants(0) }
	var want []string
	for _, e := range decode[[]record](asked("--json")) {
		if e["kind"] != "computer" || at(e, "badge", "state") != "alerts" {
			t.Errorf("%v does not fit the query", e["name"])
		}
		want = append(want, e["name"].(string))
	}
	if len(want) == 0 || len(want) > 7 || !slices.IsSortedFunc(want, func(a, b string) int { return strings.Compare(strings.ToLower(b), strings.ToLower(a)) }) {
		t.Fatalf("names %q, want at most 7 from Z to A", want)
	}
	var lines []string
	for _, line := range asked("--jsonl").lines() {
		var e record
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, e["name"].(string))
	}
	for format, comma := range map[string]rune{"--csv": ',', "--tsv": '\t'} {
		reader := csv.NewReader(strings.NewReader(asked(format).out))
		reader.Comma = comma
		rows, err := reader.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, row := range rows[1:] {
			names = append(names, row[slices.Index(rows[0], "name")])
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s lists %q, want %q", format, names, want)
		}
	}
	if !slices.Equal(lines, want) {
		t.Errorf("--jsonl lists %q, want %q", lines, want)
	}
}

func TestListFromTheEndpointSide(t *testing.T) {
	s := newShell(t)
	lines := s.run("list", "--side", "endpoint", "mdi>0").wants(0).lines()
	if len(lines) < 2 || !strings.HasPrefix(lines[0], "MDI ") || !regexp.MustCompile(`^\[[HMLi?]`).MatchString(lines[1]) {
		t.Errorf("want machines with their identity alerts:\n%s", strings.Join(lines, "\n"))
	}
	for _, e := range decode[[]record](s.run("list", "--side", "endpoint", "--json").wants(0)) {
		if e["counterpart"] == nil || e["kind"] != "computer" {
			t.Errorf("%v is no machine of the endpoint side", e["name"])
		}
	}
}

func TestListNothing(t *testing.T) {
	s := newShell(t)
	if got := s.run("list", "--json", "name:nobody-has-this-name").wants(0).out; got != "[]\n" {
		t.Errorf("got %q, want an empty array", got)
	}
	if got := s.run("list", "name:nobody-has-this-name").wants(0).lines(); len(got) != 1 {
		t.Errorf("got %q, want the heads alone", got)
	}
}

func TestListWrongUsage(t *testing.T) {
	s := newShell(t)
	for _, c := range []struct {
		arguments []string
		says      string
	}{
		{[]string{"list", "badge:pink"}, `not "pink"`},
		{[]string{"list", "--sort", "colour"}, "cannot sort by"},
		{[]string{"list", "--side", "left"}, "not a side"},
		{[]string{"list", "--limit", "-1"}, "--limit"},
		{[]string{"list", "--json", "--csv"}, "json"},
		{[]string{"list", "--raw"}, "--csv"},
		{[]string{"list", "--color", "pink"}, "auto, always, never"},
		{[]string{"list", "--nope"}, "--nope"},
		{[]string{"list", "--limit", "x"}, "a whole number is wanted"},
		{[]string{"list", "--timeout", "x"}, "a duration is wanted, such as 30s"},
		{[]string{"list", "--timeout", "0s"}, "must be above zero"},
		{[]string{"list", "--json=x"}, "true or false is wanted"},
		{[]string{"list", "--lab-users", "99999999999"}, "cannot be above 10000000"},
		{[]string{"lst"}, "did you mean list"},
		{[]string{"--lab", "--config", "x.toml", "list"}, "exclude"},
		{[]string{"--lab-fault", "flood", "list"}, "throttle"},
		{[]string{"--lab-fault", "throttle", "list"}, "target"},
	} {
		a := s.run(c.arguments...)
		if a.out != "" || a.code != 2 || !strings.Contains(a.err, c.says) {
			t.Errorf("%q: exit code %d, want 2 and %q:\n%s", c.arguments, a.code, c.says, a.err)
		}
	}
}

func TestRawWarns(t *testing.T) {
	newShell(t).run("list", "--csv", "--raw", "--limit", "1").wants(0, "formulas")
}

func TestListSaysWhatIsMissing(t *testing.T) {
	s := newShell(t)
	a := s.run("list", "--json", "--lab-fault", "no-permission:endpoint").wants(3, "incomplete", "Grant Machine.Read.All", "/adminconsent?client_id=")
	for _, e := range decode[[]record](a) {
		if state := at(e, "badge", "state"); state != "unknown" {
			t.Fatalf("the badge of %v is %v, want unknown: nobody could be asked", e["name"], state)
		}
	}
	if a := s.run("list", "--lab-fault", "ldap-refused").wants(1, "closed"); a.out != "" {
		t.Errorf("without a directory there is nothing to list:\n%s", a.out)
	}
	cut := s.run("list", "--lab-fault", "ldap-cut").wants(3, "incomplete", "connection was closed")
	if n := len(cut.lines()); n < 2 || n > 600 {
		t.Errorf("%d lines, want those that were read before the connection broke", n)
	}
}

func TestListIntoHead(t *testing.T) {
	s := newShell(t)
	cmd := exec.Command("bash", "-c", `"$0" --lab-still --lab-users 2000 list --json | head -1; echo "${PIPESTATUS[0]}"`, s.path())
	cmd.Env, cmd.Dir = s.environment(), s.home
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || string(out) != "[\n0\n" || errs.Len() > 0 {
		t.Errorf("output %q, error %v, standard error %q; want a quiet end with exit code 0", out, err, errs.String())
	}
}
