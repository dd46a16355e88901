package entra_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
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

func TestDeviceCode(t *testing.T) {
	server := answering(t)
	server.Page = "https://microsoft.com/devicelogin"
	server.Pending.Store(1)
	var shown []entra.DeviceCode
	o := server.Options()
	o.Config.Method, o.Secret = config.MethodDeviceCode, ""
	o.Prompt = func(_ context.Context, code entra.DeviceCode) error { shown = append(shown, code); return nil }
	if err := get(t, server, o); err != nil {
		t.Fatal(err)
	}
	want := entra.DeviceCode{Code: "ABCD-EFGH", URL: "https://microsoft.com/devicelogin", Message: "Type it in."}
	if len(shown) != 1 || shown[0] != want {
		t.Errorf("shown %+v, want %+v", shown, want)
	}
	server.Page = "http://evil.example/devicelogin"
	f := failureOf(t, get(t, server, o))
	if f.Kind != model.SignInRefused || !strings.Contains(f.Seen, "not https") || len(shown) != 1 {
		t.Errorf("failure is %v, shown %+v", f, shown)
	}
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
