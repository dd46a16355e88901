package providers

import (
	"context"
	"errors"
	"slices"

	"adbadge/model"
)

// ReadToggle reads the first toggle that is wanted. The owners are asked one after the other, and those behind it not.
func (t *Tenant) ReadToggle(ctx context.Context, wanted func(model.Toggle) bool) (model.Toggle, error) {
	_, toggles, at, err := t.findToggle(ctx, wanted)
	if err != nil {
		return model.Toggle{}, model.AsFailure(err, model.Settings, "read the toggles")
	}
	return toggles[at], nil
}

// errNoToggle says that no owner has the toggle.
var errNoToggle = errors.New("this tenant has no such toggle")

// findToggle gives the owner of the first toggle that is wanted, all toggles of that owner, and which of them it is.
func (t *Tenant) findToggle(ctx context.Context, wanted func(model.Toggle) bool) (owner Settings, toggles []model.Toggle, at int, err error) {
	missing := errNoToggle
	for _, owner := range t.Settings {
		toggles, err := owner.Toggles(ctx)
		if err != nil {
			missing = err
			continue
		}
		if at := slices.IndexFunc(toggles, wanted); at >= 0 {
			return owner, toggles, at, nil
		}
	}
	return nil, nil, 0, missing
}
