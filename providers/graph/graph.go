// Package graph reads from Microsoft Graph what it says about Defender for Identity: alerts, health issues, sensors,
// licences, and by hunting the accounts that Defender for Endpoint has seen. Where the schema, the vendor's pages and
// the samples differ, all of them are understood.
package graph

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"adbadge/model"
	"adbadge/providers/entra"
)

// PerMinute is the published limit of requests for alerts, the lowest of those that adbadge repeats ("Microsoft Graph
// throttling limits", security detections and incidents).
const PerMinute = 150

// Graph is Microsoft Graph. It is safe for concurrent use.
type Graph struct {
	api *entra.API
	// split: the accounts are more than one hunting query gives, as the last time showed.
	split atomic.Bool
}

// New reads through the given API.
func New(api *entra.API) *Graph { return &Graph{api: api} }

// Host says where it is asked.
func (g *Graph) Host() string { return g.api.Host() }

// Limits says how near the requests are to what the service allows.
func (g *Graph) Limits() model.Limits { return g.api.Limits() }

// unknownMembers asks for the words of enumerations that came after the first version of the service; otherwise all of
// them are "unknownFutureValue".
var unknownMembers = http.Header{"Prefer": {"include-unknown-enum-members"}}

// question is one way to ask for a list.
type question struct {
	path  string
	query url.Values
	top   int
}

// askList reads a list in the first way that the service understands: some clouds know a path only under /beta, or
// refuse a filter or a page size that others take. Once items have come, the way is not changed any more.
func askList[T any](ctx context.Context, api *entra.API, name string, ways []question, emit func([]T) error) ([]model.Gap, error) {
	reading, err := read(ctx, api, name, 0, ways, emit)
	return reading.Gaps, err
}

// read is askList with a limit of pages, 0 standing for as many as any list may have. It tells the time as well.
func read[T any](ctx context.Context, api *entra.API, name string, pages int, ways []question, emit func([]T) error) (reading model.Reading, err error) {
	begun := false
	for _, way := range ways {
		list := entra.List{Path: way.path, Query: way.query, Top: way.top, Skip: way.top > 0, MaxPages: pages, Name: name,
			Began: func(at time.Time) { reading.At = at }}
		reading.Gaps, err = entra.Pages(ctx, api, list, func(items []T) error {
			begun = true
			return emit(items)
		})
		if begun || !isNotUnderstood(err) {
			return reading, err
		}
	}
	return reading, unsupported(err)
}

// updated gives the ways to ask for what was updated since a time, in pages or not. "lastUpdateDateTime" is what both
// alerts and incidents call it.
func updated(path, filter string, since time.Time, top int) []question {
	changed := "lastUpdateDateTime ge " + since.UTC().Format("2006-01-02T15:04:05Z")
	if filter != "" {
		changed = filter + " and " + changed
	}
	query := url.Values{"$filter": {changed}}
	return []question{{path, query, top}, {path, query, 0}}
}

// refused makes of a refused filter what callers know: they then read everything. Other errors stay.
func refused(since time.Time, err error) error {
	if !since.IsZero() && isNotUnderstood(err) {
		return model.ErrChangesRefused
	}
	return err
}

// collect reads a list that is short enough to be read as a whole or not at all.
func collect[T any](ctx context.Context, api *entra.API, name string, ways []question) ([]T, error) {
	var all []T
	gaps, err := askList(ctx, api, name, ways, func(items []T) error {
		all = append(all, items...)
		return nil
	})
	if err == nil && len(gaps) > 0 {
		err = &model.Failure{Source: gaps[0].Source, Kind: model.Broken, Doing: "read " + name + " from " + api.Host(),
			Seen: strings.TrimSuffix(gaps[0].What, "."), Remedy: gaps[0].Remedy}
	}
	return all, err
}

// isNotUnderstood reports whether a request was refused for its form: a path, a filter or an option that the service
// does not have.
func isNotUnderstood(err error) bool {
	status, ok := errors.AsType[*entra.Status](err)
	return ok && (status.Code == http.StatusBadRequest || status.Code == http.StatusNotFound || status.Code == http.StatusNotImplemented)
}

// unsupported says that no way of asking was understood.
func unsupported(err error) error {
	f, ok := errors.AsType[*model.Failure](err)
	if !ok || !isNotUnderstood(err) {
		return err
	}
	g := *f
	g.Kind, g.Remedy = model.NotSupported, "This cloud or server does not offer it; switch graph off, or check url under [graph]."
	return &g
}
