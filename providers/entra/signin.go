package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	msal "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"

	"adbadge/model"
)

// describeSignIn words why no token came. The libraries report the network's errors as text only, so that the note
// is asked for the real one.
func (a *API) describeSignIn(f *model.Failure, n *note, refused *refusedSignIn) {
	f.Doing = "sign in to Entra ID, to " + strings.TrimPrefix(f.Doing, "ask ")
	if a.purpose.Doing == "" {
		f.Doing = "sign in to Entra ID for " + a.Name
	}
	if ours, ok := errors.AsType[*model.Failure](refused.cause); ok {
		f.Kind, f.Seen, f.Remedy, f.Cause = ours.Kind, ours.Seen, ours.Remedy, ours.Cause
		return
	}
	if response, body := answerOf(refused.cause); response != nil {
		a.describeTokenAnswer(f, response, body)
		return
	}
	switch {
	case n.failed != nil:
		a.describeNetwork(f, n.failed)
	case isConnection(refused.cause) || isUntrusted(refused.cause) || errors.Is(refused.cause, errStalled):
		a.describeNetwork(f, refused.cause)
	case errors.Is(refused.cause, context.DeadlineExceeded):
		f.Kind, f.Seen, f.Remedy = model.TimedOut, "no token within the time limit", "Sign in again, and sooner."
	default:
		f.Kind, f.Seen, f.Remedy = model.SignInRefused, a.clean(withoutAnswer(refused.cause)), "Check the settings under [signin]."
	}
}

// answerOf gives the answer of the token service that an error stands for, or nil.
func answerOf(err error) (response *http.Response, body []byte) {
	if failed, ok := errors.AsType[*azidentity.AuthenticationFailedError](err); ok && failed.RawResponse != nil {
		body, _ = runtime.Payload(failed.RawResponse) // what of it could be read is enough
		return failed.RawResponse, body
	}
	if call, ok := errors.AsType[msal.CallErr](err); ok {
		// The library reads the body, which then is left in the text only.
		_, words, _ := strings.Cut(call.Err.Error(), ":\n")
		return call.Resp, []byte(words)
	}
	return nil, nil
}

// withoutAnswer gives the text of an error without the answer that the libraries quote when they cannot read it: it may
// hold tokens of a form that nobody knows.
func withoutAnswer(err error) string {
	if _, odd := errors.AsType[msal.InvalidJsonErr](err); odd {
		return "the answer of the token service is not in the form that is documented"
	}
	words, _, _ := strings.Cut(err.Error(), "\nraw message was:")
	return words
}

// signInCode is the number that Entra ID gives to each reason ("Microsoft Entra authentication and authorization
// error codes").
var signInCode = regexp.MustCompile(`AADSTS[0-9]{4,9}`)

// noConsent is the number for permissions that nobody has consented to.
const noConsent = "AADSTS65001"

// tokenRefusal is the form in which a token service says no (RFC 6749, 5.2).
type tokenRefusal struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func readRefusal(raw []byte) (r tokenRefusal) {
	if checkShape(raw) == nil {
		_ = json.Unmarshal(raw, &r) // the members that fit are filled in
	}
	return r
}

// describeTokenAnswer says what the error of a token endpoint means and what can be done about it.
func (a *API) describeTokenAnswer(f *model.Failure, response *http.Response, raw []byte) {
	body := readRefusal(raw)
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
	case noConsent:
		f.Remedy, f.Link = "Give the app admin consent.", a.signIn.ConsentLink()
	case "AADSTS500011":
		f.Kind, f.Remedy = model.LicenceAbsent, fmt.Sprintf("The tenant does not have %s, or scope is wrong.", a.Name)
	case "AADSTS53003", "AADSTS530036":
		f.Remedy = "A conditional access policy refuses this way to sign in: ask who keeps it, or choose another method."
	case "AADSTS50105":
		f.Remedy = "Assign the account to the app, under its enterprise application."
	default:
		f.Remedy = a.remedyOf(body.Error)
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

// remedyOf is for refusals without a known number.
func (a *API) remedyOf(word string) string {
	switch word {
	case "authorization_declined", "access_denied":
		return "Sign in again, and approve."
	case "expired_token", "code_expired":
		return "Sign in again, and sooner."
	}
	if a.signIn.person != nil {
		return "Sign in again with: adbadge login"
	}
	return "Check the settings under [signin], and whether the secret or certificate has expired."
}
