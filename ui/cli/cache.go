package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers"
	"adbadge/ui/export"
	"adbadge/ui/tui/draw"
)

// lastKeep is how long a command may take to keep the snapshot, after it has answered.
const lastKeep = 10 * time.Second

// cacheReport is a snapshot in the answer of "cache info --json". Its keys stay as they are.
type cacheReport struct {
	Path     string     `json:"path"`
	Bytes    int64      `json:"bytes"`
	Tenant   string     `json:"tenant"`
	Lab      bool       `json:"lab"`
	Version  string     `json:"version"`
	Written  *time.Time `json:"written"`
	Entities int        `json:"entities"`
	Problem  string     `json:"problem"`
}

func (a *app) cacheCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "cache", Short: "Look at the snapshots that the next start begins with, or remove them", Args: cobra.NoArgs,
		Long: "What was read is kept in a file for each tenant, the snapshot, so that the dashboard shows something at once, and " +
			"commands with --cached ask nobody. It holds names, machines and alerts, nothing to sign in with, and only you may read it. " +
			"With snapshot = false in the configuration none is kept.",
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var asJSON bool
	info := &cobra.Command{
		Use: "info", Short: "List the snapshots with their age and size", Args: cobra.NoArgs,
		RunE: a.do(func(*cobra.Command, []string) error { return a.cacheInfo(asJSON) }),
	}
	info.Flags().BoolVar(&asJSON, "json", false, "write one JSON array")
	cmd.AddCommand(info, &cobra.Command{
		Use: "clear", Short: "Remove the snapshots of all tenants", Args: cobra.NoArgs,
		RunE: a.do(a.cacheClear),
	})
	return cmd
}

// cacheFolder gives the folder of the snapshots, or says why there is none.
func cacheFolder() (string, error) {
	folder, err := config.CacheDir()
	if err != nil {
		return "", failedf("%w", err)
	}
	return folder, nil
}

func (a *app) cacheInfo(asJSON bool) error {
	folder, err := cacheFolder()
	if err != nil {
		return err
	}
	list, err := providers.CacheList(folder)
	if err != nil {
		return fmt.Errorf("look for snapshots: %w", err)
	}
	if a.flags.tenant != "" {
		if _, _, err := a.configured(); err != nil { // there is no such tenant
			return err
		}
		list = slices.DeleteFunc(list, func(s providers.CacheInfo) bool { return s.Tenant != a.flags.tenant })
	}
	if asJSON {
		reports := []cacheReport{}
		for _, s := range list {
			r := cacheReport{Path: s.Path, Bytes: s.Bytes, Tenant: s.Tenant, Lab: s.Mark != "", Version: s.Version, Written: export.Time(s.Written), Entities: s.All}
			if s.Problem != nil {
				r.Problem = s.Problem.Error()
			}
			reports = append(reports, r)
		}
		return export.WriteJSON(a.out, reports)
	}
	if len(list) == 0 {
		fmt.Fprintf(a.err, "adbadge: no snapshot in %s.\n", folder)
		return nil
	}
	p := a.paper("auto")
	columns := []column{{head: "TENANT"}, {head: "ENTITIES", right: true}, {head: "BYTES", right: true}, {head: "WRITTEN"}, {head: "FILE", least: 20}}
	now := time.Now()
	p.table(columns, len(list), func(i int) []span {
		s := list[i]
		tenant := s.Tenant
		if s.Mark != "" {
			tenant += "  " + s.Mark
		}
		if s.Problem != nil {
			return []span{{p.theme.Warning, "cannot be used"}, {p.theme.Text, "-"}, {p.theme.Text, draw.Count(int(s.Bytes))}, {p.theme.Text, "-"},
				{p.theme.Text, s.Path + ": " + s.Problem.Error()}}
		}
		return plainCells(p.theme.Text, tenant, draw.Count(s.All), draw.Count(int(s.Bytes)), draw.Ago(s.Written, now), s.Path)
	})
	return p.flush()
}

func (a *app) cacheClear(*cobra.Command, []string) error {
	if a.flags.tenant != "" {
		return usagef("cache clear removes the snapshots of all tenants: leave --tenant out, or remove the file that cache info --tenant %s names",
			a.flags.tenant)
	}
	folder, err := cacheFolder()
	if err != nil {
		return err
	}
	removed, err := providers.CacheClear(folder)
	if err != nil {
		return fmt.Errorf("remove the snapshots: %w", err)
	}
	if removed == 1 {
		fmt.Fprintln(a.err, "adbadge: 1 snapshot removed.")
	} else {
		fmt.Fprintf(a.err, "adbadge: %d snapshots removed.\n", removed)
	}
	return nil
}

// cacheDir gives the folder for snapshots; empty when none are to be kept.
func (a *app) cacheDir(c config.Config) string {
	if !c.Refresh.Snapshot {
		return ""
	}
	folder, err := config.CacheDir()
	if err != nil {
		a.log.Warn("no snapshot is kept", "error", err)
		return ""
	}
	return folder
}

// allowCached lets a command answer from the snapshot.
func (a *app) allowCached(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.flags.cached, "cached", false, "answer from the snapshot of the last time, with its age, and ask nobody")
}

// cached gives the session that the snapshot makes.
func (a *app) cached(ctx context.Context, part providers.CachedPart) (*session, error) {
	c, tenants, err := a.configured()
	if err != nil {
		return nil, err
	}
	s := &session{config: c, tenants: tenants, stateDir: a.stateDir(), cached: true}
	o := providers.OpenOptions{CacheDir: a.cacheDir(c), Version: version(), Write: a.flags.write}
	if c.IsLab() {
		s.tenant, s.dashboard, err = providers.OpenCachedLab(ctx, a.labOptions(s.stateDir), o, part)
	} else {
		s.tenant, s.dashboard, err = providers.OpenCached(ctx, c, o, part)
	}
	return s, err
}

// age says how old the answer is, for one that comes from the snapshot; empty for any other.
func (s *session) age() string {
	if !s.cached {
		return ""
	}
	return "from the snapshot, as of " + draw.Ago(s.asOf(), s.tenant.Now())
}

// statusAt is when the status was so: now, or when the oldest of a snapshot was read.
func (s *session) statusAt() time.Time {
	if s.cached {
		return s.asOf()
	}
	return s.dashboard.Status.At
}

// asOf is when the oldest of what badges follow from was read.
func (s *session) asOf() time.Time {
	oldest := s.dashboard.At
	for _, source := range []model.Source{model.Directory, model.Endpoint} {
		if good := s.dashboard.Source(source).LastGood; !good.IsZero() && good.Before(oldest) {
			oldest = good
		}
	}
	return oldest
}

// keep writes the snapshot for the next start. The answer is out already, so that what goes wrong is for the log only.
func (a *app) keep(s *session) {
	if s.refresher == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastKeep)
	defer cancel()
	if err := s.refresher.Keep(ctx); err != nil && !errors.Is(err, context.Canceled) {
		a.log.Warn("the snapshot was not kept", "error", err)
	}
}
