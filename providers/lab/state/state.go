// Package state keeps what the lab remembers between runs: the toggles of the integration, the alerts that were
// resolved, and when its story began. It is a file that several processes may read and write at the same time, or
// memory only.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"adbadge/model"
)

const (
	fileName    = "lab.json"
	lockName    = "lab.lock"
	damagedName = "lab.json.damaged"
	version     = 1
	maxSize     = 16 << 20 // bytes; more is taken for damage
)

// Toggle is one switch of the integration.
type Toggle struct {
	On      bool      `json:"on"`
	By      string    `json:"by,omitempty"` // who changed it last; empty: nobody has
	Changed time.Time `json:"changed,omitzero"`
}

// AlertChange is what was changed on an alert. An empty field is unchanged.
type AlertChange struct {
	Status         string    `json:"status,omitempty"` // "New", "InProgress", "Resolved"
	Classification string    `json:"classification,omitempty"`
	Determination  string    `json:"determination,omitempty"`
	AssignedTo     string    `json:"assignedTo,omitempty"`
	At             time.Time `json:"at"`
}

// Data is all that is remembered. A Data that Read has given must not be changed.
type Data struct {
	Version int       `json:"version"`
	Epoch   time.Time `json:"epoch"` // when the first attack began

	Identity Toggle `json:"identity"`
	Endpoint Toggle `json:"endpoint"`

	// AutomaticAuditing and AutomaticActivation are the settings of Defender for Identity that Microsoft Graph has.
	AutomaticAuditing   bool `json:"automaticAuditing"`
	AutomaticActivation bool `json:"automaticActivation"`

	Alerts map[string]AlertChange `json:"alerts,omitempty"` // by id
	Issues map[string]string      `json:"issues,omitempty"` // status of health issues, by id

	// Revision grows whenever the store reads or writes another state; it tells one process that something changed.
	Revision uint64 `json:"-"`
}

// Toggle gives the toggle of a side.
func (d *Data) Toggle(side model.Side) *Toggle {
	if side == model.EndpointSide {
		return &d.Endpoint
	}
	return &d.Identity
}

// Store holds the state. It is safe for concurrent use.
type Store struct {
	folder string // empty: memory only
	epoch  time.Time

	mu      sync.Mutex
	data    Data
	info    fs.FileInfo // of the file that data was read from; nil when there is none
	problem string
}

// Open reads the state in a folder, which is made if need be. An empty folder keeps the state in memory, and so does
// one that cannot be written; Problem says so then. Epoch is for a state that does not exist yet. A damaged file is set
// aside and replaced; Problem says that too.
func Open(folder string, epoch time.Time) (*Store, error) {
	s := &Store{folder: folder, epoch: epoch.UTC()}
	s.data = s.fresh()
	if folder == "" {
		return s, nil
	}
	err := s.open()
	var path *fs.PathError
	if errors.As(err, &path) { // a full disk, a read-only one, or somebody else's folder
		s = &Store{epoch: epoch.UTC(), problem: fmt.Sprintf("The lab forgets its toggles when it ends, since its state cannot be kept (%v).", err)}
		s.data, err = s.fresh(), nil
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Store) open() error {
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	if err := s.load(); err != nil && !errors.Is(err, errDamaged) {
		return err
	}
	if s.info == nil { // absent or damaged: begin anew, unless another process did it just now
		return s.Update(func(*Data) {})
	}
	return nil
}

// Kept reports whether the state outlives the process.
func (s *Store) Kept() bool { return s.folder != "" }

// fresh is the state of a lab that nobody has touched: integrated on both sides.
func (s *Store) fresh() Data {
	return Data{Version: version, Epoch: s.epoch, Identity: Toggle{On: true}, Endpoint: Toggle{On: true}, AutomaticAuditing: true}
}

// Read gives the state as it is now, also when another process changed it.
func (s *Store) Read() Data {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.folder != "" {
		// What cannot be read now stays as it was read last; load has noted the problem.
		_ = s.load()
	}
	return s.data
}

// Problem says what was wrong with the file, or is empty.
func (s *Store) Problem() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.problem
}

// Update changes the state while no other process can, and writes it. The change must be quick; it works on a copy.
func (s *Store) Update(change func(*Data)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.folder == "" {
		s.data = changed(s.data, change)
		return nil
	}
	unlock, err := lock(s.folder)
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.load(); errors.Is(err, errDamaged) {
		if err := os.Rename(s.path(), filepath.Join(s.folder, damagedName)); err != nil {
			return fmt.Errorf("set the lab's damaged state aside: %w", err)
		}
		s.problem = fmt.Sprintf("The lab's state was damaged; it is kept as %s, and the lab began anew.", damagedName)
		s.data = s.next(s.fresh())
	} else if err != nil {
		return err
	}
	next := changed(s.data, change)
	info, err := write(s.path(), next)
	if err != nil {
		return fmt.Errorf("write the lab's state: %w", err)
	}
	s.data, s.info = next, info
	return nil
}

// changed applies a change to a copy, so that those who read the old state keep it.
func changed(d Data, change func(*Data)) Data {
	d.Revision++
	d.Alerts, d.Issues = maps.Clone(d.Alerts), maps.Clone(d.Issues)
	if d.Alerts == nil {
		d.Alerts = map[string]AlertChange{}
	}
	if d.Issues == nil {
		d.Issues = map[string]string{}
	}
	change(&d)
	return d
}

func (s *Store) path() string { return filepath.Join(s.folder, fileName) }

var errDamaged = errors.New("the lab's state is damaged")

// load reads the file if it is not the one that was read last. It must be called with mu held.
func (s *Store) load() error {
	info, err := os.Stat(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		if s.info != nil { // another process has reset the lab
			s.data, s.info = s.next(s.fresh()), nil
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the lab's state: %w", err)
	}
	if s.info != nil && os.SameFile(info, s.info) && info.ModTime().Equal(s.info.ModTime()) && info.Size() == s.info.Size() {
		return nil
	}
	if !info.Mode().IsRegular() { // a pipe would be waited for
		return fmt.Errorf("read the lab's state: %s is not a regular file", s.path())
	}
	data, err := read(s.path(), info.Size())
	if errors.Is(err, errDamaged) {
		s.problem = "The lab's state is damaged; the next change replaces it."
	}
	if err != nil {
		return err
	}
	s.data, s.info = s.next(data), info
	return nil
}

// next numbers a state that replaces the one held.
func (s *Store) next(d Data) Data {
	d.Revision = s.data.Revision + 1
	return d
}

// read decodes a file.
func read(path string, size int64) (Data, error) {
	if size > maxSize {
		return Data{}, errDamaged
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return Data{}, fmt.Errorf("read the lab's state: %w", err)
	}
	var d Data
	if err := json.Unmarshal(raw, &d); err != nil || d.Version < 1 || d.Epoch.IsZero() {
		return Data{}, errDamaged
	}
	if d.Version > version {
		return Data{}, fmt.Errorf("the lab's state %s was written by a newer adbadge; start over with: adbadge lab reset", path)
	}
	return d, nil
}
