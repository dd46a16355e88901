package directory

import (
	"bufio"
	"bytes"
	"context"
	"testing"

	"github.com/go-ldap/ldap/v3"

	ber "github.com/go-asn1-ber/asn1-ber"

	"adbadge/providers/lab/world"
)

// message encodes a search request.
func message(t testing.TB, base, filter string) []byte {
	t.Helper()
	f, err := ldap.CompileFilter(filter)
	if err != nil {
		t.Fatal(err)
	}
	p := ber.NewSequence("")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 7, ""))
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 3, nil, "")
	op.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, base, ""))
	op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, 2, ""))
	op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, 0, ""))
	op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 0, ""))
	op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 0, ""))
	op.AppendChild(ber.NewBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, false, ""))
	op.AppendChild(f)
	op.AppendChild(ber.NewSequence(""))
	p.AppendChild(op)
	controls := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
	controls.AppendChild(ldap.NewControlPaging(10).Encode())
	p.AppendChild(controls)
	return p.Bytes()
}

// FuzzRequest sends anything through reading, decoding, compiling and matching, up to the entries that would be sent.
func FuzzRequest(f *testing.F) {
	for _, filter := range []string{
		"(objectClass=*)", "(&(objectCategory=person)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))", "(cn=a*b*c)",
		"(|(sAMAccountName=svc-sql)(whenCreated>=20200101000000.0Z))", "(member=CN=a,DC=b)", "(anr=anna)",
		"(memberOf:1.2.840.113556.1.4.1941:=CN=Domain Admins,CN=Users,DC=contoso,DC=test)",
	} {
		f.Add(message(f, "DC=contoso,DC=test", filter))
	}
	f.Add([]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff})
	f.Add(bytes.Repeat([]byte{0x30, 0x80}, 100))
	s := newStore(world.New(world.Options{Seed: 1, Users: 60, Computers: 40}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := readMessage(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return
		}
		r, err := decode(m)
		if err != nil || r.op.Tag != requestSearch {
			return
		}
		rootSearch(r)
		q, err := s.readSearch(r)
		if err != nil {
			return
		}
		base, ok := s.resolveBase(q.base)
		if !ok {
			return
		}
		n, ok := s.find(base)
		if !ok {
			s.nearest(base)
			foreignHost(base, s)
			return
		}
		at := s.begin(q, n)
		for e, more := s.nextMatch(context.Background(), q, at); more; e, more = s.nextMatch(context.Background(), q, at) {
			answer := s.appendEntry(nil, q.id, &e, &q.selection)
			if wellFormed(answer) != nil {
				t.Fatalf("entry %q is sent malformed", e.name)
			}
		}
	})
}

// FuzzCanonicalDN checks that a canonical name stays as it is.
func FuzzCanonicalDN(f *testing.F) {
	for _, s := range []string{"CN=a,DC=b", `CN=a\,b, DC = c`, `CN="a,b",DC=c`, `CN=\23a\20,DC=b`, "CN=", "=", "a", `CN=\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, ok := canonicalDN(s)
		if !ok {
			return
		}
		twice, ok := canonicalDN(once)
		if !ok || once != twice {
			t.Errorf("%q becomes %q, and that %q (%t)", s, once, twice, ok)
		}
	})
}

func TestDirectoryWritesCanonicalNames(t *testing.T) {
	s := newStore(world.New(world.Options{Seed: 1}))
	for n := range uint32(s.total) {
		e := s.entry(n)
		if got, ok := canonicalDN(string(e.name)); !ok || got != string(e.name) {
			t.Errorf("%q becomes %q", e.name, got)
		}
		if int(n) >= s.fixed.count && e.parent == noParent {
			t.Errorf("%q lies in no container", e.name)
		}
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	small := newStore(world.New(world.Options{Seed: 7}))
	again := newStore(world.New(world.Options{Seed: 7}))
	large := newStore(world.New(world.Options{Seed: 7, Users: 5000, Computers: 3000}))
	other := newStore(world.New(world.Options{Seed: 8}))
	differ := 0
	for n := range uint32(small.total) {
		a, b := small.entry(n), again.entry(n)
		if string(a.attributes) != string(b.attributes) {
			t.Fatalf("%s differs between two stores of one seed", a.name)
		}
		in := n
		if i := int(n) - small.users; i >= small.world.Users() {
			in = uint32(large.users + large.world.Users() + i - small.world.Users())
		}
		if l := large.entry(in); string(a.attributes) != string(l.attributes) || string(a.name) != string(l.name) {
			t.Fatalf("%s differs in a larger world", a.name)
		}
		if o := other.entry(n); string(a.attributes) != string(o.attributes) {
			differ++
		}
	}
	if differ < small.total/2 {
		t.Errorf("another seed changes only %d of %d entries", differ, small.total)
	}
}

// FuzzDirSync sends anything as the DirSync control's value, and the cookie in it through a whole answer.
func FuzzDirSync(f *testing.F) {
	s := newStore(world.New(world.Options{Seed: 1, Users: 60, Computers: 40}))
	good := syncCookie{head: 0, full: true, until: s.highestUSN(), next: 50, invocation: s.invocationID()}
	server := &Server{store: s}
	first, second := s.world.User(0), s.world.User(1)
	for _, err := range []error{server.Set(first.GUID, "title", "x"), server.Rename(second.GUID, "y"), server.Delete(first.GUID)} {
		if err != nil {
			f.Fatal(err)
		}
	}
	later := syncCookie{head: 0, since: 3, next: 3, invocation: s.invocationID()}
	for _, cookie := range [][]byte{nil, good.encode(), later.encode(), []byte("MSDS")} {
		value := ldap.NewRequestControlDirSync(0x80000001, 100, cookie).Encode().Children[2]
		f.Add(value.Data.Bytes())
	}
	f.Add([]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff})
	r, err := decode(message(f, "DC=contoso,DC=test", "(objectClass=*)"))
	if err != nil {
		f.Fatal(err)
	}
	q, err := s.readSearch(r)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		asked, err := syncOf([]control{{oid: controlDirSync, critical: true, value: value}})
		if err != nil {
			return
		}
		again := *q
		again.sync = asked
		head, at, code, _ := s.beginSync(&again, &account{replicates: true})
		if code != success {
			return
		}
		if k, err := decodeCookie(at.encode()); err != nil || k != at {
			t.Fatalf("cookie %+v becomes %+v, %v", at, k, err)
		}
		p := &syncPass{store: s, query: &again, limit: 5000, scope: s.begin(&again, head)}
		if at.full {
			p.all(context.Background(), &at)
		} else {
			p.changes(context.Background(), &at)
		}
		for rest := p.buffer; len(rest) > 0; {
			_, size, ok := cut(rest)
			if !ok || wellFormed(rest[:size]) != nil {
				t.Fatal("an entry is sent malformed")
			}
			rest = rest[size:]
		}
	})
}
