package entra_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/config"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

// answering is an API that answers whoever is signed in.
func answering(t *testing.T) *entratest.Server {
	t.Helper()
	var server *entratest.Server
	server = entratest.New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !server.Authorized(r) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		entratest.WriteJSON(w, item{7})
	}))
	return server
}

func get(t *testing.T, server *entratest.Server, o entra.Options) error {
	t.Helper()
	signIn, err := entra.New(o)
	if err != nil {
		return err
	}
	api, err := signIn.API(entra.APIOptions{Source: model.Identity, Name: "Microsoft Graph", BaseURL: server.URL, Scope: entratest.Scope})
	if err != nil {
		t.Fatal(err)
	}
	var into item
	err = api.Get(t.Context(), "/x", nil, &into)
	if err == nil && into.ID != 7 {
		t.Errorf("got %+v", into)
	}
	return err
}

func TestClientCertificate(t *testing.T) {
	server := answering(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "adbadge"}, NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	whole := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})...)
	file := filepath.Join(t.TempDir(), "app.pem")
	write := func(data []byte, mode os.FileMode) {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
	}
	o := server.Options()
	o.Config.Method, o.Config.CertificateFile, o.Secret = config.MethodClientCertificate, file, ""
	write(whole, 0o600)
	server.Assertion = func(assertion string) bool { return signedBy(assertion, &key.PublicKey) }
	if err := get(t, server, o); err != nil {
		t.Error(err)
	}
	write(whole, 0o644)
	if f := failureOf(t, get(t, server, o)); f.Kind != model.Misconfigured || !strings.Contains(f.Seen, "chmod 600") {
		t.Errorf("a file that others can read gives %v", f)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err = x509.MarshalPKCS8PrivateKey(other)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range [][]byte{nil, []byte("canary"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})} {
		write(broken, 0o600)
		if f := failureOf(t, get(t, server, o)); f.Kind != model.Misconfigured || strings.Contains(f.Error(), "canary") {
			t.Errorf("a broken file gives %v", f)
		}
	}
}

// signedBy reports whether an assertion is signed with a key (RFC 7515, with RSA and SHA-256).
func signedBy(assertion string, key *rsa.PublicKey) bool {
	at := strings.LastIndexByte(assertion, '.')
	if at < 0 {
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(assertion[at+1:])
	sum := sha256.Sum256([]byte(assertion[:at]))
	return err == nil && (rsa.VerifyPSS(key, crypto.SHA256, sum[:], signature, nil) == nil ||
		rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil)
}

func TestWorkloadIdentity(t *testing.T) {
	server := answering(t)
	server.Assertion = func(assertion string) bool { return assertion == "canary-federated" }
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("canary-federated"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AZURE_CLIENT_ID", "")
	t.Setenv("AZURE_FEDERATED_TOKEN_FILE", "")
	o := server.Options()
	o.Config.Method, o.Secret, o.Config.TokenFile = config.MethodWorkloadIdentity, "", file
	if err := get(t, server, o); err != nil {
		t.Error(err)
	}
	o.Config.ClientID, o.Config.TokenFile = "", ""
	if f := failureOf(t, get(t, server, o)); f.Kind != model.Misconfigured || !strings.Contains(f.Remedy, "AZURE_CLIENT_ID") {
		t.Errorf("without an application: %v", f)
	}
	t.Setenv("AZURE_CLIENT_ID", entratest.ClientID)
	if f := failureOf(t, get(t, server, o)); f.Kind != model.Misconfigured || !strings.Contains(f.Remedy, "AZURE_FEDERATED_TOKEN_FILE") {
		t.Errorf("without a file: %v", f)
	}
	t.Setenv("AZURE_FEDERATED_TOKEN_FILE", file)
	if err := get(t, server, o); err != nil {
		t.Errorf("from the environment: %v", err)
	}
	if err := os.WriteFile(file, []byte("canary-other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f := failureOf(t, get(t, server, o)); f.Kind != model.SignInRefused || strings.Contains(f.Error(), "canary") {
		t.Errorf("with another token: %v", f)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if f := failureOf(t, get(t, server, o)); f.Kind != model.SignInRefused || !strings.Contains(f.Seen, "no such file") {
		t.Errorf("without the file: %v", f)
	}
}

// TestManagedIdentity lets a server stand for the host's token service, in the form that App Service has.
func TestManagedIdentity(t *testing.T) {
	server := answering(t)
	var asked *http.Request
	status := http.StatusOK
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		w.WriteHeader(status)
		if status == http.StatusOK {
			entratest.WriteJSON(w, map[string]any{"access_token": server.Token(server.Tokens.Add(1)), "expires_on": time.Now().Add(time.Hour).Unix(),
				"resource": r.URL.Query().Get("resource"), "token_type": "Bearer"})
			return
		}
		entratest.WriteJSON(w, map[string]any{"error": "invalid_request", "error_description": "Identity not found. canary-header"})
	}))
	t.Cleanup(host.Close)
	t.Setenv("IDENTITY_ENDPOINT", host.URL)
	t.Setenv("IDENTITY_HEADER", "canary-header")
	for _, client := range []string{"", entratest.ClientID} {
		o := server.Options()
		o.Config.Method, o.Config.ClientID, o.Secret = config.MethodManagedIdentity, client, ""
		asked = nil
		if err := get(t, server, o); err != nil || asked == nil {
			t.Fatalf("identity %q: %v, asked %v", client, err, asked)
		}
		query := asked.URL.Query()
		if query.Get("client_id") != client || query.Get("resource") != "https://api.contoso.test" || asked.Header.Get("X-Identity-Header") == "" {
			t.Errorf("identity %q: asked for %s", client, asked.URL)
		}
	}
	status = http.StatusBadRequest
	o := server.Options()
	o.Config.Method, o.Config.ClientID, o.Secret = config.MethodManagedIdentity, "77777777-7777-4888-8999-aaaaaaaaaaaa", "canary-header"
	if f := failureOf(t, get(t, server, o)); f.Kind != model.SignInRefused || strings.Contains(f.Error(), "canary") || !strings.Contains(f.Seen, "Identity not found") {
		t.Errorf("an identity that does not exist: %v", f)
	}
	host.Close()
	o.Config.ClientID = "88888888-7777-4888-8999-aaaaaaaaaaaa"
	if f := failureOf(t, get(t, server, o)); f.Kind != model.Unreachable {
		t.Errorf("a host without the service: %v %v", f.Kind, f)
	}
}

// TestAzureCLI lets a program named az stand for the real one, which cannot run here.
func TestAzureCLI(t *testing.T) {
	server := answering(t)
	server.Tokens.Store(1)
	folder := t.TempDir()
	script := "#!/bin/sh\necho \"$@\" > '" + folder + "/asked'\n" +
		`echo '{"accessToken":"` + server.Token(1) + `","expires_on":4102444800,"expiresOn":"2100-01-01 00:00:00.000000","tenant":"x","tokenType":"Bearer"}'` + "\n"
	if err := os.WriteFile(filepath.Join(folder, "az"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	o := server.Options()
	o.Config.Method, o.Secret = config.MethodAzureCLI, ""
	if err := get(t, server, o); err != nil {
		t.Fatal(err)
	}
	asked, err := os.ReadFile(filepath.Join(folder, "asked"))
	if err != nil || !strings.Contains(string(asked), "https://api.contoso.test") || !strings.Contains(string(asked), entratest.TenantID) {
		t.Errorf("az was asked %q, %v", asked, err)
	}
	t.Setenv("PATH", t.TempDir())
	if f := failureOf(t, get(t, server, o)); f.Kind != model.SignInRefused || f.Remedy == "" {
		t.Errorf("without az: %v", f)
	}
}
