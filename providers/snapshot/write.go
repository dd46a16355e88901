package snapshot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
)

// Store is the place of one tenant's snapshot. Its methods may be called from any goroutine.
type Store struct {
	path string
	// Tenant and Program are what summaries name.
	tenant, program string
	now             func() time.Time
}

// suffix ends the names of snapshots, unfinished those of files that are being written.
const suffix, unfinished = ".snapshot", ".unfinished"

// NewStore gives the place of a tenant's snapshot in a folder, which is made when the first one is written. name becomes
// the file's; tenant says what the sources are, so that a snapshot of others is not taken for theirs.
func NewStore(folder, name, tenant, program string, now func() time.Time) *Store {
	return &Store{path: filepath.Join(folder, name+suffix), tenant: tenant, program: program, now: now}
}

// Path gives the file.
func (s *Store) Path() string { return s.path }

// Write replaces the snapshot. When it ends early, for whatever reason, the old one stays.
func (s *Store) Write(ctx context.Context, snapshot *Snapshot) error {
	snapshot.Summary.Tenant, snapshot.Summary.Program = s.tenant, s.program
	if err := s.write(ctx, snapshot); err != nil {
		return fmt.Errorf("write the snapshot %s: %w", s.path, err)
	}
	return nil
}

func (s *Store) write(ctx context.Context, snapshot *Snapshot) (err error) {
	folder := filepath.Dir(s.path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	s.sweep()
	f, err := os.CreateTemp(folder, filepath.Base(s.path)+".*"+unfinished) // made with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // what is left is swept later
		}
	}()
	w := &writer{ctx: ctx, file: f, at: headerBytes, scratch: make([][]byte, runtime.GOMAXPROCS(0))}
	if _, err = f.Write(make([]byte, headerBytes)); err == nil {
		err = w.all(snapshot)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), s.path); err != nil {
		return err
	}
	return syncFolder(folder)
}

// sweep removes what writers left behind that were killed.
func (s *Store) sweep() {
	left, _ := filepath.Glob(globQuote(s.path) + ".*" + unfinished)
	for _, path := range left {
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(path)
		}
	}
}

// globQuote keeps the characters of a path from being taken for a pattern.
func globQuote(path string) string {
	if runtime.GOOS == "windows" { // there a backslash is a part of the path
		return path
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
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

// writer writes the parts of one file.
type writer struct {
	ctx      context.Context
	file     *os.File
	at       int64
	sections []section
	scratch  [][]byte // for the sections that are made at the same time
}

func (w *writer) all(s *Snapshot) error {
	summary, err := json.Marshal(s.Summary)
	if err != nil {
		return err
	}
	if err := errors.Join(checkTexts(summary), s.Summary.check()); err != nil {
		return err // nobody would read it
	}
	if err := w.add(summarySection, summary, 0); err != nil {
		return err
	}
	if s.First != nil {
		if err := w.addTable(firstTableSection, s.First, firstBadgesSection, s.FirstBadges); err != nil {
			return err
		}
	}
	err = errors.Join(
		w.addTable(tableSection, s.Table, badgesSection, s.Badges),
		addList(w, machinesSection, s.Lists.Machines.Len(), s.Lists.Machines.At, machine),
		addList(w, endpointAlertsSection, s.Lists.EndpointAlerts.Len(), s.Lists.EndpointAlerts.At, alert),
		addList(w, identityAlertsSection, s.Lists.IdentityAlerts.Len(), s.Lists.IdentityAlerts.At, alert),
		addList(w, incidentsSection, len(s.Lists.Incidents), func(i int) model.Incident { return s.Lists.Incidents[i] }, incident),
		addList(w, logonsSection, s.Lists.Logons.Len(), s.Lists.Logons.At, logon),
	)
	if err != nil {
		return err
	}
	return w.finish()
}

// add appends one section.
func (w *writer) add(kind kind, data []byte, items int) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if len(data) > mostBytes || len(w.sections) == mostSections {
		return errors.New("there is too much to keep")
	}
	if _, err := w.file.Write(data); err != nil {
		return err
	}
	w.sections = append(w.sections, section{kind: kind, items: uint32(items), checksum: checksum(data), offset: w.at, length: int64(len(data))})
	w.at += int64(len(data))
	return nil
}

// addTable appends a table and its badges.
func (w *writer) addTable(pieces kind, table *inventory.Table, kind kind, badges []byte) error {
	if err := table.Pieces(func(piece []byte) error { return w.add(pieces, piece, 0) }); err != nil {
		return err
	}
	return w.add(kind, badges, 0)
}

// chunk is how many items of a list a section holds, so that several are read at the same time.
const chunk = 1 << 14

// addList appends a list of so many items, whose sections are made a few at a time.
func addList[T any](w *writer, kind kind, length int, at func(int) T, each func(*codec, *T)) error {
	var codecs []*codec
	for first := 0; first < length; first += chunk * len(codecs) {
		codecs = codecs[:0]
		var wait sync.WaitGroup
		for n := range w.scratch {
			from, to := min(first+n*chunk, length), min(first+(n+1)*chunk, length)
			if from == to {
				break
			}
			c := newWriter(w.scratch[n])
			codecs = append(codecs, c)
			wait.Go(func() {
				for i := from; i < to; i++ {
					item := at(i)
					each(c, &item)
				}
			})
		}
		wait.Wait()
		for n, c := range codecs {
			w.scratch[n] = c.data
			if c.err != nil {
				return c.err
			}
			if err := w.add(kind, c.data, min(chunk, length-first-n*chunk)); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish writes the list of sections, and the header that leads to it.
func (w *writer) finish() error {
	list := encodeSections(w.sections)
	if _, err := w.file.Write(list); err != nil {
		return err
	}
	h := header{bytes: w.at + int64(len(list)), sections: len(w.sections), list: w.at, checksum: checksum(list)}
	_, err := w.file.WriteAt(h.encode(), 0)
	return err
}

// Info is what can be said of a file in a folder of snapshots.
type Info struct {
	Path    string
	Bytes   int64
	Summary Summary // zero when the file cannot be used
	Problem error   // why it cannot be used, of any tenant
}

// List says which snapshots are in a folder, unfinished ones left out.
func List(folder string) ([]Info, error) {
	paths, err := snapshots(folder, suffix)
	var all []Info
	for _, path := range paths {
		info := Info{Path: path}
		if f, err := open(path); err != nil {
			info.Problem = err
		} else {
			info.Bytes = f.header.bytes
			info.Summary, info.Problem = f.Summary()
			_ = f.Close()
		}
		if stat, err := os.Stat(path); err == nil {
			info.Bytes = stat.Size()
		}
		all = append(all, info)
	}
	return all, err
}

// Clear removes every snapshot of a folder, and what unfinished ones left. It gives the number of snapshots.
func Clear(folder string) (removed int, err error) {
	whole, err := snapshots(folder, suffix)
	left, err2 := snapshots(folder, unfinished)
	errs := []error{err, err2}
	for _, path := range whole {
		err := os.Remove(path)
		if err == nil {
			removed++
		} else if !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	for _, path := range left {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return removed, errors.Join(errs...)
}

// snapshots gives the files of a folder whose names end so; a folder that does not exist has none.
func snapshots(folder, ending string) (paths []string, err error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, entry := range entries {
		if entry.Type().IsRegular() && strings.HasSuffix(entry.Name(), ending) {
			paths = append(paths, filepath.Join(folder, entry.Name()))
		}
	}
	return paths, err
}
