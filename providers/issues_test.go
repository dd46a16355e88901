package providers

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/lab"
)

// hurriedIssues is a source after whose change of a health issue somebody has no more time.
type hurriedIssues struct {
	Identity
	written func()
}

// SetHealthIssue implements Identity.
func (h hurriedIssues) SetHealthIssue(ctx context.Context, id string, status model.IssueStatus) error {
	defer h.written()
	return h.Identity.SetHealthIssue(ctx, id, status)
}

// openIssue gives one that is open.
func openIssue(t *testing.T, tenant *Tenant) model.HealthIssue {
	t.Helper()
	issues, err := tenant.Issues(t.Context(), false)
	if err != nil || len(issues) == 0 || issues[0].Status != model.IssueOpen {
		t.Fatalf("open issues are %+v, %v", issues, err)
	}
	return issues[0]
}

// TestOutcomesOfIssues: what a person is told, and what is written down, is what really came of it.
func TestOutcomesOfIssues(t *testing.T) {
	for name, test := range map[string]struct {
		faults  []string
		hurry   time.Duration
		outcome model.Outcome
		status  model.IssueStatus // as read last
		says    string
	}{
		"applied":       {nil, patience, model.Applied, model.IssueClosed, ""},
		"later":         {[]string{"toggle-delayed:700ms"}, patience, model.Applied, model.IssueClosed, ""},
		"ignored":       {[]string{"toggle-ignored:issues"}, 300 * time.Millisecond, model.NotVisible, model.IssueOpen, "the issue still reads open"},
		"refused":       {[]string{"toggle-refused:issues"}, patience, model.Refused, model.IssueOpen, "may not change"},
		"lost":          {[]string{"toggle-lost:issues"}, patience, model.Applied, model.IssueClosed, ""},
		"unclear":       {[]string{"toggle-lost:issues", "toggle-ignored:issues"}, patience, model.OutcomeUnknown, model.IssueOpen, "not known"},
		"no permission": {[]string{"no-write:graph"}, patience, model.Refused, model.IssueOpen, "SecurityIdentitiesHealth.ReadWrite.All"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := flipLab(t, test.faults...)
			issue := openIssue(t, tenant)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			tenant.Identity = hurriedIssues{tenant.Identity, func() { time.AfterFunc(test.hurry, cancel) }}
			change, read, err := tenant.SetIssue(ctx, IssueChange{Issue: issue, To: model.IssueClosed, By: "anna@soc"})
			if change.Outcome != test.outcome || (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s (%s): %v, want %s", change.Outcome, change.Seen, err, test.outcome)
			}
			if read == nil || read.ID != issue.ID || read.Status != test.status {
				t.Errorf("read last: %+v", read)
			}
			got := recorded(t, tenant)
			if got.Outcome != test.outcome || got.By != "anna@soc" || got.From != "open" || got.To != "closed" || got.Issue != issue.ID ||
				got.Title != issue.Title || got.Setting != model.StatusOfIssue || got.Owner != model.OwnerGraph || !strings.Contains(got.Name(), issue.Title.String()) {
				t.Errorf("written down: %+v", got)
			}
		})
	}
}

// TestIssuesOnTheDashboard: what was closed leaves the open ones at once, with the finding and the sensor's trouble that
// come of it, and is there again when it was opened again.
func TestIssuesOnTheDashboard(t *testing.T) {
	tenant := flipLab(t)
	r := NewRefresher(tenant)
	before := r.Once(t.Context())
	issue := before.Issues[0]
	has := func(d *Dashboard) bool {
		return slices.ContainsFunc(d.Issues, func(h model.HealthIssue) bool { return h.ID == issue.ID })
	}
	change := func(issue model.HealthIssue, to model.IssueStatus) {
		t.Helper()
		if _, err := r.SetIssue(t.Context(), IssueChange{Issue: issue, To: to, By: "anna"}); err != nil {
			t.Fatal(err)
		}
		for _, d := range []*Dashboard{r.Current(), r.Once(t.Context())} {
			if has(d) != (to == model.IssueOpen) {
				t.Errorf("%s: the open issues are %+v", to, d.Issues)
			}
		}
	}
	if !has(before) {
		t.Fatal("nothing is open")
	}
	change(issue, model.IssueSuppressed)
	issue.Status = model.IssueSuppressed
	change(issue, model.IssueOpen)
	issue.Status = model.IssueOpen
	for _, h := range before.Issues {
		change(h, model.IssueClosed)
	}
	after := r.Current()
	if len(after.Issues) != 0 || slices.ContainsFunc(after.Sensors, func(s model.Sensor) bool { return !s.Healthy }) {
		t.Errorf("with all issues closed there are %+v, and sensors %+v", after.Issues, after.Sensors)
	}
	if last := r.Current().Changes[0]; last.Setting != model.StatusOfIssue || last.To != "closed" {
		t.Errorf("the last change is %+v", last)
	}
}

// TestIssueThatSomebodyElseChanged is left as it is, as are one that is gone and those of a tenant that is read only.
func TestIssueThatSomebodyElseChanged(t *testing.T) {
	tenant := flipLab(t)
	issue := openIssue(t, tenant)
	if _, _, err := tenant.SetIssue(t.Context(), IssueChange{Issue: issue, To: model.IssueSuppressed, By: "anna"}); err != nil {
		t.Fatal(err)
	}
	gone := issue
	gone.ID = "00000000-0000-4000-8000-000000000000"
	for says, wanted := range map[string]IssueChange{
		"reads suppressed by now": {Issue: issue, To: model.IssueClosed, By: "berta"},
		"no such health issue":    {Issue: gone, To: model.IssueClosed, By: "berta"},
		"no id":                   {Issue: model.HealthIssue{ID: ".."}, To: model.IssueClosed, By: "berta"},
	} {
		change, _, err := tenant.SetIssue(t.Context(), wanted)
		if err == nil || !strings.Contains(err.Error(), says) || change.Outcome != model.Refused {
			t.Errorf("%s, %v; want %q", change.Outcome, err, says)
		}
	}
	tenant.ReadOnly = "this session is read-only"
	if change, _, err := tenant.SetIssue(t.Context(), IssueChange{Issue: issue, To: model.IssueClosed}); err == nil || change.Outcome != model.Refused {
		t.Errorf("read-only: %s, %v", change.Outcome, err)
	}
	bare, _ := openLab(t, lab.Options{Still: true})
	bare.Identity = nil
	if _, err := bare.Issues(t.Context(), true); err == nil || !strings.Contains(err.Error(), "[graph]") {
		t.Errorf("without Microsoft Graph: %v", err)
	}
	if _, _, err := bare.SetIssue(t.Context(), IssueChange{Issue: issue, To: model.IssueClosed}); err == nil || !strings.Contains(err.Error(), "[graph]") {
		t.Errorf("without Microsoft Graph: %v", err)
	}
}

// watched is a source that knows of servers without a sensor.
type watched struct{ Identity }

// SensorCandidates implements Identity.
func (watched) SensorCandidates(context.Context) ([]model.SensorCandidate, error) {
	return []model.SensorCandidate{{Name: "dc09.contoso.test"}}, nil
}

// TestServersWithoutASensor are a finding; not to know of any is none, as in clouds that do not tell.
func TestServersWithoutASensor(t *testing.T) {
	tenant, _ := openLab(t, lab.Options{Still: true})
	isOne := func(f model.Finding) bool {
		return f.Code == "ADB-335" && f.Seen == "dc09.contoso.test" && f.Link != ""
	}
	if d := once(t, tenant); slices.ContainsFunc(d.Status.Findings, isOne) || d.Source(model.Identity).State != model.SourceOK {
		t.Errorf("findings %+v", d.Status.Findings)
	}
	tenant.Identity = watched{tenant.Identity}
	if d := once(t, tenant); !slices.ContainsFunc(d.Status.Findings, isOne) {
		t.Errorf("findings %+v", d.Status.Findings)
	}
}
