package inventory

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"adbadge/model"
	"adbadge/model/text"
)

func TestTextsSortAsAPlainSortDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, count := range []int{0, 1, 2, 50, 97, 1000, 20_000} {
		for _, shape := range []string{"random", "long prefix", "all equal", "few"} {
			names := make([]string, count)
			for i := range names {
				switch shape {
				case "random":
					names[i] = fmt.Sprintf("%x", r.Uint64())[:r.IntN(12)]
				case "long prefix":
					names[i] = "desktop-with-a-long-name-" + fmt.Sprint(r.IntN(count))
				case "all equal":
					names[i] = "the same"
				case "few":
					names[i] = []string{"", "a", "aa", "österreich", "12345678", "123456789"}[r.IntN(6)]
				}
			}
			read := func(row int, dst []byte) []byte { return appendFoldedName(dst, names[row]) }
			want := make([]uint32, count)
			for i := range want {
				want[i] = uint32(i)
			}
			slices.SortStableFunc(want, func(a, b uint32) int { return bytes.Compare(read(int(a), nil), read(int(b), nil)) })
			if got := sortTexts(count, read); !slices.Equal(got, want) {
				t.Errorf("%d texts, %s: wrong order", count, shape)
			}
		}
	}
}

func TestEveryColumnSortsTheUsefulFirst(t *testing.T) {
	answered := Answer{State: Answered}
	v := viewOf(t, []model.Entity{
		{ID: guid(1), Kind: model.User, Name: "Zoe", SAM: "zoe", Domain: "b.test", Department: "Sales", OU: "B", LastLogon: minutes(5), Created: minutes(9)},
		{ID: guid(2), Kind: model.Computer, Name: "ANNA-PC", SAM: "ANNA-PC$", Domain: "a.test", DNSName: "anna-pc.a.test", OS: "Windows", OU: "A"},
		{ID: guid(3), Kind: model.User, Name: "ånna", SAM: "x", Domain: "a.test", Created: minutes(3), LastLogon: minutes(7)},
		{ID: guid(4), Kind: model.Computer, Name: "B", SAM: "B$", Domain: "a.test", DNSName: "b.a.test", LastLogon: minutes(6), Created: minutes(4)},
	}, Knowledge{
		MachinesAnswer: answered, EndpointAlertsAnswer: answered, LogonsAnswer: answered,
		Machines: NewMachines([]model.Machine{
			{ID: "m2", DeviceID: guid(2), Onboarding: model.Onboarded, Health: model.HealthActive, Risk: model.Low, LastSeen: minutes(1)},
			{ID: "m4", DeviceID: guid(4), Onboarding: model.Onboarded, Health: model.HealthInactive, Risk: model.High, LastSeen: minutes(2)},
		}),
		EndpointAlerts: NewAlerts([]model.Alert{
			{ID: "a1", Product: model.DefenderForEndpoint, Status: model.StatusNew, Severity: model.Low, Devices: []model.DeviceRef{{MachineID: "m2"}}},
			{ID: "a2", Product: model.DefenderForIdentity, Status: model.StatusNew, Devices: []model.DeviceRef{{MachineID: "m4"}}},
		}),
	})
	for _, test := range []struct {
		column Column
		want   []uint32
	}{
		{ColumnBadge, []uint32{1, 3, 2, 0}}, {ColumnName, []uint32{2, 1, 3, 0}}, {ColumnSAM, []uint32{1, 3, 2, 0}},
		{ColumnKind, []uint32{2, 0, 1, 3}}, {ColumnGroup, []uint32{0, 1, 2, 3}}, {ColumnOU, []uint32{1, 0, 2, 3}},
		{ColumnDomain, []uint32{2, 1, 3, 0}}, {ColumnLogon, []uint32{2, 3, 0, 1}}, {ColumnCreated, []uint32{0, 3, 2, 1}},
		{ColumnSeen, []uint32{3, 1, 2, 0}}, {ColumnHealth, []uint32{3, 1, 2, 0}}, {ColumnRisk, []uint32{3, 1, 2, 0}},
		{ColumnAlerts, []uint32{1, 2, 3, 0}}, {ColumnIdentityAlerts, []uint32{3, 2, 1, 0}},
	} {
		if got := v.Order(test.column, false); !slices.Equal(got, test.want) {
			t.Errorf("by %v: %v, want %v", test.column, got, test.want)
		}
		for rank, row := range test.want {
			if got := v.Rank(test.column)[row]; got != uint32(rank) {
				t.Errorf("by %v row %d ranks %d, want %d", test.column, row, got, rank)
			}
		}
	}
}

// TestReverseKeepsTiesByName: the other way round, rows that are equal still go by name.
func TestReverseKeepsTiesByName(t *testing.T) {
	v := viewOf(t, []model.Entity{
		{ID: guid(1), Name: "c"}, {ID: guid(2), Name: "a"}, {ID: guid(3), Kind: model.Computer, Name: "b"},
	}, Knowledge{})
	if got := v.Order(ColumnKind, true); !slices.Equal(got, []uint32{2, 1, 0}) {
		t.Errorf("got %v", got)
	}
	if got := v.Order(ColumnName, true); !slices.Equal(got, []uint32{0, 2, 1}) {
		t.Errorf("got %v", got)
	}
}

func guid(n byte) model.GUID { return model.GUID{15: n} }

func viewOf(t *testing.T, entities []model.Entity, k Knowledge) *View {
	t.Helper()
	b := NewBuilder(len(entities))
	b.Add(entities)
	return Join(b.Table(), k)
}

// BenchmarkPlainSort is what the order by name is measured against.
func BenchmarkPlainSort(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		for b.Loop() {
			order := make([]uint32, n)
			names := make([]string, n)
			for i := range order {
				order[i], names[i] = uint32(i), text.Fold(string(entities[i].Name))
			}
			slices.SortStableFunc(order, func(x, y uint32) int { return cmp.Compare(names[x], names[y]) })
		}
	})
}
