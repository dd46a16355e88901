package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/providers"
)

// openOptions are the flags of open.
type openOptions struct {
	side     string
	printURL bool
}

func (a *app) openCommand() *cobra.Command {
	var o openOptions
	cmd := &cobra.Command{
		Use:   "open entity",
		Short: "Open the portal at an entity",
		Long: "Opens the page of an entity in the browser: of Defender for Endpoint, or with --side identity that of Defender for " +
			"Identity. Over SSH, and where there is no desktop, the link is printed instead. " + entityHelp,
		Example: "adbadge open DC01\nadbadge open ingrid.eklund --side identity --print-url",
		Args:    oneEntity,
		RunE: a.do(func(cmd *cobra.Command, arguments []string) error {
			return a.openEntity(cmd.Context(), arguments[0], o)
		}),
	}
	cmd.Flags().StringVar(&o.side, "side", model.EndpointSide.String(), "whose page: identity or endpoint")
	cmd.Flags().BoolVar(&o.printURL, "print-url", false, "print the link and open nothing")
	completeSides(cmd)
	return cmd
}

func (a *app) openEntity(ctx context.Context, name string, o openOptions) error {
	side, err := parseSide(o.side)
	if err != nil {
		return err
	}
	s, err := a.askEntities(ctx, providers.CachedAll)
	if err != nil {
		return err
	}
	defer a.close(s)
	row, err := a.find(s.dashboard, name)
	if err != nil {
		return err
	}
	v := s.dashboard.View
	link, err := s.tenant.Links.Entity(side, v.Entity(row), v.Machines(row))
	if err != nil {
		badge := v.Badge(row)
		if badge.State == model.BadgeUnknown { // that there is no record is not known
			err = fmt.Errorf("%w as far as is known (%s)", err, badge.Reason)
		}
		return failedf("nothing to open for %s %s: %w", badge.Text(), v.Name(row), err)
	}
	if o.printURL {
		_, err := fmt.Fprintln(a.out, link)
		return err
	}
	open, cannot := s.tenant.Links.Browser(s.config.Portal.Browser)
	if cannot != nil {
		fmt.Fprintf(a.err, "adbadge: nothing was opened: %s\n", sentence(cannot.Error()))
		_, err := fmt.Fprintln(a.out, link)
		return err
	}
	if err := open(ctx, link); err != nil {
		return failedf("%w; the link is %s", err, link)
	}
	fmt.Fprintf(a.err, "adbadge: opened %s\n", link)
	if s.config.IsLab() && isTerminal(a.in) {
		fmt.Fprintln(a.err, "The page is the lab's, which runs until Ctrl-C.")
		<-ctx.Done()
	}
	return nil
}
