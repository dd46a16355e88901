package ldap

import (
	"errors"
	"slices"
	"strings"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"adbadge/model"
	"adbadge/model/text"
)

// forest is what a server says about its directory as a whole.
type forest struct {
	domains []domain
	// bases are the parts to read.
	bases []string
	// assumed: no base was configured, so that the bases are what the server holds.
	assumed bool
}

type domain struct {
	model.Domain
	held    bool // by this server
	lockout time.Duration
}

// held gives the DNS names of the domains that the server holds.
func (f *forest) held() (names []string) {
	for i := range f.domains {
		if f.domains[i].held {
			names = append(names, f.domains[i].DNSName.String())
		}
	}
	return names
}

func (f *forest) lockouts() map[string]time.Duration {
	lockouts := map[string]time.Duration{}
	for _, d := range f.domains {
		lockouts[d.DNSName.String()] = d.lockout
	}
	return lockouts
}

// forest reads the list of the directory's domains, and the head of each domain that the server holds.
func (s *session) forest(bases []string) (*forest, error) {
	root := &s.about
	f := &forest{bases: slices.Clone(bases), assumed: len(bases) == 0}
	held := root.all("namingContexts")
	isHeld := func(dn string) bool {
		return slices.ContainsFunc(held, func(h string) bool { return strings.EqualFold(h, dn) })
	}
	if err := s.partitions(f, root.first("configurationNamingContext"), isHeld); err != nil {
		return nil, err
	}
	if f.assumed {
		for _, d := range f.domains {
			if d.held {
				f.bases = append(f.bases, domainDN(d.DNSName.String()))
			}
		}
		if standard := root.first("defaultNamingContext"); len(f.bases) == 0 && standard != "" {
			f.bases = []string{standard}
		}
	}
	if len(f.bases) == 0 {
		return nil, s.server.failure(&resultError{code: resultNoSuchObject}, "find the domains of")
	}
	f.bases = outermost(f.bases)
	for _, base := range f.bases {
		f.addDomainOf(base)
	}
	for i := range f.domains {
		if err := s.head(&f.domains[i]); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// rootAttributes are what every call has a use for.
var rootAttributes = []string{"defaultNamingContext", "configurationNamingContext", "namingContexts", "highestCommittedUSN", "dsServiceName"}

// root reads what the server says about itself (MS-ADTS 3.1.1.3.2).
func (s *session) root(attributes []string) (entry, error) {
	entries, err := s.small(search{scope: baseObject, filter: "(objectClass=*)", attributes: attributes})
	if err != nil {
		return entry{}, err
	}
	if len(entries) != 1 {
		return entry{}, protocolError("the server does not describe itself (no root DSE)")
	}
	return entries[0], nil
}

// partitions reads the domains of the forest with their NetBIOS names. Not being allowed to is no error: the domains of
// the bases are known by their DNs.
func (s *session) partitions(f *forest, configuration string, isHeld func(string) bool) error {
	if configuration == "" {
		return nil
	}
	references, err := s.small(search{
		base: "CN=Partitions," + configuration, scope: oneLevel, filter: "(&(objectClass=crossRef)(nETBIOSName=*))",
		attributes: []string{"nCName", "nETBIOSName"},
	})
	if isAnswer(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range references {
		if d, ok := domainOf(&references[i]); ok {
			d.held = isHeld(references[i].first("nCName"))
			f.domains = append(f.domains, d)
		}
	}
	return nil
}

// domainOf reads the cross-reference object of a domain.
func domainOf(e *entry) (domain, bool) {
	dn := e.first("nCName")
	at := placeOf(dn)
	if at.broken || at.path != "" || e.first("nETBIOSName") == "" {
		return domain{}, false
	}
	return domain{Domain: model.Domain{
		DNSName: text.Line(at.domain), NetBIOS: text.Clean(e.first("nETBIOSName")), BaseDN: text.Clean(dn),
	}}, true
}

// addDomainOf makes sure that the domain of a base is known.
func (f *forest) addDomainOf(base string) {
	name := placeOf(base).domain
	for i := range f.domains {
		if d := &f.domains[i]; d.DNSName.String() == name {
			d.held = true
			return
		}
	}
	if name != "" {
		f.domains = append(f.domains, domain{held: true, Domain: guessedDomain(name)})
	}
}

// guessedDomain describes a domain of which only the name is known. Its NetBIOS name is the first label unless somebody
// chose another one.
func guessedDomain(name string) model.Domain {
	first, _, _ := strings.Cut(name, ".")
	return model.Domain{
		DNSName: text.Line(name), NetBIOS: text.CleanMax(strings.ToUpper(first), 15), BaseDN: text.Clean(domainDN(name)),
	}
}

// head reads the SID and the lockout duration of a domain that the server holds.
func (s *session) head(d *domain) error {
	if !d.held {
		return nil
	}
	entries, err := s.small(search{
		base: domainDN(d.DNSName.String()), scope: baseObject, filter: "(objectClass=*)",
		attributes: []string{"objectSid", "lockoutDuration"},
	})
	if result, ok := errors.AsType[*resultError](err); ok {
		d.held = result.code != resultNoSuchObject && result.code != resultReferral
		return nil
	}
	if err == nil && len(entries) == 1 {
		d.SID, _ = sidOf(entries[0].first("objectSid"))
		d.lockout, _ = interval(entries[0].first("lockoutDuration"))
	}
	return err
}

// outermost drops bases that lie within others of the same domain, so that nothing is read twice. The head of a child
// domain stays: a search of its parent does not enter it.
func outermost(bases []string) []string {
	var kept []string
	parsed := make([]*goldap.DN, len(bases))
	domains := make([]string, len(bases))
	for i, base := range bases {
		parsed[i], _ = goldap.ParseDN(base)
		domains[i] = placeOf(base).domain
	}
	for i, base := range bases {
		inner := false
		for j := range bases {
			if i == j || parsed[i] == nil || parsed[j] == nil || domains[i] != domains[j] {
				continue
			}
			within := parsed[j].AncestorOfFold(parsed[i]) && strings.EqualFold(placeOf(base).domain, placeOf(bases[j]).domain)
			inner = inner || within || j < i && parsed[j].EqualFold(parsed[i])
		}
		if !inner {
			kept = append(kept, base)
		}
	}
	return kept
}
