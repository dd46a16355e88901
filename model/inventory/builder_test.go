package inventory

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/text"
)

// TestEntitiesComeBackAsTheyWere: whatever is left out because another field says it, nothing is lost.
func TestEntitiesComeBackAsTheyWere(t *testing.T) {
	at := func(year int) time.Time { return time.Date(year, 2, 3, 4, 5, 6, 0, time.UTC) }
	entities := []model.Entity{
		{},
		{ID: guid(1), Kind: model.Computer, Flags: model.Disabled | model.DomainController, Name: "DC01", SAM: "DC01$",
			Domain: "Contoso.test", DN: "CN=DC01,OU=Domain Controllers,DC=contoso,DC=test", OU: "Domain Controllers",
			SID: "S-1-5-21-1-2-3-1000", DNSName: "dc01.contoso.test", OS: "Windows Server 2025", OSVersion: "10.0 (26100)",
			LastLogon: at(2026), Created: at(1601), PasswordSet: at(9999)},
		{ID: guid(2), Kind: model.Computer, Name: "DC01", SAM: "DC01$", Domain: "Contoso.test", DNSName: "DC01.Contoso.test", Created: at(1970)},
		{ID: guid(3), Kind: model.Computer, Name: "dc01", SAM: "DC01$", Domain: "contoso.test", DNSName: "DC01.contoso.test.", Created: at(2200)},
		{ID: guid(4), Name: "Anna Berg", SAM: "aberg", Domain: "contoso.test", DN: `CN=Berg\, Anna,OU=Sales,DC=contoso,DC=test`,
			UPN: "aberg@contoso.test", Mail: "aberg@contoso.test", Department: "Sales", Title: "Manager", SID: "S-1-5-21-1-2-3-4294967295"},
		{ID: guid(5), Name: "aberg", SAM: "aberg", Domain: "contoso.test", UPN: "anna@contoso.test", Mail: "other@contoso.test", DN: "CN=aberg"},
		{ID: guid(6), SAM: "Ärger$", Domain: "MÜNCHEN.test", DNSName: "Ärger.MÜNCHEN.test", DN: "CN=x,", SID: "S-1-5-18"},
		{ID: guid(7), Name: "$", SAM: "$", Domain: "", DNSName: ".", UPN: "$@", Mail: "$@", SID: "odd"},
		{ID: guid(8), Name: text.Line(strings.Repeat("long ", 300)), SAM: text.Line(strings.Repeat("s", 200))},
	}
	v := viewOf(t, entities, Knowledge{})
	for row := range entities {
		if diff := cmp.Diff(entities[row], v.Entity(row)); diff != "" {
			t.Errorf("row %d: %s", row, diff)
		}
		if v.Name(row) != entities[row].Name || v.SAM(row) != entities[row].SAM || v.DNSName(row) != string(entities[row].DNSName) {
			t.Errorf("row %d: single columns differ", row)
		}
	}
}

// TestReplacedEntitiesKeepTheirRow: and a Table that was taken before still shows the earlier one.
func TestReplacedEntitiesKeepTheirRow(t *testing.T) {
	b := NewBuilder(0)
	for i := range 40_000 {
		b.Add([]model.Entity{{ID: numbered(i), Name: text.Line(fmt.Sprint("first ", i)), SAM: "s"}})
	}
	before := Join(b.Table(), Knowledge{})
	for _, i := range []int{0, 39_999, 5, 5} {
		b.Add([]model.Entity{{ID: numbered(i), Name: text.Line(fmt.Sprint("second ", i)), Domain: "new.test"}})
	}
	b.Add([]model.Entity{{ID: numbered(40_000), Name: "one more"}})
	after := Join(b.Table(), Knowledge{})
	if before.Len() != 40_000 || after.Len() != 40_001 {
		t.Fatalf("%d and %d rows", before.Len(), after.Len())
	}
	for _, i := range []int{0, 1, 5, 39_999} {
		row, ok := after.Find(numbered(i))
		if !ok || row != i || before.Name(i) != text.Line(fmt.Sprint("first ", i)) || !bytes.HasPrefix(before.SearchText(i), []byte("first")) {
			t.Errorf("row %d of the earlier table changed: %q", i, before.Name(i))
		}
		word := "second"
		if i == 1 {
			word = "first"
		}
		if got := string(after.Name(i)); got != fmt.Sprint(word, " ", i) || !bytes.HasPrefix(after.SearchText(i), []byte(word)) {
			t.Errorf("row %d of the later table is %q, searched as %q", i, got, after.SearchText(i))
		}
	}
	if after.Name(40_000) != "one more" || string(after.SearchText(40_000)) != "one more" {
		t.Errorf("the last row is %q", after.SearchText(40_000))
	}
}

func TestEntitiesWithoutAnIDAreNotTheSame(t *testing.T) {
	v := viewOf(t, []model.Entity{{Name: "a"}, {Name: "b"}}, Knowledge{})
	if v.Len() != 2 {
		t.Errorf("%d rows", v.Len())
	}
	if _, ok := v.Find(model.GUID{}); ok {
		t.Error("found an entity by no id")
	}
}

func numbered(i int) model.GUID { return model.GUID{byte(i), byte(i >> 8), byte(i >> 16), 1} }

// TestReadersNeedNoLock reads Tables and Views while the Builder goes on; the race detector watches.
func TestReadersNeedNoLock(t *testing.T) {
	b := NewBuilder(0)
	var wait sync.WaitGroup
	for step := range 12 {
		for i := range 4000 {
			// Every third one replaces an earlier one.
			n := step*4000 + i
			if i%3 == 0 {
				n /= 2
			}
			b.Add([]model.Entity{{ID: numbered(n), Kind: model.Kind(n % 2), Name: text.Line(fmt.Sprint("name ", n)), SAM: text.Line(fmt.Sprint("n", n, "$")),
				Domain: "contoso.test", SID: model.SID(fmt.Sprint("S-1-5-21-1-2-3-", n))}})
		}
		table := b.Table()
		for range 2 {
			wait.Go(func() {
				v := Join(table, Knowledge{
					Machines:       NewMachines([]model.Machine{{ID: "m", Name: "n1.contoso.test"}, {ID: "n", Name: "n3"}}),
					EndpointAlerts: NewAlerts([]model.Alert{endpointAlert("1", []model.DeviceRef{{MachineID: "m"}}, model.AccountRef{SID: "S-1-5-21-1-2-3-2"})}),
				})
				for _, column := range []Column{ColumnName, ColumnBadge, ColumnLogon} {
					if len(v.Order(column, false)) != v.Len() {
						t.Error("an order is short")
					}
				}
				for row := 0; row < v.Len(); row += 97 {
					if e := v.Entity(row); !strings.HasPrefix(string(e.Name), "name ") {
						t.Errorf("row %d is torn: %+v", row, e)
					}
				}
				if len(v.Lookup("n1$")) != 1 {
					t.Error("n1$ is not there")
				}
			})
		}
	}
	wait.Wait()
}

// TestManyWithTheSameName: hostile directories cost no more than others.
func TestManyWithTheSameName(t *testing.T) {
	var entities []model.Entity
	var machines []model.Machine
	for i := range 50_000 {
		entities = append(entities, model.Entity{ID: numbered(i), Kind: model.Computer, SAM: "SAME$", DNSName: "same.contoso.test", Domain: "contoso.test"})
		machines = append(machines, model.Machine{ID: fmt.Sprint(i), Name: []text.Line{"same.contoso.test", "same"}[i%2]})
	}
	start := time.Now()
	v := viewOf(t, entities, whole(machines))
	if took := time.Since(start); took > time.Minute {
		t.Errorf("the join took %v", took)
	}
	if c := v.Counts(); c.Ambiguous != 50_000 || c.Unplaced[UnplacedAmbiguous] != 50_000 {
		t.Errorf("got %+v", c)
	}
}

// TestReplacingForeverDoesNotGrow: a directory that is read again and again into one Builder.
func TestReplacingForeverDoesNotGrow(t *testing.T) {
	b := NewBuilder(0)
	size := 0
	for pass := range 20 {
		for i := range 1000 {
			b.Add([]model.Entity{{ID: numbered(i), Name: text.Line(fmt.Sprint("name ", pass%10, " ", i))}})
		}
		table := b.Table()
		if pass == 0 {
			size = len(table.blocks[0].text)
		}
		if got := len(table.blocks[0].text); got != size {
			t.Fatalf("pass %d: %d bytes of names, %d at first", pass, got, size)
		}
	}
}

// A refresh reads most entities as they were before: that must neither copy nor rewrite a block.
func TestReplaceByTheSame(t *testing.T) {
	entities := makeEntities(100)
	b := NewBuilder(0)
	b.Add(entities)
	before := b.Table()
	b.Add(entities)
	if same := b.Table(); &same.blocks[0].kinds[0] != &before.blocks[0].kinds[0] || &same.blocks[0].search[0] != &before.blocks[0].search[0] {
		t.Error("a block was copied though nothing in it changed")
	}
	changes := map[string]func(*model.Entity){
		"name":       func(e *model.Entity) { e.Name += "x" },
		"kind":       func(e *model.Entity) { e.Kind = model.Computer },
		"flags":      func(e *model.Entity) { e.Flags ^= model.Disabled },
		"SID":        func(e *model.Entity) { e.SID = "S-1-5-21-9-9-9-9" },
		"logon":      func(e *model.Entity) { e.LastLogon = e.LastLogon.Add(time.Hour) },
		"password":   func(e *model.Entity) { e.PasswordSet = e.PasswordSet.Add(time.Hour) },
		"creation":   func(e *model.Entity) { e.Created = e.Created.Add(time.Hour) },
		"domain":     func(e *model.Entity) { e.Domain = "other.test" },
		"place":      func(e *model.Entity) { e.OU = "Elsewhere" },
		"department": func(e *model.Entity) { e.Department = "Other" },
		"system":     func(e *model.Entity) { e.OSVersion = "11" },
	}
	for what, change := range changes {
		want := entities[1]
		change(&want)
		b.Add([]model.Entity{want})
		if got := b.Table().entity(1); got != want {
			t.Errorf("another %s: got %+v, want %+v", what, got, want)
		}
	}
}
