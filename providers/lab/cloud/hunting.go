package cloud

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"adbadge/providers/lab/fault"
	"adbadge/providers/lab/hunting"
)

// huntingAge is how far back hunting reaches.
const huntingAge = 30 * 24 * time.Hour

// hunters answers hunting queries ("security: runHuntingQuery").
type hunters struct{ tenant *tenant }

func newHunting(t *tenant) *hunters { return &hunters{t} }

func (h *hunters) run(w http.ResponseWriter, r *request) error {
	var body struct{ Query, Timespan string }
	if err := decode(r, &body); err != nil {
		return fail(http.StatusBadRequest, "BadRequest", "The request body is not a valid hunting query.")
	}
	now := h.tenant.Now()
	oldest, err := timespan(body.Timespan, now)
	if err != nil {
		return err
	}
	answer, err := hunting.Run(r.Context(), body.Query, func(name string) (hunting.Table, bool) { return h.table(name, oldest) }, now)
	if e, ok := errors.AsType[*hunting.Error](err); ok {
		return fail(http.StatusBadRequest, "BadRequest", "%s", e.Message)
	}
	if err != nil {
		return err
	}
	var e encoder
	e.open("")
	e.text("@odata.context", r.self+"/v1.0/$metadata#microsoft.graph.security.huntingQueryResults")
	e.openList("schema")
	for _, c := range answer.Columns {
		e.open("")
		e.text("name", c.Name)
		e.text("type", c.Type.String())
		e.close()
	}
	e.closeList()
	e.openList("results")
	first := len(e.out)
	for _, row := range answer.Rows {
		encodeRow(&e, answer.Columns, row)
	}
	last := len(e.out)
	e.closeList()
	e.close()
	sendList(w, r, e.out, first, last)
	return nil
}

func encodeRow(e *encoder, columns []hunting.Column, row []hunting.Value) {
	e.open("")
	for i, c := range columns {
		switch v := row[i]; {
		case v.Null && c.Type == hunting.Text:
			e.text(c.Name, "")
		case v.Null:
			e.null(c.Name)
		case c.Type == hunting.Text:
			e.text(c.Name, v.Text)
		case c.Type == hunting.Instant:
			e.instant(c.Name, v.Time())
		case c.Type == hunting.Boolean:
			e.boolean(c.Name, v.Number != 0)
		default:
			e.name(c.Name)
			e.out = strconv.AppendFloat(e.out, v.Number, 'f', -1, 64)
		}
	}
	e.close()
}

// durationForm is the part of ISO 8601 durations that is of use here, compiled when it is needed first.
var durationForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?$`)
})

// timespan reads an ISO 8601 duration, or a start and an end of which the start counts.
func timespan(s string, now time.Time) (time.Time, error) {
	oldest := now.Add(-huntingAge)
	if s == "" {
		return oldest, nil
	}
	if start, _, found := strings.Cut(s, "/"); found {
		if t, err := time.Parse(time.RFC3339, start); err == nil {
			return later(t, oldest), nil
		}
	}
	m := durationForm().FindStringSubmatch(s)
	if m == nil || len(s) < 3 {
		return oldest, fail(http.StatusBadRequest, "BadRequest", "The value '%s' of Timespan is not an ISO 8601 duration.", s)
	}
	var total time.Duration
	for i, unit := range [...]time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		n, _ := strconv.Atoi(m[i+1]) // digits or nothing, by the pattern
		total += time.Duration(n) * unit
	}
	return later(now.Add(-total), oldest), nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// table finds a table by name. Without a product, its tables are not there.
func (h *hunters) table(name string, oldest time.Time) (hunting.Table, bool) {
	f := h.tenant.Faults
	switch {
	case strings.HasPrefix(name, "Device") && (f.Has(fault.NoHunting, fault.Anywhere) || f.Has(fault.NoLicence, fault.Endpoint)),
		strings.HasPrefix(name, "Identity") && f.Has(fault.NoLicence, fault.Identity):
		return hunting.Table{}, false
	}
	switch name {
	case "DeviceInfo":
		return tableOf(oldest, deviceInfoColumns, h.tenant.eachMachine), true
	case "DeviceLogonEvents":
		return tableOf(oldest, logonColumns, h.tenant.eachLogon), true
	case "IdentityInfo":
		return tableOf(oldest, identityColumns, h.tenant.eachIdentity), true
	case "IdentityLogonEvents":
		return tableOf(oldest, identityLogonColumns, h.tenant.eachIdentityLogon), true
	case "IdentityDirectoryEvents":
		return tableOf(oldest, directoryEventColumns, h.tenant.eachDirectoryEvent), true
	case "AlertInfo":
		return tableOf(oldest, alertInfoColumns, h.tenant.eachAlert), true
	case "AlertEvidence":
		return tableOf(oldest, alertEvidenceColumns, h.tenant.eachEvidence), true
	}
	return hunting.Table{}, false
}

// huntingTables lists the tables of table.
func huntingTables() []string {
	return []string{"DeviceInfo", "DeviceLogonEvents", "IdentityInfo", "IdentityLogonEvents", "IdentityDirectoryEvents", "AlertInfo", "AlertEvidence"}
}

// column is a column of a table whose rows are made from items of one kind.
type column[T any] struct {
	name string
	kind hunting.Type
	get  func(*T) hunting.Value
}

// words makes a text column.
func words[T any](name string, get func(*T) string) column[T] {
	return column[T]{name, hunting.Text, func(item *T) hunting.Value { return hunting.TextOf(get(item)) }}
}

// yes makes a column of truth values.
func yes[T any](name string, get func(*T) bool) column[T] {
	return column[T]{name, hunting.Boolean, func(item *T) hunting.Value { return hunting.BooleanOf(get(item)) }}
}

// when makes a column of times.
func when[T any](name string, get func(*T) time.Time) column[T] {
	return column[T]{name, hunting.Instant, func(item *T) hunting.Value { return hunting.InstantOf(get(item)) }}
}

// count makes a column of whole numbers.
func count[T any](name string, get func(*T) int64) column[T] {
	return column[T]{name, hunting.Number, func(item *T) hunting.Value { return hunting.NumberOf(get(item)) }}
}

// tableOf makes a table. Its first column is the Timestamp; rows older than oldest are left out.
func tableOf[T any](oldest time.Time, columns []column[T], each func(yield func(*T) error) error) hunting.Table {
	t := hunting.Table{Columns: make([]hunting.Column, len(columns))}
	for i, c := range columns {
		t.Columns[i] = hunting.Column{Name: c.name, Type: c.kind}
	}
	t.Scan = func(_ context.Context, wanted []bool, emit func([]hunting.Value) error) error {
		row := make([]hunting.Value, len(columns))
		return each(func(item *T) error {
			row[0] = columns[0].get(item)
			if row[0].Null || row[0].Nanos < oldest.UnixNano() {
				return nil
			}
			for i := 1; i < len(columns); i++ {
				if wanted[i] {
					row[i] = columns[i].get(item)
				}
			}
			return emit(row)
		})
	}
	return t
}
