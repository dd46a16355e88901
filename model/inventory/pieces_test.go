package inventory

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// piecesOf gives copies of the pieces of a table.
func piecesOf(tb testing.TB, t *Table) (pieces [][]byte) {
	tb.Helper()
	err := t.Pieces(func(piece []byte) error {
		pieces = append(pieces, slices.Clone(piece))
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return pieces
}

// strangeEntities are those whose parts are stored in unusual ways.
func strangeEntities() []model.Entity {
	return []model.Entity{
		{},
		{Name: "no id", SID: "not a SID", DN: "no comma"},
		{ID: guid(1), Kind: model.Computer, SAM: "WS-1$", Name: "WS-1", Domain: "contoso.test", DNSName: "ws-1.contoso.test",
			DN: "CN=WS-1, OU=with a space before,DC=contoso,DC=test", LastLogon: time.Date(1601, 1, 1, 0, 0, 1, 0, time.UTC)},
		{ID: guid(2), SAM: "zoë", Name: "Zoë \u0301", Domain: "contoso.test", UPN: "zoë@contoso.test", Mail: "zoë@contoso.test",
			DN: `CN=ends in a space\ ,OU=x`, Created: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), Department: "財務", Title: "經理"},
		{ID: guid(3), Name: text.Line(make([]byte, 0)), SAM: "a", SID: "S-1-5-21-1-2-3-0500"},
		{ID: guid(4), Name: text.CleanMax(string(slices.Repeat([]byte("long "), 2000)), text.MaxRunes), SAM: "long"},
	}
}

func TestATableComesBackFromItsPieces(t *testing.T) {
	for _, entities := range [][]model.Entity{nil, strangeEntities(), append(strangeEntities(), makeEntities(blockRows+17)...)} {
		before := buildTable(entities)
		after, err := ReadTable(piecesOf(t, before))
		if err != nil {
			t.Fatal(err)
		}
		if after.Len() != before.Len() || !reflect.DeepEqual(after.Domains(), before.Domains()) {
			t.Fatalf("%d rows became %d", before.Len(), after.Len())
		}
		for row := range before.Len() {
			if a, b := before.entity(row), after.entity(row); a != b {
				t.Fatalf("row %d: %+v became %+v", row, a, b)
			}
			id := before.entity(row).ID
			found, ok := after.find(id)
			if want := !id.IsZero(); ok != want || ok && found != row {
				t.Fatalf("row %d is found at %d, %v", row, found, ok)
			}
		}
		// It is changed like any other, and stays as it is.
		b := Continue(after)
		b.Add(makeEntities(100))
		b.Remove([]model.GUID{guid(1), guid(3)})
		b.Add([]model.Entity{{ID: guid(2), Name: "another"}})
		_ = b.Table()
		for row := range before.Len() {
			if a, b := before.entity(row), after.entity(row); a != b {
				t.Fatalf("after a change of its successor row %d: %+v became %+v", row, a, b)
			}
		}
	}
}

func TestAPreviewShowsTheBadgesAsTheyWere(t *testing.T) {
	entities := makeEntities(3000)
	table := buildTable(entities)
	before := Join(table, makeKnowledge(entities))
	after, err := Preview(table, before.Badges(), before.Counts(), Knowledge{})
	if err != nil {
		t.Fatal(err)
	}
	if after.Counts() != before.Counts() {
		t.Errorf("counts %+v became %+v", before.Counts(), after.Counts())
	}
	for row := range before.Len() {
		if before.Badge(row) != after.Badge(row) {
			t.Fatalf("row %d: %+v became %+v", row, before.Badge(row), after.Badge(row))
		}
	}
	useView(after)
	if problem := difference(describe(after.Next(table, Knowledge{})), describe(Join(table, Knowledge{}))); problem != "" {
		t.Errorf("what follows from a preview: %s", problem)
	}
	first, badges := before.First(100)
	top, err := Preview(first, badges, before.Counts(), Knowledge{})
	if err != nil || top.Len() != 100 || top.Counts() != before.Counts() {
		t.Fatalf("the first %d rows: %v", top.Len(), err)
	}
	for at, row := range before.Order(ColumnBadge, false)[:100] {
		shown := int(top.Order(ColumnBadge, false)[at])
		if before.Entity(int(row)) != top.Entity(shown) || before.Badge(int(row)) != top.Badge(shown) {
			t.Errorf("line %d: %+v became %+v", at, before.Entity(int(row)), top.Entity(shown))
		}
	}
	if _, err := Preview(table, before.Badges()[8:], before.Counts(), Knowledge{}); err == nil {
		t.Error("badges of fewer rows were taken")
	}
	wrong := before.Badges()
	wrong[1] = 200
	if _, err := Preview(table, wrong, before.Counts(), Knowledge{}); err == nil {
		t.Error("a badge with an unknown reason was taken")
	}
}

// useView reads everything that a View has to say.
func useView(v *View) {
	for row := range v.Len() {
		e := v.Entity(row)
		_, _, _ = v.Alerts(row), v.Machines(row), v.Candidates(row)
		_, _, _ = v.Name(row), v.Group(row), v.OU(row)
		_, _ = v.Find(e.ID)
		_, _ = v.Logon(row)
		_ = v.Badge(row).Reason.String() + v.Badge(row).State.String() + v.SearchTextString(row)
	}
	for _, column := range Columns() {
		_ = v.Order(column, true)
	}
	_, _ = v.Unplaced(), v.AllAlerts()
}

// SearchTextString is SearchText for tests.
func (v *View) SearchTextString(row int) string { return string(v.SearchText(row)) }

// TestDamagedPiecesAreRefused changes single bytes and lengths: what is taken all the same must be as good as a table.
func TestDamagedPiecesAreRefused(t *testing.T) {
	whole := piecesOf(t, buildTable(append(strangeEntities(), makeEntities(40)...)))
	r := rand.New(rand.NewPCG(1, 1))
	try := func(pieces [][]byte) {
		if table, err := ReadTable(pieces); err == nil {
			useView(Join(table, Knowledge{}))
			b := Continue(table)
			b.Add(makeEntities(10))
			useView(Join(b.Table(), Knowledge{}))
		}
	}
	for range 5_000 {
		pieces := slices.Clone(whole)
		n := r.IntN(len(pieces))
		piece := slices.Clone(pieces[n])
		switch at := r.IntN(len(piece)); r.IntN(5) {
		case 0:
			piece[at] ^= 1 << r.IntN(8)
		case 1:
			piece[at] = byte(r.UintN(256))
		case 2:
			piece = piece[:at]
		case 3:
			piece = append(piece, piece[at:]...)
		case 4:
			for i := at; i < min(at+4, len(piece)); i++ {
				piece[i] = 0xff
			}
		}
		pieces[n] = piece
		try(pieces)
	}
	for n := range whole {
		try(whole[:n])
	}
}

func TestOnlyCleanTextIsTaken(t *testing.T) {
	bad := buildTable([]model.Entity{{ID: guid(1), Name: "\x1b]0;title\a", SAM: "a"}})
	if _, err := ReadTable(piecesOf(t, bad)); err == nil {
		t.Error("a name with an escape sequence was taken")
	}
	bad = buildTable([]model.Entity{{ID: guid(1), Name: "a", Department: "\u202e"}})
	if _, err := ReadTable(piecesOf(t, bad)); err == nil {
		t.Error("a department with a bidirectional control was taken")
	}
	bad = buildTable(nil)
	bad.forest = []model.Domain{{DNSName: "\x1b"}}
	if _, err := ReadTable(piecesOf(t, bad)); err == nil {
		t.Error("a domain with a control character was taken")
	}
}

// FuzzReadTable tries heads of all kinds in front of good blocks, and blocks of all kinds behind a good head.
func FuzzReadTable(f *testing.F) {
	whole := piecesOf(f, buildTable(strangeEntities()))
	for n, piece := range whole {
		f.Add(n, piece)
	}
	f.Fuzz(func(t *testing.T, n int, piece []byte) {
		pieces := slices.Clone(whole)
		pieces[uint(n)%uint(len(pieces))] = piece
		if table, err := ReadTable(pieces); err == nil && table.Len() < 1000 {
			useView(Join(table, Knowledge{}))
		}
	})
}

func BenchmarkReadTable(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		pieces := piecesOf(b, buildTable(makeEntities(n)))
		size := 0
		for _, piece := range pieces {
			size += len(piece)
		}
		b.SetBytes(int64(size))
		for b.Loop() {
			if _, err := ReadTable(pieces); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(size)/float64(n), "B/entity")
	})
}

func BenchmarkPreview(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		table := buildTable(entities)
		v := Join(table, makeKnowledge(entities))
		badges, counts := v.Badges(), v.Counts()
		for b.Loop() {
			if _, err := Preview(table, badges, counts, Knowledge{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
