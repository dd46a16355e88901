//go:build unix

package settings

import (
	"strings"
	"syscall"
	"testing"
)

// A pipe in place of the file must not be waited for: nobody writes into it.
func TestFileIsNoPipe(t *testing.T) {
	s := New(t.TempDir(), "tenant")
	if err := syscall.Mkfifo(s.path, 0o600); err != nil {
		t.Fatal(err)
	}
	toggles, err := s.Toggles(t.Context())
	for _, toggle := range toggles {
		if toggle.Problem != nil {
			err = toggle.Problem
		}
	}
	if err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v, want a refusal", err)
	}
}
