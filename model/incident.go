package model

import (
	"time"

	"adbadge/model/text"
)

// Incident is what Defender XDR makes of alerts that belong together, of either product.
type Incident struct {
	ID           text.Line
	Title        text.Line
	Severity     Severity
	SeverityText text.Line // as it came, for OtherSeverity
	Status       text.Line // in words: "active", "in progress", "resolved"
	AssignedTo   text.Line
	URL          string // link of the product; shown and opened only after the portal package has checked it
	Updated      time.Time
}
