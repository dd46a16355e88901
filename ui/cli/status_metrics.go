package cli

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
)

// writeNagios writes the one line that monitoring plug-ins print: the state, the reason, and figures behind a bar
// ("Monitoring Plugins Development Guidelines", performance data).
func writeNagios(w io.Writer, s *session) error {
	d := s.dashboard
	counts := d.View.Counts()
	var figures []string
	add := func(name string, value int) { figures = append(figures, fmt.Sprintf("%s=%d;;;0", name, value)) }
	known := func(source model.Source) bool { return !d.Source(source).LastGood.IsZero() }
	count := func(source model.Source, name string, value int) {
		if known(source) {
			add(name, value)
		} else {
			figures = append(figures, name+"=U;;;0") // not known, which is not none
		}
	}
	count(model.Directory, "entities", counts.All)
	for class := range inventory.BadgeClassCount {
		count(model.Directory, class.String(), counts.Badge(class))
	}
	count(model.Endpoint, "endpoint_alerts", counts.Open(model.DefenderForEndpoint))
	count(model.Identity, "identity_alerts", counts.Open(model.DefenderForIdentity))
	for _, level := range []model.Level{model.Warning, model.Critical} {
		add(level.String()+"_findings", findingsOf(d.Status.Findings, level))
	}
	text := fmt.Sprintf("ADBADGE %s - %s: integration %s: %s", strings.ToUpper(d.Status.Level.String()), strings.TrimSpace(s.name()+" "+s.tenant.Mark), d.Status.Integration,
		sentence(d.Status.Reason))
	if s.cached {
		text += " (" + s.age() + ")"
	}
	text = strings.NewReplacer("|", "/", "\n", " ").Replace(text) // a bar ends the text
	_, err := fmt.Fprintf(w, "%s | %s\n", text, strings.Join(figures, " "))
	return err
}

func findingsOf(findings []model.Finding, level model.Level) (n int) {
	for _, f := range findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

// writePrometheus writes the figures in the text format of Prometheus, for the textfile collector of its node exporter.
// What is not known is left out, or NaN where its absence would look like zero.
func writePrometheus(w io.Writer, s *session) error {
	d := s.dashboard
	counts := d.View.Counts()
	m := &metrics{}
	m.family("adbadge_info", "What was asked, and by which version.")
	m.sample(1, "version", version(), "tenant", s.name(), "lab", strconv.FormatBool(s.tenant.Mark != ""))
	m.family("adbadge_status_level", "0 ok, 1 warning, 2 critical, 3 unknown.")
	m.sample(float64(d.Status.Level))
	m.family("adbadge_integration", "1 for the state that the integration is in, 0 for the others.")
	for i := model.IntegrationUnknown; i <= model.IntegrationError; i++ {
		m.sample(oneIf(i == d.Status.Integration), "state", i.String())
	}
	m.family("adbadge_toggle_on", "1 when the toggle of a side is on, 0 when it is off, NaN when it could not be read.")
	m.toggles(d.Toggles, model.Toggle.Decides)
	if slices.ContainsFunc(d.Toggles, isBeside) {
		m.family("adbadge_setting_on", "The same for the settings beside the toggles, on which no badge depends.")
		m.toggles(d.Toggles, isBeside)
	}
	m.family("adbadge_findings", "Findings by level.")
	for level := model.OK; level <= model.Unknown; level++ {
		m.sample(float64(findingsOf(d.Status.Findings, level)), "level", level.String())
	}
	m.family("adbadge_finding", "1 for each code of a finding that is more than a note.")
	said := map[string]bool{}
	for _, f := range d.Status.Findings {
		if key := f.Code + f.Level.String(); f.Level != model.OK && !said[key] {
			said[key] = true
			m.sample(1, "code", f.Code, "level", f.Level.String())
		}
	}
	m.sources(d.Sources)
	m.family("adbadge_entities", "Users and computers of the directory.")
	of := func(source model.Source, n int) float64 {
		if d.Source(source).LastGood.IsZero() {
			return math.NaN() // not known, which is not none
		}
		return float64(n)
	}
	m.sample(of(model.Directory, counts.Users), "kind", model.User.String())
	m.sample(of(model.Directory, counts.Computers), "kind", model.Computer.String())
	m.family("adbadge_badges", "Entities by what their badge says.")
	for class := range inventory.BadgeClassCount {
		m.sample(of(model.Directory, counts.Badge(class)), "state", class.String())
	}
	m.family("adbadge_open_alerts", "Open alerts by the product that raised them.")
	m.sample(of(model.Identity, counts.Open(model.DefenderForIdentity)), "side", model.IdentitySide.String())
	m.sample(of(model.Endpoint, counts.Open(model.DefenderForEndpoint)), "side", model.EndpointSide.String())
	_, err := io.WriteString(w, m.text.String())
	return err
}

func isBeside(t model.Toggle) bool { return !t.Decides() }

// toggles writes how those that are wanted stand.
func (m *metrics) toggles(toggles []model.Toggle, wanted func(model.Toggle) bool) {
	for _, t := range toggles {
		value := oneIf(t.State == model.ToggleOn)
		if t.State == model.ToggleUnknown {
			value = math.NaN()
		}
		switch labels := []string{"side", t.Side.String(), "owner", t.Owner.String()}; {
		case !wanted(t):
		case t.Decides():
			m.sample(value, labels...)
		default:
			m.sample(value, append(labels, "setting", t.Setting.String())...)
		}
	}
}

// sources writes how the sources answered; those that are off are left out.
func (m *metrics) sources(sources []model.SourceStatus) {
	each := func(name, help string, value func(model.SourceStatus) float64) {
		m.family(name, help)
		for _, s := range sources {
			if s.State != model.SourceOff {
				m.sample(value(s), "source", s.Source.String())
			}
		}
	}
	each("adbadge_source_up", "1 when the source answered, in full or in part.", func(s model.SourceStatus) float64 {
		return oneIf(s.State == model.SourceOK || s.State == model.SourceDegraded)
	})
	each("adbadge_source_items", "Objects that the source gave.", func(s model.SourceStatus) float64 { return float64(s.Items) })
	each("adbadge_source_latency_seconds", "How long the slowest answer took.", func(s model.SourceStatus) float64 { return s.Latency.Seconds() })
	each("adbadge_source_last_success_timestamp_seconds", "When the source answered last; 0 when it never did.", func(s model.SourceStatus) float64 {
		if s.LastGood.IsZero() {
			return 0
		}
		return float64(s.LastGood.UnixMilli()) / float64(time.Second/time.Millisecond)
	})
	limited := slices.DeleteFunc(slices.Clone(sources), func(s model.SourceStatus) bool { return s.Limits == nil })
	if len(limited) == 0 {
		return
	}
	m.family("adbadge_source_room", "What is left of the number of requests that adbadge allows itself, from 0 to 1.")
	for _, s := range limited {
		m.sample(s.Limits.Room, "source", s.Source.String())
	}
	m.family("adbadge_source_throttled", "Requests that the service refused because there were too many.")
	for _, s := range limited {
		m.sample(float64(s.Limits.Throttled), "source", s.Source.String())
	}
}

// metrics is a page of samples, family by family.
type metrics struct {
	text strings.Builder
	name string // of the family at hand
}

func (m *metrics) family(name, help string) {
	m.name = name
	fmt.Fprintf(&m.text, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
}

// sample writes one value with its labels: name, value, name, value.
func (m *metrics) sample(value float64, labels ...string) {
	m.text.WriteString(m.name)
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	for i := 0; i < len(labels); i += 2 {
		m.text.WriteByte("{,"[min(i, 1)])
		fmt.Fprintf(&m.text, `%s="%s"`, labels[i], escape.Replace(labels[i+1]))
	}
	if len(labels) > 0 {
		m.text.WriteByte('}')
	}
	m.text.WriteString(" " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
