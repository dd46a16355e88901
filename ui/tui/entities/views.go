package entities

import (
	"context"
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/inventory"
	"adbadge/model/query"
	"adbadge/model/text"
	"adbadge/ui/tui/keys"
	"adbadge/ui/tui/overlay"
	"adbadge/ui/tui/page"
)

// view is a saved filter on one of the keys 1 to 9.
type view struct {
	name  string
	query query.Query
	order string
	count int // rows; -1 until they were counted
	empty bool
}

// views gives the nine places: those of the configuration, and over them those that were saved with ctrl+s.
func views(env *page.Env) []view {
	saved := env.Config.Views
	if len(saved) == 0 {
		saved = config.Default().Views
	}
	last := 0
	all := make([]view, len(keys.Views()))
	for i := range all {
		v, ok := env.State.Views[strconv.Itoa(i+1)]
		if !ok && i < len(saved) {
			v, ok = saved[i], true
		}
		all[i] = newView(v, !ok)
		if ok {
			last = i
		}
	}
	return all[:last+1]
}

// newView takes a view of the configuration over. The configuration has been checked; a saved view that does not
// parse asks for everything.
func newView(v config.View, empty bool) view {
	q, err := query.Parse(v.Query)
	if err != nil {
		q = query.Query{}
	}
	return view{name: text.CleanMax(v.Name, 40).String(), query: q, order: v.Sort, count: -1, empty: empty}
}

// orderOf gives the order of a view: as it was left, else as it was saved.
func (p *Page) orderOf(i int) query.Order {
	word, ok := p.env.State.Orders[p.orderName(i)]
	if !ok {
		word = p.views[i].order
	}
	if !ok && p.side == model.EndpointSide && word == inventory.ColumnBadge.String() {
		word = inventory.ColumnIdentityAlerts.String() // the badge of this side
	}
	o, err := query.ParseOrder(word)
	if err != nil {
		return query.Order{}
	}
	return o
}

// orderName is what the order of a view is remembered by: both sides have their own.
func (p *Page) orderName(i int) string { return p.side.String() + "/" + p.views[i].name }

// choose shows a view.
func (p *Page) choose(i int) tea.Cmd {
	if i >= len(p.views) || p.views[i].empty {
		return p.env.Host.Say(model.Warning, fmt.Sprintf("There is no view on %d; %s saves the present one there.", i+1,
			p.env.Keys.Of(keys.SaveView, keys.List)))
	}
	p.current, p.peek = i, false
	p.order = p.orderOf(i)
	p.rows.Rewind()
	return p.search(true)
}

// count counts the rows of every view, once the rows are there that are shown.
func (p *Page) count() tea.Cmd {
	if p.counting.Running() || p.searching.Running() {
		p.recount = true
		return nil
	}
	view, side, now := p.env.Dashboard.View, p.side, p.env.Now()
	queries := make([]query.Query, len(p.views))
	for i := range p.views {
		queries[i] = p.views[i].query
	}
	return p.counting.Start(p.env.Context, func(ctx context.Context) ([]int, error) {
		counts := make([]int, len(queries))
		for i, q := range queries {
			n, err := countRows(ctx, view, side, q, now)
			if err != nil {
				return nil, err
			}
			counts[i] = n
		}
		return counts, nil
	})
}

// blind reports whether a query asks for what only Defender for Endpoint knows while it has told nothing: then no row is
// found because none could be asked about, and to say that there are none would be a lie.
func (p *Page) blind(q query.Query) bool {
	c := p.env.Dashboard.View.Counts()
	return c.All > 0 && c.Unknown == c.All &&
		q.Asks("badge", "alerts", "seen", "health", "risk", "exposure", "tag", "matched")
}

func (p *Page) counted(counts []int, err error) tea.Cmd {
	if err == nil {
		for i := range min(len(counts), len(p.views)) {
			p.views[i].count = counts[i]
		}
	}
	return p.countLater()
}

// countLater does what count had to put off.
func (p *Page) countLater() tea.Cmd {
	if !p.recount {
		return nil
	}
	p.recount = false
	return p.count()
}

// sort orders the rows and remembers it for this view.
func (p *Page) sort(o query.Order) tea.Cmd {
	p.order = o
	if p.env.State.Orders == nil {
		p.env.State.Orders = map[string]string{}
	}
	p.env.State.Orders[p.orderName(p.current)] = o.String()
	return tea.Batch(p.env.Host.Remember(), p.search(true))
}

// columnMeanings say what each order begins with.
func columnMeaning(c inventory.Column) string {
	switch c {
	case inventory.ColumnBadge:
		return "worst first"
	case inventory.ColumnLogon, inventory.ColumnCreated, inventory.ColumnSeen:
		return "newest first"
	case inventory.ColumnRisk, inventory.ColumnHealth:
		return "worst first"
	case inventory.ColumnAlerts, inventory.ColumnIdentityAlerts:
		return "most first"
	}
	return "A to Z"
}

// sortChoice lists the columns.
func (p *Page) sortChoice() overlay.Dialog {
	choice := &overlay.Choice{Title: "Sort by", Note: p.env.Keys.Of(keys.Reverse, keys.List) + " turns the order round"}
	for _, column := range inventory.Columns() {
		choice.Options = append(choice.Options, overlay.Option{
			Label: column.String(), Note: columnMeaning(column), Current: column == p.order.Column,
			Run: func() tea.Cmd { return p.sort(query.Order{Column: column}) },
		})
	}
	return choice
}

// saveChoice asks on which number to save what is shown.
func (p *Page) saveChoice() overlay.Dialog {
	choice := &overlay.Choice{Title: "Save this view on", Note: "It asks for: " + orEverything(p.question().String())}
	for i := range keys.Views() {
		label, note := strconv.Itoa(i+1), "free"
		if i < len(p.views) && !p.views[i].empty {
			note = "replaces " + p.views[i].name
		}
		choice.Options = append(choice.Options, overlay.Option{Label: label, Note: note, Current: i == p.current,
			Run: func() tea.Cmd { return p.env.Host.Open(p.namePrompt(i)) }})
	}
	return choice
}

func orEverything(q string) string {
	if q == "" {
		return "everything"
	}
	return q
}

func (p *Page) namePrompt(i int) overlay.Dialog {
	prompt := &overlay.Prompt{Title: "Save view " + strconv.Itoa(i+1), Label: "Name",
		Note: "Sorted by " + p.order.String() + ". It is kept in the state folder, not in the configuration.",
		Run:  func(name string) tea.Cmd { return p.save(i, name) }}
	return prompt
}

// save keeps the present filter and order on a number and shows that view.
func (p *Page) save(i int, name string) tea.Cmd {
	v := config.View{Name: text.CleanMax(name, 40).String(), Query: p.question().String(), Sort: p.order.String()}
	if p.env.State.Views == nil {
		p.env.State.Views = map[string]config.View{}
	}
	p.env.State.Views[strconv.Itoa(i+1)] = v
	for len(p.views) <= i {
		p.views = append(p.views, view{empty: true})
	}
	p.views[i] = newView(v, false)
	p.current = i
	p.line.Set("")
	p.filter, p.mistake = query.Query{}, nil
	p.order = p.orderOf(i)
	return tea.Batch(p.env.Host.Remember(), p.search(true), p.count(),
		p.env.Host.Say(model.OK, fmt.Sprintf("Saved as view %d, %s.", i+1, v.Name)))
}
