package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/query"
	"adbadge/providers"
	"adbadge/ui/export"
	"adbadge/ui/tui/draw"
)

// listOptions are the flags of list.
type listOptions struct {
	query  string
	sort   string
	side   string
	limit  int
	format format
}

func (a *app) listCommand() *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:   "list [query]",
		Short: "List entities with their badges",
		Long: "Lists the entities that a query asks for, all of them without one, in the query language of the dashboard: words, " +
			"!not, ~fuzzy, /regular expressions/ and fields such as badge:alerts, kind:computer or logon>90d.",
		Example: "adbadge list badge:alerts\n" +
			"adbadge list 'kind:computer os:\"server 2019\" seen>7d' --sort seen\n" +
			"adbadge list badge:unrecognized --csv > not-recognised.csv",
		Args: cobra.ArbitraryArgs,
		RunE: a.do(func(cmd *cobra.Command, arguments []string) error {
			o.query = strings.Join(arguments, " ") // a short query needs no quotes
			return a.list(cmd.Context(), o)
		}),
		ValidArgsFunction: completeQuery,
	}
	o.format.register(cmd)
	a.allowCached(cmd)
	cmd.Flags().StringVar(&o.sort, "sort", "", "column to sort by, with - before it the other way round (default badge)")
	cmd.Flags().StringVar(&o.side, "side", model.IdentitySide.String(),
		"identity: AD entities with the badge of Defender for Endpoint; endpoint: machines with their alerts of Defender for Identity")
	cmd.Flags().IntVar(&o.limit, "limit", 0, "at most so many entities (default all)")
	mustComplete(cmd, "sort", cobra.FixedCompletions(columnNames(), cobra.ShellCompDirectiveNoFileComp))
	completeSides(cmd)
	return cmd
}

// list answers the question on standard output.
func (a *app) list(ctx context.Context, o listOptions) error {
	if o.side == "" {
		o.side = model.IdentitySide.String()
	}
	side, sideErr := parseSide(o.side)
	q, queryErr := query.Parse(o.query)
	order, orderErr := query.ParseOrder(o.sort)
	switch {
	case o.limit < 0:
		return usagef("--limit is %d, but must be above zero", o.limit)
	case errors.Join(sideErr, queryErr, orderErr) != nil:
		return usagef("%w", errors.Join(sideErr, queryErr, orderErr))
	}
	if err := o.format.check(a.err); err != nil {
		return err
	}
	part := providers.CachedAll
	if o.format.isText() && side == model.IdentitySide && !q.AsksCounterpart() && !order.AsksCounterpart() {
		part = providers.CachedRows // which are there sooner
	}
	s, err := a.askEntities(ctx, part)
	if err != nil {
		return err
	}
	defer a.close(s)
	v := s.dashboard.View
	result, err := query.Run(ctx, v, q, order, s.tenant.Now(), nil)
	if err != nil {
		return fmt.Errorf("answer the query: %w", err)
	}
	rows := seenFrom(v, side, result.Rows)
	if o.limit > 0 {
		rows = rows[:min(o.limit, len(rows))]
	}
	if o.format.isText() {
		err = a.printEntities(s, side, rows)
	} else {
		err = o.format.writeEntities(a.out, entities(v, rows, s.tenant.Links.Entity))
	}
	return errors.Join(err, a.missing(s.dashboard, model.Directory, model.Endpoint))
}

// seenFrom keeps the entities that a list from one side shows: from the endpoint side, those with a machine record.
func seenFrom(v *inventory.View, side model.Side, rows []uint32) []uint32 {
	if side == model.IdentitySide {
		return rows
	}
	var kept []uint32
	for _, row := range rows {
		if v.HasMachine(int(row)) {
			kept = append(kept, row)
		}
	}
	return kept
}

// entities gives the rows one by one, as the encoders take them.
func entities(v *inventory.View, rows []uint32, link export.Linker) iter.Seq[export.Entity] {
	return func(yield func(export.Entity) bool) {
		for _, row := range rows {
			if !yield(export.NewEntity(v, int(row), link)) {
				return
			}
		}
	}
}

// printEntities writes the table for people.
func (a *app) printEntities(s *session, side model.Side, rows []uint32) error {
	p := a.paper(s.config.Screen.Theme)
	v, now := s.dashboard.View, s.tenant.Now()
	if side == model.IdentitySide {
		p.table(identityColumns, len(rows), func(i int) []span { return p.identityRow(v, int(rows[i]), now) })
	} else {
		p.table(endpointColumns, len(rows), func(i int) []span { return p.endpointRow(v, int(rows[i]), now) })
	}
	return p.flush()
}

var identityColumns = []column{
	{head: "MDE"}, {head: "NAME", least: 12}, {head: "KIND"}, {head: "DEPARTMENT / OS", least: 10}, {head: "OU", least: 8},
	{head: "LOGON", right: true},
}

func (p *paper) identityRow(v *inventory.View, row int, now time.Time) []span {
	text := p.theme.Text
	return []span{
		p.badge(v.Badge(row)), {text, v.Name(row).String()}, {text, v.Kind(row).String()}, {text, v.Group(row).String()},
		{p.theme.Muted, v.OU(row).String()}, {text, draw.Age(v.Entity(row).LastLogon, now)},
	}
}

var endpointColumns = []column{
	{head: "MDI"}, {head: "MDE"}, {head: "MACHINE", least: 12}, {head: "OS", least: 10}, {head: "HEALTH", least: 8}, {head: "RISK"},
	{head: "SEEN", right: true},
}

func (p *paper) endpointRow(v *inventory.View, row int, now time.Time) []span {
	text, m := p.theme.Text, v.Machine(row)
	return []span{
		p.badge(v.IdentityBadge(row)), p.badge(v.Badge(row)), {text, m.Name.String()}, {text, m.OS.String()},
		{text, m.Health.String()}, {text, m.Risk.String()}, {text, draw.Age(m.LastSeen, now)},
	}
}

// badge gives the five cells of a badge, and a sixth that marks an old answer.
func (p *paper) badge(b model.Badge) span {
	mark := " "
	if b.Stale {
		mark = "~"
	}
	return span{p.theme.Badge(b), b.Text() + mark}
}

// completeQuery offers the fields of the query language, and the words that a field takes.
func completeQuery(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	directive := cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	var offers []string
	for _, field := range query.Fields() {
		if !strings.HasPrefix(typed, field.Name+":") {
			offers = append(offers, cobra.CompletionWithDesc(field.Name+":", field.Meaning))
			continue
		}
		for _, value := range field.Values {
			if !strings.Contains(value, " ") {
				offers = append(offers, field.Name+":"+value)
			}
		}
	}
	return offers, directive
}

func columnNames() []string {
	var names []string
	for _, column := range inventory.Columns() {
		names = append(names, column.String())
	}
	return names
}
