// Package portal builds the links to the Defender portal, and is the only place that hands a link to a browser. What
// Microsoft documents of the addresses is marked below; the rest was observed in public tools.
//
// The former portals of the two products are one portal today, with two kinds of page: the device page and the
// identity page. "The other portal" of an entity is therefore the other kind of page where there is one.
package portal

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/text"
)

// Links builds links to one portal. It holds no state and may be used by several goroutines at the same time. Every
// link that it gives is https, leads to an allowed host, and holds only printable ASCII.
type Links struct {
	base   *url.URL // nil when the cloud has no portal and the configuration names none
	tenant string   // GUID for "tid", or empty
	hosts  map[string]bool
	pages  map[string]bool // allowed beside them, exactly as they stand
}

// New takes the base URL of the portal, which may be empty where there is none, and the tenant as the configuration
// names it. A tenant that is named by a domain is left out of the links, because the portal takes only the GUID. pages are
// links of other hosts that are allowed exactly as they stand; an empty one is none.
func New(baseURL, tenantID string, pages ...string) (*Links, error) {
	l := &Links{hosts: map[string]bool{}, pages: map[string]bool{}}
	for _, page := range pages {
		if u, err := parse(page); err == nil {
			l.pages[u.String()] = true
		}
	}
	for _, cloud := range config.Clouds() {
		if u, err := url.Parse(cloud.Portal); err == nil && u.Host != "" {
			l.hosts[origin(u)] = true
		}
	}
	if id, err := model.ParseGUID(tenantID); err == nil && !id.IsZero() {
		l.tenant = id.String()
	}
	if baseURL == "" {
		return l, nil
	}
	base, err := parse(baseURL)
	if err != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, &model.Failure{
			Source: model.Settings, Kind: model.Misconfigured, Doing: "read the address of the portal",
			Seen:   "it is not an https address without a user, a query or a fragment",
			Remedy: `Set url under [portal] to an address such as "https://security.microsoft.com".`, Cause: err,
		}
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	base.RawPath = ""
	l.base = base
	l.hosts[origin(base)] = true
	return l, nil
}

// maxLink is far above what a page of the portal needs, in bytes.
const maxLink = 4096

// parse reads an https address that holds nothing surprising.
func parse(link string) (*url.URL, error) {
	if len(link) > maxLink {
		return nil, errors.New("it is too long")
	}
	for i := range len(link) {
		if link[i] <= ' ' || link[i] >= 0x7F || link[i] == '\\' {
			return nil, errors.New("it holds a character that no link may hold")
		}
	}
	u, err := url.Parse(link)
	switch {
	case err != nil:
		return nil, errors.New("it is no web address")
	case u.Scheme != "https":
		return nil, errors.New(`it does not begin with "https://"`)
	case u.User != nil || u.Opaque != "" || u.Hostname() == "":
		return nil, errors.New("it does not name a host, or names a user")
	}
	return u, nil
}

// origin gives host and port in one form, so that two spellings of the same origin are equal.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "443"
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}

// Check says why a link must not be shown as one or opened, in half a sentence, or gives it in the form that is safe.
func (l *Links) Check(link string) (string, error) {
	u, err := parse(link)
	if err != nil {
		return "", fmt.Errorf("the link is refused: %w", err)
	}
	if !l.hosts[origin(u)] && !l.pages[u.String()] {
		return "", fmt.Errorf("the link is refused: %s is not a portal of Microsoft, nor the one of the configuration", text.CleanMax(u.Host, 80))
	}
	return u.String(), nil
}

// page builds the link to a page. The parts of the path are fixed words or were validated; values are escaped here.
func (l *Links) page(path string, query url.Values) (string, error) {
	if l.base == nil {
		return "", errors.New("there is no Defender portal in this cloud; set url under [portal]")
	}
	u := *l.base
	u.Path += path
	if l.tenant != "" {
		if query == nil {
			query = url.Values{}
		}
		query.Set("tid", l.tenant)
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// idForm says which characters ids of a kind are made of, and how many they have.
type idForm struct {
	characters  string
	least, most int
}

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

var (
	machineID  = idForm{digits + "abcdef", 40, 40}
	incidentID = idForm{digits, 1, 20}
	alertID    = idForm{digits + letters + "_-", 1, 128}
)

// fits reports whether an id has this form.
func (f idForm) fits(id string) bool {
	return len(id) >= f.least && len(id) <= f.most && strings.Trim(id, f.characters) == ""
}
