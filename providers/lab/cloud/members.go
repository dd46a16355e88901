package cloud

import (
	"net/http"
	"strings"

	"adbadge/providers/lab/odata"
	"adbadge/providers/lab/world"
)

// groupType is what groups can be filtered by here: nothing.
var groupType = odata.Type[world.Group]{Name: "microsoft.graph.group", Properties: map[string]odata.Property[world.Group]{}}

func newGroupListing() listing[world.Group] {
	return listing[world.Group]{about: groupType, context: "/v1.0/$metadata#directoryObjects%s",
		options: []string{"$select", "$top", "$skip", "$count"}, defaultTop: 100, maxTop: directoryPage, linked: true, found: &searches{},
		encode: func(e *encoder, g world.Group, p *page) {
			e.open("")
			e.text("@odata.type", "#microsoft.graph.group")
			if p.selects("id", true) {
				e.guid("id", g.GUID)
			}
			if p.selects("displayName", true) {
				e.text("displayName", g.Name)
			}
			e.close()
		}}
}

// noObject is how the vendor says that there is no such user or device.
func noObject(id string) error {
	return fail(http.StatusNotFound, "Request_ResourceNotFound", "Resource '%s' does not exist or one of its queried reference-property objects are not present.", id)
}

// syncedUser finds a synced user by its id in Entra ID. The lab is asked for one at a time only, so that it may look.
func (d *directory) syncedUser(id string) (world.User, bool) {
	for _, at := range d.tenant.synced().users {
		if u := d.tenant.World.User(int(at)); strings.EqualFold(u.EntraID.String(), id) {
			return u, true
		}
	}
	return world.User{}, false
}

func (d *directory) listUserGroups(w http.ResponseWriter, r *request) error {
	u, ok := d.syncedUser(r.PathValue("id"))
	if !ok {
		return noObject(r.PathValue("id"))
	}
	return d.listGroups(w, r, d.tenant.World.UserGroups(u.Index))
}

func (d *directory) listDeviceGroups(w http.ResponseWriter, r *request) error {
	for _, at := range d.tenant.synced().machines {
		if device := d.tenant.hybridDevice(int(at)); strings.EqualFold(device.id.String(), r.PathValue("id")) {
			return d.listGroups(w, r, d.tenant.World.ComputerGroups(int(at)))
		}
	}
	return noObject(r.PathValue("id"))
}

func (d *directory) listGroups(w http.ResponseWriter, r *request, groups []int) error {
	all := d.tenant.World.Groups()
	return d.groups.serve(w, r, items[world.Group]{len(groups), func(i int) world.Group { return all[groups[i]] }})
}

func (d *directory) manager(w http.ResponseWriter, r *request) error {
	u, ok := d.syncedUser(r.PathValue("id"))
	if !ok || u.Manager < 0 {
		return noObject(r.PathValue("id"))
	}
	manager := d.tenant.World.User(u.Manager)
	var e encoder
	e.open("")
	e.text("@odata.context", r.self+"/v1.0/$metadata#directoryObjects/$entity")
	e.text("@odata.type", "#microsoft.graph.user")
	e.guid("id", manager.EntraID)
	e.text("displayName", manager.DisplayName)
	e.close()
	send(w, r, http.StatusOK, e.out)
	return nil
}
