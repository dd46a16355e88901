package ldap

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"adbadge/model"
)

// What can be wrong before anybody is asked.
var (
	errNoHostName    = errors.New("a server is named by its address")
	errNoRealm       = errors.New("no realm is named")
	errKeytab        = errors.New("the keytab cannot be read")
	errKerberosFile  = errors.New("the Kerberos configuration cannot be read")
	errNoCache       = errors.New("the credential cache cannot be used")
	errCacheKind     = errors.New("this kind of credential cache cannot be read")
	errTicketExpired = errors.New("the ticket in the credential cache has expired")
)

// kerberosRefusal is what a failure of Kerberos means.
type kerberosRefusal struct {
	mark         string // in the library's text: the name of the error code (RFC 4120, 7.5.9), or its own words
	kind         model.FailureKind
	seen, remedy string
}

// kerberosRefusals are in the order in which they are looked for.
var kerberosRefusals = [...]kerberosRefusal{
	{errNoHostName.Error(), model.Misconfigured, "Kerberos needs the server's name, not its address",
		`Name it as its domain does, such as "ldaps://dc1.contoso.test", in servers under [directory].`},
	{errNoRealm.Error(), model.Misconfigured, "no realm is named", "Set realm under [directory], or write user as name@REALM."},
	{errKeytab.Error(), model.Misconfigured, "the keytab cannot be read", "Check keytab_file under [directory] and who may read it."},
	{errKerberosFile.Error(), model.Misconfigured, "the Kerberos configuration cannot be read", "Check krb5_conf under [directory], or KRB5_CONFIG."},
	{errCacheKind.Error(), model.NotSupported, "the credential cache that KRB5CCNAME names is no file",
		"Set KRB5CCNAME to FILE: and a path, and run kinit again."},
	{errTicketExpired.Error(), model.SignInRefused, "the ticket in the credential cache has expired", "Run kinit again."},
	{errNoCache.Error(), model.SignInRefused, "the credential cache holds no ticket that can be used",
		"Run kinit, or set user and its password or keytab_file under [directory]."},

	{"KRB_AP_ERR_SKEW", model.SignInRefused, "the clocks of this machine and of the domain controller differ too much",
		"Set the clock of this machine by the domain's; Kerberos allows five minutes."},
	{"clock skew with KDC too large", model.SignInRefused, "the clocks of this machine and of the domain controller differ too much",
		"Set the clock of this machine by the domain's; Kerberos allows five minutes."},
	{"KDC_ERR_PREAUTH_FAILED", model.SignInRefused, "the password or the key is wrong",
		"Check the password; a keytab must be made anew when the password was changed."},
	{"password/keytab incorrect", model.SignInRefused, "the password or the key is wrong",
		"Check the password; a keytab must be made anew when the password was changed."},
	{"matching key not found in keytab", model.SignInRefused, "the keytab holds no key of this account that the domain accepts",
		"Check user under [directory], and make the keytab anew."},
	{"KDC_ERR_C_PRINCIPAL_UNKNOWN", model.SignInRefused, "there is no such account in the realm",
		"Check user and realm under [directory]; user is the logon name (sAMAccountName), which can differ from the UPN."},
	{"KDC_ERR_CLIENT_REVOKED", model.SignInRefused, "the account is disabled, locked or expired",
		"Look at the account; adbadge tries again only at the next refresh."},
	{"KDC_ERR_KEY_EXPIRED", model.SignInRefused, "the password has expired or must be changed first",
		"Set a new password for the account."},
	{"KDC_ERR_NAME_EXP", model.SignInRefused, "the account has expired", "Extend the account, or use another one."},
	{"KDC_ERR_S_PRINCIPAL_UNKNOWN", model.Misconfigured, "the realm knows no LDAP service of this name",
		"Name the server as its domain does, such as dc1.contoso.test, in servers under [directory]."},
	{"KDC_ERR_ETYPE_NOSUPP", model.NotSupported, "the domain offers no encryption that adbadge knows for this account",
		"Allow AES for the account, and set its password anew so that AES keys exist."},
	{"KDC_ERR_POLICY", model.SignInRefused, "the domain's policy does not let the account sign in here and now",
		"Ask for other logon hours, for this machine among the account's workstations, or use another account."},
	{"KRB_AP_ERR_TKT_EXPIRED", model.SignInRefused, "the ticket has expired", "Run kinit again; check the clock of this machine."},
	{"KRB_AP_ERR_MODIFIED", model.Untrusted, "the server could not read the ticket: another machine answers under its name",
		"Check the server's name in servers under [directory], and the DNS."},
	{"KDC_ERR_WRONG_REALM", model.Misconfigured, "the realm is not the account's", "Check realm under [directory]."},
	{"no KDC SRV records found", model.Misconfigured, "the realm is unknown: the DNS names no key distribution centre of it",
		"Check realm under [directory]; it is the domain's name in capital letters."},
	{"no KDCs defined", model.Misconfigured, "the realm is unknown: the Kerberos configuration names no key distribution centre of it",
		"Check realm and krb5_conf under [directory]; the realm is the domain's name in capital letters."},
	{"looking up KDC", model.Misconfigured, "no key distribution centre of the realm could be found",
		"Check realm under [directory] and the DNS servers of this machine."},
	{"sending to a KDC", model.Unreachable, "no key distribution centre of the realm answers",
		"Check the network to port 88 of the domain controllers; adbadge asks again by itself."},
	{"communication error with KDC", model.Unreachable, "no key distribution centre of the realm answers",
		"Check the network to port 88 of the domain controllers; adbadge asks again by itself."},
}

// ticketFailure puts a failure to get a ticket into words.
func ticketFailure(err error, s server, who string) error {
	f := &model.Failure{Source: model.Directory, Kind: model.SignInRefused, Cause: err,
		Doing: fmt.Sprintf("get a Kerberos ticket for %s as %s", s, who)}
	if errors.Is(err, context.DeadlineExceeded) {
		f.Kind, f.Seen = model.TimedOut, "no answer within the time limit"
		f.Remedy = "Check the network to port 88 of the domain controllers, or raise timeout under [directory]."
		return f
	}
	words := err.Error()
	for _, r := range kerberosRefusals {
		if strings.Contains(words, r.mark) {
			f.Kind, f.Seen, f.Remedy = r.kind, r.seen, r.remedy
			return f
		}
	}
	f.Seen, f.Remedy = show(words), "Check user, realm and krb5_conf under [directory]; kinit with the same account says more."
	return f
}

// exchangeFailure puts a sign-in with a ticket that did not come about into words.
func exchangeFailure(err error, s server, who string) error {
	f := &model.Failure{Source: model.Directory, Kind: model.SignInRefused, Cause: err,
		Doing: fmt.Sprintf("sign in to %s as %s with Kerberos", s, who)}
	result, answered := errors.AsType[*resultError](err)
	switch {
	case errors.Is(err, errNoPlainLayer), answered && result.code == resultStrongerAuth:
		f.Kind, f.Seen = model.NotSupported, "the server wants its own protection beside TLS, which adbadge does not speak"
		f.Remedy = `Use auth = "simple" under [directory]; on Samba, "ldap server require strong auth = allow_sasl_over_tls" does as well.`
	case answered && strings.Contains(strings.ToLower(result.diagnostic), badBindings):
		f.Kind, f.Seen = model.Untrusted, "the server refuses the channel binding: it sees another TLS connection than adbadge"
		f.Remedy = "Something between here and the server opens TLS, such as a proxy or a load balancer; name the domain controller itself."
	case answered:
		return bindFailure(err, s, who)
	default:
		refusal, isRefusal := errors.AsType[kerberosCode](err)
		if !isRefusal {
			return err
		}
		return ticketFailure(refusal, s, who)
	}
	return f
}

// badBindings is what AD says of a channel binding that is not the connection's (SEC_E_BAD_BINDINGS).
const badBindings = "80090346"

// kerberosCode is a refusal in Kerberos' own words within the exchange.
type kerberosCode struct{ error }

func (k kerberosCode) Unwrap() error { return k.error }
