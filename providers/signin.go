package providers

import (
	"context"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/text"
	"adbadge/providers/entra"
	"adbadge/providers/portal"
)

// SignInPrompt is what a person needs to finish a sign-in.
type SignInPrompt = entra.Prompt

// SignIn is who asks the cloud sources. One that the configuration does not enable has no API.
type SignIn struct {
	Method string // as the configuration names it

	writes          bool // the tenant may be changed
	cache           *entra.Cache
	signIn          *entra.SignIn
	graph, endpoint *entra.API
	settings        *entra.API // Microsoft Graph for the settings: what is read there does not count among the alerts
	synced          *entra.API // for a directory that is read from Entra ID; nil where there is none
}

// OpenSignIn gives the sign-in of a configuration alone, without its directories; nil when no cloud source is enabled.
func OpenSignIn(c config.Config, o OpenOptions) (*SignIn, error) {
	if !c.Endpoint.Enabled && !c.Graph.Enabled {
		return nil, nil
	}
	s, err := readSignInSecrets(c)
	if err != nil {
		return nil, err
	}
	return openSignIn(c, o, s)
}

// readSignInSecrets reads those that the cloud sources need.
func readSignInSecrets(c config.Config) (s secrets, err error) {
	const what = "the secret of the sign-in"
	if c.SignIn.SecretKeyring {
		s.signIn, err = readKeyring(model.Identity, what, c.SignIn.ClientID, "secret_file under [signin]")
	} else {
		s.signIn, err = readSecret(model.Identity, what, c.SignIn.SecretEnv, c.SignIn.SecretFile)
	}
	if err == nil {
		s.cloudRoots, err = readRoots(model.Identity, c.SignIn.CAFile)
	}
	return s, err
}

// Published limits of the APIs: of every call of Defender for Endpoint (its API's "common errors" page), and of the alerts
// of Microsoft Graph, the strictest there that concerns adbadge (throttling of security detections). Lists of users and
// devices count in units: the smallest tenants have 3,500 for 10 seconds, and a request costs 2.
const (
	endpointPerMinute = 100
	endpointPerHour   = 1500
	graphPerMinute    = 150
	syncedPerMinute   = 1200
)

func openSignIn(c config.Config, o OpenOptions, s secrets) (*SignIn, error) {
	authority, err := c.Authority()
	if err != nil {
		return nil, err
	}
	n := &SignIn{Method: c.SignIn.Method, writes: o.Write || c.Tenant.Write}
	if n.cache, err = openCache(c, authority, o.StateDir); err != nil {
		return nil, err
	}
	options := entra.Options{
		Config: c.SignIn, TenantID: c.Tenant.ID, Authority: authority, Secret: s.signIn, Roots: s.cloudRoots, Version: o.Version,
		Prompt: o.Prompt, Cache: n.cache,
	}
	if options.OpenPage, err = portal.SignInBrowser(c.Portal.Browser, authority); err != nil {
		options.NoBrowser = err.Error()
	}
	if n.signIn, err = entra.New(options); err != nil {
		return nil, err
	}
	if c.Endpoint.Enabled {
		if n.endpoint, err = n.endpointAPI(c); err != nil {
			return nil, err
		}
	}
	if c.Graph.Enabled {
		if n.graph, err = n.graphAPI(c, model.Identity, graphPerMinute); err != nil {
			return nil, err
		}
		if n.settings, err = n.graphAPI(c, model.Settings, 0); err != nil {
			return nil, err
		}
	}
	if c.HasDirectory(config.SourceGraph) {
		n.synced, err = n.graphAPI(c, model.Directory, syncedPerMinute)
	}
	return n, err
}

func (n *SignIn) endpointAPI(c config.Config) (*entra.API, error) {
	url, scope, err := c.EndpointAPI()
	if err != nil {
		return nil, err
	}
	return n.signIn.API(entra.APIOptions{Source: model.Endpoint, Name: "Defender for Endpoint", BaseURL: url, Scope: scope,
		Cloud: c.Tenant.Cloud, PerMinute: endpointPerMinute, PerHour: endpointPerHour})
}

// graphAPI gives Microsoft Graph as one source asks it, with limits of its own.
func (n *SignIn) graphAPI(c config.Config, source model.Source, perMinute int) (*entra.API, error) {
	url, scope, err := c.GraphAPI()
	if err != nil {
		return nil, err
	}
	cloud := c.Tenant.Cloud
	if c.Graph.URL != "" {
		cloud = "" // another server may have more than the cloud's own
	}
	name := "Microsoft Graph"
	if source == model.Directory {
		name += " as the directory"
	}
	return n.signIn.API(entra.APIOptions{Source: source, Name: name, BaseURL: url, Scope: scope,
		Cloud: cloud, PerMinute: perMinute})
}

// apis lists those that are enabled.
func (n *SignIn) apis() []*entra.API {
	var list []*entra.API
	for _, api := range []*entra.API{n.graph, n.endpoint, n.synced} {
		if api != nil {
			list = append(list, api)
		}
	}
	return list
}

// Login signs in anew, and asks a person where the method needs one. Both APIs then go on without help.
func (n *SignIn) Login(ctx context.Context) error { return n.apis()[0].Login(ctx) }

// Logout lets go of what a person's sign-in left here.
func (n *SignIn) Logout() error { return n.signIn.Forget() }

// Prepare asks a person to sign in where nothing else helps. Other failures are left to the requests that follow.
func (n *SignIn) Prepare(ctx context.Context) error {
	if !n.asksPerson() {
		return nil
	}
	_, err := n.apis()[0].Grant(ctx)
	f := model.AsFailure(err, model.Identity, "sign in")
	if f != nil && (f.Kind == model.SignInRefused || f.Kind == model.NotSupported) {
		return f
	}
	return nil
}

func (n *SignIn) asksPerson() bool { return config.SignIn{Method: n.Method}.AsksPerson() }

// SignedIn is who is signed in, and what that may do.
type SignedIn struct {
	Method      string
	Tenant      text.Line // id; empty where no token says it
	Application text.Line // client id
	AppName     text.Line
	Account     text.Line // the person; empty when the application speaks for itself
	Delegated   bool      // the application speaks for a person
	Kept        bool      // what a person's sign-in leaves is kept for the next start
	NotKept     string    // why not, where it should be
	ConsentLink string    // where an administrator grants permissions; empty where there is no such page
	Grants      []Grant   // of each API that is enabled
}

// Grant is what one API permits.
type Grant struct {
	API         string
	Audience    text.Line
	Expires     time.Time
	Readable    bool // the token says what it permits; if not, only the API can tell
	Permissions []text.Line
	Needs       []Need
	Problem     *model.Failure // no token came; all above is empty
}

// Need is what one feature needs.
type Need struct {
	Feature     string
	AnyOf       []string // permissions of which one is enough, the least first
	By          string   // the one that is held; empty where none is, or none can be read
	Held        bool
	Unavailable bool // the API does not have it in this cloud
}

// WhoAmI says who is signed in, and what that may do. It asks for tokens where there are none.
func (n *SignIn) WhoAmI(ctx context.Context) SignedIn {
	who := SignedIn{Method: n.Method, ConsentLink: n.signIn.ConsentLink()}
	for _, api := range n.apis() {
		held, err := api.Grant(ctx)
		grant := Grant{API: api.Name, Problem: model.AsFailure(err, api.Source, "sign in")}
		if api.Source == model.Directory {
			grant.API += ", for the directory"
		}
		if err == nil {
			grant.Audience, grant.Expires, grant.Readable, grant.Permissions = held.Audience, held.Expires, held.Readable, held.Permissions
			if held.Readable {
				who.Tenant, who.Application, who.AppName, who.Delegated = held.Tenant, held.Application, held.AppName, held.Delegated
				who.Account = held.Account
			}
		}
		features := entra.Features(api.Source)
		if n.writes {
			features = append(features, entra.Changes(api.Source)...)
		}
		for _, f := range features {
			by, ok := held.Permits(f)
			grant.Needs = append(grant.Needs, Need{Feature: f.String(), AnyOf: f.Permissions(held.Delegated), By: by,
				Held: err == nil && ok, Unavailable: !f.IsOfferedIn(api.Cloud)})
		}
		who.Grants = append(who.Grants, grant)
	}
	if n.cache != nil {
		who.NotKept = n.cache.Trouble()
		who.Kept = who.NotKept == ""
	}
	return who
}

// Missing lists the needs that the grant does not meet, and could.
func (g Grant) Missing() []Need {
	var list []Need
	for _, need := range g.Needs {
		if g.Problem == nil && !need.Held && !need.Unavailable {
			list = append(list, need)
		}
	}
	return list
}
