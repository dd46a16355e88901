package cloud

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/providers/lab/odata"
	"adbadge/providers/lab/world"
)

// cloudUser is a user as Entra ID has it: synced from the directory, or made in the cloud.
type cloudUser struct {
	user    *world.User      // synced; nil for others
	cloud   *world.CloudUser // made in the cloud; nil for others
	dnsName string           // of the domain of a synced one
}

func (u *cloudUser) upn() string {
	if u.cloud != nil {
		return u.cloud.UPN
	}
	return u.user.UPN
}

// userMembers says which members a user has and what they hold. Those of on-premises come only with $select, as at
// the vendor.
var userMembers = []struct {
	name    string
	usually bool
	write   func(e *encoder, name string, u *cloudUser)
}{
	{"id", true, func(e *encoder, n string, u *cloudUser) { e.guid(n, u.id()) }},
	{"displayName", true, func(e *encoder, n string, u *cloudUser) {
		e.textOrNull(n, u.choose(func(c *world.CloudUser) string { return c.DisplayName }, func(o *world.User) string { return o.DisplayName }))
	}},
	{"givenName", true, func(e *encoder, n string, u *cloudUser) {
		e.textOrNull(n, u.choose(func(c *world.CloudUser) string { return c.GivenName }, func(o *world.User) string { return o.GivenName }))
	}},
	{"surname", true, func(e *encoder, n string, u *cloudUser) {
		e.textOrNull(n, u.choose(func(c *world.CloudUser) string { return c.Surname }, func(o *world.User) string { return o.Surname }))
	}},
	{"jobTitle", true, func(e *encoder, n string, u *cloudUser) {
		e.textOrNull(n, u.choose(func(c *world.CloudUser) string { return c.Title }, func(o *world.User) string { return o.Title }))
	}},
	{"department", false, func(e *encoder, n string, u *cloudUser) {
		e.textOrNull(n, u.choose(func(c *world.CloudUser) string { return c.Department }, func(o *world.User) string { return o.Department }))
	}},
	{"mail", true, func(e *encoder, n string, u *cloudUser) {
		e.textOrNull(n, u.choose(func(c *world.CloudUser) string { return c.UPN }, func(o *world.User) string { return o.Mail }))
	}},
	{"userPrincipalName", true, func(e *encoder, n string, u *cloudUser) { e.text(n, u.upn()) }},
	{"userType", false, func(e *encoder, n string, u *cloudUser) {
		if u.cloud != nil && u.cloud.Guest {
			e.text(n, "Guest")
			return
		}
		e.text(n, "Member")
	}},
	{"accountEnabled", false, func(e *encoder, n string, u *cloudUser) { e.boolean(n, u.enabled()) }},
	{"createdDateTime", false, func(e *encoder, n string, u *cloudUser) { e.instant(n, u.created()) }},
	{"securityIdentifier", false, func(e *encoder, n string, u *cloudUser) {
		e.textOrNull(n, u.choose(func(c *world.CloudUser) string { return string(c.SID) }, func(*world.User) string { return "" }))
	}},
	{"onPremisesSyncEnabled", false, func(e *encoder, n string, u *cloudUser) {
		if u.user == nil {
			e.null(n)
			return
		}
		e.boolean(n, true)
	}},
	{"onPremisesSecurityIdentifier", false, onPremises(func(u *cloudUser) string { return string(u.user.SID) })},
	{"onPremisesImmutableId", false, onPremises(func(u *cloudUser) string { return base64.StdEncoding.EncodeToString(u.user.GUID[:]) })},
	{"onPremisesSamAccountName", false, onPremises(func(u *cloudUser) string { return u.user.SAM })},
	{"onPremisesDomainName", false, onPremises(func(u *cloudUser) string { return u.dnsName })},
	{"onPremisesDistinguishedName", false, onPremises(func(u *cloudUser) string { return u.user.DN() })},
	{"businessPhones", true, func(e *encoder, n string, u *cloudUser) {
		var phones []string
		if u.user != nil && u.user.Phone != "" {
			phones = []string{u.user.Phone}
		}
		e.texts(n, phones)
	}},
	{"onPremisesUserPrincipalName", false, onPremises(func(u *cloudUser) string { return u.user.UPN })},
}

// onPremises writes what only a synced user has.
func onPremises(get func(u *cloudUser) string) func(*encoder, string, *cloudUser) {
	return func(e *encoder, name string, u *cloudUser) {
		if u.user == nil {
			e.null(name)
			return
		}
		e.textOrNull(name, get(u))
	}
}

func (u *cloudUser) choose(cloud func(*world.CloudUser) string, synced func(*world.User) string) string {
	if u.cloud != nil {
		return cloud(u.cloud)
	}
	return synced(u.user)
}

func (u *cloudUser) id() model.GUID {
	if u.cloud != nil {
		return u.cloud.ID
	}
	return u.user.EntraID
}

func (u *cloudUser) enabled() bool {
	if u.cloud != nil {
		return u.cloud.Enabled
	}
	return u.user.Enabled()
}

func (u *cloudUser) created() time.Time {
	if u.cloud != nil {
		return u.cloud.Created
	}
	return u.user.Created
}

// userType is what users can be filtered by here.
var userType = odata.Type[cloudUser]{Name: "microsoft.graph.user", Properties: map[string]odata.Property[cloudUser]{
	"id":                    {Kind: odata.Enum, Get: func(u cloudUser) odata.Value { return odata.TextOf(u.id().String()) }},
	"userprincipalname":     {Kind: odata.Enum, Get: func(u cloudUser) odata.Value { return odata.TextOf(u.upn()) }},
	"accountenabled":        {Kind: odata.Boolean, Get: func(u cloudUser) odata.Value { return odata.BooleanOf(u.enabled()) }},
	"onpremisessyncenabled": {Kind: odata.Boolean, Get: func(u cloudUser) odata.Value { return odata.Value{Null: u.user == nil, Number: 1} }},
	"onpremisesimmutableid": {Kind: odata.Enum, Get: func(u cloudUser) odata.Value {
		return odata.TextOf(u.choose(func(*world.CloudUser) string { return "" }, func(o *world.User) string { return base64.StdEncoding.EncodeToString(o.GUID[:]) }))
	}},
	"onpremisessamaccountname": {Kind: odata.Enum, Get: func(u cloudUser) odata.Value {
		return odata.TextOf(u.choose(func(*world.CloudUser) string { return "" }, func(o *world.User) string { return o.SAM }))
	}},
}}

// directoryPage is the greatest page of users and devices.
const directoryPage = 999

// directory serves the users, devices and groups of Entra ID: those that are synced from the on-premises directory, and
// those that exist only in the cloud.
type directory struct {
	tenant  *tenant
	users   listing[cloudUser]
	devices listing[cloudDevice]
	groups  listing[world.Group]
}

func newDirectory(t *tenant) *directory {
	// No $skip: the vendor's lists of directory objects are paged by link only. The lab's links carry one, which is
	// as opaque to a client as the vendor's $skiptoken.
	options := []string{"$select", "$filter", "$top", "$count", "$skip"}
	d := &directory{tenant: t, groups: newGroupListing()}
	d.users = listing[cloudUser]{about: userType, context: "/v1.0/$metadata#users%s", options: options,
		defaultTop: 100, maxTop: directoryPage, linked: true, found: &searches{}, encode: encodeUser}
	d.devices = listing[cloudDevice]{about: deviceType, context: "/v1.0/$metadata#devices%s", options: options,
		defaultTop: 100, maxTop: directoryPage, linked: true, found: &searches{}, encode: encodeCloudDevice}
	return d
}

func (d *directory) listUsers(w http.ResponseWriter, r *request) error {
	world, synced := d.tenant.World, d.tenant.synced().users
	cloud := world.CloudUsers()
	return d.users.serve(w, r, items[cloudUser]{len(synced) + len(cloud), func(i int) cloudUser {
		if i >= len(synced) {
			return cloudUser{cloud: &cloud[i-len(synced)]}
		}
		u := world.User(int(synced[i]))
		return cloudUser{user: &u, dnsName: world.Domains()[u.Domain].DNSName}
	}})
}

func encodeUser(e *encoder, u cloudUser, p *page) {
	e.open("")
	for _, m := range userMembers {
		if p.selects(m.name, m.usually) {
			m.write(e, m.name, &u)
		}
	}
	e.close()
}

// selects reports whether an answer holds the member.
func (p *page) selects(name string, usually bool) bool {
	if len(p.names) == 0 {
		return usually
	}
	for _, n := range p.names {
		if strings.EqualFold(strings.TrimSpace(n), name) {
			return true
		}
	}
	return false
}
