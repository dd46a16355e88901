package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"adbadge/providers"
)

func (a *app) labCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "lab", Short: "Run the lab alone, start it over, list what can go wrong in it", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		a.serveCommand(),
		&cobra.Command{
			Use: "reset", Short: "Forget the lab's toggles and resolved alerts", Args: cobra.NoArgs,
			RunE: a.do(a.resetLab),
		},
		&cobra.Command{
			Use: "faults", Short: "List what --lab-fault can let go wrong", Args: cobra.NoArgs,
			RunE: a.do(a.listFaults),
		},
	)
	return cmd
}

func (a *app) serveCommand() *cobra.Command {
	var o providers.LabOptions
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the lab's servers until Ctrl-C, and print how to connect", Args: cobra.NoArgs,
		Long: "Runs the lab's servers alone, for other tools or another adbadge, and prints how to connect: addresses, accounts, " +
			"commands to try, and a configuration. Every server listens on loopback, on a free port unless an address is given.",
		Example: "adbadge lab serve --lab-users 100000 --lab-computers 50000\nadbadge lab serve --directory 127.0.0.1:6636",
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			listen := o.Listen
			o = a.labOptions(a.stateDir())
			o.Listen = listen
			return providers.ServeLab(cmd.Context(), o, a.out)
		}),
	}
	for flag, address := range map[string]*string{
		"directory": &o.Listen.Directory, "signin": &o.Listen.SignIn, "endpoint": &o.Listen.Endpoint, "graph": &o.Listen.Graph,
		"portal": &o.Listen.Portal,
	} {
		cmd.Flags().StringVar(address, flag, "", "let this server listen on host:port")
	}
	return cmd
}

func (a *app) resetLab(*cobra.Command, []string) error {
	folder := a.stateDir()
	if folder == "" {
		return failedf("there is no state folder: set HOME or XDG_STATE_HOME")
	}
	if err := providers.ResetLab(folder); err != nil {
		return fmt.Errorf("start the lab over: %w", err)
	}
	fmt.Fprintln(a.err, "adbadge: the lab starts over.")
	return nil
}

func (a *app) listFaults(*cobra.Command, []string) error {
	p := a.paper("")
	faults := providers.LabFaults()
	columns := []column{{head: "--lab-fault"}, {head: "WHAT GOES WRONG", least: 20}}
	p.table(columns, len(faults), func(i int) []span {
		return plainCells(p.theme.Text, faults[i].Form, faults[i].Meaning)
	})
	return p.flush()
}

// faultNames are the names of the faults, without what is said after them.
func faultNames() []string {
	var names []string
	for _, fault := range providers.LabFaults() {
		names = append(names, faultName(fault.Form))
	}
	return names
}

func faultName(fault string) string {
	name, _, _ := strings.Cut(fault, ":")
	return name
}
