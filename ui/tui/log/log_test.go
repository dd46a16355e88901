package log_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"adbadge/model"
	"adbadge/ui/tui/log"
	"adbadge/ui/tui/pagetest"
	"adbadge/ui/tui/theme"
)

// open shows a log of three messages, the newest of which is long.
func open(t *testing.T, mode theme.Mode) *pagetest.Program {
	t.Helper()
	p := pagetest.New(t, mode, pagetest.NewForest(), nil)
	at := pagetest.Now()
	p.Env.Messages.Add(at.Add(-9*time.Minute), model.OK, "Opened in the browser.", "")
	p.Env.Messages.Add(at.Add(-5*time.Minute), model.Warning, "Not changed: this session is read-only. Start with --write.", "")
	p.Env.Messages.Add(at, model.Critical, "read machines from api.contoso.test: 503 Service Unavailable. "+
		"Wait; adbadge asks again by itself, and the badges stay as they were until then, marked as old.", "")
	return p.Show(log.New(p.Env))
}

func TestFrames(t *testing.T) {
	for _, size := range [][2]int{{80, 21}, {120, 33}} {
		for _, mode := range []theme.Mode{theme.Dark, theme.Mono} {
			t.Run(fmt.Sprintf("%dx%d-%s", size[0], size[1], mode), func(t *testing.T) {
				golden.RequireEqual(t, open(t, mode).Frame(size[0], size[1]))
			})
		}
	}
}

func TestEverySize(t *testing.T) {
	p := open(t, theme.Dark)
	for w := 0; w <= 120; w += 3 {
		for h := 0; h <= 40; h++ {
			p.Frame(w, h)
		}
	}
}

func TestMessageUnderTheCursorIsShownWhole(t *testing.T) {
	if got := open(t, theme.Mono).Text(80, 21); !strings.Contains(strings.Join(strings.Fields(got), " "), "until then, marked as old.") {
		t.Errorf("the end of the newest message is missing:\n%s", got)
	}
}

func TestFilterNarrowsAndEscapeClears(t *testing.T) {
	p := open(t, theme.Mono)
	p.Press("/", "read-only")
	if got := p.Text(80, 21); strings.Contains(got, "Opened in the browser") || !strings.Contains(got, "--write") {
		t.Errorf("the filter let through:\n%s", got)
	}
	p.Press("esc")
	if got := p.Text(80, 21); !strings.Contains(got, "Opened in the browser") {
		t.Errorf("esc did not clear the filter:\n%s", got)
	}
	p.Press("/", "nothing holds this")
	if got := p.Text(80, 21); !strings.Contains(got, "No message holds that.") {
		t.Errorf("an empty list does not say why:\n%s", got)
	}
}

func TestCopyTakesTheWholeMessage(t *testing.T) {
	p := open(t, theme.Mono)
	p.Press("j", "y")
	if len(p.Copied) != 1 || !strings.HasSuffix(p.Copied[0], "warning Not changed: this session is read-only. Start with --write.") {
		t.Errorf("copied %q", p.Copied)
	}
}
