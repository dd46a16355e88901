//go:build unix

package snapshot

import (
	"fmt"
	"os"
	"syscall"
)

// checkOwner makes sure that nobody else wrote a file, or may write it.
func checkOwner(path string, info os.FileInfo) error {
	if info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%w: others may change it: chmod 600 %s", ErrForeign, path)
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok && int(s.Uid) != os.Geteuid() {
		return fmt.Errorf("%w: it belongs to another user", ErrForeign)
	}
	return nil
}
