package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"adbadge/model/config"
)

func (a *app) configCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "config", Short: "Make, find and check the configuration", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use: "check [file]", Short: "Name every mistake of the configuration, with its line", Args: cobra.MaximumNArgs(1),
			RunE: a.do(a.checkConfig),
		},
		&cobra.Command{
			Use: "path", Short: "Print where the configuration is looked for", Args: cobra.NoArgs,
			RunE: a.do(func(*cobra.Command, []string) error {
				path, err := a.configPath()
				if err != nil {
					return err
				}
				if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
					fmt.Fprintln(a.err, "adbadge: there is no such file yet; make it with: adbadge config init")
				}
				_, err = fmt.Fprintln(a.out, path)
				return err
			}),
		},
		&cobra.Command{
			Use: "init", Short: "Write a configuration that explains every setting", Args: cobra.NoArgs,
			Long: "Writes a configuration with every setting, its default and what it does, to the usual place or to --config. It never " +
				"overwrites a file.",
			RunE: a.do(a.initConfig),
		},
	)
	return cmd
}

// configPath gives the file that --config names, or the usual one.
func (a *app) configPath() (string, error) {
	if a.flags.config != "" {
		return a.flags.config, nil
	}
	path, err := config.DefaultPath()
	if err != nil {
		return "", usagef("%w; name a file with --config", err)
	}
	return path, nil
}

func (a *app) checkConfig(_ *cobra.Command, arguments []string) error {
	path, err := a.configPath()
	if len(arguments) == 1 {
		path, err = arguments[0], nil
	}
	if err != nil {
		return err
	}
	c, err := loadConfig(path)
	var problems config.Problems
	switch {
	case errors.As(err, &problems):
		writeError(a.err, err)
		return usagef("%s", mistakes(len(problems), path))
	case err != nil:
		return configError(err)
	}
	_, err = fmt.Fprintf(a.out, "%s: no mistakes; %s\n", path, summaries(c))
	return err
}

// summaries says in one line what a configuration leads to, tenant by tenant.
func summaries(c config.Config) string {
	var parts []string
	for _, name := range c.TenantNames() {
		t, err := c.For(name)
		if err != nil {
			continue // every name is one of these
		}
		part := summary(t)
		if len(c.Tenants) > 0 {
			part = name + ": " + part
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

func mistakes(n int, path string) string {
	if n == 1 {
		return "1 mistake in " + path
	}
	return fmt.Sprintf("%d mistakes in %s", n, path)
}

// summary says what a tenant is.
func summary(c config.Config) string {
	if c.IsLab() {
		return "it shows the lab"
	}
	line := "directory " + c.Directories[0].Source
	if n := len(c.Directories); n > 1 {
		line = fmt.Sprintf("%d directories", n)
	}
	for _, part := range []struct {
		on   bool
		name string
	}{{c.Endpoint.Enabled, "Defender for Endpoint"}, {c.Graph.Enabled, "Microsoft Graph"}, {c.Tenant.Write, "writing allowed"}} {
		if part.on {
			line += ", " + part.name
		}
	}
	return line
}

func (a *app) initConfig(*cobra.Command, []string) error {
	path, err := a.configPath()
	if err != nil {
		return err
	}
	if err := config.Init(path, a.example); err != nil {
		return &exitError{code: exitFailed, cause: err}
	}
	fmt.Fprintln(a.err, "adbadge: edit it, then: adbadge config check")
	_, err = fmt.Fprintln(a.out, path)
	return err
}
