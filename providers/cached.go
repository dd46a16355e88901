package providers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/inventory"
	"adbadge/providers/portal"
	"adbadge/providers/snapshot"
)

// CachedPart says how much of a snapshot is wanted. Less comes sooner.
type CachedPart uint8

const (
	// CachedStatus: the status, and the counts that the View has no rows for.
	CachedStatus CachedPart = iota
	// CachedRows: the rows with their badges, without counterparts and alerts.
	CachedRows
	// CachedAll: everything.
	CachedAll
)

// OpenCached gives a tenant and its dashboard as they were when the snapshot was written, and judges how old that is. No
// source is asked, and nobody for a password. The tenant is for reading only, and needs no Close.
func OpenCached(ctx context.Context, c config.Config, o OpenOptions, part CachedPart) (*Tenant, *Dashboard, error) {
	url, err := c.PortalURL()
	if err != nil {
		return nil, nil, err
	}
	return openCached(ctx, c, o, newSnapshots(c, o, tenantKey(c)), url, part)
}

// OpenCachedLab is OpenCached for the embedded tenant. Its links lead nowhere: its portal does not run.
func OpenCachedLab(ctx context.Context, l LabOptions, o OpenOptions, part CachedPart) (*Tenant, *Dashboard, error) {
	c := config.Default()
	c.Refresh.Interval, c.Refresh.DirectoryInterval = l.Intervals()
	return openCached(ctx, c, o, newSnapshots(c, o, labKey(l)), "", part)
}

func openCached(ctx context.Context, c config.Config, o OpenOptions, store *snapshot.Store, portalURL string, part CachedPart) (*Tenant, *Dashboard, error) {
	const doing = "read the snapshot"
	failed := func(kind model.FailureKind, seen string, cause error) (*Tenant, *Dashboard, error) {
		return nil, nil, &model.Failure{Source: model.Settings, Kind: kind, Doing: doing, Seen: seen,
			Remedy: "Ask the sources first: the same command without --cached makes one.", Cause: cause}
	}
	if store == nil {
		return failed(model.Misconfigured, "none is kept (snapshot = false, or no cache folder)", nil)
	}
	file, summary, err := store.Open()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return failed(model.Broken, "there is none yet", err)
	case err != nil:
		return failed(model.Broken, err.Error(), err)
	}
	defer file.Close()
	t := &Tenant{Name: summary.Name, Mark: summary.Mark, Interval: c.Refresh.Interval, DirectoryInterval: c.Refresh.DirectoryInterval,
		Now: o.Now, cached: summary.Hosts, Directories: make([]Directory, len(summary.Directories))}
	if t.Now == nil {
		t.Now = time.Now
	}
	if t.Mark == "" && !o.Write && !c.Tenant.Write {
		t.ReadOnly = readOnly
	}
	if t.Links, err = portal.New(portalURL, c.Tenant.ID); err != nil {
		return nil, nil, err
	}
	f := newFacts(t)
	f.restore(summary)
	var badges []byte
	if part != CachedStatus {
		if f.table, badges, err = file.Rows(); err != nil {
			return failed(model.Broken, err.Error(), err)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if part == CachedAll {
		lists, err := file.Lists()
		if err != nil {
			return failed(model.Broken, err.Error(), err)
		}
		f.restoreLists(lists)
		return t, f.dashboard(), nil
	}
	view, err := inventory.Preview(f.table, badges, summary.Counts, f.knowledge())
	if err != nil {
		return failed(model.Broken, fmt.Sprintf("it is damaged: %s", err), err)
	}
	return t, f.show(view), nil
}

// CacheInfo is what is known of one snapshot.
type CacheInfo struct {
	Path    string
	Bytes   int64
	Tenant  string // name; empty when the file cannot be used, or the tenant has none
	Mark    string
	Version string // of the adbadge that wrote it
	Written time.Time
	All     int   // entities
	Problem error // why it cannot be used; nil when it can
}

// CacheList says which snapshots are in a folder, those that cannot be used among them.
func CacheList(folder string) ([]CacheInfo, error) {
	found, err := snapshot.List(folder)
	all := make([]CacheInfo, len(found))
	for i, s := range found {
		all[i] = CacheInfo{Path: s.Path, Bytes: s.Bytes, Tenant: s.Summary.Name, Mark: s.Summary.Mark, Version: s.Summary.Program,
			Written: s.Summary.Written, All: s.Summary.Counts.All, Problem: s.Problem}
		if all[i].Tenant == "" && len(s.Summary.Directories) > 0 && len(s.Summary.Directories[0].Domains) > 0 {
			all[i].Tenant = s.Summary.Directories[0].Domains[0].DNSName.String()
		}
	}
	return all, err
}

// CacheClear removes the snapshots of a folder, of all tenants, and gives how many there were.
func CacheClear(folder string) (int, error) { return snapshot.Clear(folder) }
