package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
)

// shortHash is how much of a commit's name is shown.
const shortHash = 12

// version gives the module's version, or the commit that was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	if v == "" {
		v = "(devel)"
	}
	if v != "(devel)" {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return v + " " + setting.Value[:min(shortHash, len(setting.Value))]
		}
	}
	return v
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: a.do(func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.out, "adbadge %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		}),
	}
}

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man", Short: "Print the man page", Args: cobra.NoArgs,
		Example: "adbadge man > ~/.local/share/man/man1/adbadge.1",
		RunE: a.do(func(cmd *cobra.Command, _ []string) error {
			page, err := mango.NewManPage(1, cmd.Root())
			if err != nil {
				return fmt.Errorf("write the man page: %w", err)
			}
			_, err = fmt.Fprint(a.out, page.Build(roff.NewDocument()))
			return err
		}),
	}
}
