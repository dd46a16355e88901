package settings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"adbadge/model"
)

// contents is the file. A side that is missing was never touched.
type contents struct {
	Version  int     `json:"version"`
	Tenant   string  `json:"tenant"` // for people who look into the folder
	Identity *record `json:"identity,omitempty"`
	Endpoint *record `json:"endpoint,omitempty"`
}

// record is one switch that somebody moved.
type record struct {
	On      *bool     `json:"on"`
	By      string    `json:"by"`
	Changed time.Time `json:"changed"`
}

const (
	version = 1
	// maxFile is far above what two records need, in bytes.
	maxFile = 64 << 10
	// lockPatience is how long a writer waits for its turn.
	lockPatience = 5 * time.Second
	lockInterval = 20 * time.Millisecond
)

// read gives what the file says; a file that does not exist says nothing.
func (s *Store) read() (contents, error) {
	if s.path == "" {
		return contents{}, nil
	}
	data, err := readBounded(s.path, maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return contents{}, nil
	}
	if err != nil {
		return contents{}, s.failure(model.Misconfigured, "read the toggles", err.Error(),
			"Make the file readable for this account, or delete it: both toggles are on then.", err)
	}
	c, err := parse(data)
	if err != nil {
		return contents{}, s.failure(model.Broken, "read the toggles", "the file is damaged: "+err.Error(),
			"Repair the file or delete it: both toggles are on then.", err)
	}
	return c, nil
}

// readBounded reads a regular file that holds no more than so many bytes.
func readBounded(path string, most int) (data []byte, err error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is refused rather than waited for
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, errors.New("not a regular file"))
	}
	data, err = io.ReadAll(io.LimitReader(f, int64(most)+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("more than %d bytes", most)
	}
	return data, err
}

// parse is strict: what is not understood is never taken for a default.
func parse(data []byte) (contents, error) {
	var c contents
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return contents{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return contents{}, errors.New("there is more after its end")
	}
	if c.Version != version {
		return contents{}, fmt.Errorf("its version is %d, and this adbadge knows %d", c.Version, version)
	}
	for name, r := range map[string]*record{"identity": c.Identity, "endpoint": c.Endpoint} {
		if r != nil && r.On == nil {
			return contents{}, fmt.Errorf(`%s does not say whether it is "on"`, name)
		}
	}
	return c, nil
}

// lock waits for the turn of this writer.
func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	const doing = "lock the toggles"
	unlock, err = lock(ctx, s.path)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, s.failure(model.TimedOut, doing, "another adbadge holds the lock", "Try again in a moment.", err)
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil:
		return nil, s.failure(model.Misconfigured, doing, err.Error(), "Check that the state folder exists and belongs to this account.", err)
	}
	return unlock, nil
}

// lock waits until no other writer, of whatever process, is at work on a file, and makes the file's folder. The lock file
// stays, because removing it would let two writers hold locks on two files of the same name.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	l := flock.New(path+".lock", flock.SetPermissions(0o600))
	if _, err := l.TryLockContext(ctx, lockInterval); err != nil {
		return nil, err
	}
	return func() { _ = l.Close() }, nil // closing releases the lock, whatever it answers
}

// write replaces the file as a whole: a reader sees the old state or the new one, also after a power cut.
func (s *Store) write(c contents) error {
	c.Version, c.Tenant = version, s.tenant
	data, err := json.MarshalIndent(c, "", "  ")
	if err == nil {
		err = replace(s.path, append(data, '\n'))
	}
	if err != nil {
		return s.failure(model.Misconfigured, "write the toggles", err.Error(),
			"Check the free space and the permissions of the state folder.", err)
	}
	return nil
}

func replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a rename survive a power cut. Windows neither needs nor allows it.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
