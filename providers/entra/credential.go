package entra

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/model/text"
)

// DeviceCode is what a person needs to finish a device code sign-in on any device.
type DeviceCode struct {
	Code    text.Line
	URL     string    // https
	Message text.Line // the sign-in service's own words
}

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

// newCredential makes the credential that the configuration asks for.
func newCredential(o Options, t *transport) (azcore.TokenCredential, error) {
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
	credential, err := credentialFor(o, client, custom)
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

func credentialFor(o Options, client policy.ClientOptions, custom bool) (azcore.TokenCredential, error) {
	switch o.Config.Method {
	case config.MethodClientSecret:
		if o.Secret == "" {
			return nil, misconfigured(fmt.Errorf("no client secret was given"), "Name an environment variable or a file with it under [signin].")
		}
		return azidentity.NewClientSecretCredential(o.TenantID, o.Config.ClientID, o.Secret,
			&azidentity.ClientSecretCredentialOptions{ClientOptions: client, DisableInstanceDiscovery: custom})
	case config.MethodClientCertificate:
		return certificateCredential(o, client, custom)
	case config.MethodAzureCLI:
		return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: o.TenantID})
	case config.MethodDeviceCode:
		if o.Prompt == nil {
			return nil, misconfigured(fmt.Errorf("a device code cannot be shown here"), "Run a command that can ask, or choose another sign-in method.")
		}
		return azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
			ClientOptions: client, ClientID: o.Config.ClientID, TenantID: o.TenantID, DisableInstanceDiscovery: custom,
			UserPrompt: func(ctx context.Context, m azidentity.DeviceCodeMessage) error { return prompt(ctx, o, m) },
		})
	case config.MethodNone, "":
		return nil, misconfigured(fmt.Errorf("no sign-in method is configured"), "Set method under [signin].")
	}
	return nil, misconfigured(fmt.Errorf("there is no sign-in method %q", o.Config.Method), "Set method under [signin].")
}

// prompt shows a device code. A page that is not https is not shown: a person would type the code there.
func prompt(ctx context.Context, o Options, m azidentity.DeviceCodeMessage) error {
	page, err := url.Parse(m.VerificationURL)
	if err != nil || page.Scheme != "https" || page.Host == "" {
		return fmt.Errorf("the sign-in service named a page that is not https")
	}
	return o.Prompt(ctx, DeviceCode{Code: text.CleanMax(m.UserCode, 64), URL: page.String(), Message: text.Clean(m.Message)})
}

func certificateCredential(o Options, client policy.ClientOptions, custom bool) (azcore.TokenCredential, error) {
	data, err := readCertificate(o.Config.CertificateFile)
	if err != nil {
		return nil, misconfigured(fmt.Errorf("read the certificate: %w", err), "Check certificate_file under [signin].")
	}
	certificates, key, err := azidentity.ParseCertificates(data, []byte(o.Secret))
	if err != nil {
		// The reason may quote the file; it is not repeated.
		return nil, misconfigured(fmt.Errorf("%s holds no certificate with its key, or the password is wrong", filepath.Base(o.Config.CertificateFile)),
			"It must hold both, as PEM or PKCS #12.")
	}
	return azidentity.NewClientCertificateCredential(o.TenantID, o.Config.ClientID, certificates, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: client, DisableInstanceDiscovery: custom, SendCertificateChain: true})
}

// maxCertificate bounds the certificate file, in bytes.
const maxCertificate = 1 << 20

// readCertificate reads a file that holds a private key, which nobody else may be able to read.
func readCertificate(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is refused below rather than waited for
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	case info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/':
		return nil, fmt.Errorf("others can read %s (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), path)
	case info.Size() > maxCertificate:
		return nil, fmt.Errorf("%s is too large for a certificate", path)
	}
	return io.ReadAll(io.LimitReader(file, maxCertificate))
}

// misconfigured is a failure of the sign-in's settings. The sign-in serves several sources; endpoint stands for them
// until a request names its own.
func misconfigured(err error, remedy string) *model.Failure {
	return &model.Failure{Source: model.Endpoint, Kind: model.Misconfigured, Doing: "set up the sign-in",
		Seen: strings.TrimSuffix(text.CleanMax(err.Error(), maxSeen).String(), "."), Remedy: remedy, Cause: err}
}
