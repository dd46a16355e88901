package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"adbadge/model"
	"adbadge/model/query"
	"adbadge/providers/entra"
	"adbadge/ui/tui/keys"
)

var update = flag.Bool("update", false, "write the tables of the README")

const readmePath = "../../README.md"

// The tables of the README come from the code. "go test ./ui/cli -run README -update" writes them.
func TestREADMETables(t *testing.T) {
	data, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	readme := string(data)
	for name, table := range map[string]string{
		"badges": badgeTable(), "keys": keyTable(), "commands": commandTable(), "query": queryTable(), "codes": codeTable(),
		"permissions": permissionTable(entra.Features), "changes": permissionTable(entra.Changes),
	} {
		begin, end := "<!-- table: "+name+" -->\n", "<!-- end -->"
		before, rest, found := strings.Cut(readme, begin)
		written, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			t.Errorf("the README has no place for the table %q", name)
			continue
		}
		if written != table && !*update {
			t.Errorf("the table %q of the README is not that of the code; run: go test ./ui/cli -run README -update", name)
		}
		readme = before + begin + table + end + after
	}
	if *update {
		if err := os.WriteFile(readmePath, []byte(readme), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func table(heads []string, rows [][]string) string {
	var b strings.Builder
	write := func(cells []string) {
		escaped := make([]string, len(cells))
		for i, cell := range cells {
			escaped[i] = strings.ReplaceAll(cell, "|", `\|`)
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(escaped, " | "))
	}
	write(heads)
	write(slices.Repeat([]string{"---"}, len(heads)))
	for _, row := range rows {
		write(row)
	}
	return b.String()
}

func badgeTable() string {
	alerts := func(s model.Severity, n uint16) model.Badge {
		return model.Badge{State: model.BadgeAlerts, Severity: s, Alerts: n}
	}
	unknown := func(r model.Reason) model.Badge { return model.Badge{Reason: r} }
	var rows [][]string
	for _, row := range []struct {
		state  string
		badges []model.Badge
		means  string
	}{
		{"alerts", []model.Badge{alerts(model.High, 3), alerts(model.Medium, 12), alerts(model.Low, 1), alerts(model.Informational, 4), alerts(model.High, 100)},
			"Defender for Endpoint has so many open alerts on it; the letter is the worst severity"},
		{"recognized", []model.Badge{{State: model.BadgeRecognized}}, "known, the sensor reports, no open alert"},
		{"recognized", []model.Badge{{State: model.BadgeRecognized, Trouble: true}}, "known, but the sensor is inactive or impaired"},
		{"discovered", []model.Badge{{State: model.BadgeDiscovered}}, "seen on the network, with no sensor on it: it could be onboarded"},
		{"unrecognized", []model.Badge{{State: model.BadgeUnrecognized}}, "asked: Defender for Endpoint knows no such entity"},
		{"unknown", []model.Badge{unknown(model.NotAsked), unknown(model.IntegrationOff), unknown(model.EndpointFailed), unknown(model.Ambiguous)},
			"not asked yet; the integration or a side is off; could not be asked; ambiguous, and never guessed"},
	} {
		var texts []string
		for _, badge := range row.badges {
			texts = append(texts, "`"+badge.Text()+"`")
		}
		rows = append(rows, []string{strings.Join(texts, " "), "`" + row.state + "`", row.means})
	}
	return table([]string{"badge", "state", "means"}, rows)
}

// permissionTable has the least permission of each feature, and the features that share one in one row.
func permissionTable(features func(model.Source) []entra.Feature) string {
	var rows [][]string
	for _, api := range []struct {
		name   string
		source model.Source
	}{
		{"WindowsDefenderATP", model.Endpoint}, {"Microsoft Graph", model.Identity}, {"Microsoft Graph, for `source = \"graph\"`", model.Directory},
	} {
		for _, f := range features(api.source) {
			application, delegated := "`"+f.Permissions(false)[0]+"`", "`"+f.Permissions(true)[0]+"`"
			if i := slices.IndexFunc(rows, func(row []string) bool { return row[0] == api.name && row[1] == application }); i >= 0 {
				rows[i][3] += ", " + f.String()
				continue
			}
			rows = append(rows, []string{api.name, application, delegated, f.String()})
		}
	}
	return table([]string{"API", "application", "delegated", "for"}, rows)
}

func keyTable() string {
	var rows [][]string
	for _, group := range keys.Groups() {
		for _, binding := range keys.Defaults() {
			if binding.Group != group || slices.Contains(keys.Views()[1:], binding.Action) {
				continue
			}
			var names []string
			for _, key := range binding.Keys {
				names = append(names, "`"+key+"`")
			}
			row := []string{strings.Join(names, " "), binding.Long, pagesOf(binding.Scopes), "`" + string(binding.Action) + "`"}
			if binding.Action == keys.View1 { // one row for all nine
				row = []string{"`1` to `9`", "saved view", row[2], "`view-1` to `view-9`"}
			}
			rows = append(rows, row)
		}
	}
	return table([]string{"key", "does", "on", "name under `[keys]`"}, rows)
}

// pagesOf names the pages that a key works on.
func pagesOf(scopes keys.Scope) string {
	if scopes&keys.Pages == keys.Pages {
		return "all pages"
	}
	var names []string
	for scope := keys.List; scope&keys.Pages != 0; scope <<= 1 {
		if scopes&scope != 0 {
			names = append(names, scope.Name())
		}
	}
	return strings.Join(names, ", ")
}

func commandTable() string {
	var rows [][]string
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			if sub.HasSubCommands() {
				walk(sub)
			}
			if (!sub.HasSubCommands() || sub.HasExample()) && sub.IsAvailableCommand() { // those without are headings
				rows = append(rows, []string{"`" + strings.TrimSuffix(sub.UseLine(), " [flags]") + "`", sub.Short})
			}
		}
	}
	walk((&app{}).rootCommand())
	return table([]string{"command", "does"}, rows)
}

func queryTable() string {
	var rows [][]string
	for _, field := range query.Fields() {
		rows = append(rows, []string{"`" + field.Name + "`", field.Meaning, "`" + field.Example + "`"})
	}
	return table([]string{"field", "asks for", "example"}, rows)
}

func codeTable() string {
	var rows [][]string
	for _, code := range model.Codes() {
		rows = append(rows, []string{"`" + code.ID + "`", code.Title, code.Meaning})
	}
	return table([]string{"code", "finding", "meaning"}, rows)
}

// The example of JSON has the keys that the program writes, in their order, and a value of the same type for each.
func TestREADMEExample(t *testing.T) {
	s := newShell(t)
	data, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "```json\n")
	example, _, _ := strings.Cut(rest, "```")
	var written record
	if err := json.Unmarshal([]byte(example), &written); err != nil {
		t.Fatalf("the example is not JSON: %v", err)
	}
	real := s.run("list", "--jsonl", "id:"+fmt.Sprint(written["id"])).wants(0)
	if got, want := shape(t, example), shape(t, real.out); got != want {
		t.Errorf("the example of the README has the shape\n%s\nand the program writes\n%s", got, want)
	}
	if name := decode[record](real)["name"]; name != written["name"] {
		t.Errorf("the example is about %v, the program about %v", written["name"], name)
	}
}

// shape replaces every value of JSON by its type, and keeps the keys.
func shape(t *testing.T, document string) string {
	t.Helper()
	var b strings.Builder
	decoder := json.NewDecoder(strings.NewReader(document))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch value := token.(type) {
		case json.Delim:
			b.WriteString(value.String())
		case string:
			// A key is followed by a colon, a value is not.
			if rest := document[decoder.InputOffset():]; strings.HasPrefix(strings.TrimSpace(rest), ":") {
				b.WriteString(value + ":")
			} else {
				b.WriteString("string ")
			}
		default:
			fmt.Fprintf(&b, "%T ", value)
		}
	}
}
