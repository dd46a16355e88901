package inventory

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// sizes are the numbers of entities that benchmarks run with.
func sizes(b *testing.B, run func(b *testing.B, n int)) {
	for _, size := range []struct {
		name string
		n    int
	}{{"1k", 1_000}, {"100k", 100_000}, {"1M", 1_000_000}} {
		b.Run(size.name, func(b *testing.B) {
			if size.n > 100_000 && testing.Short() {
				b.Skip("a million entities are not short")
			}
			run(b, size.n)
		})
	}
}

var (
	givenNames  = []string{"Anna", "Karl", "Aisha", "José", "Marie", "Li", "Olga", "Peter", "Zoë", "Sven", "Fatima", "Ivan", "Chloe", "Tariq", "Schmitz"}
	familyNames = []string{"Berg", "Schneider", "Rahman", "López", "Schulz", "Novak", "Smith", "Müller", "Kowalski", "Santos", "Okafor", "Nguyen", "Ivanova"}
	departments = []string{"Finance", "IT operations", "Sales", "Human resources", "Production", "Research", "Legal", "Service accounts"}
	systems     = []string{"Windows 11 Enterprise", "Windows 10 Enterprise", "Windows Server 2019 Standard", "Windows Server 2022 Standard"}
	domainNames = []string{"contoso.test", "emea.contoso.test", "apac.contoso.test"}
)

func oneOf(r *rand.Rand, values []string) string { return values[r.IntN(len(values))] }

// makeEntities gives n entities, half of them computers.
func makeEntities(n int) []model.Entity {
	r := rand.New(rand.NewPCG(1, 2))
	entities := make([]model.Entity, n)
	for i := range entities {
		e := &entities[i]
		binary.LittleEndian.PutUint64(e.ID[:], r.Uint64())
		binary.LittleEndian.PutUint64(e.ID[8:], uint64(i)+1)
		domain := r.IntN(len(domainNames))
		e.Domain = text.Line(domainNames[domain])
		e.SID = model.SID(fmt.Sprintf("S-1-5-21-1004336348-1177238915-68200333%d-%d", domain, 1100+i))
		e.LastLogon = minutes(r.IntN(500_000))
		e.Created = minutes(-r.IntN(3_000_000))
		e.PasswordSet = minutes(r.IntN(500_000))
		if i%2 == 0 {
			e.Kind = model.Computer
			name := fmt.Sprintf("%s-%s%05d", []string{"WS", "LT", "SRV"}[i%3], []string{"FIN", "HR", "BER"}[i/3%3], i)
			e.Name, e.SAM = text.Line(name), text.Line(name+"$")
			e.DNSName = text.Line(text.Fold(name) + "." + string(e.Domain))
			e.OS, e.OSVersion = text.Line(systems[i%4]), "10.0 (26100)"
			e.OU = "Workstations/Sales"
			e.DN = text.Line("CN=" + name + ",OU=Sales,OU=Workstations,DC=contoso,DC=test")
			continue
		}
		given, family := oneOf(r, givenNames), oneOf(r, familyNames)
		sam := text.Fold(given[:1]+family) + fmt.Sprint(i)
		e.Name, e.SAM = text.Line(given+" "+family), text.Line(sam)
		e.UPN = text.Line(text.Fold(given+"."+family) + fmt.Sprint(i) + "@contoso.test")
		e.Mail = e.UPN
		e.Department, e.Title = text.Line(departments[i%8]), "Manager"
		e.OU = "Users/" + e.Department
		e.DN = text.Line("CN=" + string(e.Name) + " " + sam + ",OU=" + string(e.Department) + ",OU=Users,DC=contoso,DC=test")
	}
	return entities
}

// makeKnowledge gives 0.6 n machine records (six in ten computers by id, some by name, some unknown), 0.1 n alerts and
// 0.2 n logons.
func makeKnowledge(entities []model.Entity) Knowledge {
	r := rand.New(rand.NewPCG(3, 4))
	n := len(entities)
	answered := Answer{State: Answered}
	k := Knowledge{MachinesAnswer: answered, EndpointAlertsAnswer: answered, IdentityAlertsAnswer: answered, LogonsAnswer: answered}
	var machines []model.Machine
	for i := range n * 6 / 10 {
		e := &entities[r.IntN(n/2)*2]
		m := model.Machine{ID: fmt.Sprintf("%040x", i), Name: e.DNSName, LastSeen: minutes(r.IntN(100_000)),
			Onboarding: model.Onboarded, Health: model.HealthActive, Risk: model.Severity(r.IntN(5))}
		switch draw := r.IntN(100); {
		case draw < 70:
			m.DeviceID = e.ID
		case draw < 90:
		case draw < 94:
			m.Name = e.Name
		default:
			m.Name, m.CloudJoined = text.Line(fmt.Sprintf("desktop-%07d", i)), true
		}
		machines = append(machines, m)
	}
	k.Machines = NewMachines(machines)
	var alerts [3][]model.Alert
	for i := range n / 10 {
		user := &entities[r.IntN(n/2)*2+1]
		product := model.Product(1 + r.IntN(2))
		alerts[product] = append(alerts[product], model.Alert{
			ID: fmt.Sprintf("da%d", i), Product: product, Severity: model.Severity(1 + r.IntN(4)),
			Status: model.AlertStatus(1 + r.IntN(3)), Created: minutes(r.IntN(100_000)), Updated: minutes(r.IntN(100_000)),
			Devices:  []model.DeviceRef{{MachineID: fmt.Sprintf("%040x", r.IntN(n*6/10))}},
			Accounts: []model.AccountRef{{SID: user.SID}},
		})
	}
	k.EndpointAlerts, k.IdentityAlerts = NewAlerts(alerts[model.DefenderForEndpoint]), NewAlerts(alerts[model.DefenderForIdentity])
	var logons []model.Logon
	for range n / 5 {
		user := &entities[r.IntN(n/2)*2+1]
		logons = append(logons, model.Logon{SID: user.SID, Name: user.SAM, Domain: user.Domain, At: minutes(r.IntN(100_000))})
	}
	k.Logons = NewLogons(logons)
	return k
}

func buildTable(entities []model.Entity) *Table {
	b := NewBuilder(len(entities))
	for len(entities) > 0 {
		batch := min(1000, len(entities))
		b.Add(entities[:batch])
		entities = entities[batch:]
	}
	return b.Table()
}

func BenchmarkLoad(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		b.ReportAllocs()
		for b.Loop() {
			buildTable(entities)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/entity")
	})
}

// BenchmarkJoin makes the first View of a Table, with its indexes; BenchmarkJoinAgain the next one.
func BenchmarkJoin(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		k := makeKnowledge(entities)
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			t := buildTable(entities)
			runtime.GC()
			b.StartTimer()
			Join(t, k)
		}
	})
}

func BenchmarkJoinAgain(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		t, k := buildTable(entities), makeKnowledge(entities)
		b.ReportAllocs()
		for b.Loop() {
			Join(t, k)
		}
	})
}

// BenchmarkPlace measures rules 1 to 5 for machine records: the first time, with the indexes over names, and again.
func BenchmarkPlace(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		k := makeKnowledge(entities)
		b.Run("first", func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				t := buildTable(entities)
				runtime.GC()
				b.StartTimer()
				placeAll(t, k.Machines)
			}
		})
		b.Run("again", func(b *testing.B) {
			t := buildTable(entities)
			placeAll(t, k.Machines)
			for b.Loop() {
				placeAll(t, k.Machines)
			}
		})
	})
}

// BenchmarkDeviceIDs compares rule 1 with a map of Go that has the right size from the start.
func BenchmarkDeviceIDs(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		t, k := buildTable(entities), makeKnowledge(entities)
		b.Run("index", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x := newIndex(n, n)
				x.addIDs(t.blocks)
				found := uint32(0)
				var ids [batch]model.GUID
				var rows [batch]uint32
				for first := 0; first < k.Machines.Len(); first += batch {
					count := min(batch, k.Machines.Len()-first)
					for i := range count {
						ids[i] = k.Machines.facts(uint32(first + i)).deviceID
					}
					t.findAll(ids[:count], rows[:])
					for _, row := range rows[:count] {
						found += row
					}
				}
				sink = found
			}
		})
		b.Run("map", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rows := make(map[model.GUID]uint32, n)
				for row := range n {
					block, at := t.at(row)
					rows[block.ids[at]] = uint32(row)
				}
				found := uint32(0)
				for record := range uint32(k.Machines.Len()) {
					found += rows[k.Machines.facts(record).deviceID]
				}
				sink = found
			}
		})
	})
}

var sink uint32

func BenchmarkOrder(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		t, k := buildTable(entities), makeKnowledge(entities)
		v := Join(t, k)
		t.nameOrder()
		b.Run("name", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sortTexts(t.rows, t.readName)
			}
		})
		for _, column := range []Column{ColumnBadge, ColumnSAM, ColumnGroup, ColumnLogon, ColumnSeen} {
			b.Run(column.String(), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					sortByKey(t.nameOrder(), v.keys(column), false)
				}
			})
		}
	})
}

// BenchmarkMemory reports what a Table, a View and its orders weigh, and what two full collections cost.
func BenchmarkMemory(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		k := makeKnowledge(entities)
		for b.Loop() {
			before := heap()
			t := buildTable(entities)
			afterTable := heap()
			v := Join(t, k)
			afterJoin := heap()
			v.Order(ColumnBadge, false)
			v.Order(ColumnName, false)
			afterOrders := heap()
			b.ReportMetric(float64(afterTable-before)/float64(n), "B/entity-table")
			b.ReportMetric(float64(afterJoin-afterTable)/float64(n), "B/entity-join")
			b.ReportMetric(float64(afterOrders-afterJoin)/float64(n), "B/entity-orders")
			runtime.KeepAlive(k)
			runtime.KeepAlive(v)
			runtime.KeepAlive(entities)
		}
	})
}

// BenchmarkCollect measures two full collections: with nothing but the Table alive, and with a View.
func BenchmarkCollect(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		k := makeKnowledge(entities)
		t := buildTable(entities)
		entities = nil
		b.Run("view", func(b *testing.B) {
			v := Join(t, k)
			runtime.GC()
			for b.Loop() {
				runtime.GC()
				runtime.GC()
			}
			runtime.KeepAlive(v)
		})
		k = Knowledge{}
		b.Run("table", func(b *testing.B) {
			runtime.GC()
			for b.Loop() {
				runtime.GC()
				runtime.GC()
			}
			runtime.KeepAlive(t)
		})
	})
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestSizesOfTheBenchmarksAreReal(t *testing.T) {
	entities := makeEntities(2000)
	v := Join(buildTable(entities), makeKnowledge(entities))
	c := v.Counts()
	if c.Alerts == 0 || c.Recognized == 0 || c.Unrecognized == 0 || c.Unplaced[UnplacedCloudOnly] == 0 {
		t.Errorf("the data has not everything: %+v", c)
	}
	if got := v.Entity(1); got.Name != entities[1].Name || got.DN != entities[1].DN || got.LastLogon.Sub(entities[1].LastLogon) != time.Duration(0) {
		t.Errorf("got %+v, want %+v", got, entities[1])
	}
}
