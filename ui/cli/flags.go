package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"adbadge/providers"
)

// flags are the ones that every command takes.
type flags struct {
	config  string
	tenant  string
	write   bool
	color   string
	ascii   bool
	plain   bool          // of the dashboard
	timeout time.Duration // 0: that of the command
	logFile string
	cached  bool // of the commands that allow it
	pprof   string
	portal  string // where the cookies of a portal session come from; empty: no session is asked for

	lab          bool
	labStill     bool
	labSeed      uint64
	labUsers     int
	labComputers int
	labFaults    []string
}

var colorWords = []string{"auto", "always", "never"}

// register adds the flags to the root command.
func (f *flags) register(root *cobra.Command) {
	set := root.PersistentFlags()
	set.StringVar(&f.config, "config", "", "read the configuration from this file; without one, adbadge shows its lab")
	set.StringVar(&f.tenant, "tenant", "", "the tenant of the configuration to ask (see: adbadge tenants); the first one unless named")
	set.BoolVar(&f.write, "write", false, "allow changes of the configured tenant")
	set.StringVar(&f.color, "color", "auto", "colours: auto, always or never")
	set.BoolVar(&f.ascii, "ascii", false, "plain characters for lines and boxes")
	set.DurationVar(&f.timeout, "timeout", 0, "how long the sources may take")
	set.StringVar(&f.logFile, "log-file", "", "append what is done to this file")
	set.StringVar(&f.pprof, "pprof", "", "serve profiles of this run at a loopback address, such as 127.0.0.1:6060")
	set.BoolVar(&f.lab, "lab", false, "show the lab, whatever the configuration says")
	set.BoolVar(&f.labStill, "lab-still", false, "the lab stands still: no alert comes or goes")
	set.Uint64Var(&f.labSeed, "lab-seed", 0, "make up other data for the lab")
	set.IntVar(&f.labUsers, "lab-users", 0, "number of users in the lab")
	set.IntVar(&f.labComputers, "lab-computers", 0, "number of computers in the lab")
	set.StringArrayVar(&f.labFaults, "lab-fault", nil, "let something go wrong in the lab, may be repeated (see: adbadge lab faults)")
	root.Flags().BoolVar(&f.plain, "plain", false, "a dashboard for screen readers: no colours, plain characters, the terminal's cursor on the row")
	for flag, usual := range map[string]string{"timeout": "1m, status 10s", "lab-users": "400", "lab-computers": "250"} {
		set.Lookup(flag).DefValue = usual // for help: 0 stands for it
	}
	words := func(words []string) cobra.CompletionFunc {
		return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	}
	mustComplete(root, "color", words(colorWords))
	mustComplete(root, "lab-fault", words(faultNames()))
}

// mustComplete gives a flag its completions. Only a flag that does not exist is refused, which is a mistake here.
func mustComplete(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err)
	}
}

// plainFlagError says what value a flag wants in place of what a Go package says of the one that it got.
func plainFlagError(_ *cobra.Command, err error) error {
	said, cause, found := strings.Cut(err.Error(), " flag: ")
	switch {
	case !found:
		return err
	case strings.HasPrefix(cause, "time: "):
		return fmt.Errorf("%s: a duration is wanted, such as 30s", said)
	case strings.HasPrefix(cause, "strconv.ParseBool"):
		return fmt.Errorf("%s: true or false is wanted", said)
	case strings.HasPrefix(cause, "strconv."):
		return fmt.Errorf("%s: a whole number is wanted, and not too large a one", said)
	}
	return err
}

// check says what is wrong with the values.
func (f *flags) check(cmd *cobra.Command) error {
	switch {
	case !slices.Contains(colorWords, f.color):
		return usagef("--color is %q, but must be one of %s", f.color, strings.Join(colorWords, ", "))
	case f.timeout < 0, f.timeout == 0 && cmd.Flags().Changed("timeout"):
		return usagef("--timeout is %s, but must be above zero", f.timeout)
	case f.labUsers < 0 || f.labComputers < 0:
		return usagef("--lab-users and --lab-computers cannot be below zero")
	case f.labUsers > providers.MaxLabEntities || f.labComputers > providers.MaxLabEntities:
		return usagef("--lab-users and --lab-computers cannot be above %d", providers.MaxLabEntities)
	case f.lab && f.tenant != "":
		return usagef("--lab and --tenant exclude each other: the lab is a tenant of its own")
	case f.lab && f.config != "":
		return usagef("--lab and --config exclude each other: the lab needs no configuration")
	}
	for _, fault := range f.labFaults {
		if err := providers.CheckLabFault(fault); err != nil {
			return usagef("--lab-fault: %w", err)
		}
	}
	return nil
}

// wantLab reports whether a flag makes sense for the lab only.
func (f *flags) wantLab() bool {
	return f.labStill || f.labSeed != 0 || f.labUsers != 0 || f.labComputers != 0 || len(f.labFaults) > 0
}

// limit gives the time limit of a command.
func (f *flags) limit(usual time.Duration) time.Duration {
	if f.timeout > 0 {
		return f.timeout
	}
	return usual
}
