// Package endpoint reads machines and alerts from the Defender for Endpoint API. Where the vendor's pages and real
// answers differ, both are understood: words in any case, absent and null members, members that nobody documents.
package endpoint

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"adbadge/model"
	"adbadge/providers/entra"
)

// PerMinute and PerHour are the published limits of requests, for each call by itself ("List machines API", "List
// alerts API"). adbadge counts all its calls together.
const (
	PerMinute = 100
	PerHour   = 1500
)

// Endpoint is Defender for Endpoint. It is safe for concurrent use.
type Endpoint struct{ api *entra.API }

// New reads through the given API.
func New(api *entra.API) *Endpoint { return &Endpoint{api: api} }

// Host says where it is asked.
func (e *Endpoint) Host() string { return e.api.Host() }

// since gives the filter for what has changed since a time, "member ge time"; none for the zero time.
func since(member string, at time.Time, query url.Values) url.Values {
	if !at.IsZero() {
		query.Set("$filter", member+" ge "+at.UTC().Format("2006-01-02T15:04:05Z"))
	}
	return query
}

// refused makes of a refused filter what callers know: they then read everything. Other errors stay.
func refused(at time.Time, err error) error {
	status, ok := errors.AsType[*entra.Status](err)
	if ok && !at.IsZero() && (status.Code == http.StatusBadRequest || status.Code == http.StatusNotFound || status.Code == http.StatusNotImplemented) {
		return model.ErrChangesRefused
	}
	return err
}

// Limits says how near the requests are to what the service allows.
func (e *Endpoint) Limits() model.Limits { return e.api.Limits() }
