package providers

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/endpoint"
	"adbadge/providers/entra"
	"adbadge/providers/graph"
	"adbadge/providers/ldap"
	"adbadge/providers/portal"
	"adbadge/providers/settings"
)

// OpenOptions is what a tenant needs beside its configuration.
type OpenOptions struct {
	Write    bool   // allow changes, whatever the configuration says
	StateDir string // where adbadge keeps its own switches
	Version  string // of this program, for the User-Agent
	Now      func() time.Time
	// Prompt shows a person the code and the page of a device code sign-in; nil: that method is refused. It may be
	// called from any goroutine.
	Prompt func(message string)
	// AskPassword asks a person for the password of a directory user, without showing it; nil: nobody can be asked.
	AskPassword func(user string) (string, error)
}

// prompt shows the sign-in service's own words, or the page and the code where it sent none.
func (o *OpenOptions) prompt() func(context.Context, entra.DeviceCode) error {
	if o.Prompt == nil {
		return nil
	}
	return func(_ context.Context, code entra.DeviceCode) error {
		message := code.Message.String()
		if message == "" {
			message = fmt.Sprintf("To sign in, open %s and enter the code %s.", code.URL, code.Code)
		}
		o.Prompt(message)
		return nil
	}
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

// Open makes the tenant that a configuration names. It reads secrets and certificates but asks no source.
func Open(c config.Config, o OpenOptions) (*Tenant, error) {
	var s secrets
	var err error
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
	if s.signIn, err = readSecret(model.Identity, "the secret of the sign-in", c.SignIn.SecretEnv, c.SignIn.SecretFile); err != nil {
		return nil, err
	}
	if s.cloudRoots, err = readRoots(model.Identity, c.SignIn.CAFile); err != nil {
		return nil, err
	}
	opened, err := connect(c, o, s)
	if err != nil {
		return nil, err
	}
	t := opened.tenant
	t.Settings = settings.New(o.StateDir, tenantKey(c))
	t.Changes = settings.NewRecord(o.StateDir)
	if !o.Write && !c.Tenant.Write {
		t.ReadOnly = "this session is read-only"
	}
	return t, nil
}

// insecureWarning stands on every screen while insecure_skip_verify is on.
const insecureWarning = "DIRECTORY CERTIFICATE NOT CHECKED"

// connection is a tenant with the sign-in that its cloud sources share; signIn is nil when there is none.
type connection struct {
	tenant *Tenant
	signIn *entra.SignIn
}

// connect makes the sources that the configuration names, but for the settings, which belong to different owners.
func connect(c config.Config, o OpenOptions, s secrets) (connection, error) {
	t := &Tenant{
		Name: c.Tenant.Name, Interval: c.Refresh.Interval, DirectoryInterval: c.Refresh.DirectoryInterval, Now: o.Now,
	}
	if t.Now == nil {
		t.Now = time.Now
	}
	portalURL, err := c.PortalURL()
	if err != nil {
		return connection{}, err
	}
	if t.Links, err = portal.New(portalURL, c.Tenant.ID); err != nil {
		return connection{}, err
	}
	opened := connection{tenant: t}
	if c.Endpoint.Enabled || c.Graph.Enabled {
		if err := opened.connectCloud(c, o, s); err != nil {
			return connection{}, err
		}
	}
	for i, d := range c.Directories {
		directory, err := opened.openDirectory(c, d, s.directories[i])
		if err != nil {
			return connection{}, err
		}
		t.Directories = append(t.Directories, directory)
		if d.InsecureSkipVerify {
			t.Warning = insecureWarning
		}
	}
	return opened, nil
}

// Published limits of the APIs: of every call of Defender for Endpoint (its API's "common errors" page), and of the
// alerts of Microsoft Graph, the strictest there that concerns adbadge (throttling of security detections). Lists of users and devices count in
// units: the smallest tenants have 3,500 for 10 seconds, and a request costs 2.
const (
	endpointPerMinute = 100
	endpointPerHour   = 1500
	graphPerMinute    = 150
	syncedPerMinute   = 1200
)

// connectCloud makes the sources that need a sign-in.
func (n *connection) connectCloud(c config.Config, o OpenOptions, s secrets) error {
	authority, err := c.Authority()
	if err != nil {
		return err
	}
	n.signIn, err = entra.New(entra.Options{
		Config: c.SignIn, TenantID: c.Tenant.ID, Authority: authority,
		Secret: s.signIn, Roots: s.cloudRoots, Version: o.Version, Prompt: o.prompt(),
	})
	if err != nil {
		return err
	}
	if c.Endpoint.Enabled {
		url, scope, err := c.EndpointAPI()
		if err != nil {
			return err
		}
		api, err := n.signIn.API(entra.APIOptions{Source: model.Endpoint, Name: "Defender for Endpoint", BaseURL: url, Scope: scope,
			PerMinute: endpointPerMinute, PerHour: endpointPerHour})
		if err != nil {
			return err
		}
		n.tenant.Endpoint = endpoint.New(api)
	}
	if c.Graph.Enabled {
		url, scope, err := c.GraphAPI()
		if err != nil {
			return err
		}
		api, err := n.signIn.API(entra.APIOptions{Source: model.Identity, Name: "Microsoft Graph", BaseURL: url, Scope: scope,
			PerMinute: graphPerMinute})
		if err != nil {
			return err
		}
		n.tenant.Identity = graph.New(api)
	}
	return nil
}

// syncedDirectory makes the directory that Entra ID has. Its requests have limits of their own.
func (n *connection) syncedDirectory(c config.Config) (Directory, error) {
	url, scope, err := c.GraphAPI()
	if err != nil {
		return nil, err
	}
	api, err := n.signIn.API(entra.APIOptions{Source: model.Directory, Name: "Microsoft Graph", BaseURL: url, Scope: scope,
		PerMinute: syncedPerMinute})
	if err != nil {
		return nil, err
	}
	return graph.NewDirectory(api), nil
}

func (n *connection) openDirectory(c config.Config, d config.Directory, s directorySecrets) (Directory, error) {
	switch d.Source {
	case config.SourceLDIF:
		return ldap.OpenLDIF(d.LDIFFile)
	case config.SourceGraph:
		return n.syncedDirectory(c)
	}
	directory, err := ldap.New(ldap.Options{Config: d, Password: s.password, Roots: s.roots})
	if err != nil {
		return nil, err
	}
	n.tenant.closers = append(n.tenant.closers, directory.Close)
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
