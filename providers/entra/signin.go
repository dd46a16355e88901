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

	"adbadge/model"
)

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
