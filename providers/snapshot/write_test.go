//go:build unix

package snapshot

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// writerVariable makes a writer of this test's program: it holds the folder, and how large a file may become in bytes.
const writerVariable = "ADBADGE_TEST_SNAPSHOT_WRITER"

func TestMain(m *testing.M) {
	if folder, most, ok := strings.Cut(os.Getenv(writerVariable), "|"); ok {
		os.Exit(writeForEver(folder, most))
	}
	os.Exit(m.Run())
}

// writeForEver writes snapshots of different sizes and says so, until it is killed or cannot.
func writeForEver(folder, most string) int {
	if limit, err := strconv.ParseUint(most, 10, 64); err == nil {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			fmt.Println(err)
			return 2
		}
	}
	for n := 0; ; n++ {
		if err := NewStore(folder, "contoso", "tenant 1", "v1", time.Now).Write(context.Background(), sample(200+n%7*300)); err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println("written")
	}
}

func startWriter(t *testing.T, folder, most string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), writerVariable+"="+folder+"|"+most)
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = writer.Process.Kill(); _ = writer.Wait() })
	return writer, bufio.NewScanner(out)
}

// TestAKilledWriterLeavesAWholeFile kills writers while another one and a reader are at work.
func TestAKilledWriterLeavesAWholeFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "cache")
	store := NewStore(folder, "contoso", "tenant 1", "v1", time.Now)
	_, steady := startWriter(t, folder, "")
	if !steady.Scan() {
		t.Fatal("nothing was written")
	}
	go func() {
		for steady.Scan() { // it must not wait for somebody to listen
		}
	}()
	for range 12 {
		writer, said := startWriter(t, folder, "")
		for range 3 {
			said.Scan()
			if _, err := readAll(store); err != nil {
				t.Fatal(err)
			}
		}
		_ = writer.Process.Kill()
		_ = writer.Wait()
		if _, err := readAll(store); err != nil {
			t.Fatal(err)
		}
	}
}

// TestADiskThatIsFullLeavesTheOldFile lets writing fail at different places.
func TestADiskThatIsFullLeavesTheOldFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "cache")
	store := NewStore(folder, "contoso", "tenant 1", "v1", time.Now)
	mustWrite(t, store, sample(42))
	for _, most := range []int{0, 1, headerBytes, 3000, 10_000, 40_000} {
		_, said := startWriter(t, folder, strconv.Itoa(most))
		if !said.Scan() || !strings.Contains(said.Text(), "write the snapshot") {
			t.Errorf("%d bytes: %q", most, said.Text())
		}
		after, err := readAll(store)
		if err != nil || after.Table.Len() != 42 {
			t.Fatalf("%d bytes: %v", most, err)
		}
		if files, _ := os.ReadDir(folder); len(files) != 1 {
			t.Errorf("%d bytes: %d files are left", most, len(files))
		}
	}
}
