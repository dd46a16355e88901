package cloud

import (
	"net/http"
	"strings"

	"adbadge/providers/lab/fault"
)

// servicePlan is a part of a subscription. The ids are those of the vendor's page "Product names and service plan
// identifiers for licensing".
type servicePlan struct{ id, name, status string }

// subscription is something that the lab's tenant has bought.
type subscription struct {
	id, name string
	units    int64
	consumed int64
	plans    []servicePlan
}

// subscriptions gives what the tenant has: a plan for each product, unless it was asked to have none, and one
// that concerns neither.
func (t *tenant) subscriptions() []subscription {
	list := []subscription{{"05e9a617-0261-4cee-bb44-138d3ef5d965", "SPE_E3", 500, 412, []servicePlan{
		{"41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM", "Success"},
		{"c1ec4a95-1f05-45b3-a911-aa3fa01094f5", "INTUNE_A", "Success"},
	}}}
	if !t.Faults.Has(fault.NoLicence, fault.Identity) {
		list = append(list, subscription{"98defdf7-f6c1-44f5-a1f6-943b6764e7a5", "ATA", 450, 412, []servicePlan{
			{"14ab5db5-e6c4-4b20-b4bc-13e36fd2227f", "ATA", "Success"},
			{"61d18b02-6889-479f-8f36-56e6e0fe5792", "ADALLOM_FOR_AATP", "Success"},
		}})
	}
	if !t.Faults.Has(fault.NoLicence, fault.Endpoint) {
		list = append(list, subscription{"111046dd-295b-4d6d-9724-d52ac90bd1f2", "WIN_DEF_ATP", 450, 398, []servicePlan{
			{"871d91ec-ec1a-452b-a83f-bd76c7d770ef", "WINDEFATP", "Success"},
			{"bf28f719-7844-4079-9c78-c1307898e192", "MTP", "Success"},
		}})
	}
	return list
}

// listLicences answers GET /subscribedSkus ("List subscribedSkus"), which has no pages.
func listLicences(w http.ResponseWriter, r *request) error {
	for name := range r.URL.Query() {
		if strings.HasPrefix(name, "$") && name != "$select" {
			return fail(http.StatusBadRequest, "Request_UnsupportedQuery", "Query option '%s' is not supported.", name)
		}
	}
	var e encoder
	e.open("")
	e.text("@odata.context", r.self+"/v1.0/$metadata#subscribedSkus")
	e.openList("value")
	first := len(e.out)
	for _, s := range r.subscriptions() {
		encodeSubscription(&e, r.tenant.id, &s)
	}
	last := len(e.out)
	e.closeList()
	e.close()
	sendList(w, r, e.out, first, last)
	return nil
}

func encodeSubscription(e *encoder, tenantID string, s *subscription) {
	e.open("")
	e.text("accountName", "contoso")
	e.text("accountId", tenantID)
	e.text("appliesTo", "User")
	e.text("capabilityStatus", "Enabled")
	e.number("consumedUnits", s.consumed)
	e.text("id", tenantID+"_"+s.id)
	e.open("prepaidUnits")
	e.number("enabled", s.units)
	e.number("suspended", 0)
	e.number("warning", 0)
	e.number("lockedOut", 0)
	e.close()
	e.openList("servicePlans")
	for _, p := range s.plans {
		e.open("")
		e.text("servicePlanId", p.id)
		e.text("servicePlanName", p.name)
		e.text("provisioningStatus", p.status)
		e.text("appliesTo", "User")
		e.close()
	}
	e.closeList()
	e.text("skuId", s.id)
	e.text("skuPartNumber", s.name)
	e.texts("subscriptionIds", []string{s.id})
	e.close()
}
