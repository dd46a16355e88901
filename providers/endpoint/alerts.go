package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

const (
	// alertPage is a fifth of the greatest page, since alerts bring their evidence along.
	alertPage = 2000
	// alertPages ends a list that has no end: half a million alerts.
	alertPages = 250
)

// alertRecord holds the members of an alert that adbadge uses ("Alert resource type").
type alertRecord struct {
	ID           string          `json:"id"`
	Incident     entra.Scalar    `json:"incidentId"`
	AssignedTo   string          `json:"assignedTo"`
	Severity     string          `json:"severity"`
	Status       string          `json:"status"`
	Source       string          `json:"detectionSource"`
	Detector     string          `json:"detectorId"`
	Class        string          `json:"classification"`
	Determined   string          `json:"determination"`
	Investigated string          `json:"investigationState"`
	Category     string          `json:"category"`
	ThreatFamily string          `json:"threatFamilyName"`
	ThreatName   string          `json:"threatName"`
	Actor        string          `json:"actorName"` // older answers
	Title        string          `json:"title"`
	Description  string          `json:"description"`
	Recommended  string          `json:"recommendedAction"` // older answers
	Created      string          `json:"alertCreationTime"`
	First        string          `json:"firstEventTime"`
	Last         string          `json:"lastEventTime"`
	Updated      string          `json:"lastUpdateTime"`
	Resolved     string          `json:"resolvedTime"`
	Machine      string          `json:"machineId"`
	Computer     string          `json:"computerDnsName"`
	Techniques   []string        `json:"mitreTechniques"`
	User         relatedUser     `json:"relatedUser"`
	Evidence     []evidenceEntry `json:"evidence"`
}

// relatedUser is an object in answers and a text by the vendor's page.
type relatedUser struct{ Name, Domain string }

// UnmarshalJSON implements json.Unmarshaler.
func (u *relatedUser) UnmarshalJSON(raw []byte) error {
	var object struct {
		Name   string `json:"userName"`
		Domain string `json:"domainName"`
	}
	var name string
	switch {
	case bytes.HasPrefix(raw, []byte("{")):
		if err := json.Unmarshal(raw, &object); err != nil {
			return err
		}
		*u = relatedUser(object)
	case json.Unmarshal(raw, &name) == nil:
		domain, account, found := strings.Cut(name, `\`)
		if !found {
			domain, account = "", name
		}
		*u = relatedUser{Name: account, Domain: domain}
	}
	return nil
}

// Alerts reads the alerts with their evidence, or those that were updated since a time of the service's clock. One that
// is on two pages comes twice; the newer update is the true one.
func (e *Endpoint) Alerts(ctx context.Context, after time.Time, emit func([]model.Alert) error) (reading model.Reading, err error) {
	api := e.api.For(entra.Purpose{Doing: "read alerts", Feature: entra.EndpointAlerts})
	r := alertReader{texts: entra.NewTexts()}
	var batch []model.Alert
	list := entra.List{Path: "/api/alerts", Query: since("lastUpdateTime", after, url.Values{"$expand": {"evidence"}}), Name: "alerts",
		Top: alertPage, Skip: true, MaxPages: alertPages, Began: func(at time.Time) { reading.At = at }}
	gaps, err := entra.Pages(ctx, api, list, func(page []alertRecord) error {
		batch = batch[:0]
		for i := range page {
			if a, ok := r.read(&page[i]); ok {
				batch = append(batch, a)
			}
		}
		if len(batch) == 0 {
			return nil
		}
		return emit(batch)
	})
	reading.Gaps = append(gaps, r.gaps()...)
	return reading, refused(after, err)
}

// alertReader turns records into alerts and counts those that cannot be used.
type alertReader struct {
	texts   *entra.Texts
	invalid int
}

func (r *alertReader) read(in *alertRecord) (model.Alert, bool) {
	id, ok := entra.ReadAlertID(in.ID)
	if !ok {
		r.invalid++
		return model.Alert{}, false
	}
	a := model.Alert{
		ID:             id,
		Product:        model.DefenderForEndpoint,
		Title:          r.texts.Line(in.Title),
		Description:    r.texts.Long(in.Description),
		Category:       r.texts.Line(in.Category),
		Severity:       entra.ReadAlertSeverity(in.Severity),
		Status:         entra.ReadAlertStatus(in.Status),
		ThreatFamily:   r.texts.Line(in.ThreatFamily),
		ThreatName:     r.texts.Line(in.ThreatName),
		Actor:          r.texts.Line(in.Actor),
		Source:         r.texts.Line(in.Source),
		IncidentID:     text.Clean(string(in.Incident)),
		Classification: r.texts.Words(in.Class),
		Determination:  r.texts.Words(in.Determined),
		Investigation:  r.texts.Words(in.Investigated),
		AssignedTo:     r.texts.Line(in.AssignedTo),
		Recommended:    r.texts.Long(in.Recommended),
		Created:        entra.ReadTime(in.Created),
		Updated:        entra.ReadTime(in.Updated),
		Resolved:       entra.ReadTime(in.Resolved),
		FirstActivity:  entra.ReadTime(in.First),
		LastActivity:   entra.ReadTime(in.Last),
		Accounts:       r.accounts(in),
	}
	if entra.ProductOfAlert(id) == model.DefenderForIdentity {
		a.Product = model.DefenderForIdentity // the list is for Defender for Endpoint, but the id says otherwise
	}
	a.Phase = model.Detection{Product: a.Product, ID: in.Detector, Title: in.Title, Category: in.Category, Techniques: in.Techniques}.Phase()
	if a.Severity == model.OtherSeverity {
		a.SeverityText = r.texts.Line(in.Severity)
	}
	if a.Status == model.StatusOther {
		a.StatusText = r.texts.Line(in.Status)
	}
	for _, technique := range in.Techniques {
		a.Techniques = append(a.Techniques, r.texts.Line(technique))
	}
	r.evidence(&a, in.Evidence)
	machine, _ := entra.ReadMachineID(in.Machine) // absent: the name may still say which
	if name := text.Clean(in.Computer); machine != "" || name != "" {
		a.Devices = []model.DeviceRef{{MachineID: machine, Name: name}}
	}
	return a, true
}

// accounts gathers the accounts that an alert names: those of its evidence, and the related user unless the evidence
// says more about the same one.
func (r *alertReader) accounts(in *alertRecord) []model.AccountRef {
	var list []model.AccountRef
	for i := range in.Evidence {
		e := &in.Evidence[i]
		if !strings.EqualFold(e.Type, "User") {
			continue
		}
		sid, _ := model.ParseSID(e.SID) // absent: the names may still say who
		account := model.AccountRef{SID: sid, Name: r.texts.Line(e.Name), Domain: r.texts.Line(e.Domain), UPN: text.Clean(e.UPN)}
		if account != (model.AccountRef{}) {
			list = append(list, account)
		}
	}
	if in.User.Name == "" {
		return list
	}
	user := model.AccountRef{Name: r.texts.Line(in.User.Name), Domain: r.texts.Line(in.User.Domain)}
	for _, known := range list {
		if strings.EqualFold(known.Name.String(), user.Name.String()) && strings.EqualFold(known.Domain.String(), user.Domain.String()) {
			return list
		}
	}
	return append(list, user)
}

func (r *alertReader) gaps() []model.Gap {
	if r.invalid == 0 {
		return nil
	}
	return []model.Gap{{Source: model.Endpoint, Code: "ADB-210", Count: r.invalid, Missing: true,
		What:   fmt.Sprintf("%d alerts have no proper id and were left out.", r.invalid),
		Remedy: "Please report it: the service has changed the form of its answers."}}
}
