package authority

import (
	"crypto/x509"
	"testing"
)

func TestCertificateIsForThisMachineOnly(t *testing.T) {
	a, err := New()
	if err != nil {
		t.Fatal(err)
	}
	issued, err := a.Issue()
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(issued.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for host, good := range map[string]bool{"127.0.0.1": true, "::1": true, "localhost": true, "127.0.0.2": false, "login.microsoftonline.com": false} {
		_, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: a.Roots()})
		if (err == nil) != good {
			t.Errorf("%s: %v", host, err)
		}
	}
	other, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{DNSName: "localhost", Roots: other.Roots()}); err == nil {
		t.Error("another lab's authority is trusted")
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(a.PEM()) || !pool.Equal(a.Roots()) {
		t.Error("the PEM does not hold the authority")
	}
}
