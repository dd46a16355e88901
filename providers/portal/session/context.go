package session

import (
	"errors"

	"adbadge/model"
)

// who is signed in to which tenant, as the portal says.
type who struct {
	tenant       model.GUID
	actor, named string // names as they came
}

// removalName is the feature flag that tells whether the toggle is still in the portal. Its meaning is known by its name
// alone.
const removalName = "MdiMdeIntegrationToggleRemoval"

// readContext reads the context of the tenant into the reading, and who is signed in. The flag may be missing, which
// problem says; an error means that not even the tenant is certain.
func readContext(data []byte, into *model.PortalReading) (w who, problem, err error) {
	o, err := readObject(data)
	if err != nil {
		return w, nil, err
	}
	auth, err := o.object("AuthInfo")
	if err != nil {
		return w, nil, err
	}
	features, err := o.object("Features")
	if err != nil {
		return w, nil, err
	}
	if w.tenant, err = model.ParseGUID(auth.text("TenantId")); err != nil || w.tenant.IsZero() {
		return w, nil, errors.New("it does not say which tenant it is about")
	}
	w.actor, w.named = auth.text("UserName"), auth.text("TenantName")
	into.Removed, _ = features.boolean(removalName)
	into.Context, problem = flagIn(o)
	return w, problem, nil
}
