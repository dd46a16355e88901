package ldap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"adbadge/model"
)

// locator knows the servers of a directory: those that were named, or those that the DNS gives for a domain. It may be
// used by several goroutines at once.
type locator struct {
	domain, site string
	resolver     *net.Resolver // nil: the system's

	// asking is held by the one who asks the DNS, so that others wait for its answer, each as long as it may.
	asking chan struct{}

	mutex sync.Mutex
	found []server
	until time.Time // when the DNS is asked anew
}

const (
	// locatedFor is how long an answer of the DNS holds while its servers answer.
	locatedFor = 15 * time.Minute
	// locatePatience is how long the DNS has to answer.
	locatePatience = 10 * time.Second
	// maxLocated bounds how many servers of a domain are tried one after the other.
	maxLocated = 12
)

func newLocator(domain, site string, resolver *net.Resolver) *locator {
	return &locator{domain: strings.TrimSuffix(domain, "."), site: site, resolver: resolver, asking: make(chan struct{}, 1)}
}

// name takes the servers that a person named. Without any, there must be a domain.
func (l *locator) name(addresses []string) error {
	for _, address := range addresses {
		s, err := parseServer(address)
		if err != nil {
			return misconfigured(err.Error(), `Name servers such as "ldaps://dc1.contoso.test" in servers under [directory].`)
		}
		l.found = append(l.found, s)
	}
	switch {
	case len(addresses) > 0:
		l.domain = ""
	case l.domain == "":
		return misconfigured("no server is named",
			`Set servers under [directory] to a domain controller, such as "ldaps://dc1.contoso.test", or domain to an AD domain.`)
	}
	return nil
}

// known gives the servers without asking; none before the first answer of the DNS.
func (l *locator) known() []server {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.found
}

// forget makes the next call ask the DNS again: none of the servers answered.
func (l *locator) forget() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.until = time.Time{}
}

// servers gives the servers in the order in which they are to be tried. It asks the DNS where that is due; when the DNS
// does not answer, what it said before still stands. good is the index of the server that answered last.
func (l *locator) servers(ctx context.Context, now time.Time, good int) ([]server, error) {
	if found, fresh := l.fresh(now); fresh {
		return found, nil
	}
	select {
	case l.asking <- struct{}{}:
		defer func() { <-l.asking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	before, fresh := l.fresh(now)
	if fresh { // somebody else asked meanwhile
		return before, nil
	}
	found, err := l.ask(ctx)
	switch {
	case err == nil:
		found = keepPlace(found, before, good)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case len(before) == 0:
		return nil, err
	default:
		found = before
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.found, l.until = found, now.Add(locatedFor)
	return found, nil
}

// fresh gives the servers that are known, and whether they still stand without asking.
func (l *locator) fresh(now time.Time) (found []server, fresh bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.found, l.domain == "" || now.Before(l.until)
}

// keepPlace leaves the server that answered last in its place of the order: the DNS shuffles its answers, and what is
// known of changes is known of one server.
func keepPlace(found, before []server, good int) []server {
	if len(before) == 0 {
		return found
	}
	last := before[good%len(before)]
	i := slices.Index(found, last)
	if i < 0 {
		return found
	}
	return slices.Insert(slices.Delete(found, i, i+1), good%len(found), last)
}

// ask looks up the service records of domain controllers: first those of the site, then those of the whole domain
// ("Domain Controller Locator", [MS-ADTS] 6.3.2.3). The resolver orders each answer by priority and weight (RFC 2782).
func (l *locator) ask(ctx context.Context) ([]server, error) {
	ctx, cancel := context.WithTimeout(ctx, locatePatience)
	defer cancel()
	var found []server
	var foreign []string
	var first error
	for _, name := range l.names() {
		records, err := l.lookup(ctx, name)
		if err != nil {
			first = clearer(first, err)
		}
		for _, r := range records {
			host := strings.TrimSuffix(strings.ToLower(r.Target), ".")
			if !within(host, l.domain) {
				foreign = append(foreign, host)
				continue
			}
			s := server{host: host, port: strconv.Itoa(int(r.Port)), startTLS: true}
			if host != "" && r.Port != 0 && !slices.Contains(found, s) && len(found) < maxLocated {
				found = append(found, s)
			}
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	return nil, l.failure(first, foreign)
}

// names gives the names to look up, the nearest first.
func (l *locator) names() []string {
	all := "_ldap._tcp.dc._msdcs." + l.domain + "."
	if l.site == "" {
		return []string{all}
	}
	return []string{"_ldap._tcp." + l.site + "._sites.dc._msdcs." + l.domain + ".", all}
}

// lookup ends with the context, also while the resolver still waits for its answer, which it does for some seconds.
func (l *locator) lookup(ctx context.Context, name string) ([]*net.SRV, error) {
	resolver := l.resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	type answer struct {
		records []*net.SRV
		err     error
	}
	done := make(chan answer, 1)
	go func() {
		_, records, err := resolver.LookupSRV(ctx, "", "", name)
		done <- answer{records, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case a := <-done:
		return a.records, a.err
	}
}

// clearer keeps the error that says more: no answer at all rather than no such name.
func clearer(first, second error) error {
	if dns, ok := errors.AsType[*net.DNSError](first); first == nil || ok && dns.IsNotFound {
		return second
	}
	return first
}

// within reports whether a host belongs to a domain. The DNS is not proven to be right: it must not send the sign-in to
// a host elsewhere, for whose name somebody else may hold a good certificate.
func within(host, domain string) bool {
	return strings.HasSuffix(host, "."+strings.ToLower(domain))
}

// failure says why no server was found.
func (l *locator) failure(err error, foreign []string) error {
	f := &model.Failure{
		Source: model.Directory, Kind: model.Unreachable, Doing: "find the domain controllers of " + show(l.domain) + " by DNS",
		Remedy: "Check domain under [directory] and the DNS servers of this machine, or name domain controllers in servers.", Cause: err,
	}
	dns, ok := errors.AsType[*net.DNSError](err)
	switch {
	case len(foreign) > 0:
		f.Kind = model.Untrusted
		f.Seen = fmt.Sprintf("the DNS names %s, which is outside of the domain", show(foreign[0]))
		f.Remedy = "If that is right, name the domain controllers in servers under [directory] instead of domain."
	case ok && dns.IsNotFound:
		f.Seen = "the DNS knows none"
	case ok && dns.IsTimeout, errors.Is(err, context.DeadlineExceeded):
		f.Kind, f.Seen = model.TimedOut, "the DNS does not answer"
	case err != nil:
		f.Seen = show(err.Error())
	default:
		f.Seen = "the DNS names no server that could be used"
	}
	return f
}
