package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/providers"
	"adbadge/ui/export"
	"adbadge/ui/tui/draw"
)

// alertsOptions are the flags of alerts.
type alertsOptions struct {
	entity string
	all    bool
	format format
}

func (a *app) alertsCommand() *cobra.Command {
	var o alertsOptions
	cmd := &cobra.Command{
		Use:     "alerts [entity]",
		Short:   "List the open alerts of both products, newest first",
		Long:    "Lists the open alerts of both products, newest first, or those of one entity. " + entityHelp,
		Example: "adbadge alerts\nadbadge alerts DC01 --all --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.do(func(cmd *cobra.Command, arguments []string) error {
			if len(arguments) == 1 {
				o.entity = arguments[0]
			}
			return a.alerts(cmd.Context(), o)
		}),
	}
	o.format.register(cmd)
	a.allowCached(cmd)
	cmd.Flags().BoolVar(&o.all, "all", false, "the resolved ones as well")
	return cmd
}

func (a *app) alerts(ctx context.Context, o alertsOptions) error {
	if err := o.format.check(a.err); err != nil {
		return err
	}
	s, err := a.askEntities(ctx, providers.CachedAll)
	if err != nil {
		return err
	}
	defer a.close(s)
	v := s.dashboard.View
	found := v.AllAlerts()
	if o.entity != "" {
		row, err := a.find(s.dashboard, o.entity)
		if err != nil {
			return err
		}
		found = v.Alerts(row)
	}
	var wanted []*model.Alert
	for _, alert := range found {
		if o.all || alert.IsOpen() {
			wanted = append(wanted, alert)
		}
	}
	if o.format.isText() {
		p := a.paper(s.config.Screen.Theme)
		p.printAlerts(v, wanted, s.tenant.Now(), "")
		err = p.flush()
	} else {
		err = o.format.writeAlerts(a.out, exported(v, wanted, alertLinks(s)))
	}
	return errors.Join(err, a.missing(s.dashboard, model.Directory, model.Endpoint, model.Identity))
}

func alertLinks(s *session) export.AlertLinks {
	return export.AlertLinks{Alert: s.tenant.Links.Alert, Incident: s.tenant.Links.Incident}
}

func exported(v *inventory.View, alerts []*model.Alert, links export.AlertLinks) iter.Seq[export.Alert] {
	return func(yield func(export.Alert) bool) {
		for _, alert := range alerts {
			if !yield(export.NewAlert(v, alert, links)) {
				return
			}
		}
	}
}

// alertColumns are for people; the title and the entity give way where the terminal is narrow.
var alertColumns = []column{
	{head: "SEV"}, {head: "AGE", right: true}, {head: "FROM"}, {head: "STATUS"}, {head: "PHASE", least: 8}, {head: "TITLE", least: 20},
	{head: "ENTITY", least: 10}, {head: "TECHNIQUES", least: 5},
}

// printAlerts writes a table under a heading; nothing when there are no alerts and a heading.
func (p *paper) printAlerts(v *inventory.View, alerts []*model.Alert, now time.Time, heading string) {
	if heading != "" {
		if len(alerts) == 0 {
			return
		}
		p.heading(heading)
	}
	p.table(alertColumns, len(alerts), func(i int) []span {
		alert, text := alerts[i], p.theme.Text
		severity := alert.Severity.String()
		if alert.Severity == model.OtherSeverity {
			severity = alert.SeverityText.String()
		}
		style := p.theme.Severity(alert.Severity)
		if !alert.IsOpen() {
			style = p.theme.Muted
		}
		return []span{
			{style, severity}, {text, draw.Age(alert.Created, now)}, {text, alert.Product.String()}, {text, alert.Status.String()},
			{text, alert.Phase.String()}, {text, alert.Title.String()}, {text, concerned(v, alert)},
			{p.theme.Muted, joined(alert.Techniques)},
		}
	})
}

// concerned names the entities that an alert counts for.
func concerned(v *inventory.View, alert *model.Alert) string {
	rows := v.AlertRows(alert)
	switch len(rows) {
	case 0:
		return "-"
	case 1:
		return v.Name(rows[0]).String()
	}
	return fmt.Sprintf("%s and %d more", v.Name(rows[0]), len(rows)-1)
}
