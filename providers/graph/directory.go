package graph

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	goldap "github.com/go-ldap/ldap/v3"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

// Directory is the on-premises directory as Entra ID has it: users that are synced and computers that are hybrid joined.
// It is for places from which no domain controller can be reached. It does not have what is not synced, and of what is,
// neither flags beside "disabled" nor dates of the accounts. Calls may run at the same time.
type Directory struct {
	api *entra.API

	mutex sync.Mutex
	// domains are those of the users that were read, by the prefix of their SIDs: devices name no domain.
	domains map[model.SID]text.Line
}

// NewDirectory reads through the given API.
func NewDirectory(api *entra.API) *Directory {
	return &Directory{api: api, domains: map[model.SID]text.Line{}}
}

// Host says where it is asked.
func (d *Directory) Host() string { return d.api.Host() }

// directoryPage is the greatest page of users and devices ("List users", "List devices").
const directoryPage = 999

// Domains gives the domains of the users that were read; none before. Entra ID does not tell their NetBIOS names: the
// first label stands for it, as it does unless somebody chose another one.
func (d *Directory) Domains(context.Context) ([]model.Domain, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	var domains []model.Domain
	for sid, name := range d.domains {
		first, _, _ := strings.Cut(name.String(), ".")
		domains = append(domains, model.Domain{DNSName: name, SID: sid, NetBIOS: text.CleanMax(strings.ToUpper(first), 15),
			BaseDN: text.Line("DC=" + strings.ReplaceAll(name.String(), ".", ",DC="))})
	}
	slices.SortFunc(domains, func(a, b model.Domain) int { return strings.Compare(a.DNSName.String(), b.DNSName.String()) })
	return domains, nil
}

// syncedUser is what a user's synced members say (microsoft.graph.user). They come with $select only.
type syncedUser struct {
	ID         string `json:"id"`
	Synced     *bool  `json:"onPremisesSyncEnabled"`
	SID        string `json:"onPremisesSecurityIdentifier"`
	Anchor     string `json:"onPremisesImmutableId"`
	SAM        string `json:"onPremisesSamAccountName"`
	Domain     string `json:"onPremisesDomainName"`
	DN         string `json:"onPremisesDistinguishedName"`
	ADUPN      string `json:"onPremisesUserPrincipalName"`
	UPN        string `json:"userPrincipalName"`
	Name       string `json:"displayName"`
	Department string `json:"department"`
	Title      string `json:"jobTitle"`
	Mail       string `json:"mail"`
	Enabled    *bool  `json:"accountEnabled"`
}

const userMembers = "id,onPremisesSyncEnabled,onPremisesSecurityIdentifier,onPremisesImmutableId,onPremisesSamAccountName," +
	"onPremisesDomainName,onPremisesDistinguishedName,onPremisesUserPrincipalName,userPrincipalName,displayName,department," +
	"jobTitle,mail,accountEnabled"

// joinedDevice is what a device's members say (microsoft.graph.device).
type joinedDevice struct {
	DeviceID  string `json:"deviceId"`
	Name      string `json:"displayName"`
	Trust     string `json:"trustType"`
	SID       string `json:"onPremisesSecurityIdentifier"`
	Enabled   *bool  `json:"accountEnabled"`
	OS        string `json:"operatingSystem"`
	OSVersion string `json:"operatingSystemVersion"`
	SignedIn  string `json:"approximateLastSignInDateTime"`
}

const deviceMembers = "deviceId,displayName,trustType,onPremisesSecurityIdentifier,accountEnabled,operatingSystem," +
	"operatingSystemVersion,approximateLastSignInDateTime"

// hybridJoined is the trustType of computers that belong to an on-premises AD too.
const hybridJoined = "ServerAd"

// Entities reads the users, then the computers, whose domains the users' SIDs tell.
func (d *Directory) Entities(ctx context.Context, emit func([]model.Entity) error) ([]model.Gap, error) {
	r := &syncedReader{directory: d, emit: emit}
	users := d.api.For(entra.Purpose{Doing: "read synced users", Feature: entra.SyncedUsers})
	gaps, err := askList(ctx, users, "synced users", ways("/v1.0/users", userMembers), r.users)
	if err != nil {
		return gaps, err
	}
	devices := d.api.For(entra.Purpose{Doing: "read hybrid-joined devices", Feature: entra.JoinedDevices})
	more, err := askList(ctx, devices, "hybrid-joined devices", ways("/v1.0/devices", deviceMembers), r.devices)
	for _, gap := range append(gaps, more...) {
		gap.Code = "ADB-412" // the list ends early
		r.gaps = append(r.gaps, gap)
	}
	return append(r.gaps, r.odd()...), err
}

// ways asks for what is synced only; where that filter is not understood, for everything, which is then looked through.
func ways(path, members string) []question {
	synced := url.Values{"$select": {members}, "$filter": {"onPremisesSyncEnabled eq true"}}
	return []question{{path, synced, directoryPage}, {path, url.Values{"$select": {members}}, directoryPage}}
}

// syncedReader makes entities of the pages of one reading.
type syncedReader struct {
	directory *Directory
	emit      func([]model.Entity) error
	batch     []model.Entity
	gaps      []model.Gap
	unnamed   int // objects that cannot be told apart
	moved     int // users whose anchor is no objectGUID
}

func (r *syncedReader) users(page []syncedUser) error {
	r.batch = r.batch[:0]
	for i := range page {
		in := &page[i]
		if in.Synced == nil || !*in.Synced {
			continue
		}
		e := model.Entity{Kind: model.User, SAM: text.Clean(in.SAM), Domain: text.Clean(strings.ToLower(in.Domain)), DN: text.Clean(in.DN),
			Name: text.Clean(in.Name), UPN: text.Clean(in.ADUPN), Department: text.Clean(in.Department), Title: text.Clean(in.Title),
			Mail: text.Clean(in.Mail), OU: containers(in.DN)}
		if e.UPN == "" {
			e.UPN = text.Clean(in.UPN)
		}
		if e.Name == "" {
			e.Name = e.SAM
		}
		e.SID, _ = model.ParseSID(in.SID) // absent: names say who
		if in.Enabled != nil && !*in.Enabled {
			e.Flags |= model.Disabled
		}
		if !r.identify(&e, in.Anchor, in.ID) {
			continue
		}
		r.learn(&e)
		r.batch = append(r.batch, e)
	}
	return r.handOn()
}

// identify takes the objectGUID that Entra Connect uses as the source anchor of users ("Microsoft Entra Connect: Design
// concepts"). One that was chosen differently is none: then the user goes by its id in Entra ID.
func (r *syncedReader) identify(e *model.Entity, anchor, id string) bool {
	raw, err := base64.StdEncoding.DecodeString(anchor)
	if err == nil && len(raw) == 16 {
		if e.ID, err = model.GUIDFromBytes(raw); err == nil && !e.ID.IsZero() {
			return true
		}
	}
	if e.ID, err = model.ParseGUID(id); err != nil || e.ID.IsZero() {
		r.unnamed++
		return false
	}
	r.moved++
	return true
}

// learn remembers the domain of a user for the devices.
func (r *syncedReader) learn(e *model.Entity) {
	prefix, _, ok := e.SID.Split()
	if !ok || e.Domain == "" {
		return
	}
	d := r.directory
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if _, known := d.domains[prefix]; !known && len(d.domains) < maxDomains {
		d.domains[prefix] = e.Domain
	}
}

// maxDomains bounds how many domains are remembered.
const maxDomains = 1000

func (r *syncedReader) devices(page []joinedDevice) error {
	r.batch = r.batch[:0]
	for i := range page {
		in := &page[i]
		if !strings.EqualFold(in.Trust, hybridJoined) {
			continue
		}
		e := model.Entity{Kind: model.Computer, Name: text.Clean(in.Name), OS: text.Clean(in.OS), OSVersion: text.Clean(in.OSVersion),
			LastLogon: entra.ReadTime(in.SignedIn)}
		var err error
		if e.ID, err = model.ParseGUID(in.DeviceID); err != nil || e.ID.IsZero() {
			r.unnamed++
			continue
		}
		if e.Name != "" {
			e.SAM = e.Name + "$"
		}
		if e.SID, _ = model.ParseSID(in.SID); e.SID != "" {
			e.Domain = r.domainOf(e.SID)
		}
		if in.Enabled != nil && !*in.Enabled {
			e.Flags |= model.Disabled
		}
		r.batch = append(r.batch, e)
	}
	return r.handOn()
}

// domainOf gives the domain of a computer; empty when no user of it is synced.
func (r *syncedReader) domainOf(sid model.SID) text.Line {
	prefix, _, _ := sid.Split()
	r.directory.mutex.Lock()
	defer r.directory.mutex.Unlock()
	return r.directory.domains[prefix]
}

func (r *syncedReader) handOn() error {
	if len(r.batch) == 0 {
		return nil
	}
	return r.emit(r.batch)
}

// odd says what this view of the directory cannot see, and what was odd about the objects.
func (r *syncedReader) odd() []model.Gap {
	gaps := []model.Gap{{Source: model.Directory, Code: model.CodeCloudDirectory,
		What: "The directory is read from Entra ID: accounts that are not synced and computers that are not hybrid joined are missing, " +
			"privileged, locked and service accounts are not marked, and computers have the logon that Entra ID saw.",
		Remedy: "Where a domain controller can be reached, set source under [directory] to \"ldap\"."}}
	if r.moved > 0 {
		gaps = append(gaps, model.Gap{Source: model.Directory, Code: "ADB-410", Count: r.moved,
			What:   fmt.Sprintf("%d synced users have no objectGUID as their source anchor and go by their id in Entra ID.", r.moved),
			Remedy: "Nothing has to be done; a directory read from a domain controller lists them under another id."})
	}
	if r.unnamed > 0 {
		gaps = append(gaps, model.Gap{Source: model.Directory, Code: "ADB-411", Count: r.unnamed, Missing: true,
			What:   fmt.Sprintf("%d objects of Entra ID have no usable id and cannot be listed.", r.unnamed),
			Remedy: "Please report it: the service has changed the form of its answers."})
	}
	return gaps
}

// containers gives the path of what a DN lies in, outermost first.
func containers(dn string) text.Line {
	parsed, err := goldap.ParseDN(dn)
	if err != nil {
		return ""
	}
	var names []string
	for i, rdn := range parsed.RDNs {
		if i > 0 && len(rdn.Attributes) > 0 && !strings.EqualFold(rdn.Attributes[0].Type, "DC") {
			names = append(names, rdn.Attributes[0].Value)
		}
	}
	slices.Reverse(names)
	return text.Clean(strings.Join(names, "/"))
}
