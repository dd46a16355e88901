package ldap

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/providers/lab"
)

// labDirectory gives a directory behind the lab's server, which writes its lengths in five octets as Windows does.
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

// BenchmarkPage takes a page of a thousand objects as it comes from a server, step by step: the messages, the entities,
// the rows of the inventory. Each step is measured alone.
func BenchmarkPage(b *testing.B) {
	s, err := labDirectory(b, 2000, 1500).connect(b.Context(), 0)
	if err != nil {
		b.Fatal(err)
	}
	defer s.close()
	for name, filter := range map[string]string{"users": userFilter, "computers": computerFilter} {
		var messages []message
		err := s.ask(search{base: "DC=contoso,DC=test", scope: subtree, filter: filter, attributes: entityAttributes, pageSize: 1000})
		var stream bytes.Buffer
		for err == nil {
			var raw string
			if raw, err = s.readMessage(); err != nil {
				break
			}
			var m message
			if m, err = parseMessage(raw); m.op != opSearchEntry {
				break
			}
			stream.Write(elementOf(tagSequence, []byte(raw)))
			messages = append(messages, m)
		}
		if err != nil {
			b.Fatal(err)
		}
		run := func(b *testing.B, step func()) {
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(messages)), "ns/object")
		}
		entities := make([]model.Entity, 0, len(messages))
		b.Run(name+"/receive", func(b *testing.B) {
			run(b, func() {
				c := newClient(&replay{Reader: bytes.NewReader(stream.Bytes())}, time.Minute)
				c.id = s.id
				for range messages {
					if _, err := c.receive(); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
		b.Run(name+"/convert", func(b *testing.B) {
			var e entry
			c := newConverter(noon, nil)
			run(b, func() {
				entities = entities[:0]
				for i := range messages {
					if err := e.parse(messages[i].body); err != nil {
						b.Fatal(err)
					}
					if entity, ok := c.entity(&e); ok {
						entities = append(entities, entity)
					}
				}
			})
		})
		b.Run(name+"/build", func(b *testing.B) {
			run(b, func() { inventory.NewBuilder(len(entities)).Add(entities) })
		})
	}
}

// replay is a connection that has all it will ever say.
type replay struct {
	io.Reader
	net.Conn
}

func (r *replay) Read(b []byte) (int, error)      { return r.Reader.Read(b) }
func (r *replay) SetReadDeadline(time.Time) error { return nil }

// BenchmarkRead reads a directory from the lab's server into an inventory: client and server together.
func BenchmarkRead(b *testing.B) {
	for _, objects := range []int{1_000, 20_000} {
		b.Run(fmt.Sprint(objects), func(b *testing.B) {
			d := labDirectory(b, objects*6/10, objects*4/10)
			read := func() {
				builder := inventory.NewBuilder(0)
				gaps, err := d.Entities(b.Context(), func(batch []model.Entity) error {
					builder.Add(batch)
					return nil
				})
				if rows := builder.Table().Len(); err != nil || len(gaps) > 0 || rows < objects {
					b.Fatalf("%d rows of %d, %v, %v", rows, objects, gaps, err)
				}
			}
			read() // the server encodes its entries
			b.ReportAllocs()
			for b.Loop() {
				read()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*objects), "ns/object")
		})
	}
}
