// Package endpoint reads machines and alerts from the Defender for Endpoint API. Where the vendor's pages and real
// answers differ, both are understood: words in any case, absent and null members, members that nobody documents.
package endpoint

import (
	"adbadge/model/text"
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

// Stats gives the figures of the API.
func (e *Endpoint) Stats() entra.Stats { return e.api.Stats() }

// words keeps one copy of texts that many records share.
type words map[string]text.Line

// maxWords bounds the copies, for the case that the texts differ after all.
const maxWords = 4096

func (w words) line(raw string) text.Line {
	if raw == "" {
		return ""
	}
	if known, ok := w[raw]; ok {
		return known
	}
	line := text.Clean(raw)
	if len(w) < maxWords {
		w[raw] = line
	}
	return line
}
