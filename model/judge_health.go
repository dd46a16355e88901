package model

import (
	"fmt"
	"strings"
	"time"

	"adbadge/model/text"
)

// candidates judges which domain controllers could be watched and are not.
func (j *judge) candidates() {
	if len(j.Candidates) == 0 || j.side(IdentitySide) == sideOff {
		return
	}
	var names []text.Line
	for _, c := range j.Candidates {
		names = append(names, c.Name)
	}
	j.add(Finding{Code: codeNoSensorYet, Level: Warning, Source: Identity, At: j.source(Identity).LastGood,
		Title:   count(len(names), "domain controller has", "domain controllers have") + " no sensor, but could get one",
		Checked: "the servers on which a sensor of Defender for Identity can be activated", Seen: some(names),
		Remedy: "Activate the sensor on them in the portal, or switch the automatic activation of sensors on."})
}

// sensors judges the sensors of Defender for Identity; nil means that they are not known.
func (j *judge) sensors() {
	if j.Sensors == nil || j.side(IdentitySide) == sideOff {
		return
	}
	at := j.source(Identity).LastGood
	if len(j.Sensors) == 0 {
		j.add(Finding{Code: codeNoSensors, Level: Warning, Source: Identity, At: at,
			Title: "Defender for Identity has no sensors", Checked: "the sensors of Defender for Identity", Seen: "none",
			Remedy: "Install or activate sensors on the domain controllers."})
		return
	}
	var unhealthy, stopped, lost, outdated []text.Line
	working := 0
	for _, s := range j.Sensors {
		deploy, service := word(s.Deploy), word(s.Service)
		isStopped := service == "stopped" || service == "disabled"
		isLost := deploy == "disconnected" || deploy == "unreachable" || deploy == "startfailure"
		if !s.Healthy {
			unhealthy = append(unhealthy, s.Name)
		}
		switch {
		case isStopped:
			stopped = append(stopped, s.Name)
		case isLost:
			lost = append(lost, s.Name)
		default:
			working++
		}
		if deploy == "outdated" || deploy == "updatefailed" {
			outdated = append(outdated, s.Name)
		}
	}
	silent := Warning
	if working == 0 {
		silent = Critical
	}
	j.sensorFinding(codeSensorHealth, Warning, unhealthy, "reports a health issue", "report a health issue",
		"See the health issues of Defender for Identity and follow their recommendations.")
	j.sensorFinding(codeSensorStopped, silent, stopped, "is stopped", "are stopped",
		"Start the sensor service on these servers.")
	j.sensorFinding(codeSensorLost, silent, lost, "is disconnected", "are disconnected",
		"Check that these servers run and reach the cloud service.")
	j.sensorFinding(codeSensorOutdated, Warning, outdated, "is outdated", "are outdated",
		"Let the sensors update, or look why the update failed.")
}

// sensorFinding says what some of the sensors have in common: "2 of 4 sensors report a health issue".
func (j *judge) sensorFinding(code string, level Level, names []text.Line, one, many, remedy string) {
	if len(names) == 0 {
		return
	}
	does := many
	if len(names) == 1 {
		does = one
	}
	j.add(Finding{
		Code: code, Level: level, Source: Identity, At: j.source(Identity).LastGood,
		Title:   fmt.Sprintf("%d of %s %s", len(names), count(len(j.Sensors), "sensor", "sensors"), does),
		Checked: "the sensors of Defender for Identity", Seen: some(names), Remedy: remedy,
	})
}

// issues judges the open health issues, one finding for each severity; nil means that they are not known.
func (j *judge) issues() {
	if j.side(IdentitySide) == sideOff {
		return
	}
	for _, kind := range [...]struct {
		severities []Severity
		code, word string
		level      Level
	}{
		{[]Severity{High}, codeIssuesHigh, "high", Warning},
		{[]Severity{OtherSeverity, NoSeverity}, codeIssuesOther, "unknown", Warning},
		{[]Severity{Medium}, codeIssuesMedium, "medium", Warning},
		{[]Severity{Low, Informational}, codeIssuesLow, "low", OK},
	} {
		var titles []text.Line
		for _, issue := range j.Issues {
			for _, severity := range kind.severities {
				if issue.Severity == severity {
					titles = append(titles, issue.Title)
				}
			}
		}
		if len(titles) == 0 {
			continue
		}
		j.add(Finding{
			Code: kind.code, Level: kind.level, Source: Identity, At: j.source(Identity).LastGood,
			Title:   count(len(titles), "health issue", "health issues") + " of " + kind.word + " severity open",
			Checked: "the open health issues of Defender for Identity", Seen: some(titles),
			Remedy: "Follow the recommendations of each issue.",
		})
	}
}

// silence judges whether data of both products have arrived within the last day, as far as hunting can tell.
func (j *judge) silence() {
	for _, product := range []struct {
		source         Source
		signal         Signal
		code, what, do string
	}{
		{Identity, j.Signals.Identity, codeIdentitySilent, "sign-in to the Active Directory", "Check that the sensors run and reach the cloud service."},
		{Endpoint, j.Signals.Endpoint, codeEndpointSilent, "report of a machine", "Check that machines run, are onboarded and reach the cloud service."},
	} {
		if !product.signal.Known || !product.signal.At.IsZero() {
			continue
		}
		j.add(Finding{Code: product.code, Level: Warning, Source: product.source,
			Title:   subject(product.source) + " has sent no data for a day",
			Checked: "the newest data of the product in hunting", Seen: "no " + product.what + " within 24 hours", Remedy: product.do})
	}
}

// coverage judges whether the two products really meet: signals that arrive, computers that are recognised.
func (j *judge) coverage() {
	if !j.bothOn() {
		return
	}
	j.silence()
	if s := j.source(Identity); answeredWhole(s) && j.LastIdentitySignal.IsZero() && !j.Signals.Identity.Known {
		j.add(Finding{Code: codeNoSignal, Level: OK, Source: Identity, At: s.LastGood,
			Title: "Defender for Identity has reported no alert yet", Checked: "the newest alert of Defender for Identity",
			Seen: "none; a quiet tenant looks the same"})
	}
	endpoint, directory := j.source(Endpoint), j.source(Directory)
	if !answeredWhole(endpoint) {
		return
	}
	switch {
	case j.LastEndpointSignal.IsZero():
		j.add(Finding{Code: codeNoMachines, Level: Warning, Source: Endpoint, At: endpoint.LastGood,
			Title: "Defender for Endpoint has no machines", Checked: "the machine records of Defender for Endpoint", Seen: "none",
			Remedy: "Onboard machines, or check that the account that signs in may see their device groups."})
	case j.Computers > 0 && j.Recognized == 0 && !directory.LastGood.IsZero():
		j.add(Finding{Code: codeNoneRecognized, Level: Warning, Source: Endpoint, At: endpoint.LastGood,
			Title:   "Defender for Endpoint recognises no AD computer",
			Checked: "the machine records against the computers of the directory",
			Seen:    "none of " + count(j.Computers, "enabled computer", "enabled computers") + " has a record of an onboarded machine",
			Remedy:  "Check that directory and tenant belong together."})
	}
	if j.Ambiguous > 0 {
		j.add(Finding{Code: codeAmbiguous, Level: OK, Source: Endpoint, At: endpoint.LastGood,
			Title:   count(j.Ambiguous, "entity matches", "entities match") + " several candidates",
			Checked: "the matches between machine records and the directory",
			Seen:    "never guessed: " + count(j.Ambiguous, "badge is", "badges are") + " unknown",
			Remedy:  "List them with the filter badge:ambiguous."})
	}
	if j.Unplaced > 0 {
		j.add(Finding{Code: codeUnplaced, Level: OK, Source: Endpoint, At: endpoint.LastGood,
			Title:   count(j.Unplaced, "machine record belongs", "machine records belong") + " to no AD computer",
			Checked: "machine records that may be on-premises", Seen: "no device id, full name or unique short name fits"})
	}
}

// answeredWhole reports whether conclusions can be drawn from what is missing in a source's answer.
func answeredWhole(s SourceStatus) bool {
	return !s.LastGood.IsZero() && s.Failure == nil && s.State != SourceFailed
}

func (j *judge) lastSignal(side Side) time.Time {
	if side == EndpointSide {
		return j.LastEndpointSignal
	}
	return j.LastIdentitySignal
}

// word gives the letters of a text in lower case, so that "Start failure" and "startFailure" are the same.
func word(l text.Line) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(l.String()))
}
