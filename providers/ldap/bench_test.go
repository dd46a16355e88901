package ldap

import (
	"fmt"
	"testing"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/providers/lab"
)

// labDirectory gives a directory of so many users and computers behind the lab's server, which counts its lengths in
// four bytes as Windows does.
func labDirectory(b *testing.B, users, computers int) *Directory {
	running, err := lab.Start(b.Context(), lab.Options{Users: users, Computers: computers})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := running.Close(); err != nil {
			b.Error(err)
		}
	})
	d, err := New(Options{Config: running.Config().Directories[0], Password: running.DirectoryPassword(), Roots: running.Roots()})
	if err != nil {
		b.Fatal(err)
	}
	return d
}

// page gives the messages of the first page of a part.
func page(b *testing.B, s *session, p part) (messages []string) {
	request, controls, err := search{base: p.base, scope: subtree, filter: p.filter, attributes: entityAttributes, pageSize: 1000}.encode()
	if err == nil {
		err = s.send(request, controls...)
	}
	for err == nil {
		var raw string
		if raw, err = s.readMessage(); err != nil {
			break
		}
		var m message
		if m, err = parseMessage(raw); m.op != opSearchEntry {
			break
		}
		messages = append(messages, raw)
	}
	if err != nil {
		b.Fatal(err)
	}
	return messages
}

// BenchmarkDecode makes entities of the bytes of answers, and rows of the inventory.
func BenchmarkDecode(b *testing.B) {
	d := labDirectory(b, 2000, 1500)
	s, err := d.connect(b.Context(), 0)
	if err != nil {
		b.Fatal(err)
	}
	defer s.close()
	for name, filter := range map[string]string{"users": userFilter, "computers": computerFilter} {
		messages := page(b, s, part{"DC=contoso,DC=test", filter})
		bytes := 0
		for _, m := range messages {
			bytes += len(m)
		}
		report := func(b *testing.B) {
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(messages)), "ns/entry")
			b.ReportMetric(float64(bytes)/float64(len(messages)), "B/message")
		}
		var e entry
		c := newConverter(noon, nil)
		entities := make([]model.Entity, 0, len(messages))
		convert := func(b *testing.B) {
			entities = entities[:0]
			for _, raw := range messages {
				m, err := parseMessage(raw)
				if err == nil {
					err = e.parse(m.body)
				}
				if err != nil {
					b.Fatal(err)
				}
				if entity, ok := c.entity(&e); ok {
					entities = append(entities, entity)
				}
			}
		}
		b.Run(name+"/parse", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, raw := range messages {
					m, err := parseMessage(raw)
					if err == nil {
						err = e.parse(m.body)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			report(b)
		})
		b.Run(name+"/convert", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				convert(b)
			}
			report(b)
		})
		b.Run(name+"/build", func(b *testing.B) {
			convert(b)
			b.ReportAllocs()
			for b.Loop() {
				inventory.NewBuilder(len(entities)).Add(entities)
			}
			report(b)
		})
	}
}

// BenchmarkRead reads a directory from the lab's server into an inventory: client and server together.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			d := labDirectory(b, n*6/10, n*4/10)
			read := func() {
				builder := inventory.NewBuilder(0)
				gaps, err := d.Entities(b.Context(), func(batch []model.Entity) error {
					builder.Add(batch)
					return nil
				})
				if err != nil || len(gaps) > 0 {
					b.Fatal(gaps, err)
				}
				if got := builder.Table().Len(); got < n {
					b.Fatalf("%d rows of %d", got, n)
				}
			}
			read() // the server encodes its entries
			b.ReportAllocs()
			for b.Loop() {
				read()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/entry")
		})
	}
}
