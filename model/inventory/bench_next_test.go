package inventory

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// BenchmarkNext makes the View that follows when little has changed: a hundred things of one sort, all over the lists.
func BenchmarkNext(b *testing.B) {
	const few = 100
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		t, k := buildTable(entities), makeKnowledge(entities)
		v := Join(t, k)
		number := 0 // so that each change differs from the one before
		for _, c := range []struct {
			name   string
			change func()
		}{
			{"nothing", func() {}},
			{"age", func() { k.Stale = !k.Stale }},
			{"toggles", func() { k.Off = model.EndpointSideOff - k.Off }},
			{"alerts", func() {
				var changed []model.Alert
				for i := range few {
					a := k.EndpointAlerts.At(i * (k.EndpointAlerts.Len() / few))
					a.Status, a.Updated = 1+(a.Status+1)%3, a.Updated.Add(time.Minute)
					changed = append(changed, a)
				}
				k.EndpointAlerts = k.EndpointAlerts.With(changed)
			}},
			{"reports", func() { // the daily ones of machines
				var changed []model.Machine
				for i := range few {
					m := k.Machines.At(i * (k.Machines.Len() / few))
					m.Health, m.LastSeen = 1+(m.Health+1)%2, m.LastSeen.Add(time.Minute)
					changed = append(changed, m)
				}
				k.Machines = k.Machines.With(changed)
			}},
			{"machines", func() { // new ones
				var added []model.Machine
				for i := range few {
					e := &entities[i*(n/few)&^1]
					added = append(added, model.Machine{ID: fmt.Sprintf("%040d", number*few+i), Name: e.DNSName, DeviceID: e.ID,
						LastSeen: minutes(100_000 + number), Onboarding: model.Onboarded, Health: model.HealthActive})
				}
				k.Machines = k.Machines.With(added)
			}},
			{"entities", func() { // what the directory says of them, but for their names
				changes := Continue(t)
				for i := range few {
					e := entities[i*(n/few)]
					e.LastLogon = minutes(600_000 + number)
					changes.Add([]model.Entity{e})
				}
				t = changes.Table()
			}},
		} {
			b.Run(c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					b.StopTimer()
					number++
					c.change()
					b.StartTimer()
					v = v.Next(t, k)
				}
			})
		}
	})
}

// BenchmarkNextOrder makes an order that follows from that of the view before, when a hundred machines have reported or a
// hundred entities were renamed.
func BenchmarkNextOrder(b *testing.B) {
	const few = 100
	sizes(b, func(b *testing.B, n int) {
		entities := makeEntities(n)
		t, k := buildTable(entities), makeKnowledge(entities)
		v := Join(t, k)
		order := func(b *testing.B, column Column, change func(number int)) {
			v.Order(column, false)
			for number := 0; b.Loop(); number++ {
				b.StopTimer()
				change(number)
				v = v.Next(t, k)
				b.StartTimer()
				v.Order(column, false)
			}
		}
		b.Run("badge", func(b *testing.B) {
			order(b, ColumnBadge, func(int) {
				var changed []model.Machine
				for i := range few {
					m := k.Machines.At(i * (k.Machines.Len() / few))
					m.Health, m.LastSeen = 1+(m.Health+1)%2, m.LastSeen.Add(time.Minute)
					changed = append(changed, m)
				}
				k.Machines = k.Machines.With(changed)
			})
		})
		b.Run("name", func(b *testing.B) {
			order(b, ColumnName, func(number int) {
				changes := Continue(t)
				for i := range few {
					e := entities[i*(n/few)|1]
					e.Name = text.Line(fmt.Sprint(oneOf(rand.New(rand.NewPCG(uint64(i), uint64(number))), givenNames), number))
					changes.Add([]model.Entity{e})
				}
				t = changes.Table()
			})
		})
	})
}
