package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Reset removes the state in a folder, so that the lab starts over. Labs that run see it at once.
func Reset(folder string) error {
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := lock(folder)
	if err != nil {
		return err
	}
	defer unlock()
	for _, name := range []string{fileName, damagedName} {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("reset the lab: %w", err)
		}
	}
	return nil
}

// lock keeps other writers out until unlock is called. Each call has its own lock, also within one process. The lock
// file stays: removing it would let two writers hold locks on two files of the same name.
func lock(folder string) (unlock func(), err error) {
	l := flock.New(filepath.Join(folder, lockName), flock.SetPermissions(0o600))
	if err := l.Lock(); err != nil {
		return nil, fmt.Errorf("lock the lab's state: %w", err)
	}
	return func() { _ = l.Close() }, nil // closing releases the lock, whatever it answers
}

// write replaces the file as a whole: a reader sees the old state or the new one, also after a power cut.
func write(path string, d Data) (info fs.FileInfo, err error) {
	raw, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, err
	}
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, fileName+".*") // made with mode 0600
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(append(raw, '\n')); err == nil {
		err = f.Sync()
	}
	if err == nil {
		info, err = f.Stat()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return nil, err
	}
	return info, syncFolder(folder)
}

// syncFolder makes a rename last. Where folders cannot be synced, the rename alone has to do.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}
