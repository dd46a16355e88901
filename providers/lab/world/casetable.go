package world

// Indexes of the computers and users that other cases refer to.
const (
	sameShortAt       = 37 // and, in the other domain, sameShortOtherAt
	sameShortOtherAt  = 42
	azureTwinAt       = 72
	cloudTwinAt       = 73
	unsupportedTwinAt = 43
	strangeAlertAt    = 51 // named by an alert, in no machine list
	manyAlertsAt      = 65
	oddSeverityAt     = 69
	oddStatusAt       = 70
	repeatedAlertAt   = 71
	reimagedAt        = 29
	adfsAt            = 32
	pkiAt             = 47
	entraConnectAt    = 52
	sessionHostAt     = 82 // where the alerts about special accounts happened

	cloudNamesakeAt    = 56
	leaverAlertAt      = 40
	sidOnlyAt          = 50
	netbiosOnlyAt      = 51
	dnsDomainOnlyAt    = 52
	upnOnlyAt          = 54
	localNamesakeAt    = 57
	wellKnownAt        = 58
	sameAccountAt      = 60 // and, in the other domain, sameAccountOtherAt
	sameAccountOtherAt = 61
)

// in says which domain a case belongs to.
type in uint8

const (
	anyDomain in = iota
	inContoso
	inEMEA
)

// or gives the domain, or other where the case leaves it open.
func (d in) or(other int) int {
	switch d {
	case inContoso:
		return contoso
	case inEMEA:
		return emea
	}
	return other
}
