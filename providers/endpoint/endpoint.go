// Package endpoint reads machines and alerts from the Defender for Endpoint API. Where the vendor's pages and real
// answers differ, both are understood: words in any case, absent and null members, members that nobody documents.
package endpoint

import (
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

// Limits says how near the requests are to what the service allows.
func (e *Endpoint) Limits() model.Limits { return e.api.Limits() }
