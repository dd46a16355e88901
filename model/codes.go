package model

import (
	"cmp"
	"fmt"
	"slices"
)

// Code explains one kind of finding. The id is stable: scripts and runbooks may rely on it.
//
// The first digit says what it is about: 1 the integration, its toggles and licences; 2 Defender for Endpoint;
// 3 Defender for Identity; 4 the directory. The ids x10 to x19 are gaps in an answer, x20 to x29 failures by kind.
type Code struct {
	ID      string
	Title   string
	Meaning string // and what it does to the status
	Link    string // a page of the vendor that helps; empty when there is none
}

// The codes of findings that Judge makes itself.
const (
	codeWorks           = "ADB-100"
	codeOff             = "ADB-101"
	codeIdentityOff     = "ADB-102"
	codeEndpointOff     = "ADB-103"
	codeSensorHealth    = "ADB-104"
	codeToggleUnknown   = "ADB-105"
	codeTogglesStale    = "ADB-106"
	codePortalFlagOff   = "ADB-150"
	codePortalViews     = "ADB-151"
	codePortalWorkspace = "ADB-152"
	codePortalEnded     = "ADB-153"
	codePortalDenied    = "ADB-154"
	codePortalDrifted   = "ADB-155"
	codePortalUnread    = "ADB-156"
	codeLicenceMissing  = "ADB-140"
	codeLicencePending  = "ADB-141"
	codeLicenceWarning  = "ADB-142"
	codeLicenceUnknown  = "ADB-143"
	codeEndpointNone    = "ADB-201"
	codeEndpointStale   = "ADB-202"
	codeEndpointWaiting = "ADB-203"
	codeNoMachines      = "ADB-204"
	codeNoneRecognized  = "ADB-205"
	codeAmbiguous       = "ADB-206"
	codeUnplaced        = "ADB-207"
	codeEndpointSilent  = "ADB-208"
	codeIdentityNone    = "ADB-301"
	codeIdentityStale   = "ADB-302"
	codeIdentityWaiting = "ADB-303"
	codeNoSensors       = "ADB-304"
	codeSensorStopped   = "ADB-305"
	codeSensorLost      = "ADB-306"
	codeSensorOutdated  = "ADB-307"
	codeNoSignal        = "ADB-308"
	codeIdentitySilent  = "ADB-309"
	codeIssuesHigh      = "ADB-331"
	codeIssuesMedium    = "ADB-332"
	codeIssuesLow       = "ADB-333"
	codeIssuesOther     = "ADB-334"
	codeNoSensorYet     = "ADB-335"
	codeDirectoryStale  = "ADB-402"
	codeDirectoryWaits  = "ADB-403"
)

// CodeSettingUnknown is the code of a setting beside the toggles that could not be read. No badge depends on it: a note.
const CodeSettingUnknown = "ADB-107"

// CodeNoHunting is the code of the gap that accounts seen on machines cannot be asked for all at once. It costs
// certainty about users without evidence, but nothing is broken: a note.
const CodeNoHunting = "ADB-310"

// CodeNoIncidents is the code of the gap that incidents cannot be read: alerts tell the number of theirs and no more. A
// note as well.
const CodeNoIncidents = "ADB-312"

// CodeNoSnapshot is the code of the gap that the snapshot cannot be used, or not be kept: the next start begins with
// nothing. A note as well.
const CodeNoSnapshot = "ADB-111"

// CodeCloudDirectory is the code of the gap that the directory is read from Entra ID, which has only a part of it. That was
// chosen: a note.
const CodeCloudDirectory = "ADB-404"

const (
	linkHealth   = "https://learn.microsoft.com/defender-for-identity/health-alerts"
	linkSensors  = "https://learn.microsoft.com/defender-for-identity/deploy/activate-sensor"
	linkAccess   = "https://learn.microsoft.com/defender-endpoint/api/exposed-apis-create-app-webapp"
	linkGraph    = "https://learn.microsoft.com/graph/permissions-reference"
	linkLicences = "https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference"
)

// ownCodes are the findings with a fixed code, in order.
var ownCodes = []Code{
	{codeWorks, "The integration works", "Both sides are on and both products answer. A note.", ""},
	{codeOff, "The integration is off", "Both sides are switched off or not configured. Badges are unknown. A warning; integration off.", ""},
	{codeIdentityOff, "The identity side is off", "Its toggle was read as off. Badges are unknown. A warning; integration half.", ""},
	{codeEndpointOff, "The endpoint side is off", "Its toggle was read as off. Badges are unknown. A warning; integration half.", ""},
	{codeSensorHealth, "Sensors report health issues", "Some sensors of Defender for Identity are not healthy. A warning; degraded.", linkHealth},
	{codeToggleUnknown, "A toggle could not be read", "It is neither on nor off as far as adbadge knows. Unknown.", ""},
	{codeTogglesStale, "The toggles are old", "They were last read more than two refresh intervals ago. A warning; degraded.", ""},
	{CodeSettingUnknown, "A setting beside the toggles could not be read", "It is neither on nor off as far as adbadge knows; no badge depends on it. A note.", ""},
	{codePortalFlagOff, "The portal's legacy flag is off", "Microsoft says that the integration is built in, so that it may mean nothing. A warning, degraded; a note when both products send data.", ""},
	{codePortalViews, "The portal contradicts itself about the flag", "The two places that report it differ: it is being changed, or inconsistent. A warning; degraded.", ""},
	{codePortalWorkspace, "The portal knows no workspace of Defender for Identity", "It is not set up as far as Defender for Endpoint knows. A warning; degraded.", ""},
	{codePortalEnded, "The portal session is over", "It has expired, was revoked or was dropped after 50 minutes; no badge depends on it. A note.", ""},
	{codePortalDenied, "The portal session lacks a permission", "Its account may not read the flag; no badge depends on it. A note.", ""},
	{codePortalDrifted, "The portal's settings have another form", "Microsoft has changed them since adbadge was made. A note; a warning and degraded when what they say cannot be trusted.", ""},
	{codePortalUnread, "The portal does not say how its flag stands", "It could not be asked; no badge depends on it. A note.", ""},
	{codeLicenceMissing, "A licence is missing", "The tenant has no plan of one product. Critical; integration error.", linkLicences},
	{codeLicencePending, "A licence is being set up", "It was bought, but is not active yet. A warning; degraded.", linkLicences},
	{codeLicenceWarning, "A licence ends soon", "It has expired or is about to be suspended; it still works. A warning; degraded.", linkLicences},
	{codeLicenceUnknown, "A licence could not be read", "A note while the product reports data, else a warning.", linkGraph},
	{codeEndpointNone, "Defender for Endpoint is not configured", "Badges are unknown. A warning; integration half or off.", ""},
	{codeEndpointStale, "Data of Defender for Endpoint are old", "The last good answer is older than two refresh intervals. A warning; degraded.", ""},
	{codeEndpointWaiting, "Defender for Endpoint has not answered yet", "The first answer is on its way. Unknown.", ""},
	{codeNoMachines, "Defender for Endpoint has no machines", "It answered, but with no machine record. A warning; degraded.", ""},
	{codeNoneRecognized, "No AD computer is recognised", "There are machine records, but none belongs to an enabled AD computer. A warning; degraded.", ""},
	{codeAmbiguous, "Entities match several machine records", "adbadge does not guess: their badges are unknown. A note.", ""},
	{codeUnplaced, "Machine records belong to no AD computer", "They may be on-premises, but no rule of matching places them. A note.", ""},
	{codeEndpointSilent, "Defender for Endpoint has sent no data for a day", "Hunting finds no report of a machine within 24 hours. A warning; degraded.", ""},
	{codeIdentityNone, "Defender for Identity is not configured", "No identity alerts, sensors and licences. A warning; integration half or off.", ""},
	{codeIdentityStale, "Data of Defender for Identity are old", "The last good answer is older than two refresh intervals. A warning; degraded.", ""},
	{codeIdentityWaiting, "Defender for Identity has not answered yet", "The first answer is on its way. Unknown.", ""},
	{codeNoSensors, "Defender for Identity has no sensors", "No domain controller is watched. A warning; degraded.", linkSensors},
	{codeSensorStopped, "Sensors are stopped", "A warning, critical when no sensor is left; degraded.", linkHealth},
	{codeSensorLost, "Sensors are disconnected", "A warning, critical when no sensor is left; degraded.", linkHealth},
	{codeSensorOutdated, "Sensors are outdated", "A warning; degraded.", linkHealth},
	{codeNoSignal, "Defender for Identity has reported no alert", "A quiet tenant looks the same as a deaf one. A note.", ""},
	{codeIdentitySilent, "Defender for Identity has sent no data for a day", "Hunting finds no sign-in to the Active Directory within 24 hours. A warning; degraded.", linkSensors},
	{CodeNoHunting, "Accounts cannot be asked for all at once", "Hunting is not licensed or not permitted. Users without evidence are unknown until asked one by one. A note.", linkGraph},
	{CodeNoIncidents, "Incidents cannot be read", "A permission is missing, or the cloud has none. Alerts name their incident by its number only. A note.", linkGraph},
	{codeIssuesHigh, "Health issues of high severity are open", "A warning; degraded.", linkHealth},
	{codeIssuesMedium, "Health issues of medium severity are open", "A warning; degraded.", linkHealth},
	{codeIssuesLow, "Health issues of low severity are open", "A note.", linkHealth},
	{codeIssuesOther, "Health issues of unknown severity are open", "A warning; degraded.", linkHealth},
	{codeNoSensorYet, "Domain controllers could get a sensor", "Defender for Endpoint knows them, and no sensor of Defender for Identity watches them. A warning; degraded.", linkSensors},
	{codeDirectoryStale, "The directory was read long ago", "The last good reading is older than two of its intervals. A warning; degraded.", ""},
	{codeDirectoryWaits, "The directory is being read", "Not all entities are listed yet. A note.", ""},
}

// gapCodes are the codes of gaps in an answer: what a source says is missing or could not be used. Each is a warning.
var gapCodes = []Code{
	{"ADB-110", "Settings incomplete", "Part of the settings could not be used.", ""},
	{CodeNoSnapshot, "The snapshot cannot be used or kept", "It is damaged, of another version, or cannot be written: a start begins with nothing. A note.", ""},
	{"ADB-210", "Defender for Endpoint incomplete", "Part of an answer is missing or could not be used.", ""},
	{"ADB-311", "Defender for Identity incomplete", "Part of an answer is missing or could not be used.", ""},
	{CodeCloudDirectory, "The directory is read from the cloud", "What is not synced to Entra ID is missing, and some marks are not known. A note.", ""},
	{"ADB-410", "Objects with odd attributes", "They are listed as well as they can be.", ""},
	{"ADB-411", "Objects without an objectGUID", "They cannot be told apart, so they are not listed.", ""},
	{"ADB-412", "The directory was cut off", "A limit of the server was hit, or a dump ends early: entities are missing.", ""},
	{"ADB-413", "One part of the directory could not be read", "The others were; entities are missing.", ""},
	{"ADB-414", "The directory server was changed in the middle of a read", "Another one took over; nothing is missing.", ""},
	{"ADB-415", "Entries that cannot be decoded", "They are not listed.", ""},
	{"ADB-416", "A domain that this server does not hold", "Its entities are missing until a server that holds it is configured.", ""},
	{"ADB-417", "Objects that come twice in a dump", "The first one counts.", ""},
	{"ADB-418", "Very many privileged objects", "Not every member of a protected group is marked as sensitive.", ""},
	{"ADB-419", "The directory shows no user and no computer", "The search begins elsewhere, the account that reads has no right to see them, or the dump holds none.", ""},
}

// failureWords say for each FailureKind what happened, behind the name of the source.
var failureWords = [...]struct{ does, meaning string }{
	Broken:            {"gives an answer that cannot be used", "A fault on the other end. A warning, critical when nothing is known yet; degraded."},
	Unreachable:       {"cannot be reached", "No connection. A warning, critical when nothing is known yet; degraded."},
	TimedOut:          {"does not answer in time", "A warning, critical when nothing is known yet; degraded."},
	SignInRefused:     {"cannot be asked: the sign-in was refused", "Critical; integration error."},
	PermissionMissing: {"cannot be asked: a permission is missing", "Critical, integration error; a warning when only part of the answer is missing."},
	LicenceAbsent:     {"cannot be asked: the licence does not allow it", "Critical, integration error; a warning when only part of the answer is missing."},
	Throttled:         {"asks to be asked less often", "adbadge waits and asks again by itself. A warning; degraded."},
	Untrusted:         {"is not trusted", "The certificate or the host is not what it should be. Critical; degraded."},
	Misconfigured:     {"is not configured correctly", "Critical; degraded."},
	NotSupported:      {"does not support the question", "This cloud or server does not have it. A warning; degraded."},
}

// failureCode gives the code for a failure of a source.
func failureCode(source Source, kind FailureKind) string {
	hundreds := [...]int{Directory: 4, Identity: 3, Endpoint: 2, Settings: 1}[source]
	return fmt.Sprintf("ADB-%d%d", hundreds, 20+int(kind))
}

// subject names a source at the beginning of a sentence.
func subject(source Source) string {
	return [...]string{
		Directory: "The directory", Identity: "Defender for Identity", Endpoint: "Defender for Endpoint",
		Settings: "The settings service",
	}[source]
}

// Codes lists every code in order, for the documentation and for "what does ADB-104 mean".
func Codes() []Code {
	codes := slices.Concat(ownCodes, gapCodes)
	for _, source := range Sources {
		for kind := range failureWords {
			words := failureWords[kind]
			codes = append(codes, Code{ID: failureCode(source, FailureKind(kind)),
				Title: subject(source) + " " + words.does, Meaning: words.meaning, Link: failureLink(source, FailureKind(kind))})
		}
	}
	slices.SortFunc(codes, func(a, b Code) int { return cmp.Compare(a.ID, b.ID) })
	return codes
}

func failureLink(source Source, kind FailureKind) string {
	switch {
	case kind != SignInRefused && kind != PermissionMissing:
		return ""
	case source == Endpoint:
		return linkAccess
	case source == Identity:
		return linkGraph
	}
	return ""
}

// linkOf gives the page that helps with a fixed code.
func linkOf(id string) string {
	for i := range ownCodes {
		if ownCodes[i].ID == id {
			return ownCodes[i].Link
		}
	}
	return ""
}
