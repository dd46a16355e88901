package ldap

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/model/inventory"
)

// The clients that are compared.
const (
	withLdapsearch      = "ldapsearch"
	withAdbadge         = "adbadge"
	withAdbadgeDropping = "adbadge, rows dropped" // shows whether memory grows with what was handed on
)

// measured is what one reading took.
type measured struct {
	wall, processor, first time.Duration
	memory                 int // bytes, at the most
	objects                int // that adbadge has in its inventory
}

// clientVariable makes this program a client. A client is a process of its own, so that the time of the processor and the
// memory are its own.
const clientVariable = "AD_LAB_BENCH_CLIENT"

func TestMain(m *testing.M) {
	question := os.Getenv(clientVariable)
	if question == "" {
		os.Exit(m.Run())
	}
	if err := answerAsClient(question); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// question is what the comparison asks of adbadge as a client, and answer what that says.
type (
	question struct {
		Served served
		Drop   bool
	}
	answer struct {
		Objects int
		First   time.Time
		Gaps    []model.Gap
	}
)

// answerAsClient reads a directory as the program does: the domains, then the entities into an inventory that a screen
// looks at as it grows.
func answerAsClient(asked string) error {
	var q question
	if err := json.Unmarshal([]byte(asked), &q); err != nil {
		return err
	}
	pem, err := os.ReadFile(q.Served.CA)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	d, err := New(Options{Config: q.Served.Directory, Password: q.Served.Password, Roots: roots})
	if err != nil {
		return err
	}
	domains, err := d.Domains(context.Background())
	if err != nil {
		return err
	}
	builder := inventory.NewBuilder(0)
	builder.SetDomains(domains)
	var a answer
	var looked time.Time
	a.Gaps, err = d.Entities(context.Background(), func(batch []model.Entity) error {
		if a.First.IsZero() {
			a.First = time.Now()
		}
		if q.Drop {
			return nil
		}
		builder.Add(batch)
		if time.Since(looked) >= 120*time.Millisecond {
			builder.Table()
			looked = time.Now()
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.Objects = builder.Table().Len()
	return json.NewEncoder(os.Stdout).Encode(a)
}

func read(t *testing.T, s served, client string) measured {
	if client == withLdapsearch {
		return readWithLdapsearch(t, s)
	}
	asked, err := json.Marshal(question{s, client == withAdbadgeDropping})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), clientVariable+"="+string(asked))
	var out bytes.Buffer
	cmd.Stdout = &out
	begin := time.Now()
	m := run(t, cmd)
	var a answer
	if err := json.Unmarshal(out.Bytes(), &a); err != nil {
		t.Fatal(err)
	}
	for _, gap := range a.Gaps {
		if gap.Missing {
			t.Errorf("%s: %s", s.Name, gap.What)
		}
	}
	m.first, m.objects = a.First.Sub(begin), a.Objects
	return m
}

// ldapsearchOf asks for the same objects and attributes as adbadge.
func ldapsearchOf(ctx context.Context, s served, base, filter string) *exec.Cmd {
	arguments := []string{"-LLL", "-o", "ldif-wrap=no", "-x", "-H", s.Directory.Servers[0], "-D", s.Directory.User, "-w", s.Password,
		"-b", base, "-E", "pr=1000/noprompt", filter}
	cmd := exec.CommandContext(ctx, "ldapsearch", slices.Concat(arguments, entityAttributes)...)
	cmd.Env = append(os.Environ(), "LDAPTLS_CACERT="+s.CA)
	return cmd
}

// readWithLdapsearch reads one base after the other. What is written goes nowhere, which is cheaper than a pipe.
func readWithLdapsearch(t *testing.T, s served) measured {
	total := measured{first: firstOfLdapsearch(t, s)}
	for _, base := range s.Directory.BaseDNs {
		m := run(t, ldapsearchOf(t.Context(), s, base, accountFilter))
		total.wall, total.processor, total.memory = total.wall+m.wall, total.processor+m.processor, max(total.memory, m.memory)
	}
	return total
}

// firstOfLdapsearch gives the time of the first row, in a run of its own that ends with it.
func firstOfLdapsearch(t *testing.T, s served) time.Duration {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := ldapsearchOf(ctx, s, s.Directory.BaseDNs[0], accountFilter)
	out, err := cmd.StdoutPipe()
	begin := time.Now()
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		_, err = io.ReadFull(out, make([]byte, 1))
	}
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(begin)
	cancel()
	_ = cmd.Wait() // it was stopped
	return took
}

// countWithLdapsearch counts the objects that are entities: the accounts of trusted domains are none.
func countWithLdapsearch(t *testing.T, s served) (objects int) {
	for _, base := range s.Directory.BaseDNs {
		cmd := ldapsearchOf(t.Context(), s, base, "(&"+accountFilter+"(!(userAccountControl:1.2.840.113556.1.4.803:=2048)))")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if bytes.HasPrefix(lines.Bytes(), []byte("dn:")) {
				objects++
			}
		}
		if err := errors.Join(lines.Err(), cmd.Wait()); err != nil {
			t.Fatal(err)
		}
	}
	return objects
}

// run measures a process from its start to its end.
func run(t *testing.T, cmd *exec.Cmd) (m measured) {
	t.Helper()
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for look := time.NewTicker(20 * time.Millisecond); ; {
		m.memory = max(m.memory, peakOf(cmd.Process.Pid))
		select {
		case <-look.C:
			continue
		case err := <-ended:
			if err != nil {
				t.Fatalf("%s: %v: %s", cmd.Path, err, &complaint)
			}
		}
		look.Stop()
		m.wall, m.processor = time.Since(begin), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
		return m
	}
}

// peakOf gives how much memory a process has had at the most. What the system says at the end of a process counts the
// memory of the one that started it.
func peakOf(pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0 // it has ended, or this is not Linux
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	size, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	kilobytes, _ := strconv.Atoi(size)
	return kilobytes << 10
}
