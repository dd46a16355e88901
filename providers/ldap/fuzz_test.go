package ldap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	ber "github.com/go-asn1-ber/asn1-ber"
)

// FuzzStream lets a server say anything. However it arrives, it is read in the same way, and it never takes much more
// memory than has arrived.
func FuzzStream(f *testing.F) {
	f.Add([]byte("\x30\x05\x02\x01\x01\x42\x00"))
	f.Add([]byte("\x30\x84\x00\x00\x00\x05\x02\x01\x01\x42\x00\x30\x84\x00\xFF\xFF\xFF\x02"))
	f.Add([]byte("\x30\x80\x02\x01\x09\x00\x00"))
	f.Add(slices.Concat([]byte("\x30\x83\x01\x00\x00"), bytes.Repeat([]byte{4}, 1<<16), []byte("\x30\x0C\x02\x01\x01\x64\x07\x04\x03a=b\x30\x00")))
	f.Fuzz(func(t *testing.T, stream []byte) {
		read := func(from io.Reader) (messages []string, err error) {
			c := newClient(&replay{Reader: from}, time.Minute)
			for {
				message, err := c.readMessage()
				if used := c.text.Cap(); used > textPiece+3*len(stream) {
					t.Fatalf("%d bytes of memory for a stream of %d", used, len(stream))
				}
				if err != nil {
					return messages, err
				}
				messages = append(messages, message)
			}
		}
		whole, err := read(bytes.NewReader(stream))
		pieces, errOfPieces := read(iotest.OneByteReader(bytes.NewReader(stream)))
		if !slices.Equal(whole, pieces) || err.Error() != errOfPieces.Error() {
			t.Errorf("%q and %v, byte by byte %q and %v", whole, err, pieces, errOfPieces)
		}
		total := 0
		for _, message := range whole {
			total += len(message) + 2
		}
		if total > len(stream) || errors.Is(err, io.EOF) && total == 0 && len(stream) > 0 {
			t.Errorf("%d messages, %v of %d bytes", len(whole), err, len(stream))
		}
	})
}

// elementOf makes an element as Windows writes it.
func elementOf(tag byte, contents []byte) []byte {
	return slices.Concat(binary.BigEndian.AppendUint32([]byte{tag, longForm | maxLengthOctets}, uint32(len(contents))), contents)
}

// FuzzMessage takes the contents of a message apart, and compares with the library for BER where that reads them too.
func FuzzMessage(f *testing.F) {
	f.Add([]byte("\x02\x01\x01\x65\x07\x0a\x01\x00\x04\x00\x04\x00\xa0\x27\x30\x25\x04\x161.2.840.113556.1.4.319\x04\x0b\x30\x09\x02\x01\x00\x04\x04abcd"))
	f.Add([]byte("\x02\x01\x02\x64\x84\x00\x00\x00\x15\x04\x04CN=a\x30\x0d\x30\x0b\x04\x02cn\x31\x05\x04\x01a\x04\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := parseMessage(string(raw))
		if err != nil {
			return
		}
		cookie, found, err := pageCookie(m.controls)
		if cookie != "" && (!found || err != nil) {
			t.Errorf("a cookie %q without its control", cookie)
		}
		var result *resultError
		if err := parseResult(m.body); errors.As(err, &result) && result.code == 0 {
			t.Error("success is no error")
		}
		packet, err := ber.DecodePacketErr(elementOf(tagSequence, raw))
		if err != nil || len(packet.Children) < 2 {
			return
		}
		operation := packet.Children[1]
		if tag := byte(operation.ClassType) | byte(operation.TagType) | byte(operation.Tag); tag != m.op {
			t.Errorf("operation %#x, the library reads %#x", m.op, tag)
		}
		if id, ok := packet.Children[0].Value.(int64); ok && id != m.id {
			t.Errorf("message %d, the library reads %d", m.id, id)
		}
	})
}

// FuzzEntry reads the contents of an entry. What the library for BER reads too must be the same, and what is made of it
// is clean.
func FuzzEntry(f *testing.F) {
	f.Add([]byte("\x04\x04CN=a\x30\x0f\x30\x0d\x04\x02cn\x31\x07\x04\x01a\x04\x02bc"))
	f.Add([]byte("\x04\x84\x00\x00\x00\x04CN=a\x30\x84\x00\x00\x00\x13\x30\x84\x00\x00\x00\x0d\x04\x02cn\x31\x84\x00\x00\x00\x03\x04\x01a"))
	f.Add([]byte("\x30\x84\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, body []byte) {
		var e entry
		if e.parse(string(body)) != nil {
			return
		}
		if len(e.room) > len(body)/2 || len(e.attributes) > min(len(body)/6, maxAttributes) {
			t.Errorf("%d attributes with %d values in %d bytes", len(e.attributes), len(e.room), len(body))
		}
		expectClean(t, &e)
		packet, err := ber.DecodePacketErr(elementOf(opSearchEntry, body))
		if err != nil || e.overfull {
			return
		}
		want := entryOf(packet.Children[0].Data.String(), nil)
		for _, attribute := range packet.Children[1].Children {
			var values []string
			for _, value := range attribute.Children[1].Children {
				values = append(values, value.Data.String())
			}
			want.add(attribute.Children[0].Data.String(), values)
		}
		if got, want := fmt.Sprintf("%q %q", e.dn, e.attributes), fmt.Sprintf("%q %q", want.dn, want.attributes); got != want {
			t.Errorf("read %s, the library %s", got, want)
		}
	})
}

// FuzzEncoded encodes an entry with the library for BER and reads it again.
func FuzzEncoded(f *testing.F) {
	f.Add("CN=a,DC=x", "objectClass", "memberOf", "user", "")
	f.Add("", "a", "A;range=0-1", strings.Repeat("v", 200), "\x00\xff")
	f.Fuzz(func(t *testing.T, dn, first, second, one, two string) {
		want := map[string][]string{first: {one, two, one}, second: {two}}
		var e entry
		if err := e.parse(entryPacket(object{dn, want}).Data.String()); err != nil {
			t.Fatal(err)
		}
		if e.dn != dn {
			t.Errorf("the DN %q came back as %q", dn, e.dn)
		}
		name := func(description string) string { name, _, _ := strings.Cut(description, ";"); return name }
		if strings.EqualFold(name(first), name(second)) {
			return // they come back as one
		}
		for description, values := range want {
			if got := e.all(name(description)); !slices.Equal(got, values) {
				t.Errorf("%q came back as %q, want %q", description, got, values)
			}
		}
	})
}

// FuzzConvert gives one attribute any value.
func FuzzConvert(f *testing.F) {
	for i, name := range entityAttributes {
		f.Add("CN=a,DC=x", name, "value", i%2 == 0)
	}
	f.Add(`CN=\`, "lastLogonTimestamp", "-9223372036854775808", false)
	f.Fuzz(func(t *testing.T, dn, name, value string, computer bool) {
		class := "user"
		if computer {
			class = "computer"
		}
		e := entryOf(dn, map[string][]string{"objectClass": {class}, "objectGUID": {guidBytes(1)}, "userAccountControl": {"512"}})
		e.add(name, []string{value, value})
		e.append(name+";range=0-1", value)
		expectClean(t, e)
	})
}

func expectClean(t *testing.T, e *entry) {
	t.Helper()
	entity, ok := newConverter(noon, nil).entity(e)
	detail := detailOf(e)
	all := fmt.Sprintf("%+v", detail)
	if ok {
		all += fmt.Sprintf("%+v", entity)
		if entity.ID.IsZero() {
			t.Error("an entity without an identity")
		}
		for _, at := range []time.Time{entity.LastLogon, entity.Created, entity.PasswordSet} {
			if !at.IsZero() && (at.Year() <= 1601 || at.Year() > 9999) {
				t.Errorf("the time %v", at)
			}
		}
	}
	if !utf8.ValidString(all) || strings.ContainsAny(all, "\x1b\x07\x00\n\u202e\u200b") {
		t.Errorf("not clean: %q", all)
	}
}

// FuzzTimes compares with how the standard library reads times.
func FuzzTimes(f *testing.F) {
	for _, seed := range []string{"20260102030405.0Z", "20260230030405Z", "20240229235959.123Z", "16010101000000.0Z", "20260102030460Z",
		"133801632000000000", "9223372036854775807", "2650467743999999999", "-1", "+5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if want, err := time.Parse("20060102150405Z", s); len(s) < 24 && !strings.Contains(s, ",") && s != "" {
			got, ok := generalizedTime(s)
			want = want.Truncate(time.Second)
			if want.Year() <= 1601 {
				want = time.Time{}
			}
			if ok != (err == nil) || ok && !got.Equal(want) {
				t.Errorf("%q is %v (%t), want %v (%v)", s, got, ok, want, err)
			}
		}
		got, ok := filetime(s)
		n, err := strconv.ParseInt(s, 10, 64)
		if ok != (err == nil) {
			t.Fatalf("%q is readable: %t, want %v", s, ok, err)
		}
		if !ok || n <= 0 || n == math.MaxInt64 {
			if !got.IsZero() {
				t.Errorf("%q is %v, want no time", s, got)
			}
			return
		}
		want := time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n/filetimesPerSecond/86400)).
			Add(time.Duration(n/filetimesPerSecond%86400)*time.Second + time.Duration(n%filetimesPerSecond*100))
		if want.Year() <= 1601 || want.Year() > 9999 {
			want = time.Time{}
		}
		if !got.Equal(want) {
			t.Errorf("%q is %v, want %v", s, got, want)
		}
	})
}
