package graph

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

// detailRecord is what the profile page shows of a user or device beside the entity.
type detailRecord struct {
	ID      string   `json:"id"`
	Phones  []string `json:"businessPhones"`
	Mobile  string   `json:"mobilePhone"`
	Office  string   `json:"officeLocation"`
	Company string   `json:"companyName"`
}

// named is any object of which only the name is wanted.
type named struct {
	Name string `json:"displayName"`
}

// Detail reads what Entra ID has for the profile page: the groups, among them those that exist only in the cloud, and of
// users the manager and how to reach them.
func (d *Directory) Detail(ctx context.Context, entity model.Entity) (model.Detail, error) {
	path, filter, members := "/v1.0/users", "onPremisesImmutableId eq '"+base64.StdEncoding.EncodeToString(entity.ID[:])+"'",
		"id,businessPhones,mobilePhone,officeLocation,companyName"
	feature := entra.SyncedUsers
	if entity.Kind == model.Computer {
		path, filter, members = "/v1.0/devices", "deviceId eq '"+entity.ID.String()+"'", "id"
		feature = entra.JoinedDevices
	}
	api := d.api.For(entra.Purpose{Doing: "read " + entity.Name.String(), Feature: feature})
	found, err := collect[detailRecord](ctx, api, "objects", []question{{path, url.Values{"$filter": {filter}, "$select": {members}}, 0}})
	if err != nil {
		return model.Detail{}, err
	}
	if len(found) != 1 {
		return model.Detail{}, &model.Failure{Source: model.Directory, Kind: model.Broken,
			Doing: "read " + entity.Name.String() + " from " + d.Host(), Seen: "Entra ID has no such object any more", Remedy: "Refresh the directory."}
	}
	id, err := model.ParseGUID(found[0].ID) // it becomes part of a path
	if err != nil {
		return model.Detail{}, &model.Failure{Source: model.Directory, Kind: model.Broken,
			Doing: "read " + entity.Name.String() + " from " + d.Host(), Seen: "its id is not one", Remedy: "Refresh the directory."}
	}
	detail := model.Detail{Phone: text.Clean(found[0].Mobile), Office: text.Clean(found[0].Office), Company: text.Clean(found[0].Company)}
	if len(found[0].Phones) > 0 {
		detail.Phone = text.Clean(found[0].Phones[0])
	}
	path += "/" + id.String()
	if detail.Groups, err = d.groups(ctx, path); err != nil || entity.Kind == model.Computer {
		return detail, err
	}
	detail.Manager, err = d.manager(ctx, path)
	return detail, err
}

// groups gives the names of the groups that an object is a direct member of, sorted.
func (d *Directory) groups(ctx context.Context, path string) ([]text.Line, error) {
	api := d.api.For(entra.Purpose{Doing: "read groups", Feature: entra.Groups})
	list, err := collect[named](ctx, api, "groups", []question{{path + "/memberOf", url.Values{"$select": {"displayName"}}, directoryPage}})
	if err != nil {
		return nil, err
	}
	var names []text.Line
	for _, group := range list {
		if name := text.Clean(group.Name); name != "" { // of groups that may not be read only the id is there
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b text.Line) int { return strings.Compare(text.Fold(string(a)), text.Fold(string(b))) })
	return names, nil
}

// manager gives the name of a user's manager; most have one.
func (d *Directory) manager(ctx context.Context, path string) (text.Line, error) {
	api := d.api.For(entra.Purpose{Doing: "read the manager", Feature: entra.SyncedUsers})
	var manager named
	err := api.Get(ctx, path+"/manager", url.Values{"$select": {"displayName"}}, &manager)
	if status, ok := errors.AsType[*entra.Status](err); ok && status.Code == http.StatusNotFound {
		return "", nil
	}
	return text.Clean(manager.Name), err
}
