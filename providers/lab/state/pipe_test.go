//go:build unix

package state

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A pipe in place of the file must not be waited for: nobody writes into it.
func TestStateIsNoPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), fileName)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(filepath.Dir(path), time.Now())
	if err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v, want a refusal", err)
	}
}
