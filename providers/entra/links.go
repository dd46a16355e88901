package entra

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"net/url"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
)

// accept checks a page that was read and decides where the next one is. It reports false for a page whose items must
// not be used.
func (w *walk) accept(items int, link string) bool {
	if items > 0 {
		sum := maphash.Bytes(w.seed, w.note.body.Bytes())
		if w.pages[sum] {
			w.missing(fmt.Sprintf("Page %d of %s came a second time; the rest was not read.", w.number, w.Name),
				"Refresh; if it stays, the service has a fault.")
			return false
		}
		w.pages[sum] = true
	}
	w.target = nil
	switch {
	case link != "":
		w.linked = true
		w.follow(link)
	case w.Skip && !w.linked && items > 0 && (items >= w.Top || items%100 == 0):
		// A page shorter than asked for is the last one, unless its length looks like a limit that nobody documented.
		w.skip += items
		w.target = w.skipTo(w.skip)
	}
	return true
}

// follow takes a link to the next page, if it stays where the list is.
func (w *walk) follow(link string) {
	next, why := w.resolve(link)
	switch {
	case why != "":
		w.missing(fmt.Sprintf("Page %d of %s named a next page %s; it was not followed.", w.number, w.Name, why),
			"Check that the configured address is the right one; if it is, the service has a fault.")
	case w.links[next.String()]:
		w.missing(fmt.Sprintf("Page %d of %s leads back to an earlier page; the rest was not read.", w.number, w.Name),
			"Refresh; if it stays, the service has a fault.")
	default:
		w.links[next.String()] = true
		w.target = next
	}
}

// resolve checks a link: same scheme, host and port, and the path of the list itself. Nothing is asked for, not even
// the name of a host, before that. why says what is wrong with it, in half a sentence.
func (w *walk) resolve(link string) (next *url.URL, why string) {
	// A space within the query is known from services that forget to escape their filters.
	u, err := url.Parse(strings.ReplaceAll(link, " ", "%20"))
	switch {
	case err != nil || strings.ContainsRune(link, '\\'):
		return nil, "whose address makes no sense"
	case u.Scheme != "https":
		return nil, "that is not reached through https"
	case !w.isOrigin(u) && !sameService(w.base, u):
		return nil, "on another server (" + text.CleanMax(u.Host, 100).String() + ")"
	case !strings.EqualFold(u.EscapedPath(), w.locate(w.Path, nil).EscapedPath()):
		return nil, "at another path"
	}
	u.Host, u.Fragment, u.RawFragment = w.base.Host, "", ""
	return u, ""
}

// serviceDomains are the names under which the Defender for Endpoint API is reached. Its answers name the older ones,
// and it has hosts for each region, so that a link may name another of them than was asked. The token still goes to
// the configured host only: the link's path and query are used there.
var serviceDomains = [...]string{
	"api.security.microsoft.com", "api.securitycenter.microsoft.com", "api.securitycenter.windows.com",
}

// sameService reports whether both are hosts of the Defender for Endpoint API.
func sameService(base, u *url.URL) bool {
	return u.User == nil && u.Opaque == "" && isService(base.Host) && isService(canonicalHost(u))
}

func isService(host string) bool {
	for _, domain := range serviceDomains {
		// "eu.api.security.microsoft.com" and the older "api-eu.securitycenter.microsoft.com"
		region, found := strings.CutSuffix(host, strings.TrimPrefix(domain, "api"))
		if found && (region == "api" || isRegion(strings.TrimSuffix(region, ".api")) || isRegion(strings.TrimPrefix(region, "api-"))) {
			return true
		}
	}
	return false
}

// isRegion reports whether a label is the name of one of the service's regions.
func isRegion(label string) bool {
	switch label {
	case "us", "us2", "us3", "eu", "eu2", "eu3", "uk", "au", "swa", "ina", "aea":
		return true
	}
	return false
}

// salvage decodes a page whose items are not all as they should be, so that one odd item does not cost the others.
func salvage[T any](w *walk, raw []byte, cause error) ([]T, string, error) {
	var page struct {
		Value []json.RawMessage `json:"value"`
		Next  string            `json:"@odata.nextLink"`
	}
	if err := json.Unmarshal(raw, &page); err != nil || page.Value == nil {
		return nil, "", cause
	}
	items := make([]T, 0, len(page.Value))
	for _, one := range page.Value {
		var item T
		if err := json.Unmarshal(one, &item); err != nil && !isOddMember(err) {
			w.bad++
			continue
		}
		items = append(items, item)
	}
	return items, page.Next, nil
}

// isOddMember reports whether a single member of an object has another form than expected. It then counts as absent:
// the others are worth keeping, and callers check what they cannot do without.
func isOddMember(err error) bool {
	odd, ok := errors.AsType[*json.UnmarshalTypeError](err)
	return ok && odd.Field != ""
}

// finish reports the items that could not be understood.
func (w *walk) finish() []model.Gap {
	if w.bad > 0 {
		w.gaps = append(w.gaps, model.Gap{Source: w.Source, Code: gapCode(w.Source), Count: w.bad, Missing: true,
			What:   fmt.Sprintf("%d of the %s could not be understood and were left out.", w.bad, w.Name),
			Remedy: "Please report it: the service has changed the form of its answers."})
	}
	return w.gaps
}

// missing reports that the list is shorter than it should be.
func (w *walk) missing(what, remedy string) {
	w.gaps = append(w.gaps, model.Gap{Source: w.Source, Code: gapCode(w.Source), What: what, Remedy: remedy, Missing: true})
}

// end reports the page that could not be read, if others could.
func (w *walk) end(err error) error {
	if w.number > 1 {
		w.missing(fmt.Sprintf("Page %d of %s could not be read.", w.number, w.Name), "Refresh.")
	}
	return err
}

// gapCode gives the code of what is missing from a source's answer.
func gapCode(source model.Source) string {
	return [...]string{model.Directory: "ADB-410", model.Identity: "ADB-311", model.Endpoint: "ADB-210", model.Settings: "ADB-110"}[source]
}
