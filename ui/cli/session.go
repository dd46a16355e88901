package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"syscall"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/query"
	"adbadge/providers"
	"adbadge/ui/tui/keys"
)

// usualLimit is how long the sources may take unless --timeout says otherwise.
const usualLimit = time.Minute

// session is an open tenant with the configuration that names it.
type session struct {
	tenant    *providers.Tenant
	config    config.Config // of this tenant
	tenants   []string      // the names of all in the configuration
	stateDir  string
	refresher *providers.Refresher // nil before ask, as is dashboard
	dashboard *providers.Dashboard
	cached    bool // the dashboard comes from the snapshot; there is no refresher
}

// configured gives the configuration of the tenant that the flags name.
func (a *app) configured() (c config.Config, tenants []string, err error) {
	c, found, err := a.readConfig()
	if err != nil {
		return c, nil, err
	}
	tenants = c.TenantNames()
	if c, err = c.For(a.flags.tenant); err != nil {
		return c, nil, usagef("%w", err)
	}
	if a.flags.wantLab() && !c.IsLab() {
		err = usagef("the flags --lab-... are for the lab, and the configuration names a real directory; add --lab")
	}
	if c.IsLab() && !found && !a.flags.lab && isTerminal(a.err) {
		fmt.Fprintln(a.err, `adbadge: this is the lab, with made-up data. For a real directory: adbadge config init`)
	}
	return c, tenants, err
}

// openOptions is what every tenant is opened with.
func (a *app) openOptions(ctx context.Context, c config.Config, prompt showPrompt) providers.OpenOptions {
	return providers.OpenOptions{
		Write: a.flags.write, StateDir: a.stateDir(), CacheDir: a.cacheDir(c), Version: version(), Prompt: prompt, AskPassword: a.askPassword(ctx),
	}
}

// open reads the configuration and opens the tenant that it names, or the lab. prompt shows a person how to sign in.
func (a *app) open(ctx context.Context, prompt showPrompt) (*session, error) {
	c, tenants, err := a.configured()
	if err != nil {
		return nil, err
	}
	options := a.openOptions(ctx, c, prompt)
	s := &session{config: c, tenants: tenants, stateDir: options.StateDir}
	if c.IsLab() {
		s.tenant, err = providers.OpenLab(ctx, a.labOptions(s.stateDir), options)
	} else {
		s.tenant, err = providers.Open(c, options)
	}
	if err != nil {
		return nil, err
	}
	if s.tenant.Warning != "" {
		fmt.Fprintf(a.err, "adbadge: WARNING: %s\n", s.tenant.Warning)
	}
	a.log.Info("tenant opened", "name", s.tenant.Name, "lab", c.IsLab(), "readOnly", s.tenant.ReadOnly != "")
	if err := a.beginPortal(ctx, s.tenant); err != nil {
		a.close(s)
		return nil, err
	}
	return s, nil
}

// labOptions gives the lab that the flags ask for.
func (a *app) labOptions(stateDir string) providers.LabOptions {
	return providers.LabOptions{
		Seed: a.flags.labSeed, Users: a.flags.labUsers, Computers: a.flags.labComputers, Still: a.flags.labStill,
		Faults: a.flags.labFaults, StateDir: stateDir,
	}
}

// name is what the configuration calls the tenant, else the first domain of the directory, else where that is.
func (s *session) name() string {
	switch {
	case s.tenant.Name != "":
		return s.tenant.Name
	case s.dashboard != nil && s.dashboard.View.Len() > 0:
		return s.dashboard.View.Domain(0).String()
	}
	return s.tenant.DirectoryHost()
}

// close keeps what was learnt for the next start, and lets go of the tenant. What goes wrong then is for the log only: the
// answer is out already.
func (a *app) close(s *session) {
	a.keep(s)
	if err := s.tenant.Close(); err != nil {
		a.log.Warn("tenant closed", "error", err)
	}
}

// readConfig gives the configuration that the flags ask for. With --lab it is the default one, with the keys, looks and
// views of the file; one that cannot be read must not keep anybody from the lab.
func (a *app) readConfig() (c config.Config, found bool, err error) {
	if !a.flags.lab {
		return a.readConfigFile()
	}
	c = config.Default()
	file, found, err := a.readConfigFile()
	switch {
	case err != nil:
		a.log.Warn("keys, looks and views of the configuration are not used", "error", err)
	case found:
		c.Screen, c.Views, c.Keys = file.Screen, file.Views, file.Keys
		c.Refresh.Snapshot = file.Refresh.Snapshot
	}
	return c, false, nil
}

// readConfigFile reads and checks the configuration. Without a file at the usual place, the default stands: the lab.
func (a *app) readConfigFile() (c config.Config, found bool, err error) {
	path := a.flags.config
	if path == "" {
		if path, err = config.DefaultPath(); err != nil { // no home folder, so no file in it
			return config.Default(), false, nil
		}
	}
	c, err = loadConfig(path)
	switch {
	case a.flags.config == "" && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)):
		return config.Default(), false, nil
	case errors.Is(err, fs.ErrNotExist):
		return c, false, usagef("%w; make one with: adbadge config init --config %s", err, path)
	case err != nil:
		return c, false, configError(err)
	}
	a.log.Info("configuration read", "file", path)
	return c, true, nil
}

// configError marks an error of reading the configuration as wrong usage.
func configError(err error) error {
	var problems config.Problems
	if errors.As(err, &problems) {
		return err
	}
	return &exitError{code: exitUsage, cause: err}
}

// loadConfig is config.Load with the checks that need to know queries and keys.
func loadConfig(path string) (config.Config, error) {
	file, err := config.Read(path)
	if err != nil {
		return config.Config{}, err
	}
	var problems config.Problems
	for i, view := range file.Config.Views {
		at := fmt.Sprint(i)
		if _, err := query.Parse(view.Query); err != nil {
			problems = append(problems, file.Problem(err.Error(), "views", at, "query"))
		}
		if _, err := query.ParseOrder(view.Sort); err != nil {
			problems = append(problems, file.Problem(err.Error(), "views", at, "sort"))
		}
	}
	if _, err := keys.New(file.Config.Keys); err != nil {
		problems = append(problems, file.Problem(err.Error(), "keys"))
	}
	if len(problems) > 0 {
		return config.Config{}, problems
	}
	return file.Config, nil
}

// stateDir gives the folder for what is remembered; without one, nothing is.
func (a *app) stateDir() string {
	folder, err := config.StateDir()
	if err != nil {
		a.log.Warn("nothing is remembered", "error", err)
		return ""
	}
	return folder
}

// ask opens the tenant and asks every source once, within the time limit, which begins when a person who is asked for a
// password, or to sign in, has done so. With --cached it takes part of the snapshot instead. The caller closes the session.
func (a *app) ask(ctx context.Context, usual time.Duration, part providers.CachedPart) (*session, error) {
	if a.flags.cached {
		s, err := a.cached(ctx, part)
		if err == nil && part != providers.CachedStatus { // a status says so itself
			fmt.Fprintf(a.err, "adbadge: this is %s.\n", s.age())
		}
		return s, err
	}
	s, err := a.open(ctx, a.prompt())
	if err != nil {
		return nil, err
	}
	if err := a.letSignIn(ctx, s); err != nil {
		a.close(s)
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, a.flags.limit(usual))
	defer cancel()
	s.refresher = providers.NewRefresher(s.tenant)
	s.dashboard = s.refresher.Once(limited)
	a.logSources(s.dashboard)
	if ctx.Err() != nil {
		a.close(s)
		return nil, ctx.Err()
	}
	return s, nil
}

// askEntities is ask for commands that are about entities: without a directory there is nothing to say.
func (a *app) askEntities(ctx context.Context, part providers.CachedPart) (*session, error) {
	s, err := a.ask(ctx, usualLimit, part)
	if err != nil {
		return nil, err
	}
	if source := s.dashboard.Source(model.Directory); s.dashboard.View.Len() == 0 && source.Failure != nil {
		a.close(s)
		return nil, source.Failure
	}
	return s, nil
}

func (a *app) logSources(d *providers.Dashboard) {
	for _, s := range d.Sources {
		a.log.Info("source asked", "source", s.Source, "state", s.State, "host", s.Host, "items", s.Items, "latency", s.Latency)
		if s.Failure != nil {
			a.log.Warn("source failed", "source", s.Source, "error", logged(s.Failure))
		}
		for _, gap := range s.Gaps {
			a.log.Warn("answer has a gap", "source", s.Source, "code", gap.Code, "what", gap.What)
		}
	}
}

// missing says on standard error what is not in the answer and gives the error of an incomplete one, or nil when
// nothing is missing. A gap that hides nothing, such as a record with an odd id, is for status to tell.
func (a *app) missing(d *providers.Dashboard, about ...model.Source) error {
	incomplete := false
	for _, source := range about {
		s := d.Source(source)
		if s.Failure != nil {
			incomplete = true
			fmt.Fprintf(a.err, "adbadge: incomplete: %s\n", sentence(s.Failure.Error()))
		}
		for _, gap := range s.Gaps {
			if gap.Missing {
				incomplete = true
				fmt.Fprintf(a.err, "adbadge: incomplete: %s\n", sentence(gap.What+" "+gap.Remedy))
			}
		}
	}
	if incomplete {
		return &exitError{code: exitIncomplete}
	}
	return nil
}

// actor names who makes a change, for the record.
func actor() string {
	name := "somebody"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if host, err := os.Hostname(); err == nil {
		name += "@" + host
	}
	return name
}
