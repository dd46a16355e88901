package ptytest

import (
	"strings"
	"testing"
)

func TestProgram(t *testing.T) {
	p := Start(t, 40, 6, nil, "sh", "-c",
		`printf '\033[31mready\033[m> '; read x; echo "got $x"; stty size; read y; stty size; exit 3`)
	p.WaitText("ready")
	if c := p.CellOf("ready"); c.Style.Foreground != "1" {
		t.Errorf("ready is drawn as %+v, want red", c)
	}
	p.Type("hi")
	p.Press("Enter")
	p.WaitText("got hi", "6 40")
	p.SetSize(50, 7)
	p.Press("Enter")
	if code := p.WaitExit(); code != 3 || !strings.Contains(p.Text(), "7 50") {
		t.Errorf("exit code %d, want 3; the screen is:\n%s", code, p.Text())
	}
}

func TestControlKeys(t *testing.T) {
	p := Start(t, 40, 6, nil, "sh", "-c", `trap 'echo stopped; exit 5' INT; echo ready; while :; do read x; done`)
	p.WaitText("ready")
	p.Press("C-c")
	if code := p.WaitExit(); code != 5 {
		t.Errorf("exit code %d, want 5", code)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	env := Environment("MORE=1")
	joined := "\n" + strings.Join(env, "\n") + "\n"
	if strings.Contains(joined, "\nNO_COLOR=") || !strings.HasSuffix(joined, "\nMORE=1\n") {
		t.Errorf("environment %q", env)
	}
}
