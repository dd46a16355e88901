package session

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// advice is what to do when there is no session.
const advice = "Sign in to the portal in a browser, and paste the cookies of that session."

// statusSignedOut is what the portal answers when the session has expired (IIS: "login time-out").
const statusSignedOut = 440

// get sends one of the routes and gives the JSON of the answer. One request is under way at a time, so that each has the
// newest cookies.
func (s *Session) get(ctx context.Context, o *open, to route, doing string) ([]byte, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, model.AsFailure(ctx.Err(), model.Settings, doing)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer context.AfterFunc(o.ctx, cancel)()
	if err := s.renewToken(ctx, o, doing); err != nil {
		return nil, err
	}
	data, err := s.ask(ctx, o, to, doing)
	if err != nil && s.isTokenStale(o) && ctx.Err() == nil { // most likely the reason of that
		if err := s.renewToken(ctx, o, doing); err != nil {
			return nil, err
		}
		data, err = s.ask(ctx, o, to, doing)
	}
	return data, err
}

// renewToken asks for a new cookie XSRF-TOKEN when the one at hand is old.
func (s *Session) renewToken(ctx context.Context, o *open, doing string) error {
	if !s.isTokenStale(o) {
		return nil
	}
	if _, err := s.ask(ctx, o, startPage, doing); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o.tokenStale, o.tokenAt = false, s.now()
	if s.open == o && o.held.xsrf == "" {
		f := s.failure(doing, model.SignInRefused, "the portal gave no "+xsrfCookie+" for the cookie "+authCookie, advice)
		s.close(f)
		return f
	}
	return nil
}

func (s *Session) isTokenStale(o *open) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open == o && (o.tokenStale || s.now().Sub(o.tokenAt) >= tokenLifetime)
}

// request makes a request with the newest cookies.
func (s *Session) request(ctx context.Context, o *open, to route, doing string) (*http.Request, error) {
	if _, err := s.current(); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, to.method, (&url.URL{Scheme: s.base.Scheme, Host: s.base.Host, Path: to.path, RawQuery: to.query}).String(), nil)
	if err != nil {
		return nil, s.failure(doing, model.Broken, "the request could not be made", "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.open != o:
		return nil, s.failure(doing, model.SignInRefused, "the portal session is over", advice)
	case s.now().Before(s.retryAt):
		return nil, s.throttled(doing, "the portal asked to be left alone", s.retryAt)
	}
	h := request.Header
	h.Set("User-Agent", s.agent)
	h.Set("Accept", "application/json")
	h.Set("Cookie", o.held.header())
	h.Set("X-Tid", s.tenant.String())
	h.Set("Tenant-Id", s.tenant.String())
	if token := o.held.token(); token != "" {
		h.Set("X-XSRF-TOKEN", token)
	}
	if to == startPage {
		h.Set("Accept", "text/html")
	}
	return request, nil
}

// ask sends one request and judges the answer.
func (s *Session) ask(ctx context.Context, o *open, to route, doing string) ([]byte, error) {
	request, err := s.request(ctx, o, to, doing)
	if err != nil {
		return nil, err
	}
	response, err := s.gate.RoundTrip(request)
	if err != nil {
		return nil, s.broken(ctx, o, doing, err)
	}
	defer response.Body.Close()
	known := s.takeCookies(o, response)
	if f := s.refused(o, known, to, response, doing); f != nil {
		return nil, f
	}
	if to == startPage {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, s.broken(ctx, o, doing, err)
	case len(data) > maxBody:
		return nil, s.failure(doing, model.Broken, "the answer is larger than 2 MiB", "Refresh; if it stays, end the portal session.")
	}
	return data, nil
}

// takeCookies takes over the cookies of an answer. It gives all those that the other end may know, for redacting.
func (s *Session) takeCookies(o *open, response *http.Response) (known held) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known = o.held
	if s.open != o {
		return known
	}
	for _, cookie := range response.Cookies() {
		gone := cookie.Value == "" || cookie.MaxAge < 0
		switch {
		case cookie.Name == xsrfCookie && gone:
			o.tokenStale = true
		case cookie.Name == xsrfCookie && isToken(cookie.Value):
			o.held.xsrf, o.tokenAt, o.tokenStale = cookie.Value, s.now(), false
		case cookie.Name == authCookie && gone:
			s.close(s.failure("keep the portal session", model.SignInRefused, "the portal has signed the person out", advice))
			return known
		case cookie.Name == authCookie && isCookie(cookie.Value):
			o.held.auth = cookie.Value
		}
	}
	return known
}

// refused says what an answer means that is not the one asked for; nil when it is. It ends the session where the answer
// means that.
func (s *Session) refused(o *open, known held, to route, response *http.Response, doing string) *model.Failure {
	code := response.StatusCode
	say := func(kind model.FailureKind, seen, remedy string) *model.Failure {
		return s.failure(doing, kind, text.CleanMax(known.redact(seen), 200).String(), remedy)
	}
	drop := func(f *model.Failure) *model.Failure {
		s.end(o, f)
		return f
	}
	status := fmt.Sprintf("%d %s", code, http.StatusText(code))
	switch {
	case code == http.StatusUnauthorized:
		return drop(say(model.SignInRefused, "the session has expired or was revoked ("+status+")", advice))
	case code == statusSignedOut:
		return drop(say(model.SignInRefused, "the session has expired (440)", advice))
	case code == http.StatusForbidden && to == contextRoute:
		return drop(say(model.PermissionMissing, "the account may not read the tenant's context ("+status+")", "Sign in to the portal as somebody who may view its settings, such as a Security Reader."))
	case code == http.StatusForbidden:
		return say(model.PermissionMissing, "the account may not read the settings ("+status+")", "Sign in to the portal as somebody who may view its settings, such as a Security Reader.")
	case code == http.StatusTooManyRequests:
		return s.throttled(doing, "asked too often ("+status+")", s.wait(response.Header, unsaidWait))
	case code == http.StatusNotFound:
		return say(model.NotSupported, "the portal does not have this address any more ("+status+")", "Microsoft may have ended this interface: do without the portal session.")
	case code >= http.StatusInternalServerError:
		if code == http.StatusInternalServerError && to != startPage {
			s.suspectToken(o)
		}
		f := say(model.Broken, "the portal has a fault ("+status+")", "Wait a moment, then refresh; where no session has begun, begin it again.")
		f.RetryAt = s.wait(response.Header, 0)
		return f
	case code >= http.StatusMultipleChoices && code < http.StatusBadRequest:
		location, err := response.Location()
		if to == startPage && err == nil && location.Scheme == s.base.Scheme && location.Host == s.base.Host {
			return nil // another page of the portal; where it leads does not matter
		}
		where := "elsewhere"
		if err == nil && location.Hostname() != "" {
			where = "to " + location.Hostname()
		}
		return drop(say(model.SignInRefused, "signed out: the portal redirects "+where, advice))
	case code != http.StatusOK:
		return say(model.Broken, "an unexpected answer ("+status+")", "Refresh; if it stays, end the portal session.")
	case to != startPage && !isJSON(response.Header.Get("Content-Type")):
		return drop(say(model.SignInRefused, "signed out: the answer is a page rather than data", advice))
	}
	return nil
}

// suspectToken has the cookie XSRF-TOKEN renewed, unless that was done just now: the portal answers a wrong one with a
// fault, and faults of its own in the same way.
func (s *Session) suspectToken(o *open) {
	const justNow = 10 * time.Second
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(o.tokenAt) >= justNow || o.tokenAt.Equal(o.began) {
		o.tokenStale = true
	}
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || kind == "text/json" || strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json"))
}

const (
	// unsaidWait is how long a portal is left alone that asks for it without saying how long.
	unsaidWait = 30 * time.Second
	// longestWait is as long as anything that it says is believed.
	longestWait = time.Hour
)

// wait notes until when the portal wants to be left alone: as long as it says, else as long as is meant without that. It
// gives that time, which is zero when there is none.
func (s *Session) wait(h http.Header, unsaid time.Duration) time.Time {
	delay, said := retryAfter(h, s.now())
	if !said {
		delay = unsaid
	}
	if delay <= 0 {
		return time.Time{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retryAt = s.now().Add(min(delay, longestWait))
	return s.retryAt
}

// retryAfter reads the header Retry-After: seconds or a date, which is compared with the other end's clock.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	raw := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(raw, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, seconds > 0
	}
	at, err := http.ParseTime(raw)
	if err != nil {
		return 0, false
	}
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
		now = theirs
	}
	delay := at.Sub(now)
	return delay, delay > 0
}

// broken says why there was no answer. Nothing of the error is repeated: it may quote the other end.
func (s *Session) broken(ctx context.Context, o *open, doing string, err error) *model.Failure {
	var dns *net.DNSError
	var timeout net.Error
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	f := s.failure(doing, model.Unreachable, "the connection broke", "Check the network, and refresh.")
	switch {
	case o.ctx.Err() != nil:
		if _, ended := s.current(); ended != nil {
			return model.AsFailure(ended, model.Settings, doing)
		}
		f.Kind, f.Seen, f.Remedy = model.SignInRefused, "another portal session has begun", ""
	case errors.Is(err, context.Canceled):
		f.Kind, f.Seen, f.Remedy, f.Cause = model.Broken, "stopped before the answer came", "", context.Canceled
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		f.Kind, f.Seen, f.Remedy, f.Cause = model.TimedOut, "no answer within the time limit", "Check the network, and refresh.", context.DeadlineExceeded
	case errors.Is(err, errGate):
		f.Kind, f.Seen, f.Remedy = model.Untrusted, errGate.Error(), "Please report it."
	case errors.As(err, &verification), errors.As(err, &authority):
		f.Kind, f.Seen, f.Remedy = model.Untrusted, "the certificate of the portal is not trusted here", "Do not paste cookies in this network; for a lab, set ca_file under [signin]."
	case errors.As(err, &dns):
		f.Seen, f.Remedy = "the host name is not known", "Check the network and the DNS server."
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Seen, f.Remedy = "the connection was refused", "Check the network and the firewall."
	}
	return f
}

func (s *Session) failure(doing string, kind model.FailureKind, seen, remedy string) *model.Failure {
	return &model.Failure{Source: model.Settings, Kind: kind, Doing: doing + " at " + s.base.Host, Seen: seen, Remedy: remedy}
}

func (s *Session) expired() *model.Failure {
	return s.failure("keep the portal session", model.SignInRefused, fmt.Sprintf("it was dropped after %.0f minutes", s.life.Minutes()), advice)
}

func (s *Session) throttled(doing, seen string, retryAt time.Time) *model.Failure {
	f := s.failure(doing, model.Throttled, seen, "Wait a moment, then refresh; where no session has begun, begin it again.")
	f.RetryAt = retryAt
	return f
}

// drifted says that an answer is not in the form that adbadge knows.
func (s *Session) drifted(doing string, cause error) *model.Failure {
	return s.failure(doing, model.NotSupported, "the answer has another form than the known one: "+cause.Error(),
		"Microsoft may have changed this interface: look for a newer adbadge, or do without the portal session.")
}
