package model

import (
	"slices"
	"strings"

	"adbadge/model/text"
)

// MaxEvidence is how many pieces of evidence are kept of one alert; the others are counted. A tenant may have 100,000
// alerts, and some name hundreds of files.
const MaxEvidence = 12

// Evidence is one thing that an alert is about, as its product lists them: an account, a device, a process, a file, an
// address. Words of the product are spelled apart ("no threats found"); what it does not say is empty.
type Evidence struct {
	Kind        text.Line // "process", "registry value"
	Name        text.Line // a command line, a path, an address: what people tell it by
	Verdict     text.Line // "malicious"; empty also for the word "unknown"
	Remediation text.Line // "prevented"; empty also for the word "none"
	Detection   text.Line // "detected", "blocked"
	Roles       text.Line // "source, compromised"
}

// String gives one line: "process cmd.exe /c whoami: malicious, prevented (source)".
func (e Evidence) String() string {
	var line strings.Builder
	line.WriteString(e.Kind.String())
	if e.Name != "" {
		line.WriteString(" " + e.Name.String())
	}
	mark := ": "
	for _, word := range []text.Line{e.Verdict, e.Remediation, e.Detection} {
		if word != "" {
			line.WriteString(mark + word.String())
			mark = ", "
		}
	}
	if e.Roles != "" {
		line.WriteString(" (" + e.Roles.String() + ")")
	}
	return strings.TrimSpace(line.String())
}

// RoleWords gives the roles one by one.
func (e Evidence) RoleWords() []string {
	if e.Roles == "" {
		return []string{}
	}
	return strings.Split(e.Roles.String(), ", ")
}

// AddEvidence keeps a piece of evidence that is not there yet, or counts it when there are too many.
func (a *Alert) AddEvidence(e Evidence) {
	if e == (Evidence{}) {
		return
	}
	if e.Kind == "" {
		e.Kind = "evidence"
	}
	switch {
	case slices.Contains(a.Evidence, e):
	case len(a.Evidence) == MaxEvidence:
		a.MoreEvidence++
	default:
		a.Evidence = append(a.Evidence, e)
	}
}
