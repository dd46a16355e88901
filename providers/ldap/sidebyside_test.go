package ldap

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"adbadge/model/config"
	"adbadge/providers/lab"
)

// Variables of the comparison.
const (
	compareVariable = "AD_LAB_BENCH"         // set by ad-lab.sh: there is somebody who waits for the comparison
	sizesVariable   = "AD_LAB_BENCH_SIZES"   // of the lab's directories, in thousands of objects
	repeatsVariable = "AD_LAB_BENCH_REPEATS" // how often each client reads each directory
)

// served is a directory that clients read. CA is the file with the certificate that they trust.
type served struct {
	Name         string
	Directory    config.Directory
	Password, CA string
}

// TestSideBySide (make bench-ad) lets ldapsearch and adbadge read the same directories, alternately, and prints what they
// took: medians. It fails where they find different numbers of objects, and never for what they took.
func TestSideBySide(t *testing.T) {
	if os.Getenv(compareVariable) == "" {
		t.Skip("this compares for minutes: run make bench-ad")
	}
	row := "%-6s %8v  %-22s %7v %7v %13v %13v %9v\n"
	fmt.Printf(row, "server", "objects", "client", "wall s", "CPU s", "CPU us/object", "first rows s", "peak MiB")
	print := func(server string, objects int, client string, runs []measured) {
		wall := median(runs, func(m measured) time.Duration { return m.wall })
		processor := median(runs, func(m measured) time.Duration { return m.processor })
		first := median(runs, func(m measured) time.Duration { return m.first })
		memory := median(runs, func(m measured) int { return m.memory })
		seconds := func(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }
		fmt.Printf(row, server, objects, client, seconds(wall), seconds(processor),
			fmt.Sprintf("%.1f", float64(processor.Microseconds())/float64(objects)), seconds(first), memory>>20)
	}
	if url := os.Getenv("AD_LAB_LDAPS_URL"); url != "" {
		compare(t, served{Name: "Samba", CA: os.Getenv("AD_LAB_CA_FILE"), Password: os.Getenv("AD_LAB_PASSWORD"),
			Directory: config.Directory{Servers: []string{url}, User: os.Getenv("AD_LAB_BIND_UPN"), BaseDNs: []string{os.Getenv("AD_LAB_BASE_DN")}},
		}, print)
	}
	for _, size := range strings.Fields(cmp.Or(os.Getenv(sizesVariable), "200 1000")) {
		thousands, err := strconv.Atoi(size)
		if err != nil {
			t.Fatalf("%s: %v", sizesVariable, err)
		}
		compareOnLab(t, thousands, print)
	}
}

// compareOnLab has the lab's server in this process, and the clients in their own.
func compareOnLab(t *testing.T, thousands int, print func(string, int, string, []measured)) {
	running, err := lab.Start(t.Context(), lab.Options{Users: thousands * 600, Computers: thousands * 400})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	}()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, running.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	compare(t, served{Name: "lab", Directory: running.Config().Directories[0], Password: running.DirectoryPassword(), CA: ca}, print)
}

func compare(t *testing.T, s served, print func(string, int, string, []measured)) {
	repeats, err := strconv.Atoi(cmp.Or(os.Getenv(repeatsVariable), "5"))
	if err != nil || repeats < 1 {
		t.Fatalf("%s: not a number above zero", repeatsVariable)
	}
	clients := []string{withLdapsearch, withAdbadge, withAdbadgeDropping}
	runs := make([][]measured, len(clients))
	objects := countWithLdapsearch(t, s) // the lab's server has encoded all entries then
	for range repeats {
		for i, client := range clients {
			m := read(t, s, client)
			if client == withAdbadge && m.objects != objects {
				t.Errorf("%s: adbadge finds %d objects, ldapsearch %d", s.Name, m.objects, objects)
			}
			runs[i] = append(runs[i], m)
		}
	}
	for i, client := range clients {
		print(s.Name, objects, client, runs[i])
	}
}

func median[T cmp.Ordered](runs []measured, of func(measured) T) T {
	values := make([]T, len(runs))
	for i, m := range runs {
		values[i] = of(m)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
