package entra

import (
	"slices"

	"adbadge/model"
)

// Feature is something that adbadge can do only with a permission.
type Feature uint8

const (
	// NoFeature needs no permission that adbadge knows of.
	NoFeature Feature = iota
	Machines
	EndpointAlerts
	MachineAccounts
	AccountMachines
	IdentityAlerts
	Incidents
	HealthIssues
	Sensors
	SensorCandidates
	SensorActivation
	Auditing
	Hunting
	Licences
	SyncedUsers
	JoinedDevices
	Groups
	ChangeSensorActivation
	ChangeAuditing
	ChangeHealthIssues
	featureCount
)

// feature is an entry of the catalogue.
type feature struct {
	name   string // what is missing without it
	source model.Source
	// application and delegated are the permissions of which one is enough, the least first: those of an application, and
	// those that a person lends to it. delegated is nil where the names are the same.
	application, delegated []string
	// notIn names the clouds whose API does not have it.
	notIn []string
	// change: it changes the tenant. Nobody needs to grant anything for it where adbadge is to read only.
	change bool
}

// catalogue holds what the vendor's pages say of each call under "Permissions", and for the clouds the published schemas
// of Microsoft Graph: that of China has nothing of the Defender products, that of the US government no set-up of auditing.
// Names that permit more than the pages ask for are listed as well, so that nobody who has one is turned away.
var catalogue = [featureCount]feature{
	Machines: {name: "machines", source: model.Endpoint,
		application: []string{"Machine.Read.All", "Machine.ReadWrite.All"}, delegated: []string{"Machine.Read", "Machine.ReadWrite"}},
	EndpointAlerts: {name: "alerts of Defender for Endpoint", source: model.Endpoint,
		application: []string{"Alert.Read.All", "Alert.ReadWrite.All"}, delegated: []string{"Alert.Read", "Alert.ReadWrite"}},
	MachineAccounts: {name: "accounts of a machine", source: model.Endpoint, application: []string{"User.Read.All"}},
	AccountMachines: {name: "machines of an account", source: model.Endpoint,
		application: []string{"Machine.Read.All", "Machine.ReadWrite.All"}, delegated: []string{"Machine.Read", "Machine.ReadWrite"}},
	IdentityAlerts: {name: "alerts of Defender for Identity", source: model.Identity,
		application: []string{"SecurityAlert.Read.All", "SecurityAlert.ReadWrite.All"}, notIn: []string{"china"}},
	Incidents: {name: "incidents", source: model.Identity,
		application: []string{"SecurityIncident.Read.All", "SecurityIncident.ReadWrite.All"}, notIn: []string{"china"}},
	HealthIssues: {name: "health issues", source: model.Identity,
		application: []string{"SecurityIdentitiesHealth.Read.All", "SecurityIdentitiesHealth.ReadWrite.All"}, notIn: []string{"china"}},
	Sensors: {name: "sensors", source: model.Identity,
		application: []string{"SecurityIdentitiesSensors.Read.All", "SecurityIdentitiesSensors.ReadWrite.All"}, notIn: []string{"china"}},
	SensorCandidates: {name: "candidates for sensors", source: model.Identity,
		application: []string{"SecurityIdentitiesSensors.Read.All", "SecurityIdentitiesSensors.ReadWrite.All"},
		notIn:       []string{"gcc-high", "dod", "china"}},
	SensorActivation: {name: "activation of sensors", source: model.Identity,
		application: []string{"SecurityIdentitiesSensors.Read.All", "SecurityIdentitiesSensors.ReadWrite.All"}, notIn: []string{"china"}},
	Auditing: {name: "set-up of auditing", source: model.Identity,
		application: []string{"SecurityIdentitiesAutoConfig.Read.All", "SecurityIdentitiesAutoConfig.ReadWrite.All"},
		notIn:       []string{"gcc-high", "dod", "china"}},
	Hunting: {name: "accounts seen on machines", source: model.Identity,
		application: []string{"ThreatHunting.Read.All"}, notIn: []string{"china"}},
	Licences: {name: "licences", source: model.Identity,
		application: []string{"LicenseAssignment.Read.All", "LicenseAssignment.ReadWrite.All", "Organization.Read.All",
			"Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"},
		delegated: []string{"LicenseAssignment.Read.All", "LicenseAssignment.ReadWrite.All", "Organization.Read.All",
			"Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"}},
	SyncedUsers: {name: "synced users", source: model.Directory,
		application: []string{"User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}},
	JoinedDevices: {name: "hybrid-joined devices", source: model.Directory,
		application: []string{"Device.Read.All", "Device.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}},
	Groups: {name: "groups of users and devices", source: model.Directory,
		application: []string{"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"}},
	ChangeSensorActivation: {name: "changes of the activation of sensors", source: model.Identity,
		application: []string{"SecurityIdentitiesSensors.ReadWrite.All"}, notIn: []string{"china"}, change: true},
	ChangeAuditing: {name: "changes of the set-up of auditing", source: model.Identity,
		application: []string{"SecurityIdentitiesAutoConfig.ReadWrite.All"}, notIn: []string{"gcc-high", "dod", "china"}, change: true},
	ChangeHealthIssues: {name: "changes of health issues", source: model.Identity,
		application: []string{"SecurityIdentitiesHealth.ReadWrite.All"}, notIn: []string{"gcc-high", "dod", "china"}, change: true},
}

// Features lists those of a source that adbadge reads with.
func Features(source model.Source) []Feature { return featuresOf(source, false) }

// Changes lists those of a source that adbadge changes the tenant with, where it may.
func Changes(source model.Source) []Feature { return featuresOf(source, true) }

func featuresOf(source model.Source, change bool) []Feature {
	var list []Feature
	for f := NoFeature + 1; f < featureCount; f++ {
		if catalogue[f].source == source && catalogue[f].change == change {
			list = append(list, f)
		}
	}
	return list
}

// String says what is missing without the permission.
func (f Feature) String() string { return catalogue[f].name }

// Permissions lists those of which one is enough, the least one first.
func (f Feature) Permissions(delegated bool) []string {
	if delegated && catalogue[f].delegated != nil {
		return catalogue[f].delegated
	}
	return catalogue[f].application
}

// IsOfferedIn reports whether the API of a cloud has it, as far as is documented.
func (f Feature) IsOfferedIn(cloud string) bool { return !slices.Contains(catalogue[f].notIn, cloud) }
