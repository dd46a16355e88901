// Package fault names what can go wrong in the lab on request, for people who want to see how adbadge takes it and for
// tests: refused sign-ins, missing permissions and licences, throttling, slow and broken answers.
package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is one way to fail.
type Kind uint8

const (
	SignInRefused Kind = iota
	NoPermission
	NoWrite
	Throttle
	ServerError
	Slow
	Truncated
	Endless
	NoLicence
	NoMachines
	NoHunting
	ToggleUnreadable
	ToggleRefused
	ToggleIgnored
	ToggleLost
	ToggleDelayed
	SessionExpired
	SessionRevoked
	SessionPage
	SessionRedirect
	SessionRotates
	SessionTenant
	SessionViews
	SessionOther
	SessionNewer
	SessionDrifted
	SessionWorkspace
	SessionRemoved
	LDAPCut
	LDAPRefused
	LDAPSignInRefused
)

// Target is the server or side that a fault is about.
type Target string

const (
	Anywhere Target = ""
	Endpoint Target = "endpoint"
	Graph    Target = "graph"
	Identity Target = "identity"
	Portal   Target = "portal"
	// Session is the interface that the portal's own pages use.
	Session Target = "session"
	// Auditing, Activation and Issues are what Microsoft Graph lets change.
	Auditing   Target = "auditing"
	Activation Target = "activation"
	Issues     Target = "issues"
	// Directory is the LDAP server.
	Directory Target = "directory"
)

// Fault is one fault as it was asked for.
type Fault struct {
	Kind   Kind
	Target Target
	Times  int           // Throttle and ServerError: requests that fail; 0: all of them
	Delay  time.Duration // Slow and ToggleDelayed
	text   string
}

// String gives the fault as it was asked for.
func (f Fault) String() string { return f.text }

// Description explains one kind of fault, for help and documentation.
type Description struct {
	Form    string // "throttle:endpoint[:3]"
	Meaning string
	name    string
	kind    Kind
	targets []Target // nil: takes none
	times   bool
	delay   bool
}

// Descriptions lists every fault there is.
func Descriptions() []Description {
	apis, sides := []Target{Endpoint, Graph}, []Target{Endpoint, Identity}
	asked := []Target{Endpoint, Graph, Session}
	read := append(sides[:2:2], Auditing, Activation)
	changed := append(read[:4:4], Issues)
	const settings, changes = "endpoint|identity|auditing|activation", "endpoint|identity|auditing|activation|issues"
	return []Description{
		{name: "signin-refused", kind: SignInRefused, Form: "signin-refused",
			Meaning: "the sign-in server refuses the client secret (AADSTS7000215)"},
		{name: "no-permission", kind: NoPermission, Form: "no-permission:endpoint|graph|session", targets: asked,
			Meaning: "tokens are given, but without permissions; who asks all the same gets status 403"},
		{name: "no-write", kind: NoWrite, Form: "no-write:endpoint|graph", targets: apis,
			Meaning: "tokens are given without the permissions to change anything"},
		{name: "throttle", kind: Throttle, Form: "throttle:endpoint|graph|session[:TIMES]", targets: asked, times: true,
			Meaning: "status 429 with Retry-After, for the first TIMES requests or for all"},
		{name: "error", kind: ServerError, Form: "error:endpoint|graph|portal|session[:TIMES]", targets: append(asked, Portal), times: true,
			Meaning: "status 503, for the first TIMES requests or for all"},
		{name: "slow", kind: Slow, Form: "slow:[endpoint|graph|portal|session|directory:]DURATION", targets: append(asked, Portal, Directory), delay: true,
			Meaning: "every answer waits that long first: slow:2s, slow:graph:500ms"},
		{name: "truncated", kind: Truncated, Form: "truncated:endpoint|graph", targets: apis,
			Meaning: "the connection breaks in the middle of a list"},
		{name: "endless", kind: Endless, Form: "endless:endpoint|graph", targets: apis,
			Meaning: "a list whose page never ends"},
		{name: "no-licence", kind: NoLicence, Form: "no-licence:endpoint|identity", targets: sides,
			Meaning: "the tenant has no plan for that product, and its interfaces answer 403"},
		{name: "no-machines", kind: NoMachines, Form: "no-machines",
			Meaning: "Defender for Endpoint has no recent machines: status 404"},
		{name: "no-hunting", kind: NoHunting, Form: "no-hunting",
			Meaning: "the hunting tables of Defender for Endpoint are absent: status 400"},
		{name: "toggle-unreadable", kind: ToggleUnreadable, Form: "toggle-unreadable:" + settings, targets: read,
			Meaning: "a toggle cannot be read: status 409"},
		{name: "toggle-refused", kind: ToggleRefused, Form: "toggle-refused:" + changes, targets: changed,
			Meaning: "a change of a toggle, or of health issues, is refused: status 403"},
		{name: "toggle-ignored", kind: ToggleIgnored, Form: "toggle-ignored:" + changes, targets: changed,
			Meaning: "such a change is accepted, and nothing is done"},
		{name: "toggle-lost", kind: ToggleLost, Form: "toggle-lost:" + changes, targets: changed,
			Meaning: "such a change is made, and the connection breaks before the answer"},
		{name: "toggle-delayed", kind: ToggleDelayed, Form: "toggle-delayed:DURATION", delay: true,
			Meaning: "such changes are accepted and made that much later"},
		{name: "session-expired", kind: SessionExpired, Form: "session-expired",
			Meaning: "the portal session has expired: status 440"},
		{name: "session-revoked", kind: SessionRevoked, Form: "session-revoked",
			Meaning: "the portal session was revoked: status 401"},
		{name: "session-page", kind: SessionPage, Form: "session-page",
			Meaning: "the portal answers with a page for people in place of data"},
		{name: "session-redirect", kind: SessionRedirect, Form: "session-redirect",
			Meaning: "the portal redirects to the sign-in"},
		{name: "session-rotates", kind: SessionRotates, Form: "session-rotates",
			Meaning: "the cookie XSRF-TOKEN is another one after each answer, and older ones get status 500"},
		{name: "session-tenant", kind: SessionTenant, Form: "session-tenant",
			Meaning: "the portal session belongs to another tenant"},
		{name: "session-views", kind: SessionViews, Form: "session-views",
			Meaning: "the two places that report the portal's flag contradict each other"},
		{name: "session-other", kind: SessionOther, Form: "session-other",
			Meaning: "another setting of the portal changes with the flag"},
		{name: "session-newer", kind: SessionNewer, Form: "session-newer",
			Meaning: "the portal's settings are those of a later version"},
		{name: "session-drifted", kind: SessionDrifted, Form: "session-drifted",
			Meaning: "the portal's settings have a form that nobody knows"},
		{name: "session-no-workspace", kind: SessionWorkspace, Form: "session-no-workspace",
			Meaning: "the portal says that Defender for Identity is not set up"},
		{name: "session-removed", kind: SessionRemoved, Form: "session-removed",
			Meaning: "the portal says that the toggle was taken out of it"},
		{name: "ldap-cut", kind: LDAPCut, Form: "ldap-cut",
			Meaning: "the directory drops the connection in the middle of a page"},
		{name: "ldap-refused", kind: LDAPRefused, Form: "ldap-refused",
			Meaning: "the directory accepts no connection"},
		{name: "ldap-signin-refused", kind: LDAPSignInRefused, Form: "ldap-signin-refused",
			Meaning: "the directory refuses the password"},
	}
}

// Parse reads one fault. An unknown one gets an error that lists them all.
func Parse(s string) (Fault, error) {
	parts := strings.Split(strings.TrimSpace(s), ":")
	all := Descriptions()
	at := slices.IndexFunc(all, func(d Description) bool { return d.name == parts[0] })
	if at < 0 {
		forms := make([]string, len(all))
		for i, d := range all {
			forms[i] = d.Form
		}
		return Fault{}, fmt.Errorf("no fault is named %q; there are %s", parts[0], strings.Join(forms, ", "))
	}
	f := Fault{Kind: all[at].kind, text: strings.Join(parts, ":")}
	if err := f.arguments(all[at], parts[1:]); err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w; write %s", s, err, all[at].Form)
	}
	return f, nil
}

func (f *Fault) arguments(d Description, rest []string) error {
	if len(rest) > 0 && slices.Contains(d.targets, Target(rest[0])) {
		f.Target, rest = Target(rest[0]), rest[1:]
	} else if d.targets != nil && !d.delay {
		return fmt.Errorf("it needs a target")
	}
	switch {
	case d.delay:
		if len(rest) != 1 {
			return fmt.Errorf("it needs a duration")
		}
		delay, err := time.ParseDuration(rest[0])
		if err != nil || delay <= 0 {
			return fmt.Errorf("%q is not a duration above zero", rest[0])
		}
		f.Delay, rest = delay, nil
	case d.times && len(rest) > 0:
		times, err := strconv.Atoi(rest[0])
		if err != nil || times < 1 {
			return fmt.Errorf("%q is not a number of requests", rest[0])
		}
		f.Times, rest = times, rest[1:]
	}
	if len(rest) > 0 {
		return fmt.Errorf("%q is too much", strings.Join(rest, ":"))
	}
	return nil
}
