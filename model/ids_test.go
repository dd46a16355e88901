package model

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

func TestGUID(t *testing.T) {
	// The first three fields of the text are little-endian in the directory (MS-DTYP 2.3.4).
	const canonical = "00112233-4455-6677-8899-aabbccddeeff"
	raw, err := hex.DecodeString("33221100554477668899aabbccddeeff")
	if err != nil {
		t.Fatal(err)
	}
	fromBytes, err := GUIDFromBytes(raw)
	if err != nil || fromBytes.String() != canonical {
		t.Errorf("from bytes: %v, %v", fromBytes, err)
	}
	for _, s := range []string{canonical, strings.ToUpper(canonical), "{" + canonical + "}"} {
		if g, err := ParseGUID(s); err != nil || g != fromBytes {
			t.Errorf("ParseGUID(%q) = %v, %v", s, g, err)
		}
	}
	if !(GUID{}).IsZero() || fromBytes.IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestGUIDRefuses(t *testing.T) {
	for _, s := range []string{
		"", "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeef", "00112233-4455-6677-8899-aabbccddeefg",
		"{00112233-4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeeff\n", "0011223344-55-6677-8899-aabbccddeeff",
	} {
		if g, err := ParseGUID(s); err == nil {
			t.Errorf("ParseGUID(%q) = %v", s, g)
		}
	}
	for _, n := range []int{0, 15, 17} {
		if _, err := GUIDFromBytes(make([]byte, n)); err == nil {
			t.Errorf("%d bytes were taken for a GUID", n)
		}
	}
}

func TestSID(t *testing.T) {
	for _, test := range []struct{ text, canonical, bytes string }{
		{"S-1-5-21-1-2-3-500", "S-1-5-21-1-2-3-500", "010500000000000515000000010000000200000003000000f4010000"},
		{"s-1-5-18", "S-1-5-18", "010100000000000512000000"},
		{"S-1-5-021-4294967295-2-3-1104", "S-1-5-21-4294967295-2-3-1104", "010500000000000515000000ffffffff020000000300000050040000"},
		{"S-1-281474976710655-1", "S-1-281474976710655-1", "0101ffffffffffff01000000"},
	} {
		sid, err := ParseSID(test.text)
		if err != nil || string(sid) != test.canonical {
			t.Errorf("ParseSID(%q) = %q, %v", test.text, sid, err)
			continue
		}
		if got := hex.EncodeToString(sid.Bytes()); got != test.bytes {
			t.Errorf("%s has bytes %s, want %s", sid, got, test.bytes)
		}
		if back, err := SIDFromBytes(sid.Bytes()); err != nil || back != sid {
			t.Errorf("%s came back as %q, %v", sid, back, err)
		}
	}
	if SID("").Bytes() != nil {
		t.Error("no SID has bytes")
	}
}

func TestSIDRefuses(t *testing.T) {
	for _, s := range []string{
		"", "S-1-", "S-1-5", "S-1-5-", "S-2-5-18", "S-1-5-4294967296", "S-1-281474976710656-1", "S-1-5--1", "S-1-5-+1", "S-1-5-18 ",
		"X-1-5-18", "S-1-5" + strings.Repeat("-1", maxSubAuthorities+1),
	} {
		if sid, err := ParseSID(s); err == nil {
			t.Errorf("ParseSID(%q) = %q", s, sid)
		}
	}
	for _, raw := range []string{
		"", "0101", "0100000000000005", "020100000000000512000000", "010200000000000512000000", "01010000000000051200000000",
		"0110000000000005" + strings.Repeat("01000000", 16),
	} {
		b, err := hex.DecodeString(raw)
		if err != nil {
			t.Fatal(err)
		}
		if sid, err := SIDFromBytes(b); err == nil {
			t.Errorf("SIDFromBytes(%s) = %q", raw, sid)
		}
	}
}

func TestSIDParts(t *testing.T) {
	domain, rid, ok := SID("S-1-5-21-1-2-3-1104").Split()
	if domain != "S-1-5-21-1-2-3" || rid != 1104 || !ok {
		t.Errorf("got %q, %d, %v", domain, rid, ok)
	}
	if _, _, ok := SID("").Split(); ok {
		t.Error("no SID was split")
	}
	for _, test := range []struct {
		sid            SID
		cloud, account bool
	}{
		{"S-1-5-21-1-2-3-1104", false, true},
		{"S-1-5-21-1-2-3", false, false},
		{"S-1-12-1-1-2-3-4", true, false},
		{"S-1-5-18", false, false},
		{"S-1-5-32-544", false, false},
		{"", false, false},
	} {
		if test.sid.IsCloud() != test.cloud || test.sid.IsAccount() != test.account {
			t.Errorf("%q: cloud %v, account %v", test.sid, test.sid.IsCloud(), test.sid.IsAccount())
		}
	}
}

func FuzzParseGUID(f *testing.F) {
	f.Add("00112233-4455-6677-8899-aabbccddeeff")
	f.Add("{00112233-4455-6677-8899-AABBCCDDEEFF}")
	f.Fuzz(func(t *testing.T, s string) {
		g, err := ParseGUID(s)
		if err != nil {
			return
		}
		if !strings.EqualFold(g.String(), strings.Trim(s, "{}")) {
			t.Fatalf("ParseGUID(%q) = %s", s, g)
		}
		if again, err := GUIDFromBytes(g[:]); err != nil || again != g {
			t.Fatalf("%s came back as %s, %v", g, again, err)
		}
	})
}

func FuzzParseSID(f *testing.F) {
	for _, s := range []string{"S-1-5-21-1-2-3-500", "S-1-5-18", "s-1-0-0", "S-1-5-+1", "S-1-5-1_0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sid, err := ParseSID(s)
		if err != nil {
			return
		}
		if strings.Trim(string(sid), "S0123456789-") != "" {
			t.Fatalf("ParseSID(%q) = %q", s, sid)
		}
		if again, err := ParseSID(string(sid)); err != nil || again != sid {
			t.Fatalf("%q parses to %q, %v", sid, again, err)
		}
		if back, err := SIDFromBytes(sid.Bytes()); err != nil || back != sid {
			t.Fatalf("%q came back as %q, %v", sid, back, err)
		}
	})
}

func FuzzSIDFromBytes(f *testing.F) {
	f.Add([]byte{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0})
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 5})
	f.Fuzz(func(t *testing.T, b []byte) {
		sid, err := SIDFromBytes(b)
		if err != nil {
			return
		}
		if !bytes.Equal(sid.Bytes(), b) {
			t.Fatalf("%x became %s, which is %x", b, sid, sid.Bytes())
		}
		if again, err := ParseSID(string(sid)); err != nil || again != sid {
			t.Fatalf("%q parses to %q, %v", sid, again, err)
		}
	})
}
