package export

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"unicode"

	"adbadge/model/text"
)

func TestCells(t *testing.T) {
	for _, c := range []struct{ name, in, comma, tab string }{
		{"plain", "Anna Berg", "Anna Berg", "Anna Berg"},
		{"formula", "=1+1", "'=1+1", "'=1+1"},
		{"plus", "+49 30 1234", "'+49 30 1234", "'+49 30 1234"},
		{"minus", "-2+3", "'-2+3", "'-2+3"},
		{"at", "@SUM(A1)", "'@SUM(A1)", "'@SUM(A1)"},
		{"full width", "＝1+1", "'＝1+1", "'＝1+1"},
		{"after blanks", "  =1", "'  =1", "'  =1"},
		{"after a no-break space", "\u00a0=1", "'\u00a0=1", "'\u00a0=1"},
		{"carriage return", "\r=1", "\"'\r=1\"", "\"'\r=1\""},
		{"tab", "\t=1", "'\t=1", "\"'\t=1\""},
		{"nul", "\x00=1", "'\x00=1", "'\x00=1"},
		{"comma", "Berg, Anna", `"Berg, Anna"`, "Berg, Anna"},
		{"semicolon", "a;=1", `"a;=1"`, `"a;=1"`},
		{"quotes", `the "boss"`, `"the ""boss"""`, `"the ""boss"""`},
		{"formula with quotes", `=HYPERLINK("x")`, `"'=HYPERLINK(""x"")"`, `"'=HYPERLINK(""x"")"`},
		{"badge", "[ - ]", "[ - ]", "[ - ]"},
		{"empty", "", "", ""},
		{"blank at the end", "a ", `"a "`, `"a "`},
	} {
		if got := (Table{Separator: Comma}).cell(c.in); got != c.comma {
			t.Errorf("%s: CSV gets %q, want %q", c.name, got, c.comma)
		}
		if got := (Table{Separator: Tab}).cell(c.in); got != c.tab {
			t.Errorf("%s: TSV gets %q, want %q", c.name, got, c.tab)
		}
	}
	if got := (Table{Separator: Comma, Raw: true}).cell("=1+1"); got != "=1+1" {
		t.Errorf("raw gets %q, want the formula as it is", got)
	}
}

// What a reader of CSV gets back is the cell, with at most the quote before it, and never a formula.
func FuzzCell(f *testing.F) {
	for _, seed := range []string{"=1+1", `a"b`, "a\r\nb", ";", "'=1", " \t@x", "日本", "\xff=1"} {
		f.Add(seed, "next")
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		for _, separator := range []rune{Comma, Tab} {
			table := Table{Separator: separator}
			line := table.cell(first) + string(separator) + table.cell(second) + "\n"
			reader := csv.NewReader(strings.NewReader(line))
			reader.Comma = separator
			reader.FieldsPerRecord = 2
			cells, err := reader.Read()
			if err != nil {
				t.Fatalf("%q cannot be read back: %v", line, err)
			}
			for i, want := range []string{first, second} {
				got := cells[i]
				want = strings.ReplaceAll(want, "\r\n", "\n") // what the reader does within quotes
				if got != want && got != "'"+want {
					t.Errorf("cell %d of %q: got %q, want %q", i, line, got, want)
				}
				trimmed := strings.TrimLeftFunc(got, unicode.IsSpace)
				if trimmed != "" && strings.ContainsAny(trimmed[:1], "=+-@") {
					t.Errorf("cell %d of %q is a formula", i, line)
				}
			}
		}
	})
}

func TestEntityTable(t *testing.T) {
	name, department := text.Clean("=cmd|' /C calc'!A0"), text.Clean("Sales; East")
	entities := []Entity{{Name: name, Kind: "user", Department: &department, Badge: Badge{Text: "[H 3]", State: "alerts", Alerts: 3}}}
	var out bytes.Buffer
	if err := (Table{Separator: Comma}).WriteEntities(&out, slices.Values(entities)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, error %v", len(rows), err)
	}
	cell := func(head string) string { return rows[1][slices.Index(rows[0], head)] }
	for head, want := range map[string]string{
		"badge": "[H 3]", "state": "alerts", "alerts": "3", "name": "'" + name.String(), "department": "Sales; East", "os": "",
		"enabled": "no", "lastLogon": "", "endpointLink": "",
	} {
		if got := cell(head); got != want {
			t.Errorf("column %s: got %q, want %q", head, got, want)
		}
	}
}

func TestAlertTable(t *testing.T) {
	alerts := []Alert{{Severity: "high", Title: "Pass the hash", Techniques: []text.Line{"T1550.002", "T1078"},
		Entities: []AlertRow{{Name: "DC01"}, {Name: "Anna Berg"}}}}
	var out bytes.Buffer
	if err := (Table{Separator: Tab}).WriteAlerts(&out, slices.Values(alerts)); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "severity\tstatus\t") ||
		!strings.Contains(lines[1], "\tT1550.002 T1078\t") || !strings.Contains(lines[1], "\t\"DC01; Anna Berg\"\t") {
		t.Errorf("got\n%s", out.String())
	}
}
