package session

import (
	"errors"
	"fmt"
	"slices"

	"adbadge/model"
	"adbadge/model/text"
)

// The two members that matter, in the settings and in the context of the tenant alike.
const (
	enabledName   = "AatpIntegrationEnabled"
	workspaceName = "AatpWorkspaceExists"
)

// mobileName is the one setting that is no switch.
const mobileName = "MobileDeactivationPeriodInDays"

// knownFeatures are the settings as they were published in May 2026.
var knownFeatures = []string{
	enabledName, workspaceName, "AllowWdavNetworkBlock", "AutoResolveInvestigatedAlerts", "BilbaoApproved", "BilbaoEnabled",
	"BlockListEnabled", "DartDataCollection", "EnableAggregatedReporting", "EnableAipIntegration",
	"EnableCustomAsrAdvancedProcessTermination", "EnableEndpointDlp", "EnableExcludedDevices", "EnableHVAOnboardingOptions",
	"EnableMcasIntegration", "EnableQuarantinedFileDownload", "EnableWdavAntiTampering", "EnableWdavAuditMode",
	"EnableWdavPassiveModeRemediation", "HidePotentialDuplications", "IsolateIncidentsWithDifferentDeviceGroups",
	"IsolationExclusionOptIn", "LicenseEnabled", "LowFidelityEnrichmentEnabled", "M365SecureScoreIntegrationEnabled",
	"MagellanOptOut", mobileName, "ShowUserAadProfile", "SkypeIntegrationEnabled", "UseSimplifiedConnectivity",
	"UseSimplifiedConnectivityViaApi", "WebCategoriesEnabled",
}

// sentinels are the settings without which these are not the settings that adbadge means.
var sentinels = []string{"EnableWdavAntiTampering", "EnableWdavPassiveModeRemediation", "AllowWdavNetworkBlock", "LicenseEnabled"}

// leastKnown is how many of the known settings a later version of them still has.
const leastKnown = 28

// readFeatures reads the settings into the reading, and says how their form differs from the known one. An error means
// that the flag is not in them.
func readFeatures(data []byte, into *model.PortalReading) error {
	o, err := readObject(data)
	if err != nil {
		into.Drift.Broken = text.Clean(err.Error())
		return err
	}
	into.Drift = driftOf(o)
	into.Others = map[string]string{}
	for name, value := range o {
		if name != enabledName {
			into.Others[name] = string(value)
		}
	}
	into.Features, err = flagIn(o)
	return err
}

// flagIn reads the flag.
func flagIn(o object) (model.PortalView, error) {
	enabled, known := o.boolean(enabledName)
	workspace, alsoKnown := o.boolean(workspaceName)
	if !known || !alsoKnown {
		return model.PortalView{}, errors.New(enabledName + " and " + workspaceName + " are not both there as true or false")
	}
	return model.PortalView{Enabled: model.StateOf(enabled), Workspace: model.StateOf(workspace)}, nil
}

// driftOf compares the form of the settings with the known one.
func driftOf(o object) model.PortalDrift {
	var d model.PortalDrift
	broken := func(format string, name string) {
		if d.Broken == "" {
			d.Broken = text.Clean(fmt.Sprintf(format, text.CleanMax(name, maxName)))
		}
	}
	for _, name := range knownFeatures {
		value, there := o[name]
		switch k := kindOf(value); {
		case !there:
			d.Removed = append(d.Removed, text.Line(name))
			if slices.Contains(sentinels, name) || name == enabledName || name == workspaceName {
				broken("%s is missing", name)
			}
		case name == mobileName && k != null && k != number:
			broken("%s is no number", name)
		case name != mobileName && k != boolean:
			broken("%s is neither true nor false", name)
		}
	}
	if there := len(knownFeatures) - len(d.Removed); there < leastKnown {
		broken("only %s of the known settings are there", fmt.Sprintf("%d of %d", there, len(knownFeatures)))
	}
	names := make([]string, 0, len(o))
	for name := range o {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains(knownFeatures, name) {
			continue
		}
		d.Added = append(d.Added, text.CleanMax(name, maxName))
		if kindOf(o[name]) == nested {
			broken("%s is more than one value", name)
		}
	}
	return d
}

// maxName bounds names that the portal gives, in characters.
const maxName = 80
