package cloud

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"adbadge/providers/lab/fault"
)

// deviceCodeLife is how long a person has to sign in, and the number of seconds between two polls.
const (
	deviceCodeLife     = 15 * time.Minute
	deviceCodeInterval = 1
)

// deviceAnswer is what the person said.
type deviceAnswer uint8

const (
	noAnswer deviceAnswer = iota
	approved
	declined
)

type deviceCode struct {
	user    string // what the person types
	scope   string
	expires time.Time
	answer  deviceAnswer
}

// maxDeviceCodes is how many sign-ins may wait at the same time.
const maxDeviceCodes = 100

// deviceCodes are the sign-ins that wait for a person. It is safe for concurrent use.
type deviceCodes struct {
	mu    sync.Mutex
	codes map[string]*deviceCode // by device code
}

func newDeviceCodes() *deviceCodes { return &deviceCodes{codes: map[string]*deviceCode{}} }

// begin notes a sign-in and gives its two codes.
func (d *deviceCodes) begin(scope string, now time.Time) (device, user string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, c := range d.codes {
		if now.After(c.expires) {
			delete(d.codes, id)
		}
	}
	if len(d.codes) >= maxDeviceCodes {
		return "", "", false
	}
	device, user = rand.Text(), rand.Text()[:9]
	d.codes[device] = &deviceCode{user: user, scope: scope, expires: now.Add(deviceCodeLife)}
	return device, user, true
}

// decide notes what the person said.
func (d *deviceCodes) decide(user string, answer deviceAnswer, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.codes {
		if strings.EqualFold(c.user, user) && now.Before(c.expires) && c.answer == noAnswer {
			c.answer = answer
			return true
		}
	}
	return false
}

// take gives the sign-in as it stands, and forgets it when it is over.
func (d *deviceCodes) take(device string) (deviceCode, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.codes[device]
	if !ok {
		return deviceCode{}, false
	}
	if c.answer != noAnswer {
		delete(d.codes, device)
	}
	return *c, true
}

// deviceCode answers with the codes of a new sign-in (RFC 8628, 3.2).
func (s *signIn) deviceCode(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil || r.PostForm.Get("client_id") != s.ClientID || !s.knows(r.PathValue("tenant")) {
		s.refuse(w, signInError{http.StatusBadRequest, "unauthorized_client", 700016, "The application was not found in the directory 'Contoso'."})
		return
	}
	device, user, ok := s.codes.begin(r.PostForm.Get("scope"), time.Now())
	if !ok {
		s.refuse(w, signInError{http.StatusTooManyRequests, "temporarily_unavailable", 90055, "Too many sign-ins wait."})
		return
	}
	page := s.self + "/devicelogin"
	writeJSON(w, http.StatusOK, map[string]any{
		"device_code": device, "user_code": user, "verification_uri": page,
		"expires_in": int(deviceCodeLife / time.Second), "interval": deviceCodeInterval,
		"message": fmt.Sprintf("To sign in, use a web browser to open the page %s and enter the code %s to authenticate.", page, user),
	})
}

// byDeviceCode answers a poll.
func (s *signIn) byDeviceCode(r *http.Request) (map[string]any, *signInError) {
	refuse := func(code string, number int, text string) (map[string]any, *signInError) {
		return nil, &signInError{http.StatusBadRequest, code, number, text}
	}
	c, ok := s.codes.take(r.PostForm.Get("device_code"))
	switch {
	case !ok:
		return refuse("bad_verification_code", 70000, "The device code is not known.")
	case time.Now().After(c.expires):
		return refuse("expired_token", 70020, "The device code has expired.")
	case c.answer == noAnswer:
		return refuse("authorization_pending", 70016, "The user has not finished signing in.")
	case c.answer == declined:
		return refuse("authorization_declined", 70004, "The user declined.")
	}
	return s.delegated(c.scope)
}

// byRefreshToken gives another token to an application that a person has signed in to.
func (s *signIn) byRefreshToken(r *http.Request) (map[string]any, *signInError) {
	c, err := s.mint.verify("Bearer "+r.PostForm.Get("refresh_token"), time.Now())
	if err != nil || c.Audience != s.self {
		return nil, &signInError{http.StatusBadRequest, "invalid_grant", 700082, "The refresh token is not valid."}
	}
	return s.delegated(r.PostForm.Get("scope"))
}

// The person who signs in at the lab.
const (
	personName = "Lab Analyst"
	personUPN  = "analyst@contoso.test"
)

// refreshLife is how long a refresh token lasts.
const refreshLife = 24 * time.Hour

// delegated gives tokens in the name of the lab's person.
func (s *signIn) delegated(scope string) (map[string]any, *signInError) {
	about, failed := s.resource(scope)
	if failed != nil {
		return nil, failed
	}
	c := s.claims(about)
	lent := about.scopes
	if lent == nil {
		lent = about.roles
	}
	lent = s.granted(about, lent)
	if s.Faults.Has(fault.NoPermission, targetOfAudience(about.audience)) {
		lent = []string{"profile"}
	}
	c.Scopes, c.Name, c.UPN = strings.Join(lent, " "), personName, personUPN
	answer, failed := s.grant(c)
	if failed != nil {
		return nil, failed
	}
	again := c
	again.Audience, again.Scopes, again.Expires = s.self, "", time.Now().Add(refreshLife).Unix()
	refresh, err := s.mint.sign(again)
	if err == nil {
		answer["refresh_token"] = refresh
	}
	identity, err := s.mint.sign(map[string]any{
		"aud": s.ClientID, "iss": c.Issuer, "iat": c.IssuedAt, "nbf": c.NotBefore, "exp": c.Expires, "ver": "2.0",
		"tid": s.id, "oid": c.ObjectID, "sub": c.Subject, "name": personName, "preferred_username": personUPN,
	})
	if err == nil {
		answer["id_token"] = identity
	}
	info, err := json.Marshal(map[string]string{"uid": c.ObjectID, "utid": s.id})
	if err == nil {
		answer["client_info"] = raw.EncodeToString(info)
	}
	answer["scope"] = scope
	return answer, nil
}

// deviceLogin is the page where a person enters the code.
func (s *signIn) deviceLogin(w http.ResponseWriter, r *http.Request) {
	view := loginView{}
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		answer := approved
		if r.PostFormValue("answer") == "decline" {
			answer = declined
		}
		switch {
		case !s.codes.decide(r.PostFormValue("code"), answer, time.Now()):
			view.Message = "That code is not waiting. Check it, or start again."
		case answer == declined:
			view.Message, view.Done = "You have declined. You may close this page.", true
		default:
			view.Message, view.Done = "You have signed in. You may close this page.", true
		}
	}
	render(w, http.StatusOK, "login", view)
}
