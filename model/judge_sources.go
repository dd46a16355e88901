package model

import (
	"fmt"
	"time"
)

// sources judges how each source answered. The settings are judged by their toggles, unless those are merely old.
func (j *judge) sources() {
	for _, source := range Sources {
		s := j.source(source)
		if !j.matters(s) {
			continue
		}
		switch {
		case s.Failure != nil && (s.State == SourceFailed || s.State == SourceDegraded):
			j.failure(s)
		case s.State == SourceFailed:
			j.add(Finding{Code: failureCode(source, Broken), Level: Critical, Source: source, Checked: "the last refresh",
				Title: subject(source) + " " + failureWords[Broken].does, Seen: "it failed without saying why"})
		case s.State == SourceWaiting || (s.State == SourceLoading && s.LastGood.IsZero()):
			j.waiting(s)
		}
		j.waits(s)
		j.gaps(s)
		j.stale(s)
	}
}

// matters reports whether what a source says concerns the status: sources that are off, or belong to a side that is
// off, and settings whose toggles say it all, do not.
func (j *judge) matters(s SourceStatus) bool {
	switch s.Source {
	case Settings:
		return j.toggle(IdentitySide).State != ToggleUnknown && j.toggle(EndpointSide).State != ToggleUnknown
	case Endpoint:
		return j.side(EndpointSide) != sideOff
	case Identity:
		return j.side(IdentitySide) != sideOff
	}
	return s.State != SourceOff
}

// failure judges the last failure of a source.
func (j *judge) failure(s SourceStatus) {
	kind := s.Failure.Kind
	f := Finding{
		Code: failureCode(s.Source, kind), Level: Warning, Source: s.Source,
		Title:   subject(s.Source) + " " + failureWords[kind].does,
		Checked: s.Failure.Doing, Seen: s.Failure.Seen, Remedy: s.Failure.Remedy,
		Link: s.Failure.Link,
	}
	if f.Link == "" {
		f.Link = failureLink(s.Source, kind)
	}
	if f.Remedy == "" {
		f.Remedy = failureRemedy(kind)
	}
	whole := s.State == SourceFailed
	if !whole {
		f.Title = "Part of the answer is missing: " + lowerFirst(f.Title)
	}
	switch kind {
	case SignInRefused, PermissionMissing, LicenceAbsent:
		switch {
		case whole && (s.Source == Identity || s.Source == Endpoint):
			j.block(f)
			return
		case whole:
			f.Level = Critical
		}
	case Untrusted, Misconfigured:
		if whole {
			f.Level = Critical
		}
	case Throttled, NotSupported:
	default:
		if whole && s.LastGood.IsZero() {
			f.Level = Critical
		}
	}
	j.add(f)
}

// failureRemedy is for failures that bring no remedy of their own.
func failureRemedy(kind FailureKind) string {
	switch kind {
	case Unreachable:
		return "Check the network, the address and the proxy."
	case TimedOut:
		return "Check the network, or raise the time limit."
	case SignInRefused:
		return "Check the sign-in settings and whether the secret or certificate has expired."
	case PermissionMissing:
		return "Grant the permission to the app or account that signs in."
	case LicenceAbsent:
		return "Buy or assign a plan that allows it."
	case Throttled:
		return "Wait; adbadge asks again by itself."
	case Untrusted:
		return "Set ca_file to the certificates to trust, or check the host name."
	case Misconfigured:
		return "Run: adbadge config check"
	case NotSupported:
		return "Choose another cloud or server, or switch this source off."
	}
	return "Refresh; if it stays, look at the log."
}

// waiting says that a source has not answered for the first time. Entities appear as they come; badges cannot be
// known before their product answers.
func (j *judge) waiting(s SourceStatus) {
	f := Finding{Source: s.Source, Level: Unknown, Checked: "the first answer", Seen: s.State.String(),
		Title: subject(s.Source) + " has not answered yet"}
	switch s.Source {
	case Endpoint:
		f.Code = codeEndpointWaiting
	case Identity:
		f.Code = codeIdentityWaiting
	case Directory:
		f.Code, f.Level, f.Title = codeDirectoryWaits, OK, "The directory is being read"
	default:
		return
	}
	j.add(f)
}

// waits says that a source is left alone for a while, because its service wants it so.
func (j *judge) waits(s SourceStatus) {
	if s.Limits == nil || s.Limits.RetryAt.IsZero() || s.Failure != nil && s.Failure.Kind == Throttled {
		return
	}
	j.add(Finding{Code: failureCode(s.Source, Throttled), Level: Warning, Source: s.Source,
		Title: subject(s.Source) + " " + failureWords[Throttled].does, Checked: "the limit of requests of the service",
		Seen: s.Limits.String(), Remedy: failureRemedy(Throttled)})
}

// gaps makes a finding of each part that is missing from an answer.
func (j *judge) gaps(s SourceStatus) {
	for _, gap := range s.Gaps {
		level := Warning
		if gap.IsNote() {
			level = OK
		}
		f := Finding{
			Code: gap.Code, Level: level, Source: gap.Source, At: s.LastGood,
			Title: trimStop(gap.What), Checked: "the completeness of the answer", Seen: gap.What, Remedy: gap.Remedy,
		}
		if f.Code == "" {
			f.Code = failureCode(gap.Source, Broken)
		}
		if f.Remedy == "" {
			f.Remedy = failureRemedy(Broken)
		}
		if gap.Count > 0 {
			f.Seen = fmt.Sprintf("%s (%d)", trimStop(gap.What), gap.Count)
		}
		j.add(f)
	}
}

// stale says that a source's last good answer is older than two of its intervals.
func (j *judge) stale(s SourceStatus) {
	interval := j.Interval
	if s.Source == Directory {
		interval = j.DirectoryInterval
	}
	age := j.Now.Sub(s.LastGood)
	if s.LastGood.IsZero() || interval <= 0 || age <= 2*interval {
		return
	}
	j.add(Finding{
		Code: [...]string{
			Directory: codeDirectoryStale, Identity: codeIdentityStale, Endpoint: codeEndpointStale, Settings: codeTogglesStale,
		}[s.Source],
		Level: Warning, Source: s.Source, At: s.LastGood,
		Title:   fmt.Sprintf("%s answered last %s ago", subject(s.Source), roughly(age)),
		Checked: fmt.Sprintf("the age of the last good answer (refresh every %s)", roughly(interval)),
		Seen:    "answered " + s.LastGood.UTC().Format(time.RFC3339),
		Remedy:  "Refresh, or see why the last refreshes failed.",
	})
}
