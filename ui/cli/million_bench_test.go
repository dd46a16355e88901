package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
	"adbadge/model/query"
	"adbadge/ui/ptytest"
)

// wanted are queries of both programs: words are exact, those with a tilde fuzzy.
var wanted = []struct{ name, query string }{
	{"exact1", "s"}, {"exact3", "sch"}, {"exact8", "schneide"}, {"fuzzy1", "~s"}, {"fuzzy3", "~sch"}, {"fuzzy8", "~schneide"}, {"none", "qqqq"},
}

// fzf gives a run of fzf that answers a query of ours from the lines, and ends after fifty.
func (m *million) fzf(q string) *exec.Cmd {
	exact := "-e"
	if word, fuzzy := strings.CutPrefix(q, "~"); fuzzy {
		exact, q = "+e", word
	}
	return exec.Command("sh", "-c", fmt.Sprintf("fzf %s --filter %s < %s | head -50", exact, q, m.lines))
}

// took gives how long a command runs.
func took(b *testing.B, cmd *exec.Cmd) time.Duration {
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	return time.Since(begin)
}

// BenchmarkMillion is what the program does with a million entities beside what fzf does with their names.
func BenchmarkMillion(b *testing.B) {
	m := newMillion(b)
	_, err := exec.LookPath("fzf")
	hasFzf := err == nil
	b.Run("snapshot", m.benchmarkSnapshot)
	for _, w := range wanted { // the snapshot opened, the query answered, fifty rows written
		b.Run("list/adbadge/"+w.name, func(b *testing.B) {
			for b.Loop() {
				cmd, _, _ := m.prepare("list", "--cached", "--config", m.configuration, "--limit", "50", w.query)
				took(b, cmd)
			}
		})
		if hasFzf {
			b.Run("list/fzf/"+w.name, func(b *testing.B) {
				for b.Loop() {
					took(b, m.fzf(w.query))
				}
			})
		}
	}
	b.Run("searchable/adbadge", func(b *testing.B) {
		for b.Loop() {
			m.search(b, "1-35 of", "1-1 of 1", []string{"/"}, m.path(), "--config", m.configuration)
		}
	})
	if hasFzf {
		b.Run("searchable/fzf", func(b *testing.B) {
			for b.Loop() {
				m.search(b, "> ", "1/1000000", nil, "sh", "-c", "exec fzf -e < "+m.lines)
			}
		})
	}
	b.Run("refresh/adbadge", m.benchmarkRefresh)
	m.benchmarkFilter(b, hasFzf)
}

// benchmarkSnapshot is the size of the snapshot, which only the rows are in, beside a table of their values.
func (m *million) benchmarkSnapshot(b *testing.B) {
	for b.Loop() {
		files, err := filepath.Glob(filepath.Join(m.home, ".cache", "adbadge", "*.snapshot"))
		if err != nil || len(files) != 1 {
			b.Fatal(files, err)
		}
		info, err := os.Stat(files[0])
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/float64(m.rows), "of-table")
	}
}

// search is the time from starting a program to the one row of a query that is typed as soon as its screen is there, and
// the memory that the program took.
func (m *million) search(b *testing.B, ready, found string, keys []string, command ...string) {
	p := ptytest.Start(b, 200, 50, m.environment(), command[0], command[1:]...)
	p.WaitText(ready)
	p.Press(keys...)
	p.Type("smith999999") // the last one
	p.WaitText(found)
	b.StopTimer()
	b.ReportMetric(p.PeakMB(), "peak-MB")
	p.Signal(syscall.SIGKILL)
	p.WaitExit()
	b.StartTimer()
}

// benchmarkRefresh is the time from a key to what it changes on the screen while the directory is read again from end to
// end, the longest but one in a hundred, and the memory that the program has taken by then.
func (m *million) benchmarkRefresh(b *testing.B) {
	for b.Loop() {
		p := ptytest.Start(b, 200, 50, m.environment(), m.path(), "--config", m.configuration)
		p.WaitText("1-35 of 1,000,000", "asking")
		p.Press("/")
		p.WaitText("esc clear")
		isAsking := func() bool { return strings.Contains(p.Line(0), "asking") }
		isMarked := func() bool { return strings.HasPrefix(p.Line(5), " > ") } // the first row
		isFiltered := func() bool { return strings.HasPrefix(p.Line(2), " / filter s") }
		var times []time.Duration
		press := func(key string, shows func() bool, is bool) {
			begin := time.Now()
			p.Press(key)
			for shows() != is {
				if time.Since(begin) > ptytest.Timeout {
					b.Fatalf("%s changes nothing; the screen is:\n%s", key, p.Text())
				}
				time.Sleep(100 * time.Microsecond)
			}
			times = append(times, time.Since(begin))
			time.Sleep(10 * time.Millisecond)
		}
		for range 50 {
			press("Down", isMarked, false)
			press("Up", isMarked, true)
		}
		for range 50 {
			press("s", isFiltered, true)
			press("BSpace", isFiltered, false)
		}
		if !isAsking() {
			b.Fatal("the directory was read before all keys were pressed")
		}
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
		for isAsking() {
			time.Sleep(10 * time.Millisecond)
		}
		b.ReportMetric(p.PeakMB(), "peak-MB")
		p.Signal(syscall.SIGKILL)
		p.WaitExit()
	}
}

// benchmarkFilter is a query in the process, up to the rows in their order, beside what fzf takes longer for it than for
// one that nothing matches: that is what it takes to match, score and sort, without the time to load the lines.
func (m *million) benchmarkFilter(b *testing.B, hasFzf bool) {
	builder := inventory.NewBuilder(crowdSize)
	for i := range crowdSize {
		builder.Add([]model.Entity{crowdEntity(i)})
	}
	v := inventory.Join(builder.Table(), inventory.Knowledge{})
	v.Order(inventory.ColumnBadge, false)
	for _, w := range wanted {
		q, err := query.Parse(w.query)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("filter/adbadge/"+w.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := query.Run(context.Background(), v, q, query.Order{}, time.Now(), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		if !hasFzf || w.name == "none" {
			continue
		}
		b.Run("filter/fzf/"+w.name, func(b *testing.B) {
			var with, without []time.Duration
			for b.Loop() {
				with, without = append(with, took(b, m.fzf(w.query))), append(without, took(b, m.fzf("qqqq")))
			}
			b.ReportMetric(float64(max(0, slices.Min(with)-slices.Min(without))), "ns/op")
		})
	}
}
