package snapshot

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"sync"
)

// The file is a header of fixed size, the sections, and a list of them. Numbers of the header and the list are
// little-endian; those inside of sections may be in the order of the machine, which the header tells.

// version changes with every change of the layout. Others are not read.
const version = 1

// magic says what the file is, and shows when it was sent through something that changes line ends.
const magic = "adbadge snapshot\r\n\x1a\n\x00\x00\x00\x00"

const (
	headerBytes  = 64
	sectionBytes = 28
	// mostSections and mostBytes of one section are far above what a million entities need.
	mostSections = 1 << 16
	mostBytes    = 1 << 31
)

// kind says what a section holds. Those of one kind follow each other in the order in which they are read.
type kind uint32

const (
	summarySection kind = 1 + iota
	tableSection
	badgesSection
	machinesSection
	endpointAlertsSection
	identityAlertsSection
	incidentsSection
	logonsSection
	firstTableSection
	firstBadgesSection
)

// section is one part of the file.
type section struct {
	kind     kind
	items    uint32 // of a list
	checksum uint32
	offset   int64
	length   int64
}

// header is the beginning of the file.
type header struct {
	bytes    int64 // of the whole file
	sections int
	list     int64  // where the list of sections begins
	checksum uint32 // of the list
}

// castagnoli is the polynomial that processors compute by themselves. They need tables for it all the same, which starts
// that read no snapshot do not wait for.
var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

func checksum(data []byte) uint32 { return crc32.Checksum(data, castagnoli()) }

// machineOrder differs between kinds of machines.
func machineOrder() uint32 {
	return binary.LittleEndian.Uint32(binary.NativeEndian.AppendUint32(nil, 0x01020304))
}

func (h header) encode() []byte {
	data := append(make([]byte, 0, headerBytes), magic...)
	le := binary.LittleEndian
	data = le.AppendUint32(data, version)
	data = le.AppendUint32(data, machineOrder())
	data = le.AppendUint64(data, uint64(h.bytes))
	data = le.AppendUint64(data, uint64(h.list))
	data = le.AppendUint32(data, uint32(h.sections))
	data = le.AppendUint32(data, h.checksum)
	data = append(data, make([]byte, headerBytes-4-len(data))...)
	return le.AppendUint32(data, checksum(data))
}

// decodeHeader reads the beginning of a file of so many bytes.
func decodeHeader(data []byte, size int64) (h header, err error) {
	if len(data) < headerBytes || string(data[:len(magic)]) != magic {
		return h, fmt.Errorf("%w: it does not begin as a snapshot does", ErrDamaged)
	}
	le := binary.LittleEndian
	if le.Uint32(data[headerBytes-4:]) != checksum(data[:headerBytes-4]) {
		return h, fmt.Errorf("%w: the checksum of its header is wrong", ErrDamaged)
	}
	rest := data[len(magic):]
	if v := le.Uint32(rest); v != version {
		return h, fmt.Errorf("%w: its version is %d, and this adbadge reads %d", ErrForeign, v, version)
	}
	if le.Uint32(rest[4:]) != machineOrder() {
		return h, fmt.Errorf("%w: it comes from another kind of machine", ErrForeign)
	}
	h = header{
		bytes: int64(le.Uint64(rest[8:])), list: int64(le.Uint64(rest[16:])), sections: int(le.Uint32(rest[24:])), checksum: le.Uint32(rest[28:]),
	}
	switch {
	case h.bytes != size:
		return h, fmt.Errorf("%w: it has %d bytes in place of %d", ErrDamaged, size, h.bytes)
	case h.sections > mostSections, h.list < headerBytes, h.list > h.bytes-int64(h.sections)*sectionBytes:
		return h, fmt.Errorf("%w: its list of parts lies outside", ErrDamaged)
	}
	return h, nil
}

func encodeSections(sections []section) []byte {
	le := binary.LittleEndian
	var data []byte
	for _, s := range sections {
		data = le.AppendUint32(data, uint32(s.kind))
		data = le.AppendUint32(data, s.items)
		data = le.AppendUint32(data, s.checksum)
		data = le.AppendUint64(data, uint64(s.offset))
		data = le.AppendUint64(data, uint64(s.length))
	}
	return data
}

func decodeSections(data []byte, h header) ([]section, error) {
	if checksum(data) != h.checksum {
		return nil, fmt.Errorf("%w: the checksum of its list of parts is wrong", ErrDamaged)
	}
	le := binary.LittleEndian
	sections := make([]section, h.sections)
	for i := range sections {
		s := data[i*sectionBytes:]
		sections[i] = section{
			kind: kind(le.Uint32(s)), items: le.Uint32(s[4:]), checksum: le.Uint32(s[8:]),
			offset: int64(le.Uint64(s[12:])), length: int64(le.Uint64(s[20:])),
		}
		at := sections[i]
		if at.offset < headerBytes || at.length < 0 || at.length > mostBytes || at.offset > h.list-at.length || int64(at.items) > at.length {
			return nil, fmt.Errorf("%w: a part of it lies outside", ErrDamaged)
		}
	}
	return sections, nil
}
