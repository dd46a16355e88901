package entra

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/managedidentity"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/text"
)

// publicAuthorities are the token services that Entra ID's own directory of authorities knows. Every other one is
// taken as configured, without asking that directory.
var publicAuthorities = map[string]bool{
	"login.microsoftonline.com":          true,
	"login.microsoftonline.us":           true,
	"login.partner.microsoftonline.cn":   true,
	"login.chinacloudapi.cn":             true,
	"login.windows.net":                  true,
	"login-us.microsoftonline.com":       true,
	"login.usgovcloudapi.net":            true,
	"login.microsoftonline.microsoft.us": true,
}

// The environment in which a platform runs a workload identity, as azidentity documents it.
const (
	clientIDVariable  = "AZURE_CLIENT_ID"
	tokenFileVariable = "AZURE_FEDERATED_TOKEN_FILE"
)

// newCredential makes the credential that the configuration asks for.
func newCredential(o Options, t *transport, seen *tokens) (azcore.TokenCredential, error) {
	authority, err := parseBase(o.Authority)
	if err != nil {
		return nil, misconfigured(fmt.Errorf("the sign-in authority: %w", err), "Set authority under [signin], or leave it empty.")
	}
	client := policy.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: authority.String() + "/"},
		Transport: t,
		Retry:     policy.RetryOptions{MaxRetries: 2, RetryDelay: 500 * time.Millisecond, MaxRetryDelay: 20 * time.Second, ShouldRetry: signInRetries},
		Telemetry: policy.TelemetryOptions{ApplicationID: "adbadge"},
	}
	custom := !publicAuthorities[authority.Hostname()]
	credential, err := credentialFor(o, client, custom, seen)
	if err != nil {
		if f, ok := err.(*model.Failure); ok {
			return nil, f
		}
		return nil, misconfigured(err, "Check tenant.id and client_id in the configuration.")
	}
	return credential, nil
}

// signInRetries says which requests of a sign-in are tried again.
func signInRetries(response *http.Response, err error) bool {
	if err != nil {
		return !isHopeless(err, false)
	}
	return response.StatusCode == http.StatusTooManyRequests || response.StatusCode >= http.StatusInternalServerError
}

func credentialFor(o Options, client policy.ClientOptions, custom bool, seen *tokens) (azcore.TokenCredential, error) {
	switch o.Config.Method {
	case config.MethodClientSecret:
		if o.Secret == "" {
			return nil, misconfigured(fmt.Errorf("no client secret was given"), "Name an environment variable or a file with it under [signin].")
		}
		return azidentity.NewClientSecretCredential(o.TenantID, o.Config.ClientID, o.Secret,
			&azidentity.ClientSecretCredentialOptions{ClientOptions: client, DisableInstanceDiscovery: custom})
	case config.MethodClientCertificate:
		return certificateCredential(o, client, custom)
	case config.MethodWorkloadIdentity:
		return workloadCredential(o, client, custom)
	case config.MethodManagedIdentity:
		return managedCredential(o, client)
	case config.MethodAzureCLI:
		return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: o.TenantID})
	case config.MethodDeviceCode, config.MethodInteractiveBrowser:
		return newPerson(o, client, custom, seen)
	case config.MethodNone, "":
		return nil, misconfigured(fmt.Errorf("no sign-in method is configured"), "Set method under [signin].")
	}
	return nil, misconfigured(fmt.Errorf("there is no sign-in method %q", o.Config.Method), "Set method under [signin].")
}

// workloadCredential trades a token that the platform writes into a file. The file is read anew when its token ends.
func workloadCredential(o Options, client policy.ClientOptions, custom bool) (azcore.TokenCredential, error) {
	switch {
	case o.Config.ClientID == "" && os.Getenv(clientIDVariable) == "":
		return nil, misconfigured(fmt.Errorf("no application is named"), "Set client_id under [signin], or the variable "+clientIDVariable+".")
	case o.Config.TokenFile == "" && os.Getenv(tokenFileVariable) == "":
		return nil, misconfigured(fmt.Errorf("no file with a token is named"), "Set token_file under [signin], or the variable "+tokenFileVariable+".")
	}
	return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: client, TenantID: o.TenantID, ClientID: o.Config.ClientID, TokenFilePath: o.Config.TokenFile,
		DisableInstanceDiscovery: custom,
	})
}

// managedCredential asks the host that adbadge runs on. Its service has an address that means something on this host
// only, so that no proxy may be asked for it.
func managedCredential(o Options, client policy.ClientOptions) (azcore.TokenCredential, error) {
	local := newTransport(o.Roots, o.Config.Timeout)
	local.bypassProxy()
	client.Transport, client.Retry.ShouldRetry = local, managedRetries
	if source, err := managedidentity.GetSource(); err == nil && source == managedidentity.ServiceFabric {
		client.Transport = local.client // its certificate is pinned by the library, which does that for this type only
	}
	var id azidentity.ManagedIDKind // nil: the system's
	if o.Config.ClientID != "" {
		id = azidentity.ClientID(o.Config.ClientID)
	}
	return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ClientOptions: client, ID: id})
}

// managedRetries is signInRetries with the answers of a service that is being updated ("How to use managed identities on
// an Azure VM", section "Error handling").
func managedRetries(response *http.Response, err error) bool {
	return signInRetries(response, err) ||
		err == nil && (response.StatusCode == http.StatusNotFound || response.StatusCode == http.StatusGone)
}

// misconfigured is a failure of the sign-in's settings. The sign-in serves several sources; endpoint stands for them
// until a request names its own.
func misconfigured(err error, remedy string) *model.Failure {
	return &model.Failure{Source: model.Endpoint, Kind: model.Misconfigured, Doing: "set up the sign-in",
		Seen: strings.TrimSuffix(text.CleanMax(err.Error(), maxSeen).String(), "."), Remedy: remedy, Cause: err}
}
