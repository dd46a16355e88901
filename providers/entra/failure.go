package entra

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

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
	if method == http.MethodPatch {
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

// describeNetwork words what went wrong on the way or with the form of the answer.
func (a *API) describeNetwork(f *model.Failure, err error) {
	f.Cause = err
	var page *webPage
	var away *redirected
	var syntax *json.SyntaxError
	var odd *json.UnmarshalTypeError
	var dns *net.DNSError
	switch {
	case errors.Is(err, context.Canceled):
		f.Kind, f.Seen, f.Remedy = model.Broken, "stopped before the answer came", ""
	case errors.As(err, &away):
		f.Kind, f.Seen, f.Remedy = model.Untrusted, "the server redirects to "+text.CleanMax(away.host, 100).String()+", which was not followed", "Configure the address that answers itself."
	case isUntrusted(err):
		f.Kind, f.Seen, f.Remedy = model.Untrusted, certificateProblem(err), "Set ca_file under [signin] to the certificate authority to trust, or correct the address."
	case errors.As(err, &page):
		f.Kind, f.Seen, f.Remedy = model.Broken, page.Error(), "Check the address, and whether a proxy asks for a sign-in."
	case errors.As(err, &dns) && !dns.IsTimeout:
		f.Kind, f.Seen, f.Remedy = model.Unreachable, "the host name is not known", "Check the address and the DNS server."
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Kind, f.Seen, f.Remedy = model.Unreachable, "the connection was refused", "Check the address and the firewall."
	case isTimeout(err):
		f.Kind, f.Seen, f.Remedy = model.TimedOut, "no answer within the time limit", "Check the network, or raise the time limit."
	case errors.Is(err, errTooLarge), errors.Is(err, errTooDeep), errors.Is(err, errTruncated), errors.Is(err, errNotJSON), errors.Is(err, errEmptyAnswer):
		f.Kind, f.Seen, f.Remedy = model.Broken, plainCause(err), "Refresh; if it stays, the service or a proxy on the way has a fault."
	case errors.As(err, &syntax), errors.As(err, &odd):
		f.Kind, f.Seen, f.Remedy = model.Broken, "the answer is not in the form that is documented", "Refresh; if it stays, please report it."
		f.Cause = nil // it may quote the answer
	case isConnection(err):
		f.Kind, f.Seen, f.Remedy = model.Unreachable, "the connection broke: "+a.clean(innermost(err).Error()), "Check the network, the address and the proxy."
	default:
		f.Kind, f.Seen, f.Remedy = model.Broken, a.clean(innermost(err).Error()), "Refresh; if it stays, please report it."
	}
}

// clean makes the words of others fit to be shown.
func (a *API) clean(s string) string {
	return text.CleanMax(a.signIn.tokens.redact(s), maxSeen).String()
}

// isHopeless reports whether another try would fail in the same way. An address that never answered is most likely
// wrong; one that did has a bad moment.
func isHopeless(err error, answered bool) bool {
	if isUntrusted(err) {
		return true
	}
	var op *net.OpError
	return !answered && errors.As(err, &op) && op.Op == "dial"
}

func isUntrusted(err error) bool {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) || errors.As(err, &verification) || errors.As(err, &record)
}

// certificateProblem says what is wrong with the other end's certificate.
func certificateProblem(err error) string {
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &host):
		return "the certificate is for another name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has expired or is not valid yet"
	case errors.As(err, &invalid):
		return "the certificate may not be used for this"
	case errors.As(err, &record):
		return "the server does not speak TLS"
	}
	return "the certificate is signed by an authority that is not trusted here"
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errStalled) || errors.As(err, &timeout) && timeout.Timeout()
}

func isConnection(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// plainCause gives the text of the error that is one of ours.
func plainCause(err error) string {
	for _, known := range []error{errTooLarge, errTooDeep, errTruncated, errNotJSON, errEmptyAnswer} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return err.Error()
}

// innermost gives the error at the bottom, whose text names no URL.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
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
	wanted := strings.Join(a.purpose.Permissions, " or ")
	held, known := a.signIn.tokens.of(a.Scope)
	f.Kind = model.PermissionMissing
	switch {
	case s.Name == "DisabledFeature" || s.Name == "DisallowedOperation":
		f.Kind, f.Remedy = model.LicenceAbsent, "The service says that the tenant does not have this feature; check its licences."
	case (!known || held.holdsAny(a.purpose.Permissions)) && strings.Contains(strings.ToLower(s.Message), "licens"):
		// No code tells this apart; the service's words do, once a missing permission is ruled out.
		f.Kind, f.Remedy = model.LicenceAbsent, "The service says that the tenant has no licence for it; check its licences."
	case wanted == "":
		f.Remedy = "Grant the permission to the app or account that signs in, with admin consent."
	case known && held.holdsAny(a.purpose.Permissions):
		f.Seen += fmt.Sprintf("; the token has the permission but is for %s", a.clean(held.Audience))
		f.Remedy = "Check scope in the configuration, the licence, and the role of the account in Defender."
	case known:
		f.Seen += "; the token has no " + wanted
		f.Remedy = fmt.Sprintf("Grant %s of %s to the app, with admin consent.", a.purpose.Permissions[0], a.Name)
	default:
		f.Remedy = fmt.Sprintf("Grant %s of %s, with admin consent.", wanted, a.Name)
	}
}

// describeSignIn words why no token came. The libraries report the network's errors as text only, so that the note
// is asked for the real one.
func (a *API) describeSignIn(f *model.Failure, n *note, refused *refusedSignIn) {
	f.Doing = "sign in to Entra ID, to " + strings.TrimPrefix(f.Doing, "ask ")
	if a.purpose.Doing == "" {
		f.Doing = "sign in to Entra ID for " + a.Name
	}
	failed, ok := errors.AsType[*azidentity.AuthenticationFailedError](refused.cause)
	if ok && failed.RawResponse != nil {
		a.describeTokenAnswer(f, failed.RawResponse)
		return
	}
	if n.failed != nil {
		a.describeNetwork(f, n.failed)
		return
	}
	f.Kind, f.Seen, f.Remedy = model.SignInRefused, a.clean(refused.cause.Error()), "Check the settings under [signin]."
	if errors.Is(refused.cause, context.DeadlineExceeded) {
		f.Kind, f.Seen, f.Remedy = model.TimedOut, "no token within the time limit", "Sign in again, and sooner."
	}
}

// signInCode is the number that Entra ID gives to each reason ("Microsoft Entra authentication and authorization
// error codes").
var signInCode = regexp.MustCompile(`AADSTS[0-9]{4,9}`)

// describeTokenAnswer reads the error of a token endpoint.
func (a *API) describeTokenAnswer(f *model.Failure, response *http.Response) {
	raw, _ := runtime.Payload(response) // what of it could be read is enough
	var body struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if checkShape(raw) == nil {
		_ = json.Unmarshal(raw, &body) // the members that fit are filled in
	}
	first, _, _ := strings.Cut(body.Description, "\n")
	first, _, _ = strings.Cut(first, " Trace ID:")
	first, _, _ = strings.Cut(first, ". ") // what follows is advice at length
	f.Seen = strings.TrimRight(a.clean(first), ". \u240d")
	if f.Seen == "" {
		f.Seen = strings.TrimRight(fmt.Sprintf("%d %s, %s", response.StatusCode, http.StatusText(response.StatusCode), a.clean(body.Error)), ", ")
	}
	f.Kind = model.SignInRefused
	switch code := signInCode.FindString(body.Description); code {
	case "AADSTS7000215":
		f.Remedy = "The client secret is wrong: use its value, not its id."
	case "AADSTS7000222":
		f.Remedy = "The client secret has expired: make a new one in the app registration."
	case "AADSTS700027", "AADSTS7000214":
		f.Remedy = "The certificate is not the one of the app registration."
	case "AADSTS700016":
		f.Remedy = "Check client_id and tenant.id: the tenant has no such app."
	case "AADSTS90002", "AADSTS900023":
		f.Remedy = "Check tenant.id: there is no such tenant in this cloud."
	case "AADSTS65001":
		f.Remedy = "Give the app admin consent."
	case "AADSTS500011":
		f.Kind, f.Remedy = model.LicenceAbsent, fmt.Sprintf("The tenant does not have %s, or scope is wrong.", a.Name)
	default:
		f.Remedy = "Check the settings under [signin], and whether the secret or certificate has expired."
	}
	switch {
	case response.StatusCode == http.StatusTooManyRequests:
		f.Kind, f.Remedy = model.Throttled, "Wait; adbadge asks again by itself."
		if wait, ok := retryAfter(response.Header); ok {
			f.RetryAt = time.Now().Add(wait)
		}
	case response.StatusCode >= http.StatusInternalServerError:
		f.Kind, f.Remedy = model.Broken, "The sign-in service has a fault. Wait; adbadge asks again by itself."
	}
}
