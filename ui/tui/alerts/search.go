package alerts

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/overlay"
	"adbadge/ui/tui/table"
	"adbadge/ui/tui/timeline"
)

// found is the answer of a search: the alerts of one view that are listed, in order, and how many there are.
type found struct {
	view      *inventory.View
	alerts    []*model.Alert
	open, all int // before the filter
}

// column is what the list can be sorted by.
type column uint8

const (
	byAge column = iota
	bySeverity
	byProduct
	byStatus
	byPhase
	byTitle
)

// columns names them, and says what each order begins with.
func columns() [6][2]string {
	return [...][2]string{
		byAge: {"age", "newest first"}, bySeverity: {"severity", "worst first"}, byProduct: {"product", "MDE first"},
		byStatus: {"status", "new first"}, byPhase: {"phase", "as attacks unfold"}, byTitle: {"title", "A to Z"},
	}
}

// order is how the list is sorted; alerts that are alike stay newest first.
type order struct {
	by      column
	reverse bool
}

// compare orders two alerts.
func (o order) compare(a, b *model.Alert) int {
	c := 0
	switch o.by {
	case bySeverity:
		c = cmp.Compare(b.Severity, a.Severity)
	case byProduct:
		c = cmp.Compare(a.Product, b.Product)
	case byStatus:
		c = cmp.Compare(statusRank(a.Status), statusRank(b.Status))
	case byPhase:
		c = cmp.Compare(phaseRank(a.Phase), phaseRank(b.Phase))
	case byTitle:
		c = cmp.Compare(a.Title, b.Title)
	}
	if o.reverse {
		return -c
	}
	return c
}

// statusRank puts a status that this program does not know beside the new ones: it counts as open.
func statusRank(s model.AlertStatus) model.AlertStatus { return max(s, model.StatusNew) }

// phaseRank puts alerts without a phase last.
func phaseRank(p model.Phase) int {
	if p == model.NoPhase {
		return 255
	}
	return int(p)
}

// question is all that the list depends on.
type question struct {
	view     *inventory.View
	entity   model.GUID
	resolved bool
	filter   string
	order    order
}

// ask looks for the alerts anew. A question that has changed abandons the one before; a dashboard that has changed
// waits for the search that is running.
func (p *Page) ask(changed bool) tea.Cmd {
	if p.search.Running() && !changed {
		p.stale = true
		return nil
	}
	p.stale = false
	q := question{view: p.env.Dashboard.View, entity: p.entity, resolved: p.resolved, filter: p.line.Text(), order: p.order}
	return p.search.Start(p.env.Context, q.run)
}

// run answers the question.
func (q question) run(ctx context.Context) (found, error) {
	f := found{view: q.view}
	words := strings.Fields(text.Fold(q.filter))
	for i, a := range q.alerts() {
		if i%1024 == 0 && ctx.Err() != nil {
			return found{}, ctx.Err()
		}
		f.all++
		if a.IsOpen() {
			f.open++
		} else if !q.resolved {
			continue
		}
		if len(words) == 0 || contains(haystack(q.view, a), words) {
			f.alerts = append(f.alerts, a)
		}
	}
	switch {
	case q.order.by != byAge:
		slices.SortStableFunc(f.alerts, q.order.compare)
	case q.order.reverse:
		slices.Reverse(f.alerts)
	}
	return f, nil
}

func (q question) alerts() []*model.Alert {
	if q.entity.IsZero() {
		return q.view.AllAlerts()
	}
	if row, ok := q.view.Find(q.entity); ok {
		return q.view.Alerts(row)
	}
	return nil
}

// haystack is the text in which the words of the filter are looked for: all that the list shows of an alert, and whom
// it names.
func haystack(view *inventory.View, a *model.Alert) string {
	parts := []string{a.Title.String(), a.Product.String(), timeline.Severity(a), timeline.Status(a), a.Phase.String(),
		a.Category.String(), a.ThreatFamily.String(), a.Actor.String(), a.ID}
	for _, technique := range a.Techniques {
		parts = append(parts, technique.String())
	}
	for _, d := range a.Devices {
		parts = append(parts, d.Name.String())
	}
	for _, account := range a.Accounts {
		parts = append(parts, account.Name.String(), account.UPN.String())
	}
	for _, row := range view.AlertRows(a) {
		parts = append(parts, view.Name(row).String())
	}
	return text.Fold(strings.Join(parts, "\n"))
}

func contains(haystack string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(haystack, word) {
			return false
		}
	}
	return true
}

// found swaps the alerts in; the cursor stays on its alert.
func (p *Page) found(f found, err error) tea.Cmd {
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return p.env.Host.SayFailure(err)
	}
	p.shown = f
	p.rows.SetRows(table.Rows[alertID]{Len: len(f.alerts), Key: func(at int) alertID { return idOf(f.alerts[at]) }})
	if p.stale {
		return p.ask(false)
	}
	return nil
}

// sortChoice lists the columns.
func (p *Page) sortChoice() overlay.Dialog {
	choice := &overlay.Choice{Title: "Sort by", Note: p.env.Keys.Of(keys.Reverse, keys.Alerts) + " turns the order round"}
	for i, c := range columns() {
		choice.Options = append(choice.Options, overlay.Option{Label: c[0], Note: c[1], Current: column(i) == p.order.by,
			Run: func() tea.Cmd {
				p.order = order{by: column(i)}
				return p.ask(true)
			}})
	}
	return choice
}
