package snapshot

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/text"
)

// filler fills every field of a value with something that is not zero.
type filler struct {
	n     int
	enums map[reflect.Type]int // greatest value of each
}

func newFiller() *filler {
	return &filler{enums: map[reflect.Type]int{
		reflect.TypeFor[model.Onboarding](): int(model.Onboarded), reflect.TypeFor[model.Health](): int(model.HealthNoSensorData),
		reflect.TypeFor[model.Severity](): int(model.OtherSeverity), reflect.TypeFor[model.Cloud](): int(model.OtherCloud),
		reflect.TypeFor[model.Product](): int(model.DefenderForIdentity), reflect.TypeFor[model.Phase](): int(model.Impact),
		reflect.TypeFor[model.AlertStatus](): int(model.StatusResolved), reflect.TypeFor[model.Source](): int(model.Settings),
		reflect.TypeFor[model.FailureKind](): int(model.NotSupported), reflect.TypeFor[model.Side](): int(model.EndpointSide),
		reflect.TypeFor[model.ToggleState](): int(model.ToggleOn), reflect.TypeFor[model.Owner](): int(model.OwnerGraph),
		reflect.TypeFor[model.Setting](): int(model.SensorActivation), reflect.TypeFor[model.IssueStatus](): int(model.IssueSuppressed), reflect.TypeFor[model.LicenceState](): int(model.LicenceActive),
	}}
}

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(int64(1_700_000_000+f.n%50_000*1200), int64(f.n)).UTC()))
	case v.Type() == reflect.TypeFor[*model.Incident](), v.Kind() == reflect.Interface: // not kept
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprintf("Text %d", f.n%50) + []string{"", " é"}[f.n%17/16])
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Uint8:
		most, known := f.enums[v.Type()]
		if !known {
			most = 250
		}
		v.SetUint(uint64(1 + f.n%max(most, 1)))
	case v.CanInt():
		v.SetInt(int64(f.n))
	case v.CanUint():
		v.SetUint(uint64(f.n))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	case v.Kind() == reflect.Array:
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key)
		f.fill(value)
		v.SetMapIndex(key, value)
	default:
		panic("fill " + v.Type().String())
	}
}

// filled gives a list whose items have every field set, and one that has none.
func filled[T any](f *filler, n int) []T {
	items := make([]T, n)
	for i := range items[:max(n-1, 0)] {
		f.fill(reflect.ValueOf(&items[i]).Elem())
	}
	return items
}

// sample makes a snapshot of n entities.
func sample(n int) *Snapshot {
	b := inventory.NewBuilder(n)
	entities := make([]model.Entity, n)
	for i := range entities {
		entities[i] = model.Entity{SAM: text.Line(fmt.Sprintf("WS-%d$", i)), Name: text.Line(fmt.Sprintf("WS-%d", i)), Kind: model.Computer,
			Domain: "contoso.test", DN: text.Line(fmt.Sprintf("CN=WS-%d,OU=Sales,DC=contoso,DC=test", i))}
		binary.LittleEndian.PutUint64(entities[i].ID[:], uint64(i)+1)
	}
	b.Add(entities)
	table := b.Table()
	f := newFiller()
	machines, alerts := filled[model.Machine](f, n), filled[model.Alert](f, n/5)
	for i := range max(n-1, 0) {
		machines[i].ID = fmt.Sprint("machine ", i)
	}
	for i := range max(n/5-1, 0) {
		alerts[i].ID = fmt.Sprint("alert ", i)
	}
	s := &Snapshot{Table: table, Badges: inventory.Join(table, inventory.Knowledge{}).Badges(), Lists: Lists{
		Machines: inventory.NewMachines(machines), EndpointAlerts: inventory.NewAlerts(alerts),
		IdentityAlerts: inventory.NewAlerts(filled[model.Alert](f, 3)), Incidents: filled[model.Incident](f, 4),
		Logons: inventory.NewLogons(filled[model.Logon](f, n/2)),
	}}
	if n > 60 {
		s.First, s.FirstBadges = inventory.Join(table, inventory.Knowledge{}).First(50)
	}
	f.fill(reflect.ValueOf(&s.Summary).Elem())
	s.Summary.Licences[0].Problem = nil
	return s
}

func newStore(tb testing.TB) *Store {
	return NewStore(filepath.Join(tb.TempDir(), "cache"), "contoso", "tenant 1", "v1", time.Now)
}

// readAll reads everything that a store has.
func readAll(s *Store) (*Snapshot, error) {
	f, summary, err := s.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	snapshot := &Snapshot{Summary: summary}
	if snapshot.First, snapshot.FirstBadges, err = f.First(); err != nil {
		return nil, err
	}
	if snapshot.Table, snapshot.Badges, err = f.Rows(); err != nil {
		return nil, err
	}
	snapshot.Lists, err = f.Lists()
	return snapshot, err
}

func mustWrite(tb testing.TB, s *Store, snapshot *Snapshot) {
	tb.Helper()
	if err := s.Write(context.Background(), snapshot); err != nil {
		tb.Fatal(err)
	}
}

func TestEverythingComesBack(t *testing.T) {
	for _, n := range []int{0, 1, 100, chunk, 3*chunk + 7} {
		store, before := newStore(t), sample(n)
		mustWrite(t, store, before)
		after, err := readAll(store)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(before.Summary, after.Summary) {
			t.Errorf("%d: the summary became\n%+v\nit was\n%+v", n, after.Summary, before.Summary)
		}
		if a, b := listed(before), listed(after); !reflect.DeepEqual(a, b) {
			t.Errorf("%d: the lists changed (-before +after):\n%s", n, cmp.Diff(a, b))
		}
		if (before.First == nil) != (after.First == nil) || before.First != nil && (after.First.Len() != 50 || !slices.Equal(before.FirstBadges, after.FirstBadges)) {
			t.Errorf("%d: the first rows changed", n)
		}
		if after.Table.Len() != n || !slices.Equal(before.Badges, after.Badges) {
			t.Errorf("%d rows became %d", n, after.Table.Len())
		}
	}
}

// all gives a list as a slice.
func all[T any](length int, at func(int) T) []T {
	items := make([]T, length)
	for i := range items {
		items[i] = at(i)
	}
	return items
}

// listed gives all lists as slices.
func listed(s *Snapshot) []any {
	l := &s.Lists
	return []any{all(l.Machines.Len(), l.Machines.At), all(l.EndpointAlerts.Len(), l.EndpointAlerts.At),
		all(l.IdentityAlerts.Len(), l.IdentityAlerts.At), append([]model.Incident{}, l.Incidents...), all(l.Logons.Len(), l.Logons.At)}
}

func TestWhatManyMachinesShareIsWrittenOnce(t *testing.T) {
	one := &model.Setup{Group: "Servers of the second floor"}
	c := newWriter(nil)
	for _, s := range []*model.Setup{one, nil, {Group: one.Group}} {
		machine(c, &model.Machine{Setup: s})
	}
	if n := bytes.Count(c.data, []byte(one.Group)); n != 1 {
		t.Errorf("it was written %d times", n)
	}
	c = newReader(c.data)
	var machines [3]model.Machine
	for i := range machines {
		machine(c, &machines[i])
	}
	if c.err != nil || *machines[0].Setup != *one || machines[1].Setup != nil || *machines[2].Setup != *one {
		t.Errorf("%+v, %v", machines, c.err)
	}
}

func TestOnlyItsUserMayReadTheFile(t *testing.T) {
	store := newStore(t)
	mustWrite(t, store, sample(10))
	for path, want := range map[string]fs.FileMode{store.Path(): 0o600, filepath.Dir(store.Path()): fs.ModeDir | 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	left, _ := os.ReadDir(filepath.Dir(store.Path()))
	if len(left) != 1 {
		t.Errorf("the folder holds %d files", len(left))
	}
}

func TestWhatOthersMayChangeIsNotRead(t *testing.T) {
	store := newStore(t)
	mustWrite(t, store, sample(10))
	if err := os.Chmod(store.Path(), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.Open(); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("%v", err)
	}
	if err := os.Chmod(store.Path(), 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		return // only root may give files away
	}
	if err := os.Chown(store.Path(), 12345, -1); err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.Open(); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), "another user") {
		t.Errorf("%v", err)
	}
}

func TestAFileOfOthersIsNotTaken(t *testing.T) {
	store := newStore(t)
	mustWrite(t, store, sample(10))
	other := *store
	other.tenant = "tenant 2"
	if _, _, err := other.Open(); !errors.Is(err, ErrForeign) {
		t.Errorf("of other sources: %v", err)
	}
	data, err := os.ReadFile(store.Path())
	if err != nil {
		t.Fatal(err)
	}
	for at, what := range map[int]string{len(magic): "version", len(magic) + 4: "kind of machine"} {
		changed := slices.Clone(data)
		changed[at]++
		binary.LittleEndian.PutUint32(changed[headerBytes-4:], checksum(changed[:headerBytes-4]))
		if err := os.WriteFile(store.Path(), changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.Open(); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), what) {
			t.Errorf("of another %s: %v", what, err)
		}
	}
}

func TestWhatIsNoFileIsNotWaitedFor(t *testing.T) {
	store := newStore(t)
	if _, _, err := store.Open(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := os.MkdirAll(store.Path(), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.Open(); err == nil {
		t.Error("a folder was opened")
	}
	if err := store.Write(t.Context(), sample(1)); err == nil {
		t.Error("a folder was replaced")
	}
}

// TestDamageIsNoticed flips every bit of the header and of the list, cuts the file at every edge of its parts, and
// changes bytes everywhere.
func TestDamageIsNoticed(t *testing.T) {
	store := newStore(t)
	mustWrite(t, store, sample(50))
	whole, err := os.ReadFile(store.Path())
	if err != nil {
		t.Fatal(err)
	}
	refused := func(data []byte, format string, arguments ...any) {
		t.Helper()
		if err := os.WriteFile(store.Path(), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readAll(store); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrForeign) {
			t.Errorf(format+": %v", append(arguments, err)...)
		}
	}
	f, _, err := store.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, s := range f.sections {
		for _, edge := range []int64{s.offset - 1, s.offset, s.offset + 1, s.offset + s.length} {
			refused(whole[:edge], "cut at %d", edge)
		}
	}
	refused(nil, "empty")
	refused(append(slices.Clone(whole), 0), "one byte more")
	for at := range headerBytes {
		for bit := range 8 {
			changed := slices.Clone(whole)
			changed[at] ^= 1 << bit
			refused(changed, "bit %d of byte %d", bit, at)
		}
	}
	for at := headerBytes; at < len(whole); at += 1 + len(whole)/150 {
		changed := slices.Clone(whole)
		changed[at] ^= 0x40
		refused(changed, "byte %d", at)
	}
}

// TestPartsWithRightChecksumsAreStillLookedThrough damages parts so that the checksums are right.
func TestPartsWithRightChecksumsAreStillLookedThrough(t *testing.T) {
	store := newStore(t)
	mustWrite(t, store, sample(60))
	whole, err := os.ReadFile(store.Path())
	if err != nil {
		t.Fatal(err)
	}
	f, _, err := store.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for range 400 {
		data, sections := slices.Clone(whole), slices.Clone(f.sections)
		s := &sections[r.IntN(len(sections))]
		if s.length == 0 {
			continue
		}
		at := s.offset + r.Int64N(s.length)
		if r.IntN(2) == 0 {
			data[at] = byte(r.UintN(256))
		} else {
			data[at] ^= 1 << r.IntN(8)
		}
		s.checksum = checksum(data[s.offset : s.offset+s.length])
		list := encodeSections(sections)
		copy(data[f.header.list:], list)
		h := f.header
		h.checksum = checksum(list)
		copy(data, h.encode())
		if err := os.WriteFile(store.Path(), data, 0o600); err != nil {
			t.Fatal(err)
		}
		snapshot, err := readAll(store)
		if err != nil {
			continue
		}
		taken++
		useWords(snapshot)
	}
	if taken == 0 {
		t.Error("nothing was taken, so that nothing was shown to be harmless")
	}
}

// useWords says everything that has a word.
func useWords(s *Snapshot) {
	for _, m := range all(s.Lists.Machines.Len(), s.Lists.Machines.At) {
		_ = m.Onboarding.String() + m.Health.String() + m.Risk.String() + m.Exposure.String()
	}
	l := &s.Lists
	for _, a := range slices.Concat(all(l.EndpointAlerts.Len(), l.EndpointAlerts.At), all(l.IdentityAlerts.Len(), l.IdentityAlerts.At)) {
		_ = a.Product.String() + a.Phase.String() + a.Severity.String() + a.Status.String()
	}
	for _, t := range s.Summary.Toggles {
		_ = t.Side.String() + t.State.String() + t.Owner.String()
	}
	_, _ = inventory.Preview(s.Table, s.Badges, s.Summary.Counts, inventory.Knowledge{})
}

func TestTextThatIsNotCleanIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Snapshot){
		"machine": func(s *Snapshot) { s.Lists.Machines = inventory.NewMachines([]model.Machine{{Name: "\x1b[31m"}}) },
		"alert":   func(s *Snapshot) { s.Lists.EndpointAlerts = inventory.NewAlerts([]model.Alert{{Title: "\u202e"}}) },
		"summary": func(s *Snapshot) { s.Summary.Toggles[0].By = "\x1b]0;x\a" },
	} {
		store, snapshot := newStore(t), sample(20)
		spoil(snapshot)
		err := store.Write(t.Context(), snapshot)
		if err == nil {
			_, err = readAll(store)
		}
		if err == nil || !errors.Is(err, ErrDamaged) && name != "summary" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestListAndClear(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "cache")
	if infos, err := List(folder); err != nil || len(infos) != 0 {
		t.Errorf("no folder: %v, %v", infos, err)
	}
	for _, name := range []string{"a", "b"} {
		mustWrite(t, NewStore(folder, name, name, "v1", time.Now), sample(5))
	}
	for path, data := range map[string]string{"b.snapshot": "rubbish", "a.snapshot.7.unfinished": "half", "notes.txt": "mine"} {
		if err := os.WriteFile(filepath.Join(folder, path), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	infos, err := List(folder)
	if err != nil || len(infos) != 2 || infos[0].Problem != nil || infos[0].Summary.Tenant != "a" || !errors.Is(infos[1].Problem, ErrDamaged) || infos[1].Bytes != 7 {
		t.Errorf("%+v, %v", infos, err)
	}
	if removed, err := Clear(folder); removed != 2 || err != nil {
		t.Errorf("%d were removed, %v", removed, err)
	}
	left, _ := os.ReadDir(folder)
	if len(left) != 1 || left[0].Name() != "notes.txt" {
		t.Errorf("left: %v", left)
	}
}

// FuzzOpen reads files of all kinds, and parts of all kinds in a good file.
func FuzzOpen(f *testing.F) {
	store := newStore(f)
	mustWrite(f, store, sample(3))
	whole, err := os.ReadFile(store.Path())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:headerBytes])
	f.Fuzz(func(t *testing.T, data []byte) {
		store := newStore(t)
		if err := os.MkdirAll(filepath.Dir(store.Path()), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(store.Path(), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if snapshot, err := readAll(store); err == nil {
			useWords(snapshot)
		}
	})
}

// FuzzList reads lists of all kinds.
func FuzzList(f *testing.F) {
	s := sample(6)
	c := newWriter(nil)
	for _, m := range all(s.Lists.Machines.Len(), s.Lists.Machines.At) {
		machine(c, &m)
	}
	f.Add(c.data)
	c = newWriter(nil)
	one := s.Lists.IdentityAlerts.At(0)
	alert(c, &one)
	f.Add(c.data)
	f.Fuzz(func(_ *testing.T, data []byte) {
		c := newReader(data)
		machines, alerts := make([]model.Machine, 2), make([]model.Alert, 1)
		machine(c, &machines[0])
		machine(c, &machines[1])
		alert(c, &alerts[0])
		c = newReader(data)
		alert(c, &alerts[0])
		useWords(&Snapshot{Lists: Lists{Machines: inventory.NewMachines(machines), EndpointAlerts: inventory.NewAlerts(alerts)}, Table: inventory.NewBuilder(0).Table()})
	})
}

func BenchmarkSnapshot(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		store, s := newStore(b), sample(n)
		s.Lists.Machines = inventory.NewMachines(all(n*6/10, s.Lists.Machines.At))
		s.Lists.EndpointAlerts = inventory.NewAlerts(all(n/10, s.Lists.EndpointAlerts.At))
		b.Run(fmt.Sprintf("write/%d", n), func(b *testing.B) {
			for b.Loop() {
				mustWrite(b, store, s)
			}
			if info, err := os.Stat(store.Path()); err == nil {
				b.ReportMetric(float64(info.Size())/float64(n), "B/entity")
			}
		})
		b.Run(fmt.Sprintf("bytes/%d", n), func(b *testing.B) { // the same ones, for comparison
			data, err := os.ReadFile(store.Path())
			if err != nil {
				b.Fatal(err)
			}
			path := store.Path() + ".copy"
			for b.Loop() {
				f, err := os.Create(path + unfinished)
				if err == nil {
					_, err = f.Write(data)
				}
				if err = errors.Join(err, f.Sync(), f.Close(), os.Rename(path+unfinished, path)); err != nil {
					b.Fatal(err)
				}
			}
			if err := os.Remove(path); err != nil {
				b.Fatal(err)
			}
		})
		b.Run(fmt.Sprintf("summary/%d", n), func(b *testing.B) {
			for b.Loop() {
				f, _, err := store.Open()
				if err != nil {
					b.Fatal(err)
				}
				_ = f.Close()
			}
		})
		b.Run(fmt.Sprintf("rows/%d", n), func(b *testing.B) {
			for b.Loop() {
				f, _, err := store.Open()
				if err != nil {
					b.Fatal(err)
				}
				if _, _, err := f.Rows(); err != nil {
					b.Fatal(err)
				}
				_ = f.Close()
			}
		})
		b.Run(fmt.Sprintf("all/%d", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := readAll(store); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
