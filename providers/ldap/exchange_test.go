package ldap

import (
	"net"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// exchange is one connection.
type exchange struct {
	raw, conn net.Conn
	id        int64
}

func (x *exchange) write(b []byte) { _, _ = x.conn.Write(b) }

func (x *exchange) message(operation *ber.Packet) *ber.Packet {
	p := ber.NewSequence("")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, x.id, ""))
	p.AppendChild(operation)
	return p
}

func (x *exchange) resultPacket(tag ber.Tag, code int64, diagnostic string) *ber.Packet {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, code, ""))
	p.AppendChild(octets(""))
	p.AppendChild(octets(diagnostic))
	return p
}

func (x *exchange) result(tag ber.Tag, code int64, diagnostic string) {
	x.write(x.message(x.resultPacket(tag, code, diagnostic)).Bytes())
}

// done ends a page.
func (x *exchange) done(code int64, cookie string) {
	value := ber.NewSequence("")
	value.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 0, ""))
	value.AppendChild(octets(cookie))
	x.doneWith(code, pagedResults, string(value.Bytes()))
}

// synced ends an answer to DirSync.
func (x *exchange) synced(more int64, cookie string) {
	value := ber.NewSequence("")
	value.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, more, ""))
	value.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 0, ""))
	value.AppendChild(octets(cookie))
	x.doneWith(0, dirSyncControl, string(value.Bytes()))
}

// doneWith ends a search with a control.
func (x *exchange) doneWith(code int64, kind, value string) {
	control := ber.NewSequence("")
	control.AppendChild(octets(kind))
	control.AppendChild(octets(value))
	list := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
	list.AppendChild(control)
	p := x.message(x.resultPacket(5, code, ""))
	p.AppendChild(list)
	x.write(p.Bytes())
}

func (x *exchange) entry(o object) { x.write(x.message(entryPacket(o)).Bytes()) }

func entryPacket(o object) *ber.Packet {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 4, nil, "")
	p.AppendChild(octets(o.dn))
	attributes := ber.NewSequence("")
	for name, values := range o.attributes {
		a := ber.NewSequence("")
		a.AppendChild(octets(name))
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, v := range values {
			set.AppendChild(octets(v))
		}
		a.AppendChild(set)
		attributes.AppendChild(a)
	}
	p.AppendChild(attributes)
	return p
}
