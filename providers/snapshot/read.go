package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

// File is an open snapshot. Its parts are read, and their checksums looked at, one by one; it stays readable when the
// snapshot is replaced. One goroutine at a time may use it.
type File struct {
	file     *os.File
	header   header
	sections []section
}

// aheadAtMost is how far clocks may have been set back since a snapshot was written: its ages would be none.
const aheadAtMost = 5 * time.Minute

// IsNewer reports whether the snapshot that is there is of a later refresh than one at that time.
func (s *Store) IsNewer(at time.Time) bool {
	f, summary, err := s.Open()
	if err != nil {
		return false
	}
	return f.Close() == nil && summary.At.After(at)
}

// Open opens the snapshot of the tenant. Errors are ErrDamaged, ErrForeign, or those of the file system.
func (s *Store) Open() (*File, Summary, error) {
	f, err := open(s.path)
	if err != nil {
		return nil, Summary{}, err
	}
	summary, err := f.Summary()
	switch {
	case err != nil:
	case summary.Tenant != s.tenant:
		err = fmt.Errorf("%w: the configuration names other sources now", ErrForeign)
	case summary.Written.After(s.now().Add(aheadAtMost)):
		err = fmt.Errorf("%w: it was written %s ahead of this clock", ErrForeign, summary.Written.Sub(s.now()).Round(time.Minute))
	}
	if err != nil {
		return nil, Summary{}, errors.Join(err, f.Close())
	}
	return f, summary, nil
}

func open(path string) (_ *File, err error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is refused rather than waited for
	if err != nil {
		return nil, err
	}
	f := &File{file: file}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: it is not a regular file", ErrDamaged)
	}
	if err := checkOwner(path, info); err != nil {
		return nil, err
	}
	begin, err := f.read(0, min(headerBytes, info.Size()))
	if err != nil {
		return nil, err
	}
	if f.header, err = decodeHeader(begin, info.Size()); err != nil {
		return nil, err
	}
	list, err := f.read(f.header.list, int64(f.header.sections)*sectionBytes)
	if err != nil {
		return nil, err
	}
	f.sections, err = decodeSections(list, f.header)
	return f, err
}

// Close lets go of the file.
func (f *File) Close() error { return f.file.Close() }

// read reads so many bytes, into memory that numbers of all sizes may lie in.
func (f *File) read(offset, length int64) ([]byte, error) {
	words := make([]uint64, (length+7)/8)
	data := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 8*len(words))[:length:length]
	if _, err := f.file.ReadAt(data, offset); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%w: it ends early", ErrDamaged)
		}
		return nil, err
	}
	return data, nil
}

// load reads the sections that are wanted, each checked, several at a time.
func (f *File) load(wanted []section, take func(n int, data []byte) error) error {
	errs := make([]error, len(wanted))
	next := make(chan int, len(wanted))
	for n := range wanted {
		next <- n
	}
	close(next)
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(wanted)) {
		wait.Go(func() {
			for n := range next {
				data, err := f.read(wanted[n].offset, wanted[n].length)
				switch {
				case err != nil:
					errs[n] = err
				case checksum(data) != wanted[n].checksum:
					errs[n] = fmt.Errorf("%w: a checksum is wrong", ErrDamaged)
				default:
					if err := take(n, data); err != nil {
						errs[n] = fmt.Errorf("%w: %w", ErrDamaged, err)
					}
				}
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *File) of(kind kind) (sections []section) {
	for _, s := range f.sections {
		if s.kind == kind {
			sections = append(sections, s)
		}
	}
	return sections
}

// Summary reads the part that a status can be made from.
func (f *File) Summary() (s Summary, err error) {
	sections := f.of(summarySection)
	if len(sections) != 1 {
		return s, fmt.Errorf("%w: it has no summary", ErrDamaged)
	}
	err = f.load(sections, func(_ int, data []byte) error {
		if err := checkTexts(data); err != nil {
			return err
		}
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		return s.check()
	})
	return s, err
}

// check makes sure that every value is one that this program has a word for.
func (s *Summary) check() error {
	known := true
	gaps := func(gaps []model.Gap) {
		for _, g := range gaps {
			known = known && g.Source <= model.Settings
		}
	}
	failure := func(f *model.Failure) {
		known = known && (f == nil || f.Source <= model.Settings && f.Kind <= model.NotSupported)
	}
	for _, t := range s.Topics {
		gaps(t.Gaps)
		failure(t.Failure)
	}
	for _, d := range s.Directories {
		gaps(d.Gaps)
	}
	for _, f := range s.Followed {
		gaps(f.Gaps)
	}
	for _, t := range s.Toggles {
		known = known && t.Side <= model.EndpointSide && t.State <= model.ToggleOn && t.Owner <= model.OwnerGraph && t.Setting <= model.SensorActivation
		failure(t.Problem)
	}
	for _, l := range s.Licences {
		known = known && l.Side <= model.EndpointSide && l.State <= model.LicenceActive
		failure(l.Problem)
	}
	for _, i := range s.Issues {
		known = known && i.Severity <= model.OtherSeverity && i.Status <= model.IssueSuppressed
	}
	if !known {
		return errors.New("a value is not known")
	}
	return nil
}

// checkTexts makes sure that a JSON document holds clean text only.
func checkTexts(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if s, ok := token.(string); ok && !text.IsClean(s) {
			return errors.New("a text is not clean")
		}
	}
}

// First reads what a screen shows first, and its badges; the table is nil where that is not kept apart from the rest.
func (f *File) First() (table *inventory.Table, badges []byte, err error) {
	if len(f.of(firstTableSection)) == 0 {
		return nil, nil, nil
	}
	return f.table(firstTableSection, firstBadgesSection)
}

// Rows reads the entities and their badges.
func (f *File) Rows() (table *inventory.Table, badges []byte, err error) {
	return f.table(tableSection, badgesSection)
}

func (f *File) table(of, badgesOf kind) (table *inventory.Table, badges []byte, err error) {
	pieces := f.of(of)
	wanted := append(pieces, f.of(badgesOf)...)
	if len(wanted) != len(pieces)+1 {
		return nil, nil, fmt.Errorf("%w: it has no badges", ErrDamaged)
	}
	read := make([][]byte, len(wanted))
	err = f.load(wanted, func(n int, data []byte) error {
		read[n] = data
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if table, err = inventory.ReadTable(read[:len(pieces)]); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return table, read[len(pieces)], nil
}

// Lists reads the answers of the cloud sources.
func (f *File) Lists() (l Lists, err error) {
	err = errors.Join(
		readList(f, machinesSection, machine, func(part []model.Machine) { l.Machines = l.Machines.With(part) }),
		readList(f, endpointAlertsSection, alert, func(part []model.Alert) { l.EndpointAlerts = l.EndpointAlerts.With(part) }),
		readList(f, identityAlertsSection, alert, func(part []model.Alert) { l.IdentityAlerts = l.IdentityAlerts.With(part) }),
		readList(f, incidentsSection, incident, func(part []model.Incident) { l.Incidents = append(l.Incidents, part...) }),
		readList(f, logonsSection, logon, func(part []model.Logon) { l.Logons = l.Logons.With(part) }),
	)
	return l, err
}

// readList hands the sections of a list to take, in their order, and reads a few of them at a time.
func readList[T any](f *File, kind kind, each func(*codec, *T), take func([]T)) error {
	for rest := f.of(kind); len(rest) > 0; {
		sections := rest[:min(runtime.GOMAXPROCS(0), len(rest))]
		rest = rest[len(sections):]
		parts := make([][]T, len(sections))
		err := f.load(sections, func(n int, data []byte) error {
			c := newReader(data)
			parts[n] = make([]T, sections[n].items) // an item has a byte at least: memory is made for what is there only
			for i := range parts[n] {
				each(c, &parts[n][i])
			}
			if c.err == nil && len(c.data) > 0 {
				c.err = errors.New("a list has more than it should")
			}
			return c.err
		})
		if err != nil {
			return err
		}
		for _, part := range parts {
			take(part)
		}
	}
	return nil
}
