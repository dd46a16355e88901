package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

// alertPage is a fifth of the greatest page, since alerts bring their evidence along.
const alertPage = 2000

// longText is how much of descriptions is kept, in characters.
const longText = 4096

// alertRecord holds the members of an alert that adbadge uses ("Alert resource type").
type alertRecord struct {
	ID           string          `json:"id"`
	Incident     json.Number     `json:"incidentId"`
	AssignedTo   string          `json:"assignedTo"`
	Severity     string          `json:"severity"`
	Status       string          `json:"status"`
	Source       string          `json:"detectionSource"`
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

// evidenceEntry holds the members of evidence that name an account.
type evidenceEntry struct {
	Type   string `json:"entityType"`
	Name   string `json:"accountName"`
	Domain string `json:"domainName"`
	SID    string `json:"userSid"`
	UPN    string `json:"userPrincipalName"`
}

// Alerts reads all alerts with their evidence. One that is on two pages comes twice; the newer update is the true one.
func (e *Endpoint) Alerts(ctx context.Context, emit func([]model.Alert) error) ([]model.Gap, error) {
	api := e.api.For(entra.Purpose{Doing: "read alerts", Feature: entra.EndpointAlerts})
	r := alertReader{words: words{}}
	var batch []model.Alert
	list := entra.List{Path: "/api/alerts", Query: url.Values{"$expand": {"evidence"}}, Name: "alerts", Top: alertPage, Skip: true}
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
	return append(gaps, r.gaps()...), err
}

// alertReader turns records into alerts and counts those that cannot be used.
type alertReader struct {
	words   words
	invalid int
}

func (r *alertReader) read(in *alertRecord) (model.Alert, bool) {
	id, ok := entra.ReadAlertID(in.ID)
	if !ok {
		r.invalid++
		return model.Alert{}, false
	}
	a := model.Alert{
		ID:            id,
		Product:       model.DefenderForEndpoint,
		Title:         text.Clean(in.Title),
		Description:   text.CleanMax(in.Description, longText),
		Category:      r.words.line(in.Category),
		Severity:      entra.ReadAlertSeverity(in.Severity),
		Status:        entra.ReadAlertStatus(in.Status),
		ThreatFamily:  r.words.line(in.ThreatFamily),
		ThreatName:    r.words.line(in.ThreatName),
		Actor:         r.words.line(in.Actor),
		Source:        r.words.line(in.Source),
		Incident:      text.Clean(in.Incident.String()),
		AssignedTo:    r.words.line(in.AssignedTo),
		Recommended:   text.CleanMax(in.Recommended, longText),
		Created:       entra.ReadTime(in.Created),
		Updated:       entra.ReadTime(in.Updated),
		Resolved:      entra.ReadTime(in.Resolved),
		FirstActivity: entra.ReadTime(in.First),
		LastActivity:  entra.ReadTime(in.Last),
		Accounts:      r.accounts(in),
	}
	if entra.ProductOfAlert(id) == model.DefenderForIdentity {
		a.Product = model.DefenderForIdentity // the list is for Defender for Endpoint, but the id says otherwise
	}
	a.Phase = model.PhaseOf(in.Category, a.Product)
	if a.Severity == model.OtherSeverity {
		a.SeverityText = r.words.line(in.Severity)
	}
	if a.Status == model.StatusOther {
		a.StatusText = r.words.line(in.Status)
	}
	for _, technique := range in.Techniques {
		a.Techniques = append(a.Techniques, r.words.line(technique))
	}
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
		account := model.AccountRef{SID: sid, Name: r.words.line(e.Name), Domain: r.words.line(e.Domain), UPN: text.Clean(e.UPN)}
		if account != (model.AccountRef{}) {
			list = append(list, account)
		}
	}
	if in.User.Name == "" {
		return list
	}
	user := model.AccountRef{Name: r.words.line(in.User.Name), Domain: r.words.line(in.User.Domain)}
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
