package endpoint

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/text"
	"adbadge/providers/entra"
)

const (
	// machinePage is the greatest page of machines ("List machines API").
	machinePage = 10_000
	// machinePages ends a list that has no end: two million machines, in twice the minutes that the limit of requests costs.
	machinePages = 200
)

// machineRecord holds the members of a machine that adbadge uses ("Machine resource type"). Those from isAadJoined on are
// in real answers and on no page.
type machineRecord struct {
	ID         string   `json:"id"`
	Name       string   `json:"computerDnsName"`
	FirstSeen  string   `json:"firstSeen"`
	LastSeen   string   `json:"lastSeen"`
	OS         string   `json:"osPlatform"`
	Version    string   `json:"version"`
	IP         string   `json:"lastIpAddress"`
	Health     string   `json:"healthStatus"`
	Risk       string   `json:"riskScore"`
	Exposure   string   `json:"exposureLevel"`
	DeviceID   string   `json:"aadDeviceId"`
	Tags       []string `json:"machineTags"`
	Onboarding *string  `json:"onboardingStatus"`
	Group      string   `json:"rbacGroupName"`
	Value      string   `json:"deviceValue"`

	Joined     bool    `json:"isAadJoined"`
	OSVersion  string  `json:"osVersion"`
	MergedInto string  `json:"mergedIntoMachineId"`
	Duplicate  bool    `json:"isPotentialDuplication"`
	Excluded   bool    `json:"isExcluded"`
	Exclusion  string  `json:"exclusionReason"`
	Sensor     string  `json:"agentVersion"`
	Antivirus  string  `json:"defenderAvStatus"`
	ManagedBy  string  `json:"managedBy"`
	VM         *vmData `json:"vmMetadata"`
}

type vmData struct {
	ID         string `json:"vmId"`
	Provider   string `json:"cloudProvider"`
	ResourceID string `json:"resourceId"`
}

// Machines reads the machine records, or those that have reported since a time of the service's clock. The API answers
// 404 when no machine has reported of late: that is an empty list and a gap that says so.
func (e *Endpoint) Machines(ctx context.Context, after time.Time, emit func([]model.Machine) error) (reading model.Reading, err error) {
	api := e.api.For(entra.Purpose{Doing: "read machines", Feature: entra.Machines})
	r := newMachineReader()
	var batch []model.Machine
	list := entra.List{Path: "/api/machines", Query: since("lastSeen", after, url.Values{}), Name: "machines",
		Top: machinePage, Skip: true, MaxPages: machinePages, Began: func(at time.Time) { reading.At = at }}
	gaps, err := entra.Pages(ctx, api, list, func(page []machineRecord) error {
		batch = batch[:0]
		for i := range page {
			if m, ok := r.read(&page[i]); ok {
				batch = append(batch, m)
			}
		}
		if len(batch) == 0 {
			return nil
		}
		return emit(batch)
	})
	if after.IsZero() && len(r.seen) == 0 && isNoMachines(err) {
		reading.Gaps = []model.Gap{{Source: model.Endpoint, Code: "ADB-210",
			What:   "Defender for Endpoint says that no machine has reported of late.",
			Remedy: "If machines are onboarded, check url under [endpoint]."}}
		return reading, nil
	}
	reading.Gaps = append(gaps, r.gaps()...)
	return reading, refused(after, err)
}

// isNoMachines reports whether an answer is the API's own "not found", rather than that of a wrong address.
func isNoMachines(err error) bool {
	status, ok := errors.AsType[*entra.Status](err)
	return ok && status.Code == http.StatusNotFound && (status.Name == "ResourceNotFound" || status.Name == "NotFound")
}

// machineReader turns records into machines and counts those that cannot be used.
type machineReader struct {
	texts   *entra.Texts
	seen    map[[20]byte]struct{} // ids so far: a list without order may show one on two pages
	setups  map[model.Setup]*model.Setup
	invalid int
}

func newMachineReader() *machineReader {
	return &machineReader{texts: entra.NewTexts(), seen: map[[20]byte]struct{}{}, setups: map[model.Setup]*model.Setup{}}
}

// read gives the machine of a record; ok is false for a record without a proper id, and for one that came before.
func (r *machineReader) read(in *machineRecord) (m model.Machine, ok bool) {
	m.ID, ok = entra.ReadMachineID(in.ID)
	if !ok {
		r.invalid++
		return m, false
	}
	var id [20]byte
	_, _ = hex.Decode(id[:], []byte(m.ID)) // the digits were checked
	if _, again := r.seen[id]; again {
		return m, false
	}
	r.seen[id] = struct{}{}
	r.fill(&m, in)
	return m, true
}

func (r *machineReader) fill(m *model.Machine, in *machineRecord) {
	m.Name = text.Clean(in.Name)
	m.DeviceID, _ = model.ParseGUID(in.DeviceID) // absent or no GUID: none
	m.FirstSeen, m.LastSeen = entra.ReadTime(in.FirstSeen), entra.ReadTime(in.LastSeen)
	m.OS = r.texts.Line(in.OS)
	m.OSVersion = r.texts.Line(in.Version)
	if m.OSVersion == "" {
		m.OSVersion = r.texts.Line(in.OSVersion)
	}
	m.Onboarding = readOnboarding(in)
	m.Health = readHealth(in.Health)
	m.Risk, _ = entra.ReadSeverity(in.Risk)
	m.Exposure, _ = entra.ReadSeverity(in.Exposure)
	m.Cloud = readCloud(in.VM)
	m.CloudJoined = in.Joined
	m.MergedInto, _ = entra.ReadMachineID(in.MergedInto)
	for _, tag := range in.Tags {
		m.Tags = append(m.Tags, r.texts.Line(tag))
	}
	m.IP = text.Clean(in.IP)
	m.PotentialDuplicate, m.Excluded = in.Duplicate, in.Excluded
	m.Setup = r.setup(model.Setup{
		Group: r.texts.Line(in.Group), Value: r.texts.Words(in.Value), Sensor: r.texts.Line(in.Sensor),
		Antivirus: r.texts.Words(in.Antivirus), ManagedBy: r.texts.Line(in.ManagedBy), Exclusion: r.texts.Line(in.Exclusion),
	})
}

// setup gives the one copy of a set-up.
func (r *machineReader) setup(s model.Setup) *model.Setup {
	if s == (model.Setup{}) {
		return nil
	}
	known := r.setups[s]
	if known == nil {
		known = new(s)
		r.setups[s] = known
	}
	return known
}

func (r *machineReader) gaps() []model.Gap {
	if r.invalid == 0 {
		return nil
	}
	return []model.Gap{{Source: model.Endpoint, Code: "ADB-210", Count: r.invalid, Missing: true,
		What:   fmt.Sprintf("%d machine records have no proper id and were left out.", r.invalid),
		Remedy: "Please report it: the service has changed the form of its answers."}}
}

// readOnboarding reads onboardingStatus. The vendor's older samples have no such member, since those lists held
// onboarded machines only: there the state of a sensor shows that the machine has one.
func readOnboarding(in *machineRecord) model.Onboarding {
	switch {
	case in.Onboarding == nil && readHealth(in.Health) != model.HealthUnknown:
		return model.Onboarded
	case in.Onboarding == nil:
		return model.OnboardingUnknown
	}
	switch word := *in.Onboarding; {
	case strings.EqualFold(word, "Onboarded"):
		return model.Onboarded
	case strings.EqualFold(word, "CanBeOnboarded"):
		return model.CanBeOnboarded
	case strings.EqualFold(word, "Unsupported"):
		return model.Unsupported
	case strings.EqualFold(word, "InsufficientInfo"):
		return model.InsufficientInfo
	}
	return model.OnboardingUnknown
}

func readHealth(word string) model.Health {
	switch {
	case strings.EqualFold(word, "Active"):
		return model.HealthActive
	case strings.EqualFold(word, "Inactive"):
		return model.HealthInactive
	case strings.EqualFold(word, "ImpairedCommunication"):
		return model.HealthImpaired
	case strings.EqualFold(word, "NoSensorData"), strings.EqualFold(word, "NoSensorDataImpairedCommunication"):
		return model.HealthNoSensorData
	}
	return model.HealthUnknown
}

// readCloud tells virtual machines of Azure from servers that are only connected through Azure Arc.
func readCloud(vm *vmData) model.Cloud {
	if vm == nil {
		return model.NotCloud
	}
	resource := strings.ToLower(vm.ResourceID)
	switch {
	case strings.Contains(resource, "/microsoft.hybridcompute/"):
		return model.AzureArc
	case strings.Contains(resource, "/microsoft.compute/"), strings.Contains(resource, "/microsoft.classiccompute/"):
		return model.AzureVM
	case vm.ResourceID == "" && vm.ID == "" && (vm.Provider == "" || strings.EqualFold(vm.Provider, "unknown")):
		return model.NotCloud
	}
	return model.OtherCloud
}
