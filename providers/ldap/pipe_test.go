//go:build unix

package ldap

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe in place of the file must not be waited for: nobody writes into it.
func TestDumpIsNoPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dump.ldif")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := OpenLDIF(path)
	if err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v, want a refusal", err)
	}
}
