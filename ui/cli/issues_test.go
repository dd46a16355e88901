package cli

import (
	"strings"
	"testing"

	"adbadge/model"
	"adbadge/ui/ptytest"
)

func TestIssues(t *testing.T) {
	s := newShell(t)
	open := decode[[]record](s.run("issues", "--json").wants(0))
	all := decode[[]record](s.run("issues", "--all", "--json").wants(0))
	if len(open) == 0 || len(all) <= len(open) {
		t.Fatalf("%d open issues of %d", len(open), len(all))
	}
	first := open[0]
	id, title := first["id"].(string), first["title"].(string)
	for _, key := range []string{"status", "severity", "global", "description", "sensors", "domains", "remedies", "created"} {
		if first[key] == nil {
			t.Errorf("%s is missing: %v", key, first)
		}
	}
	s.run("issues").wants(0).shows("STATUS", id[:8], title, "open", "medium")

	// The beginning of the id will do, in any case.
	short := strings.ToUpper(id[:8])
	a := s.run("issues", "suppress", short, "--yes").wants(0, "contoso.test", "open -> suppressed", title, "for 7 days", "Read back")
	if a.out != "suppressed\n" {
		t.Errorf("got %q, want the new status", a.out)
	}
	s.run("issues", "suppress", short, "--yes").wants(0, "suppressed already")
	if again := decode[[]record](s.run("issues", "--json").wants(0)); len(again) != len(open)-1 {
		t.Errorf("%d are open, want one fewer than %d", len(again), len(open))
	}
	s.run("issues", "close", short, "--yes").wants(0, "suppressed -> closed")
	s.run("issues", "reopen", id, "--yes").wants(0, "closed -> open")
	changes := decode[[]record](s.run("changes", "--json").wants(0))
	if len(changes) != 3 || changes[0]["issue"] != id || changes[0]["title"] != title || changes[0]["setting"] != "issue" || changes[0]["to"] != "open" ||
		changes[2]["to"] != "suppressed" || changes[2]["outcome"] != "applied" {
		t.Errorf("changes %v", changes)
	}
	s.run("changes").wants(0).shows(title, "closed -> open")

	s.run("--lab-fault", "no-write:graph", "issues", "close", short, "--yes").wants(1, "SecurityIdentitiesHealth.ReadWrite.All")
	s.run("--lab-fault", "no-permission:graph", "issues").wants(1, "SecurityIdentitiesHealth.Read.All")
	s.run("--lab-fault", "toggle-refused:issues", "issues", "close", short, "--yes").wants(1, "may not change")
	s.run("issues", "close", "ffffffff", "--yes").wants(1, "there is no health issue", "adbadge issues --all")
	s.run("issues", "close", "", "--yes").wants(1, "there is no health issue")
	s.run("issues", "close", short).wants(2, "--yes")
	s.run("issues", "close").wants(2)
	s.run("issues", "shut", id).wants(2)
	s.runAlive("--config", s.ldifConfig(), "issues").wants(2, "Microsoft Graph is not configured", "[graph]")
}

func TestIssueCloseAsks(t *testing.T) {
	s := newShell(t)
	issue := decode[[]record](s.run("issues", "--json").wants(0))[0]
	id := issue["id"].(string)
	for key, code := range map[string]int{"n": 1, "y": 0} {
		p := ptytest.Start(t, 100, 24, s.environment(), s.path(), "--lab-still", "issues", "close", id)
		p.WaitText("open -> closed", "contoso.test", "Close it? [y/N]")
		p.Press(key, "Enter")
		if got := p.WaitExit(); got != code {
			t.Errorf("exit code %d after %s, want %d", got, key, code)
		}
		open := strings.Contains(s.run("issues", "--json").wants(0).out, id)
		if open != (key == "n") {
			t.Errorf("after %s the issue is open: %v", key, open)
		}
		if key == "y" {
			s.run("issues", "reopen", id, "--yes")
		}
	}
}

func TestIssueIDsThatLookAlike(t *testing.T) {
	issues := issuesOf("aaaaaaaa-1", "aaaaaaaa-2", "b")
	if n := shortest(issues); n != 10 {
		t.Errorf("%d characters tell them apart", n)
	}
	for id, want := range map[string]string{"AAAAAAAA-2": "aaaaaaaa-2", "b": "b", "aaaaaaaa-1": "aaaaaaaa-1"} {
		if got, err := findIssue(issues, id); err != nil || got.ID != want {
			t.Errorf("%q finds %q, %v", id, got.ID, err)
		}
	}
	if _, err := findIssue(issues, "aaaa"); err == nil || !strings.Contains(err.Error(), "2 health issues begin") {
		t.Errorf("got %v", err)
	}
}

func issuesOf(ids ...string) (list []model.HealthIssue) {
	for _, id := range ids {
		list = append(list, model.HealthIssue{ID: id})
	}
	return list
}
