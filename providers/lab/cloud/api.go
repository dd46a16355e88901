package cloud

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"adbadge/providers/lab/fault"
)

// api is what the Defender for Endpoint API, Microsoft Graph and the portals' settings have in common: who may ask,
// how often, and what goes wrong on request.
type api struct {
	*tenant
	self      string // URL of the server
	target    fault.Target
	audiences []string
	mux       *http.ServeMux
	// body gives an error in the vendor's form, contentType what JSON is called.
	body        func(f *failure, id string, now time.Time) []byte
	contentType string
	// wrongAudience is the answer to a token for another resource: 403 here, 401 there.
	wrongAudience failure
}

// request is one call, signed in.
type request struct {
	*http.Request
	*api
	by *claims
	id string
}

// handler answers a request, or gives an error: a *failure, or any other for status 500.
type handler func(w http.ResponseWriter, r *request) error

// handle registers a handler. The caller needs one of the permissions, if any are named.
func (a *api) handle(pattern string, h handler, limits *limiter, permissions ...string) {
	a.mux.HandleFunc(pattern, func(w http.ResponseWriter, hr *http.Request) {
		r := &request{Request: hr, api: a, id: newID()}
		w.Header().Set("Date", a.Now().UTC().Format(http.TimeFormat)) // the lab's clock, by which everything in it happens
		w.Header().Set("request-id", r.id)
		w.Header().Set("client-request-id", r.id)
		if err := a.answer(w, r, h, limits, permissions); err != nil {
			a.refuse(w, r, err)
		}
	})
}

func (a *api) answer(w http.ResponseWriter, r *request, h handler, limits *limiter, permissions []string) error {
	if d := a.Faults.Delay(fault.Slow, a.target); d > 0 {
		if err := wait(r.Context(), d); err != nil {
			return err
		}
	}
	if a.Faults.Take(fault.ServerError, a.target) {
		return fail(http.StatusServiceUnavailable, "ServiceUnavailable", "The service is temporarily unavailable. Please retry later.")
	}
	if err := a.admit(r, permissions); err != nil {
		return err
	}
	if a.Faults.Take(fault.Throttle, a.target) {
		return tooMany(2 * time.Second)
	}
	if limits != nil {
		if retryAfter, ok := limits.take(); !ok {
			return tooMany(retryAfter)
		}
	}
	return h(w, r)
}

func tooMany(retryAfter time.Duration) *failure {
	return &failure{status: http.StatusTooManyRequests, code: "TooManyRequests", retryAfter: retryAfter,
		message: "Too many requests. Retry after the interval in the Retry-After header."}
}

// admit checks the token.
func (a *api) admit(r *request, permissions []string) error {
	by, err := a.mint.verify(r.Header.Get("Authorization"), time.Now())
	if err != nil {
		f := fail(http.StatusUnauthorized, a.unauthorizedCode(), "%s", err)
		f.authenticate = `Bearer realm="", authorization_uri="` + "https://login.microsoftonline.com/common/oauth2/authorize" + `", error="invalid_token", error_description="` + err.Error() + `"`
		return f
	}
	if !slices.Contains(a.audiences, by.Audience) {
		f := a.wrongAudience
		return &f
	}
	r.by = by
	if a.Faults.Has(fault.NoPermission, a.target) || !by.permits(permissions) {
		return fail(http.StatusForbidden, "Forbidden", "The application does not have any of the required application permissions (%s).", strings.Join(permissions, ", "))
	}
	return nil
}

// unauthorizedCode is the code of status 401, which the two vendors' services name differently.
func (a *api) unauthorizedCode() string {
	if a.target == fault.Graph {
		return "InvalidAuthenticationToken"
	}
	return "Unauthorized"
}

// refuse answers with an error.
func (a *api) refuse(w http.ResponseWriter, r *request, err error) {
	if r.Context().Err() != nil {
		return // nobody listens any more
	}
	f, ok := errors.AsType[*failure](err)
	if !ok {
		f = fail(http.StatusInternalServerError, "InternalServerError", "%s", err)
	}
	f.headers(w.Header())
	send(w, r, f.status, a.body(f, r.id, time.Now()))
}

// maxBody is how much a request may bring, in bytes.
const maxBody = 1 << 20

// decode reads the JSON object that a request brings.
func decode(r *request, into any) error {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(raw) > maxBody {
		return fail(http.StatusBadRequest, "InvalidRequestBody", "Request body is incorrect")
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fail(http.StatusBadRequest, "InvalidRequestBody", "Request body is incorrect")
	}
	return nil
}
