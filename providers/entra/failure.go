package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"adbadge/model"
	"adbadge/model/text"
)

// maxSeen is how much of what the other end wrote is shown, in characters.
const maxSeen = 300

// failure begins a failure of the API's current purpose.
func (a *API) failure(method string) *model.Failure {
	doing, from := a.purpose.Doing, "from"
	if doing == "" {
		doing = "ask " + a.Name
	}
	if a.changes(method) {
		from = "at"
	}
	return &model.Failure{Source: a.Source, Doing: doing + " " + from + " " + a.base.Host}
}

// failed turns an error without an answer of the API into a failure.
func (a *API) failed(method string, n *note, err error) error {
	f := a.failure(method)
	if refused, ok := errors.AsType[*refusedSignIn](err); ok && !errors.Is(err, context.Canceled) {
		a.describeSignIn(f, n, refused)
		return f
	}
	a.describeNetwork(f, err)
	return f
}

// clean makes the words of others fit to be shown.
func (a *API) clean(s string) string {
	return text.CleanMax(a.signIn.tokens.redact(s), maxSeen).String()
}

// statusBody is the form of errors of both APIs: Graph's has innerError, Defender for Endpoint's a target.
type statusBody struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Target  string `json:"target"`
		Inner   struct {
			RequestID string `json:"request-id"`
		} `json:"innerError"` // "innererror" occurs as well; the decoder takes either
	} `json:"error"`
}

// refused turns an answer with an error status into a failure.
func (a *API) refused(method string, n *note, response *http.Response) error {
	raw, _ := runtime.Payload(response) // what of it could be read is enough
	var body statusBody
	if checkShape(raw) == nil {
		_ = json.Unmarshal(raw, &body) // the members that fit are filled in
	}
	status := &Status{Code: response.StatusCode, Name: a.clean(body.Error.Code), Message: a.clean(body.Error.Message)}
	f := a.failure(method)
	f.Cause, f.Seen = status, describeStatus(status)
	if id := body.Error.Target + body.Error.Inner.RequestID; trackingID.MatchString(id) {
		f.Seen += " (request " + id + ")"
	}
	a.describeRefusal(f, n, status)
	return f
}

// trackingID is the form of the ids that the vendor's support asks for.
var trackingID = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// describeStatus gives "403 Forbidden, MissingRole: words of the service".
func describeStatus(s *Status) string {
	line := fmt.Sprintf("%d %s", s.Code, http.StatusText(s.Code))
	if s.Name != "" && s.Name != strings.ReplaceAll(http.StatusText(s.Code), " ", "") {
		line += ", " + s.Name
	}
	if s.Message != "" {
		line += ": " + strings.TrimRight(s.Message, ". ")
	}
	return line
}

// describeRefusal says what an error status means and what can be done about it.
func (a *API) describeRefusal(f *model.Failure, n *note, s *Status) {
	switch {
	case s.Code == http.StatusUnauthorized:
		f.Kind, f.Remedy = model.SignInRefused, "Check the tenant, the scope and this computer's clock; then sign in again."
	case s.Code == http.StatusForbidden:
		a.describeForbidden(f, s)
	case s.Code == http.StatusNotFound:
		f.Kind, f.Remedy = model.NotSupported, "Check the address: this server does not have it."
	case s.Code == http.StatusTooManyRequests:
		f.Kind, f.Remedy, f.RetryAt = model.Throttled, "Wait; adbadge asks again by itself.", n.retryAt
		if n.gaveUp {
			f.Remedy = "Wait until " + n.retryAt.Local().Format("15:04") + "; adbadge asks again by itself."
		}
	case s.Code == http.StatusRequestTimeout || s.Code == http.StatusGatewayTimeout:
		f.Kind, f.Remedy = model.TimedOut, "Wait; adbadge asks again by itself."
	case s.Code >= http.StatusInternalServerError:
		f.Kind, f.Remedy, f.RetryAt = model.Broken, "The service has a fault. Wait; adbadge asks again by itself.", n.retryAt
	default:
		f.Kind, f.Remedy = model.Broken, "Refresh; if it stays, please report it."
	}
}

// describeForbidden tells a missing permission from a token for another resource and from a missing licence.
func (a *API) describeForbidden(f *model.Failure, s *Status) {
	held, wanted := a.signIn.tokens.of(a.Scope).claims, a.purpose.Feature
	_, permitted := held.permits(wanted)
	f.Kind = model.PermissionMissing
	switch {
	case s.Name == "DisabledFeature" || s.Name == "DisallowedOperation":
		f.Kind, f.Remedy = model.LicenceAbsent, "The service says that the tenant does not have this feature; check its licences."
	case permitted && strings.Contains(strings.ToLower(s.Message), "licens"):
		// No code tells this apart; the service's words do, once a missing permission is ruled out.
		f.Kind, f.Remedy = model.LicenceAbsent, "The service says that the tenant has no licence for it; check its licences."
	case wanted == NoFeature:
		f.Remedy = "Grant the permission to the app or account that signs in, with admin consent."
	case held.readable && permitted:
		f.Seen += fmt.Sprintf("; the token has the permission but is for %s", a.clean(held.Audience))
		f.Remedy = "Check scope in the configuration, the licence, and the role of the account in Defender."
	default:
		a.adviseGrant(f, held)
	}
}
