package config

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

func (c checker) directory(d *Directory) {
	if !c.word(at("directory", "source"), d.Source, []string{SourceLab, SourceLDAP, SourceLDIF, SourceGraph}) {
		return
	}
	if d.Source == SourceLab && c.scope.directory != "" {
		c.say(at("directory", "source"), "[directory] source is %q, which stands alone: set it to %q or %q", SourceLab, SourceLDAP, SourceLDIF)
	}
	usesServers := d.Source == SourceLDAP
	if d.Source == SourceLDIF && d.LDIFFile == "" {
		c.say(at("directory", "ldif_file"), "[directory] ldif_file is missing: source %q reads it", SourceLDIF)
	}
	for _, s := range []struct {
		key       string
		set, used bool
	}{
		{"servers", len(d.Servers) > 0, usesServers},
		{"domain", d.Domain != "", usesServers},
		{"site", d.Site != "", usesServers},
		{"base_dns", len(d.BaseDNs) > 0, usesServers},
		{"exclude_ous", len(d.ExcludeOUs) > 0, usesServers},
		{"user", d.User != "", usesServers},
		{"password_env", d.PasswordEnv != "", usesServers},
		{"password_file", d.PasswordFile != "", usesServers},
		{"password_keyring", d.PasswordKeyring, usesServers},
		{"keytab_file", d.KeytabFile != "", usesServers},
		{"realm", d.Realm != "", usesServers},
		{"krb5_conf", d.KerberosFile != "", usesServers},
		{"ca_file", d.CAFile != "", usesServers},
		{"insecure_skip_verify", d.InsecureSkipVerify, usesServers},
		{"ldif_file", d.LDIFFile != "", d.Source == SourceLDIF},
	} {
		if s.set && !s.used {
			c.say(at("directory", s.key), "[directory] %s is set, but source is %q, which does not use it", s.key, d.Source)
		}
	}
	if usesServers {
		c.controllers(d)
	}
	c.servers(d)
	c.bases(d)
	c.directoryPassword(d)
	if usesServers {
		c.kerberos(d)
	}
	if d.PageSize < 1 || d.PageSize > 10_000 {
		c.say(at("directory", "page_size"), "[directory] page_size must be between 1 and 10000, not %d", d.PageSize)
	}
	c.duration(at("directory", "timeout"), d.Timeout, time.Second, 10*time.Minute)
}

// controllers checks how domain controllers are found: by name, or by the domain.
func (c checker) controllers(d *Directory) {
	servers, domain, site := at("directory", "servers"), at("directory", "domain"), at("directory", "site")
	switch {
	case len(d.Servers) == 0 && d.Domain == "":
		c.say(servers, `[directory] servers is empty: name a domain controller, such as "ldaps://dc1.contoso.test", or a domain to find them by`)
	case len(d.Servers) > 0 && d.Domain != "":
		c.say(domain, "[directory] servers and [directory] domain are both set; one is enough")
	case d.Domain != "" && !isDomainName(d.Domain):
		c.say(domain, `[directory] domain must be the DNS name of an AD domain, such as "contoso.test", not %q`, d.Domain)
	}
	switch {
	case d.Site != "" && d.Domain == "":
		c.say(site, "[directory] site is set, but domain is not")
	case d.Site != "" && !isLabel(d.Site):
		c.say(site, "[directory] site must hold letters, digits and dashes only, not %q", d.Site)
	}
}

func (c checker) servers(d *Directory) {
	for _, server := range d.Servers {
		if problem := serverProblem(server); problem != "" {
			c.say(at("directory", "servers"), "[directory] servers: %s", problem)
		}
	}
}

// directoryPassword checks where the password comes from: from one place, and only for a user.
func (c checker) directoryPassword(d *Directory) {
	c.variable(at("directory", "password_env"), d.PasswordEnv)
	first := ""
	for _, s := range []struct {
		key string
		set bool
	}{
		{"password_env", d.PasswordEnv != ""}, {"password_file", d.PasswordFile != ""},
		{"password_keyring", d.PasswordKeyring}, {"keytab_file", d.KeytabFile != ""},
	} {
		switch {
		case !s.set:
		case first != "":
			c.say(at("directory", s.key), "[directory] %s and [directory] %s are both set; one is enough", first, s.key)
		case d.User == "":
			c.say(at("directory", s.key), "[directory] %s is set, but user is not", s.key)
			fallthrough
		default:
			first = s.key
		}
	}
}

// kerberos checks what only Kerberos uses.
func (c checker) kerberos(d *Directory) {
	if !c.word(at("directory", "auth"), d.Auth, []string{AuthSimple, AuthKerberos}) {
		return
	}
	if d.Auth != AuthKerberos {
		for _, s := range []struct{ key, value string }{{"keytab_file", d.KeytabFile}, {"realm", d.Realm}, {"krb5_conf", d.KerberosFile}} {
			if s.value != "" {
				c.say(at("directory", s.key), "[directory] %s is set, but auth is %q, which does not use it", s.key, d.Auth)
			}
		}
		return
	}
	switch {
	case strings.ContainsAny(d.User, `=\/`) || strings.Count(d.User, "@") > 1:
		c.say(at("directory", "user"), `[directory] user must be a logon name such as "svc-adbadge@CONTOSO.TEST" for Kerberos, not %q`, d.User)
	case d.Realm != "" && !isDomainName(d.Realm):
		c.say(at("directory", "realm"), `[directory] realm must be like "CONTOSO.TEST", not %q`, d.Realm)
	}
}

// serverProblem says what is wrong with the address of a directory server, or nothing. It does not repeat an address
// that could hold a password.
func serverProblem(server string) string {
	const want = `must be like "ldaps://dc1.contoso.test" (or "ldap://...", which switches to TLS before it signs in)`
	u, err := url.Parse(server)
	switch {
	case err != nil || strings.Contains(server, "@"):
		return "an address " + want + ", without a user or password"
	case u.Scheme != "ldaps" && u.Scheme != "ldap":
		return strconv.Quote(server) + " " + want
	}
	return hostProblem(u, false)
}

// https checks a base URL. Plain http is refused everywhere: tokens travel there.
func (c checker) https(path []string, value string) {
	if value == "" {
		return
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || strings.Contains(value, "@"):
		c.say(path, "%s must be an https address without a user or password", setting(path))
	case u.Scheme != "https":
		c.say(path, `%s must begin with "https://"`, setting(path))
	default:
		if problem := hostProblem(u, true); problem != "" {
			c.say(path, "%s: %s", setting(path), problem)
		}
	}
}

// hostProblem says what is wrong with the rest of an address.
func hostProblem(u *url.URL, pathAllowed bool) string {
	port := u.Port()
	number, err := strconv.ParseUint(port, 10, 16)
	switch {
	case u.Hostname() == "" || strings.ContainsAny(u.Host, " \t\\"):
		return "an address without a host name"
	case port != "" && (err != nil || number == 0), strings.HasSuffix(u.Host, ":"):
		return "an address with a port that is no number between 1 and 65535"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "an address must not hold \"?\" or \"#\""
	case !pathAllowed && u.Path != "" && u.Path != "/":
		return "an address must end after the host and the port"
	}
	return ""
}
