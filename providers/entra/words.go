package entra

import (
	"strings"
	"time"

	"adbadge/model"
)

// The APIs differ in the case of their words ("inProgress", "InProgress"), and add new ones over time.

// ReadSeverity reads the severity of an alert, a health issue or a risk. ok is false for words that are not known;
// "none" and no word at all are NoSeverity.
func ReadSeverity(word string) (severity model.Severity, ok bool) {
	switch {
	case word == "" || strings.EqualFold(word, "none"):
		return model.NoSeverity, true
	case strings.EqualFold(word, "informational"):
		return model.Informational, true
	case strings.EqualFold(word, "low"):
		return model.Low, true
	case strings.EqualFold(word, "medium"):
		return model.Medium, true
	case strings.EqualFold(word, "high"):
		return model.High, true
	}
	return model.OtherSeverity, false
}

// ReadAlertSeverity is ReadSeverity for alerts, which always have one: where it is absent it is not known.
func ReadAlertSeverity(word string) model.Severity {
	severity, _ := ReadSeverity(word)
	if severity == model.NoSeverity {
		return model.OtherSeverity
	}
	return severity
}

// ReadAlertStatus reads the status of an alert.
func ReadAlertStatus(word string) model.AlertStatus {
	switch {
	case strings.EqualFold(word, "new"):
		return model.StatusNew
	case strings.EqualFold(word, "inProgress"):
		return model.StatusInProgress
	case strings.EqualFold(word, "resolved"):
		return model.StatusResolved
	}
	return model.StatusOther
}

// ReadTime reads a point in time, with any number of digits of a second. What is absent, no time, or long before or
// after the products' own is the zero time, which stands for "never or not known".
func ReadTime(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		if at, err = time.Parse("2006-01-02T15:04:05.999999999", s); err != nil { // without a zone: UTC
			return time.Time{}
		}
	}
	if at.Year() < 1980 || at.Year() > 9000 {
		return time.Time{}
	}
	return at.UTC()
}

// maxAlertID is longer than any id in the vendor's samples.
const maxAlertID = 128

// ReadAlertID checks the id of an alert, which becomes part of links: letters, digits, "-" and "_".
func ReadAlertID(s string) (id string, ok bool) {
	if s == "" || len(s) > maxAlertID || s[0] == '-' {
		return "", false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' && c != '_' {
			return "", false
		}
	}
	return s, true
}

// ReadMachineID checks the id of a machine record, 40 hexadecimal digits, and gives it in lower case.
func ReadMachineID(s string) (id string, ok bool) {
	if len(s) != 40 {
		return "", false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return "", false
		}
	}
	return strings.ToLower(s), true
}

// ProductOfAlert reads the product from the first letters of an alert's id ("Investigate alerts in Microsoft Defender
// XDR", section "Alert sources"). Ids without such letters are older and say nothing.
func ProductOfAlert(id string) model.Product {
	if len(id) < 2 {
		return model.OtherProduct
	}
	switch strings.ToLower(id[:2]) {
	case "da", "ed":
		return model.DefenderForEndpoint
	case "aa", "ri":
		return model.DefenderForIdentity
	}
	return model.OtherProduct
}
