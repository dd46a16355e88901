package cloud

import (
	"cmp"
	"net/http"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/state"
	"adbadge/providers/lab/world"
)

// The settings of the integration have no public interface at the vendor; these paths and this form are the lab's own.
const (
	IdentitySettingPath = "/api/settings/identities/integration"
	EndpointSettingPath = "/api/settings/endpoints/integration"
)

// Setting is a toggle of the integration as a portal tells it.
type Setting struct {
	Name    string    `json:"name"`
	Enabled bool      `json:"enabled"`
	By      string    `json:"changedBy"` // empty: nobody changed it
	Changed time.Time `json:"changedDateTime,omitzero"`
	// Licence is "active" or "missing", for the product of this portal.
	Licence string `json:"licence"`
	// Problem is what the portal's status page shows when something is wrong; empty when all is well.
	Problem string `json:"problem"`
}

// SettingChange is what a client sends to change a toggle.
type SettingChange struct {
	Enabled *bool  `json:"enabled"`
	By      string `json:"changedBy"` // the person in whose name an application acts
}

// settingName is what the vendor's portals called the toggles.
func settingName(side model.Side) string {
	if side == model.EndpointSide {
		return "Microsoft Defender for Identity integration"
	}
	return "Integration with Microsoft Defender for Endpoint"
}

func targetOfSide(side model.Side) fault.Target {
	if side == model.EndpointSide {
		return fault.Endpoint
	}
	return fault.Identity
}

// settingsAPI serves both settings to programs.
func (t *tenant) settingsAPI(self string) *api {
	a := &api{
		tenant: t, self: self, target: fault.Portal, mux: http.NewServeMux(),
		audiences:   []string{"https://security.microsoft.com"},
		body:        (*failure).graphBody,
		contentType: "application/json; charset=utf-8",
		wrongAudience: failure{status: http.StatusUnauthorized, code: "Unauthorized", message: "The token is for another resource.",
			authenticate: `Bearer error="invalid_token"`},
	}
	const permission = "Settings.ReadWrite.All"
	for side, path := range map[model.Side]string{model.IdentitySide: IdentitySettingPath, model.EndpointSide: EndpointSettingPath} {
		a.handle("GET "+path, readSetting(side), nil, permission)
		a.handle("PUT "+path, changeSetting(side), nil, permission)
		a.handle("PATCH "+path, changeSetting(side), nil, permission)
	}
	a.handle("/", func(_ http.ResponseWriter, r *request) error {
		return fail(http.StatusNotFound, "NotFound", "No setting is at %s.", r.URL.Path)
	}, nil)
	return a
}

// setting gives a toggle as it is now.
func (t *tenant) setting(side model.Side) (Setting, error) {
	if t.Faults.Has(fault.ToggleUnreadable, targetOfSide(side)) {
		return Setting{}, fail(http.StatusConflict, "SettingUnavailable", "The setting \"%s\" cannot be read: the workspace is being updated.", settingName(side))
	}
	remembered := t.State.Read()
	toggle := remembered.Toggle(side)
	s := Setting{Name: settingName(side), Enabled: toggle.On, By: toggle.By, Changed: toggle.Changed, Licence: "active"}
	switch {
	case t.Faults.Has(fault.NoLicence, targetOfSide(side)):
		s.Licence = "missing"
		s.Problem = "No licence for Microsoft " + side.Product() + " was found. The integration needs licences for both products."
	case t.Faults.Has(fault.NoLicence, targetOfSide(side.Other())):
		s.Problem = "No licence for Microsoft " + side.Other().Product() + " was found. The integration needs licences for both products."
	case toggle.On && !remembered.Toggle(side.Other()).On:
		s.Problem = "The integration is not complete: it is off in the portal of Microsoft " + side.Other().Product() + "."
	}
	return s, nil
}

func readSetting(side model.Side) handler {
	return func(w http.ResponseWriter, r *request) error {
		s, err := r.setting(side)
		if err != nil {
			return err
		}
		var e encoder
		e.open("")
		e.text("name", s.Name)
		e.boolean("enabled", s.Enabled)
		e.text("changedBy", s.By)
		if !s.Changed.IsZero() {
			e.instant("changedDateTime", s.Changed)
		}
		e.text("licence", s.Licence)
		e.text("problem", s.Problem)
		e.close()
		send(w, r, http.StatusOK, e.out)
		return nil
	}
}

// changeSetting switches a toggle for a program.
func changeSetting(side model.Side) handler {
	return func(w http.ResponseWriter, r *request) error {
		var wanted SettingChange
		if err := decode(r, &wanted); err != nil {
			return err
		}
		if wanted.Enabled == nil {
			return fail(http.StatusBadRequest, "BadRequest", "The property 'enabled' is required.")
		}
		by := r.by.UPN // a person's own word; an application says for whom it acts
		if by == "" {
			by = text.CleanMax(cmp.Or(wanted.By, r.by.Name), 100).String()
		}
		if err := r.switchTo(side, *wanted.Enabled, by); err != nil {
			return err
		}
		return readSetting(side)(w, r)
	}
}

// switchTo switches a toggle of the integration in somebody's name.
func (t *tenant) switchTo(side model.Side, on bool, by string) error {
	if on && t.Faults.Has(fault.NoLicence, targetOfSide(side)) {
		return fail(http.StatusConflict, "LicenceMissing", "No licence for Microsoft %s was found; the integration cannot be switched on.", side.Product())
	}
	change := state.Toggle{On: on, By: by, Changed: t.Now().UTC()}
	return t.make(targetOfSide(side), func(d *state.Data) { *d.Toggle(side) = change })
}

// make makes a change that somebody asked for, or lets it go wrong as the faults want.
func (t *tenant) make(target fault.Target, change func(*state.Data)) error {
	update := func() error { return t.State.Update(change) }
	switch delay := t.Faults.Delay(fault.ToggleDelayed, fault.Anywhere); {
	case t.Faults.Has(fault.ToggleRefused, target):
		return fail(http.StatusForbidden, "Forbidden", "The account may not change this setting.")
	case t.Faults.Has(fault.ToggleIgnored, target):
	case delay > 0:
		time.AfterFunc(delay, func() { _ = update() }) // nobody is left to be told
	default:
		if err := update(); err != nil {
			return err
		}
	}
	if t.Faults.Has(fault.ToggleLost, target) {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// settingsView is what the page of a setting shows.
type settingsView struct {
	Kind, Title, Setting string
	Side                 string
	On                   bool
	Facts                []fact
	Problem              string
	Sensors              []world.Sensor
	Issues               []world.HealthIssue
}

// settingsPage shows a toggle to a person.
func (p *portal) settingsPage(side model.Side) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		view := settingsView{Kind: "Settings - Microsoft " + side.Product(), Title: "Integration", Setting: settingName(side), Side: side.String()}
		if side == model.IdentitySide {
			view.Issues = p.healthIssues()
			view.Sensors = p.World.Sensors(view.Issues)
		}
		s, err := p.setting(side)
		if err != nil {
			view.Problem = err.Error()
			render(w, http.StatusOK, "settings", view)
			return
		}
		stands := map[bool]fact{true: {"State", "On", "on"}, false: {"State", "Off", "off"}}[s.Enabled]
		view.Facts = []fact{stands, {Name: "Changed by", Text: s.By}, {Name: "Changed", Text: shownTime(s.Changed)}, {Name: "Licence", Text: s.Licence}}
		view.Problem, view.On = s.Problem, s.Enabled
		render(w, http.StatusOK, "settings", view)
	}
}

// switchPage switches a toggle for a person who uses its page.
func (p *portal) switchPage(side model.Side) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := p.switchTo(side, r.PostFormValue("state") == "on", personUPN); err != nil {
			render(w, http.StatusOK, "settings", settingsView{Kind: "Settings - Microsoft " + side.Product(), Title: "Integration", Setting: settingName(side),
				Side: side.String(), Problem: err.Error()})
			return
		}
		http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
	}
}
