package export

import (
	"bufio"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"adbadge/model/text"
)

// Separators of the two forms of a table.
const (
	Comma = ','
	Tab   = '\t'
)

// Table writes rows of cells: quoted as RFC 4180 has it, each line ended by a line feed.
//
// A cell that a spreadsheet would take for a formula gets a single quote before it, which the spreadsheet shows as
// text: names in a directory can be written by the people they belong to. Raw leaves the cells as they are, for
// programs that are no spreadsheets.
type Table struct {
	Separator rune // Comma or Tab
	Raw       bool
}

// entityColumns are the heads of the columns, the same for users and computers.
var entityColumns = [...]string{
	"badge", "state", "alerts", "severity", "reason", "stale", "kind", "name", "sam", "domain", "upn", "dnsName", "department",
	"os", "ou", "enabled", "sensitive", "service", "lastLogon", "identityAlerts", "matchedBy", "lastSeen", "health", "risk",
	"exposure", "onboarding", "machineIds", "id", "sid", "dn", "identityLink", "endpointLink", "asOf",
}

// WriteEntities writes a head line and one line for each entity.
func (t Table) WriteEntities(w io.Writer, entities iter.Seq[Entity]) error {
	out := bufio.NewWriter(w)
	if err := t.writeRow(out, entityColumns[:]); err != nil {
		return err
	}
	for e := range entities {
		if err := t.writeRow(out, entityCells(&e)); err != nil {
			return err
		}
	}
	return out.Flush()
}

func entityCells(e *Entity) []string {
	c := e.Counterpart
	if c == nil {
		c = &Counterpart{}
	}
	return []string{
		e.Badge.Text, e.Badge.State, strconv.Itoa(e.Badge.Alerts), e.Badge.Severity, e.Badge.Reason, yesNo(e.Badge.Stale),
		e.Kind, e.Name.String(), e.SAM.String(), e.Domain.String(), line(e.UPN), line(e.DNSName), line(e.Department),
		line(e.OS), e.OU.String(), yesNo(e.Enabled), yesNo(e.Sensitive), yesNo(e.Service), moment(e.LastLogon),
		strconv.Itoa(e.IdentityBadge.Alerts), e.MatchedBy, moment(c.LastSeen), c.Health, c.Risk,
		c.Exposure, c.Onboarding, strings.Join(c.IDs, " "), e.ID, e.SID, e.DN.String(), address(e.Links.Identity),
		address(e.Links.Endpoint), moment(e.AsOf),
	}
}

// alertColumns are the heads of the columns of alerts.
var alertColumns = [...]string{
	"severity", "status", "product", "title", "phase", "category", "techniques", "created", "updated", "resolved", "entities",
	"threatFamily", "actor", "incident", "assignedTo", "id", "link", "incidentTitle",
	"classification",
}

// WriteAlerts writes a head line and one line for each alert.
func (t Table) WriteAlerts(w io.Writer, alerts iter.Seq[Alert]) error {
	out := bufio.NewWriter(w)
	if err := t.writeRow(out, alertColumns[:]); err != nil {
		return err
	}
	for a := range alerts {
		if err := t.writeRow(out, alertCells(&a)); err != nil {
			return err
		}
	}
	return out.Flush()
}

func alertCells(a *Alert) []string {
	techniques := make([]string, len(a.Techniques))
	for i, technique := range a.Techniques {
		techniques[i] = technique.String()
	}
	names := make([]string, len(a.Entities))
	for i, entity := range a.Entities {
		names[i] = entity.Name.String()
	}
	return []string{
		a.Severity, a.Status, a.Product, a.Title.String(), a.Phase, a.Category.String(), strings.Join(techniques, " "),
		moment(a.Created), moment(a.Updated), moment(a.Resolved), strings.Join(names, "; "),
		a.ThreatFamily.String(), a.Actor.String(), a.Incident.String(), a.AssignedTo.String(), a.ID, address(a.Link),
		a.IncidentTitle.String(), a.Classification.String(),
	}
}

func (t Table) writeRow(out *bufio.Writer, cells []string) error {
	for i, cell := range cells {
		if i > 0 {
			out.WriteRune(t.Separator)
		}
		out.WriteString(t.cell(cell))
	}
	return out.WriteByte('\n') // an error of any write above comes here again
}

// cell makes one cell safe.
func (t Table) cell(content string) string {
	if !t.Raw && startsFormula(content) {
		content = "'" + content
	}
	if t.mustQuote(content) {
		return `"` + strings.ReplaceAll(content, `"`, `""`) + `"`
	}
	return content
}

// startsFormula reports whether a spreadsheet might compute the cell, or take what follows the first character for
// one: = + - @, the full-width forms of them, which some programs fold, tab, line ends and NUL. Blanks before it do
// not make it harmless.
func startsFormula(cell string) bool {
	first, _ := utf8.DecodeRuneInString(cell)
	if strings.ContainsRune("\t\r\n\x00", first) {
		return true
	}
	first, _ = utf8.DecodeRuneInString(strings.TrimLeftFunc(cell, unicode.IsSpace))
	return strings.ContainsRune("=+-@＝＋－＠", first)
}

// mustQuote reports whether a cell would come apart without quotes. A semicolon is a separator where the comma is the
// decimal sign, so such cells are quoted as well.
func (t Table) mustQuote(cell string) bool {
	return strings.ContainsRune(cell, t.Separator) || strings.ContainsAny(cell, "\"\r\n;") ||
		strings.HasPrefix(cell, " ") || strings.HasSuffix(cell, " ")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func line(l *text.Line) string {
	if l == nil {
		return ""
	}
	return l.String()
}

func address(a *string) string {
	if a == nil {
		return ""
	}
	return *a
}

// moment gives a time as JSON has it, and nothing for one that is not known.
func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}
