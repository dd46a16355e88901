package ldap

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// ldifIndex is what is remembered of a dump.
type ldifIndex struct {
	forest
	// size and changed tell whether the file is still the one that was indexed.
	size    int64
	changed time.Time
	offsets map[model.GUID]int64 // of entities
	groups  map[model.SID]text.Line
}

// read gives the index of the file as it is now.
func (l *LDIF) read(ctx context.Context) (*ldifIndex, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	info, err := os.Stat(l.path)
	if err != nil {
		return nil, l.failure(err)
	}
	if x := l.index; x != nil && x.size == info.Size() && x.changed.Equal(info.ModTime()) {
		return x, nil
	}
	b := ldifIndexing{
		x:     &ldifIndex{size: info.Size(), changed: info.ModTime(), offsets: map[model.GUID]int64{}, groups: map[model.SID]text.Line{}},
		heads: map[string]domain{}, names: map[string]text.Line{}, sids: map[string]model.SID{}, places: map[string]place{},
	}
	if _, err := l.each(ctx, b.visit); err != nil {
		return nil, err
	}
	b.end()
	l.index = b.x
	return b.x, nil
}

// ldifIndexing is an index in the making. The maps have the DNS name of a domain as their key.
type ldifIndexing struct {
	x      *ldifIndex
	heads  map[string]domain    // from the heads of domains
	names  map[string]text.Line // NetBIOS names, from cross-references
	sids   map[string]model.SID // from the accounts
	places map[string]place     // by DN of the container
}

func (b *ldifIndexing) visit(e *entry, at int64) error {
	if _, _, ok := kindOf(e); ok {
		b.account(e, at)
		return nil
	}
	switch {
	case hasClass(e, "group"):
		if sid, err := sidOf(e.first("objectSid")); err == nil {
			b.x.groups[sid] = text.Clean(rdnValue(e.dn))
		}
	case hasClass(e, "domainDNS"):
		sid, err := sidOf(e.first("objectSid"))
		at := placeOf(e.dn)
		if err == nil && !at.broken && at.path == "" {
			d := domain{Domain: guessedDomain(at.domain), held: true}
			d.SID = sid
			d.lockout, _ = interval(e.first("lockoutDuration"))
			b.heads[at.domain] = d
		}
	case hasClass(e, "crossRef"):
		if d, ok := domainOf(e); ok {
			b.names[d.DNSName.String()] = d.NetBIOS
		}
	}
	return nil
}

func (b *ldifIndexing) account(e *entry, at int64) {
	id, err := guidOf(e.first("objectGUID"))
	if err != nil {
		return
	}
	if _, again := b.x.offsets[id]; !again {
		b.x.offsets[id] = at
	}
	_, parent := splitDN(e.dn)
	place, known := b.places[parent]
	if !known {
		if len(b.places) >= maxPlaces {
			clear(b.places)
		}
		place = placeOf(parent)
		b.places[parent] = place
	}
	if place.broken {
		return
	}
	if b.sids[place.domain] == "" {
		sid, _ := sidOf(e.first("objectSid"))
		domain, _, _ := sid.Split()
		b.sids[place.domain] = domain
	}
}

func hasClass(e *entry, class string) bool {
	return slices.ContainsFunc(e.all("objectClass"), func(c string) bool { return strings.EqualFold(c, class) })
}

// end joins what was learnt about the domains.
func (b *ldifIndexing) end() {
	for name, sid := range b.sids {
		if _, known := b.heads[name]; !known {
			d := domain{Domain: guessedDomain(name), held: true}
			d.SID = sid
			b.heads[name] = d
		}
	}
	for name, netBIOS := range b.names {
		d, known := b.heads[name]
		if !known {
			d.Domain = guessedDomain(name)
		}
		d.NetBIOS = netBIOS
		b.heads[name] = d
	}
	for _, name := range slices.Sorted(maps.Keys(b.heads)) {
		b.x.domains = append(b.x.domains, b.heads[name])
	}
}

// Detail reads what the dump says of one entity.
func (l *LDIF) Detail(ctx context.Context, entity model.Entity) (model.Detail, error) {
	index, err := l.read(ctx)
	if err != nil {
		return model.Detail{}, err
	}
	at, known := index.offsets[entity.ID]
	if !known {
		return model.Detail{}, l.gone(entity)
	}
	f, err := l.open()
	if err != nil {
		return model.Detail{}, err
	}
	defer f.Close()
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return model.Detail{}, l.failure(err)
	}
	e, err := newLDIFReader(l.path, f).next()
	if err != nil {
		return model.Detail{}, l.failure(fmt.Errorf("the file changed while it was read: %w", err))
	}
	if id, err := guidOf(e.first("objectGUID")); err != nil || id != entity.ID {
		return model.Detail{}, l.gone(entity)
	}
	detail := detailOf(e)
	if sid, ok := primarySID(e); ok {
		if name := index.groupName(sid); name != "" {
			detail.Groups = append(detail.Groups, name)
			sortNames(detail.Groups)
		}
	}
	return detail, nil
}

func (l *LDIF) gone(entity model.Entity) error {
	return &model.Failure{Source: model.Directory, Kind: model.Broken, Doing: "read " + entity.Name.String() + " from " + l.Host(),
		Seen: "the object is not in the dump any more", Remedy: "Refresh the directory."}
}

// wellKnownGroups are the primary groups that accounts usually have, by the number that they have in every domain
// ("Well-known SIDs", Microsoft), for dumps without groups.
var wellKnownGroups = map[uint32]text.Line{
	513: "Domain Users", 514: "Domain Guests", 515: "Domain Computers", 516: "Domain Controllers", 521: "Read-only Domain Controllers",
}

func (x *ldifIndex) groupName(sid model.SID) text.Line {
	if name, known := x.groups[sid]; known {
		return name
	}
	_, rid, _ := sid.Split()
	if name, known := wellKnownGroups[rid]; known {
		return name
	}
	return text.Line("group " + strconv.FormatUint(uint64(rid), 10))
}
