package ldap

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adbadge/model"
	"adbadge/model/text"
)

// records writes what a reader makes of a dump, one object on a line.
func records(t *testing.T, dump string) string {
	t.Helper()
	r := newLDIFReader("dump.ldif", strings.NewReader(dump))
	var b strings.Builder
	for {
		e, err := r.next()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			return b.String() + "! " + err.Error()
		}
		fmt.Fprintf(&b, "%s", e.dn)
		for _, a := range e.attributes {
			fmt.Fprintf(&b, " %s", a.name)
			if a.option != "" {
				fmt.Fprintf(&b, ";%s", a.option)
			}
			fmt.Fprintf(&b, "=%q", a.values)
		}
		b.WriteByte('\n')
	}
}

func TestLDIF(t *testing.T) {
	for name, c := range map[string]struct{ dump, want string }{
		"empty":           {"", ""},
		"only comments":   {"# nothing\n\n#\n", ""},
		"one":             {"dn: CN=a\ncn: a\n", "CN=a cn=[\"a\"]\n"},
		"no line end":     {"dn: CN=a\ncn: a", "CN=a cn=[\"a\"]\n"},
		"version":         {"version: 1\n\ndn: CN=a\ncn: a\n", "CN=a cn=[\"a\"]\n"},
		"version, joined": {"version: 1\ndn: CN=a\ncn: a\n", "CN=a cn=[\"a\"]\n"},
		"byte order mark": {"\xEF\xBB\xBFdn: CN=a\n", "CN=a\n"},
		"CRLF":            {"dn: CN=a\r\ncn: a\r\n\r\n\r\ndn: CN=b\r\n", "CN=a cn=[\"a\"]\nCN=b\n"},
		"folded":          {"dn: CN=a\n b\ncn: x\n  y\n z\n", "CN=ab cn=[\"x yz\"]\n"},
		"folded, CRLF":    {"dn: CN=a\r\n b\r\n", "CN=ab\n"},
		"folded base64":   {"dn: CN=a\ncn:: YW\n Jj\n", "CN=a cn=[\"abc\"]\n"},
		"folded comment":  {"# a comment\n dn: CN=x\ndn: CN=a\n", "CN=a\n"},
		"comment inside":  {"dn: CN=a\n# not a value\ncn: a\n", "CN=a cn=[\"a\"]\n"},
		"base64 dn":       {"dn:: Q049YQ==\n", "CN=a\n"},
		"several values":  {"dn: CN=a\ncn: a\nsn: x\nCN: b\n", "CN=a cn=[\"a\" \"b\"] sn=[\"x\"]\n"},
		"empty value":     {"dn: CN=a\ncn:\nsn: \n", "CN=a cn=[\"\"] sn=[\"\"]\n"},
		"colons":          {"dn: CN=a\ncn: a: b::c\n", "CN=a cn=[\"a: b::c\"]\n"},
		"option":          {"dn: CN=a\nmemberOf;range=0-1: x\nmemberOf;range=0-1: y\n", "CN=a memberOf;range=0-1=[\"x\" \"y\"]\n"},
		"ldifde":          {"dn: CN=a\r\nchangetype: add\r\ncn: a\r\n", "CN=a cn=[\"a\"]\n"},
		"trailer":         {"dn: CN=a\n\n# search reference\nref: ldaps://x\n\n# search result\nsearch: 2\nresult: 0 Success\ncontrol: 1.2 false MA==\npagedresults: cookie=\n\n# numEntries: 1\n", "CN=a\n"},
		"trailer, next":   {"dn: CN=a\n\nsearch: 2\nresult: 0 Success\n\ndn: CN=b\n", "CN=a\nCN=b\n"},
		"modify":          {"dn: CN=a\n\ndn: CN=b\nchangetype: modify\nreplace: cn\n", "CN=a\n! dump.ldif:4: the file describes changes (changetype: modify); export entries instead"},
		"delete":          {"dn: CN=a\nchangetype: delete\n", "! dump.ldif:2: the file describes changes (changetype: delete); export entries instead"},
		"link":            {"dn: CN=a\njpegPhoto:< file:///etc/passwd\n", "! dump.ldif:2: the value of jpegPhoto is a link to another file, which is not followed"},
		"no dn":           {"\ncn: a\n", `! dump.ldif:2: a record begins with "cn:" rather than "dn:"`},
		"two dns":         {"dn: CN=a\ndn: CN=b\n", "! dump.ldif:2: a second dn in one record; an empty line is missing before it"},
		"no colon":        {"dn: CN=a\nhello\n", `! dump.ldif:2: expected "name: value", not "hello"`},
		"no name":         {"dn: CN=a\n: x\n", `! dump.ldif:2: expected "name: value", not ": x"`},
		"escape":          {"dn: CN=a\n\x1b[2J\n", `! dump.ldif:2: expected "name: value", not "␛[2J"`},
		"not base64":      {"dn: CN=a\ncn:: ???\n", "! dump.ldif:2: the value of cn is not valid base64"},
		"other version":   {"version: 2\n", "! dump.ldif:1: version 2 of LDIF is not known"},
		"UTF-16":          {"\xFF\xFEd\x00n\x00", "! dump.ldif:1: the file is UTF-16; export it again without the option -u of ldifde"},
		"number of line":  {"# one\n# two\ndn: CN=a\ncn: x\n y\n z\nbad\n", `! dump.ldif:7: expected "name: value", not "bad"`},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, records(t, c.dump)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLDIFBounds(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("dn: CN=a\ncn: "), &repeated{text: "x"})
	if _, err := newLDIFReader("dump.ldif", endless).next(); err == nil || err.Error() != "dump.ldif:2: a line is longer than 16777216 bytes" {
		t.Errorf("an endless line: %v", err)
	}
	folded := io.MultiReader(strings.NewReader("dn: CN=a\ncn: "), &repeated{text: "x\n " + strings.Repeat("y", 70_000)})
	if _, err := newLDIFReader("dump.ldif", folded).next(); err == nil || err.Error() != "dump.ldif:2: a value is longer than 16777216 bytes" {
		t.Errorf("an endless value: %v", err)
	}
	record := io.MultiReader(strings.NewReader("dn: CN=a\n"), &repeated{text: "cn: " + strings.Repeat("y", 70_000) + "\n"})
	if _, err := newLDIFReader("dump.ldif", record).next(); err == nil || !strings.Contains(err.Error(), "a record is larger than 67108864 bytes") {
		t.Errorf("an endless record: %v", err)
	}
}

// repeated reads the same text without end.
type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		copied := copy(p[n:], r.text[r.at:])
		n, r.at = n+copied, (r.at+copied)%len(r.text)
	}
	return len(p), nil
}

// dump writes objects as ldapsearch does.
func dump(objects ...object) string {
	var b strings.Builder
	b.WriteString("version: 1\n\n")
	for _, o := range objects {
		fmt.Fprintf(&b, "dn:: %s\n", base64.StdEncoding.EncodeToString([]byte(o.dn)))
		for name, values := range o.attributes {
			for _, v := range values {
				line := name + ":: " + base64.StdEncoding.EncodeToString([]byte(v))
				for len(line) > 76 {
					b.WriteString(line[:76] + "\n")
					line = " " + line[76:]
				}
				b.WriteString(line + "\n")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func openDump(t *testing.T, content string) (*LDIF, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dump.ldif")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := OpenLDIF(path)
	if err != nil {
		t.Fatal(err)
	}
	return l, path
}

func TestDumpAsDirectory(t *testing.T) {
	anna := person(1)
	anna.attributes["memberOf"] = []string{"CN=Sales,OU=Groups,DC=contoso,DC=test"}
	anna.attributes["primaryGroupID"] = []string{"513"}
	anna.attributes["manager"] = []string{"CN=User 2,OU=Sales,DC=contoso,DC=test"}
	group := object{"CN=Everybody,CN=Users,DC=contoso,DC=test", map[string][]string{
		"objectClass": {"group"}, "objectSid": {string(model.SID("S-1-5-21-1-2-3-513").Bytes())},
	}}
	head := object{"DC=contoso,DC=test", map[string][]string{
		"objectClass": {"domainDNS"}, "objectSid": {string(model.SID("S-1-5-21-1-2-3").Bytes())}, "lockoutDuration": {"-18000000000"},
	}}
	reference := object{"CN=X,CN=Partitions,CN=Configuration,DC=contoso,DC=test", map[string][]string{
		"objectClass": {"crossRef"}, "nCName": {"DC=contoso,DC=test"}, "nETBIOSName": {"OLDNAME"},
	}}
	elsewhere := person(3)
	elsewhere.dn = "CN=User 3,DC=emea,DC=contoso,DC=test"
	l, path := openDump(t, dump(head, reference, group, anna, person(2), machine(1), elsewhere, person(2)))
	entities, gaps := readAll(t, l)
	if len(entities) != 4 {
		t.Errorf("%d entities, want 4", len(entities))
	}
	if diff := cmp.Diff([]string{"ADB-417"}, codes(gaps)); diff != "" {
		t.Errorf("gaps (-want +got):\n%s", diff)
	}
	domains, err := l.Domains(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]model.Domain{
		{DNSName: "contoso.test", NetBIOS: "OLDNAME", SID: "S-1-5-21-1-2-3", BaseDN: "DC=contoso,DC=test"},
		{DNSName: "emea.contoso.test", NetBIOS: "EMEA", SID: "S-1-5-21-1-2-3", BaseDN: "DC=emea,DC=contoso,DC=test"},
	}, domains); diff != "" {
		t.Errorf("domains (-want +got):\n%s", diff)
	}
	e := entities[model.GUID([]byte(guidBytes(1)))]
	detail, err := l.Detail(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]text.Line{"Everybody", "Sales"}, detail.Groups); diff != "" || detail.Manager != "User 2" {
		t.Errorf("manager %s, groups (-want +got):\n%s", detail.Manager, diff)
	}
	if l.Host() != path {
		t.Errorf("asked at %s", l.Host())
	}
	t.Run("exported again", func(t *testing.T) {
		if err := os.WriteFile(path, []byte(dump(person(9), anna)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Now(), time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if detail, err := l.Detail(t.Context(), e); err != nil || len(detail.Groups) != 2 || detail.Groups[0] != "Domain Users" {
			t.Errorf("detail %+v (%v)", detail, err)
		}
		_, err := l.Detail(t.Context(), entities[model.GUID([]byte(guidBytes(2)))])
		if f := failureOf(t, err); !strings.Contains(f.Seen, "not in the dump any more") {
			t.Errorf("got %v", f)
		}
	})
}

func TestIncompleteDump(t *testing.T) {
	l, _ := openDump(t, dump(person(1))+"search: 2\nresult: 4 Size limit exceeded\n")
	entities, gaps := readAll(t, l)
	if len(entities) != 1 || len(gaps) != 1 || !gaps[0].Missing || !strings.Contains(gaps[0].What, "Size limit exceeded") {
		t.Errorf("%d entities, gaps %+v", len(entities), gaps)
	}
}

func TestDumpOfNothing(t *testing.T) {
	for _, content := range []string{"", "dn: DC=contoso,DC=test\nobjectClass: domainDNS\n"} {
		l, _ := openDump(t, content)
		if _, gaps := readAll(t, l); len(gaps) != 1 || !gaps[0].Missing || gaps[0].Code != "ADB-419" {
			t.Errorf("%q: gaps %+v, want one that says that nothing was found", content, gaps)
		}
	}
}

func TestBadDumps(t *testing.T) {
	if _, err := OpenLDIF(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a missing file: %v", err)
	}
	_, err := OpenLDIF(t.TempDir())
	if f := failureOf(t, err); f.Kind != model.Misconfigured {
		t.Errorf("a folder: %v", f)
	}
	l, path := openDump(t, dump(person(1))+"hello\n")
	_, err = l.Entities(t.Context(), func([]model.Entity) error { return nil })
	if f := failureOf(t, err); !strings.HasPrefix(f.Seen, path+":") {
		t.Errorf("got %v, want the file and the line", f)
	}
	l, _ = openDump(t, dump(person(1), person(2)))
	stop := errors.New("enough")
	if _, err = l.Entities(t.Context(), func([]model.Entity) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want the error of emit", err)
	}
}

func FuzzLDIF(f *testing.F) {
	f.Add([]byte(dump(person(1), machine(1))))
	f.Add([]byte("version: 1\r\ndn: CN=a\r\n b\r\nchangetype: add\r\ncn;range=0-1:: YQ==\r\n\r\nsearch: 2\nresult: 4 x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := newLDIFReader("dump.ldif", bytes.NewReader(data))
		for n := 0; ; n++ {
			e, err := r.next()
			if err != nil {
				var wrong *ldifError
				if !errors.Is(err, io.EOF) && !errors.As(err, &wrong) {
					t.Fatalf("an error without file and line: %v", err)
				}
				return
			}
			if n > len(data) {
				t.Fatal("more records than bytes")
			}
			expectClean(t, e)
			// The offset of a record leads back to it: Detail relies on that.
			again, err := newLDIFReader("dump.ldif", bytes.NewReader(data[r.start:])).next()
			if err != nil && !bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")) || err == nil && again.dn != e.dn {
				t.Fatalf("the record %q at %d reads %v (%v) on its own", e.dn, r.start, again, err)
			}
		}
	})
}
