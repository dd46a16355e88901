package entra

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

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
