package providers

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/endpoint"
	"adbadge/providers/graph"
	"adbadge/providers/ldap"
	"adbadge/providers/portal"
	"adbadge/providers/portal/session"
	"adbadge/providers/settings"
)

// OpenOptions is what a tenant needs beside its configuration.
type OpenOptions struct {
	Write    bool   // allow changes, whatever the configuration says
	StateDir string // where adbadge keeps its own switches
	CacheDir string // where it keeps snapshots; empty: none
	Version  string // of this program, for the User-Agent
	Now      func() time.Time
	// Prompt shows a person how to finish a sign-in and returns at once; the context ends when that is done or given up. It
	// may be called from any goroutine. nil: nobody can be asked.
	Prompt func(context.Context, SignInPrompt)
	// AskPassword asks a person for the password of a directory user, without showing it; nil: nobody can be asked.
	AskPassword func(user string) (string, error)
}

// secrets are values that are never part of a configuration, and the certificates that are trusted beside the system's.
type secrets struct {
	directories []directorySecrets // one for each of the configuration
	signIn      string
	cloudRoots  *x509.CertPool // nil: the system's
}

type directorySecrets struct {
	password string
	roots    *x509.CertPool // nil: the system's
}

// now gives the clock.
func (o OpenOptions) now() func() time.Time {
	if o.Now == nil {
		return time.Now
	}
	return o.Now
}

// Open makes the tenant that a configuration names. It reads secrets and certificates but asks no source.
func Open(c config.Config, o OpenOptions) (*Tenant, error) {
	s, err := readSignInSecrets(c)
	if err != nil {
		return nil, err
	}
	for _, d := range c.Directories {
		var of directorySecrets
		if of.password, err = directoryPassword(d, o.AskPassword); err != nil {
			return nil, err
		}
		if of.roots, err = readRoots(model.Directory, d.CAFile); err != nil {
			return nil, err
		}
		s.directories = append(s.directories, of)
	}
	t, err := connect(c, o, s)
	if err != nil {
		return nil, err
	}
	t.setSettings(settings.New(o.StateDir, tenantKey(c)))
	t.Changes = settings.NewRecord(o.StateDir)
	t.Snapshots = newSnapshots(c, o, tenantKey(c))
	if c.Portal.Session {
		if err := t.openPortal(c, o, s); err != nil {
			return nil, errors.Join(err, t.Close())
		}
	}
	if !o.Write && !c.Tenant.Write {
		t.ReadOnly = readOnly
	}
	return t, nil
}

// readOnly is why changes are refused.
const readOnly = "this session is read-only"

// insecureWarning stands on every screen while insecure_skip_verify is on.
const insecureWarning = "DIRECTORY CERTIFICATE NOT CHECKED"

// connect makes the sources that the configuration names, but for the settings, which belong to different owners.
func connect(c config.Config, o OpenOptions, s secrets) (*Tenant, error) {
	t := &Tenant{
		Name: c.Tenant.Name, Interval: c.Refresh.Interval, DirectoryInterval: c.Refresh.DirectoryInterval, Now: o.Now,
	}
	if t.Now == nil {
		t.Now = time.Now
	}
	consent := ""
	if c.Endpoint.Enabled || c.Graph.Enabled {
		signIn, err := openSignIn(c, o, s)
		if err != nil {
			return nil, err
		}
		t.SignIn, consent = signIn, signIn.signIn.ConsentLink()
		if signIn.endpoint != nil {
			t.Endpoint = endpoint.New(signIn.endpoint)
		}
		if signIn.graph != nil {
			t.Identity = graph.New(signIn.graph)
		}
	}
	for i, d := range c.Directories {
		directory, err := t.openDirectory(d, s.directories[i])
		if err != nil {
			return nil, err
		}
		t.Directories = append(t.Directories, directory)
		if d.InsecureSkipVerify {
			t.Warning = insecureWarning
		}
	}
	portalURL, err := c.PortalURL()
	if err != nil {
		return nil, err
	}
	t.Links, err = portal.New(portalURL, c.Tenant.ID, consent)
	return t, err
}

// openPortal makes a session with the portal possible.
func (t *Tenant) openPortal(c config.Config, o OpenOptions, s secrets) error {
	portalURL, err := c.PortalURL()
	if err != nil {
		return err
	}
	return t.allowPortal(session.Options{URL: portalURL, Tenant: c.Tenant.ID, Roots: s.cloudRoots, Version: o.Version}, portalHint(portalURL))
}

// setSettings names the owner of the toggles that decide, and puts those behind it that the cloud has.
func (t *Tenant) setSettings(deciding Settings) {
	t.Settings = []Settings{deciding}
	if t.SignIn != nil && t.SignIn.settings != nil {
		t.Settings = append(t.Settings, graph.NewSettings(t.SignIn.settings))
	}
}

// openDirectory opens one directory, once the sign-in is there that those of Entra ID need.
func (t *Tenant) openDirectory(d config.Directory, s directorySecrets) (Directory, error) {
	switch d.Source {
	case config.SourceLDIF:
		return ldap.OpenLDIF(d.LDIFFile)
	case config.SourceGraph:
		return graph.NewDirectory(t.SignIn.synced), nil
	}
	directory, err := ldap.New(ldap.Options{Config: d, Password: s.password, Roots: s.roots})
	if err != nil {
		return nil, err
	}
	t.closers = append(t.closers, directory.Close)
	return directory, nil
}

// readRoots gives the certificates of a PEM file beside the system's; nil, which stands for the system's alone, when
// no file is named.
func readRoots(source model.Source, file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	broken := func(seen, remedy string, cause error) error {
		return &model.Failure{Source: source, Kind: model.Misconfigured, Doing: "read the certificates of " + file, Seen: seen,
			Remedy: remedy, Cause: cause}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, broken(err.Error(), "Check ca_file in the configuration.", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(data) {
		return nil, broken("it holds no PEM certificate", `Export the certificate as "Base-64 encoded X.509" and name that file.`, nil)
	}
	return roots, nil
}

// tenantKey tells tenants apart in the state folder: the Entra tenant, else the directory.
func tenantKey(c config.Config) string {
	d := c.Directories[0]
	switch {
	case c.Tenant.ID != "":
		return c.Tenant.ID
	case len(d.Servers) > 0:
		return d.Servers[0]
	case d.Domain != "":
		return d.Domain
	}
	return fmt.Sprintf("%s %s", d.Source, d.LDIFFile)
}
