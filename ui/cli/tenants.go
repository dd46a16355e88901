package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"adbadge/model/config"
	"adbadge/ui/export"
)

// tenantReport is a tenant in the answer of "tenants --json". Its keys stay as they are.
type tenantReport struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	Lab  bool   `json:"lab"`
}

func (a *app) tenantsCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "tenants",
		Short: "List the tenants of the configuration by the names that --tenant takes",
		Long: "Lists the tenants of the configuration, one in a line, in the order of the file; the first one is asked where --tenant " +
			"names none. It asks no source. A tenant that has no name is not listed, and needs none: it is the only one.",
		Example: "for tenant in $(adbadge tenants); do adbadge status --tenant \"$tenant\"; done",
		Args:    cobra.NoArgs,
		RunE: a.do(func(*cobra.Command, []string) error {
			c, _, err := a.readConfig()
			if err != nil {
				return err
			}
			return a.listTenants(c, asJSON)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write one JSON array")
	return cmd
}

func (a *app) listTenants(c config.Config, asJSON bool) error {
	reports := []tenantReport{}
	for _, name := range c.TenantNames() {
		t, err := c.For(name)
		if err != nil {
			return err
		}
		reports = append(reports, tenantReport{Name: name, ID: t.Tenant.ID, Lab: t.IsLab()})
	}
	if asJSON {
		return export.WriteJSON(a.out, reports)
	}
	for _, r := range reports {
		if r.Name == "" {
			continue
		}
		if _, err := fmt.Fprintln(a.out, r.Name); err != nil {
			return err
		}
	}
	return nil
}
