package inventory

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"testing"
	"time"
	"weak"

	"adbadge/model"
	"adbadge/model/text"
)

// TestTheNextViewIsTheOneThatAWholeJoinGives changes small worlds step by step. After each step the View that follows
// from the one before must be the one that a join of everything gives, and that of the rules read naively.
func TestTheNextViewIsTheOneThatAWholeJoinGives(t *testing.T) {
	worlds := 300
	if testing.Short() {
		worlds = 60
	}
	for seed := range worlds {
		if problem := walk(uint64(seed), 12); problem != "" {
			t.Fatalf("world %d: %s", seed, problem)
		}
	}
}

// FuzzNext looks for further walks on which they differ.
func FuzzNext(f *testing.F) {
	f.Add(uint64(1) << 40)
	f.Fuzz(func(t *testing.T, seed uint64) {
		if problem := walk(seed, 30); problem != "" {
			t.Fatal(problem)
		}
	})
}

// walk takes a world through some steps and says where the next View is wrong.
func walk(seed uint64, steps int) string {
	w := newSmallWorld(seed)
	b := NewBuilder(0)
	b.SetDomains(w.forest)
	b.Add(w.entities)
	table := b.Table()
	v := Join(table, w.k)
	for step := range steps {
		var done []string
		for range 1 + w.r.IntN(3) {
			var what string
			what, table = w.step(table)
			done = append(done, what)
		}
		look(w, v) // what is made when it is first needed must not depend on that
		before := describe(v)
		next := v.Next(table, w.k)
		if w.r.IntN(2) == 0 { // one that nobody looks at much
			look(w, next)
			var what string
			what, table = w.step(table)
			done = append(done, what)
			next = next.Next(table, w.k)
		}
		got, want := describe(next), describe(Join(Continue(table).Table(), w.k)) // of a Table that has taken nothing over
		if problem := difference(got, want); problem != "" {
			return fmt.Sprintf("step %d (%v): %s", step, done, problem)
		}
		if problem := difference(describe(v), before); problem != "" {
			return fmt.Sprintf("step %d (%v): the View before has changed: %s", step, done, problem)
		}
		if w.isWhole() {
			if problem := compare(next, w.naively(entitiesOf(next))); problem != "" {
				return fmt.Sprintf("step %d (%v): %s", step, done, problem)
			}
		}
		v = next
	}
	return ""
}

func (w *smallWorld) isWhole() bool {
	k := &w.k
	return k.Off == model.NoReason && len(k.Asked) == 0 && k.MachinesAnswer.State == Answered &&
		k.EndpointAlertsAnswer.State == Answered && k.LogonsAnswer.State == Answered
}

// step changes one thing.
func (w *smallWorld) step(t *Table) (what string, next *Table) {
	k := &w.k
	switch w.r.IntN(12) {
	case 0:
		k.Stale = !k.Stale
		return "stale", t
	case 1:
		k.Off = pick(w, model.NoReason, model.NoReason, model.IntegrationOff, model.EndpointSideOff)
		return "off", t
	case 2:
		state := pick(w, Answered, Answered, Incomplete, Denied)
		*pick(w, &k.MachinesAnswer, &k.EndpointAlertsAnswer, &k.LogonsAnswer, &k.IdentityAlertsAnswer) = Answer{State: state}
		return "answers", t
	case 3:
		k.Asked = map[model.GUID]bool{}
		if len(w.entities) > 0 && w.r.IntN(2) == 0 {
			k.Asked[w.entities[w.r.IntN(len(w.entities))].ID] = true
		}
		return "asked", t
	case 4:
		w.logons = changeSome(w, w.logons, func() model.Logon {
			return model.Logon{SID: w.sid(), Name: w.account(), Domain: pick(w, "CONTOSO", "emea", "WS1", w.domain()), At: minutes(w.r.IntN(50))}
		})
		k.Logons = NewLogons(w.logons)
		return "logons", t
	case 5:
		list := w.r.IntN(2)
		w.alerts[list] = changeSome(w, w.alerts[list], w.alert)
		w.fill()
		return "all lists anew", t
	case 6:
		list, changed := w.r.IntN(2), changeSome(w, nil, w.alert)
		w.alerts[list] = append(w.alerts[list], changed...)
		*[]*Alerts{&k.EndpointAlerts, &k.IdentityAlerts}[list] = []Alerts{k.EndpointAlerts, k.IdentityAlerts}[list].With(changed)
		return "alerts", t
	case 7:
		w.machines = changeSome(w, w.machines, w.machine)
		k.Machines = NewMachines(w.machines)
		return "machines anew", t
	case 8:
		changed := changeSome(w, nil, w.machine)
		w.machines = append(w.machines, changed...)
		k.Machines = k.Machines.With(changed)
		return "machines", t
	case 9:
		// What a machine reports each day changes nothing of where it belongs.
		if k.Machines.Len() == 0 {
			return "nothing", t
		}
		m := k.Machines.At(w.r.IntN(k.Machines.Len()))
		m.LastSeen, m.Health, m.Onboarding, m.Risk = minutes(w.r.IntN(1<<30)), w.machine().Health, w.machine().Onboarding, model.Low
		w.machines = append(w.machines, m)
		k.Machines = k.Machines.With([]model.Machine{m})
		return "reports", t
	}
	return "entities", w.changeEntities(t)
}

// changeSome gives a slice in which some items are other ones, new or gone.
func changeSome[T any](w *smallWorld, items []T, random func() T) []T {
	items = slices.Clone(items)
	for range 1 + w.r.IntN(2) {
		switch {
		case len(items) > 0 && w.r.IntN(3) > 0:
			items[w.r.IntN(len(items))] = random()
		case len(items) > 0 && w.r.IntN(3) == 0:
			at := w.r.IntN(len(items))
			items = slices.Delete(items, at, at+1)
		default:
			items = append(items, random())
		}
	}
	return items
}

func (w *smallWorld) changeEntities(t *Table) *Table {
	b := Continue(t)
	if w.r.IntN(12) == 0 { // read from end to end
		b = NewBuilder(0)
		b.SetDomains(w.forest)
		w.r.Shuffle(len(w.entities), func(i, j int) { w.entities[i], w.entities[j] = w.entities[j], w.entities[i] })
		b.Add(w.entities)
	}
	for range 1 + w.r.IntN(3) {
		at := w.r.IntN(len(w.entities) + 1)
		if at < len(w.entities) && w.r.IntN(3) == 0 {
			b.Remove([]model.GUID{w.entities[at].ID})
			w.entities = slices.Delete(w.entities, at, at+1)
			continue
		}
		e := w.entity(w.r.IntN(200))
		if at < len(w.entities) && w.r.IntN(2) == 0 {
			e = w.entities[at]
			e.LastLogon, e.Department, e.Name = w.logon(), pick[text.Line](w, "Sales", "IT", ""), pick(w, e.Name, "a", "Zoe")
			e.Flags ^= pick(w, 0, model.Disabled)
		}
		if same := slices.IndexFunc(w.entities, func(o model.Entity) bool { return o.ID == e.ID }); same >= 0 {
			w.entities[same] = e
		} else {
			w.entities = append(w.entities, e)
		}
		b.Add([]model.Entity{e})
	}
	return b.Table()
}

// logon is a time of all that directories hold.
func (w *smallWorld) logon() time.Time {
	return pick(w, time.Time{}, minutes(w.r.IntN(50)), time.Date(9999, 1, 1+w.r.IntN(5), 0, 0, 0, 0, time.UTC), time.Date(1601, 1, 1, 0, 0, w.r.IntN(5), 0, time.UTC))
}

func entitiesOf(v *View) (entities []model.Entity) {
	for row := range v.Len() {
		entities = append(entities, v.Entity(row))
	}
	return entities
}

// look asks for some of what a View makes when it is first asked for.
func look(w *smallWorld, v *View) {
	for range w.r.IntN(4) {
		v.Order(Column(w.r.IntN(int(columnCount))), false)
		v.Order(Column(w.r.IntN(int(columnCount))), true)
	}
	v.Lookup("ws1")
}

// description is everything that can be read from a View, in words.
type description map[string]string

func describe(v *View) description {
	d := description{"counts": fmt.Sprintf("%+v", v.Counts())}
	for _, column := range Columns() {
		d["order "+column.String()] = fmt.Sprint(v.Order(column, false), v.Order(column, true))
	}
	ids := func(machines []*model.Machine) (ids []string) {
		for _, m := range machines {
			ids = append(ids, fmt.Sprintf("%+v", *m))
		}
		return ids
	}
	alerts := func(alerts []*model.Alert) (ids []string) {
		for _, a := range alerts {
			ids = append(ids, fmt.Sprintf("%+v", *a))
		}
		return ids
	}
	for row := range v.Len() {
		logon, seen := v.Logon(row)
		mdi, worst := v.OpenAlerts(row, model.DefenderForIdentity)
		d[fmt.Sprint("row ", row)] = fmt.Sprint(v.Entity(row), v.Badge(row), v.IdentityBadge(row), v.Match(row), logon, seen, v.Seen(row),
			ids(v.Machines(row)), ids(v.Candidates(row)), alerts(v.Alerts(row)), mdi, worst)
	}
	for i, a := range v.AllAlerts() {
		d[fmt.Sprint("alert ", i)] = fmt.Sprint(alerts([]*model.Alert{a}), v.AlertRows(a))
	}
	for i, u := range v.Unplaced() {
		d[fmt.Sprint("unplaced ", i)] = fmt.Sprint(ids([]*model.Machine{u.Machine}), u.Class, u.Rivals)
	}
	for _, name := range []string{"ws1", "anna", `CONTOSO\anna`, "ws1.contoso.test", "karl.k@contoso.test", "S-1-5-21-1-2-3-1101"} {
		d["lookup "+name] = fmt.Sprint(v.Lookup(name))
	}
	return d
}

// difference gives the first thing that two descriptions do not agree on.
func difference(got, want description) string {
	keys := slices.Sorted(maps.Keys(want))
	for _, key := range keys {
		if got[key] != want[key] {
			return fmt.Sprintf("%s is\n%s, want\n%s", key, got[key], want[key])
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("%d things, want %d", len(got), len(want))
	}
	return ""
}

// TestWhoWinsANameDecidesOnTheShortOne: a new record gives a computer its full name, and with it the short name is no
// longer in doubt.
func TestWhoWinsANameDecidesOnTheShortOne(t *testing.T) {
	computer := func(id byte, sam, domain, dns text.Line, flags model.EntityFlags) model.Entity {
		return model.Entity{ID: guid(id), Kind: model.Computer, SAM: sam, Name: sam[:len(sam)-1], Domain: domain, DNSName: dns, Flags: flags}
	}
	b := NewBuilder(0)
	b.Add([]model.Entity{
		computer(1, "WS1$", "contoso.test", "a.contoso.test", 0), computer(2, "OLD$", "contoso.test", "a.contoso.test", model.Disabled),
		computer(3, "WS1$", "emea.contoso.test", "b.emea.contoso.test", 0),
	})
	short := model.Machine{ID: "short", Name: "ws1", LastSeen: minutes(1)}
	k := whole([]model.Machine{short})
	v := Join(b.Table(), k)
	if got := v.Badge(2).Text(); got != "[ ? ]" {
		t.Fatalf("badge %s", got)
	}
	for _, change := range []model.Machine{{ID: "full", Name: "A.contoso.test", LastSeen: minutes(2)}, {ID: "full", Name: "gone.contoso.test", LastSeen: minutes(3)}} {
		k.Machines = k.Machines.With([]model.Machine{change})
		v = v.Next(v.Table(), k)
		if problem := difference(describe(v), describe(Join(v.Table(), k))); problem != "" {
			t.Errorf("after %s: %s", change.Name, problem)
		}
	}
}

// TestViewsBeforeAreNotKeptAlive: what follows from a View takes over parts of it, and not the View.
func TestViewsBeforeAreNotKeptAlive(t *testing.T) {
	w := newSmallWorld(7)
	b := NewBuilder(0)
	b.Add(w.entities)
	table := b.Table()
	v := Join(table, w.k)
	var views []weak.Pointer[View]
	var tables []weak.Pointer[Table]
	for range 50 {
		views, tables = append(views, weak.Make(v)), append(tables, weak.Make(table))
		look(w, v)
		_, table = w.step(table)
		v = v.Next(table, w.k)
	}
	runtime.GC()
	for i := range views {
		if views[i].Value() != nil {
			t.Errorf("the View of step %d is still there", i)
		}
		if old := tables[i].Value(); old != nil && old != table {
			t.Errorf("the Table of step %d is still there", i)
		}
	}
	runtime.KeepAlive(v)
}
