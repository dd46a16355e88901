package ptytest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Quiet waits until the program has written nothing for a while, longer than any frame takes, and gives the number of
// bytes that it has written since it began.
func (p *Term) Quiet() int {
	p.t.Helper()
	const silence = 80 * time.Millisecond
	written, since := len(p.Output()), time.Now()
	for end := time.Now().Add(p.line.patience()); time.Since(since) < silence; time.Sleep(2 * time.Millisecond) {
		if n := len(p.Output()); n != written {
			written, since = n, time.Now()
		}
		if time.Now().After(end) {
			p.t.Fatalf("the program never comes to rest; the screen is:\n%s", p.Text())
		}
	}
	return written
}

// CPU gives the time that the program itself has had on processors, without those that it started; 0 where the system
// does not tell.
func (p *Term) CPU() time.Duration {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.cmd.Process.Pid)) // the pattern is right
	var sum time.Duration
	for _, thread := range threads {
		data, err := os.ReadFile(thread)
		if err != nil { // it has just ended
			continue
		}
		first, _, _ := strings.Cut(string(data), " ")
		n, _ := strconv.ParseInt(first, 10, 64)
		sum += time.Duration(n)
	}
	return sum
}

// PeakMB gives the most memory that the program has had so far, in millions of bytes; 0 where the system does not tell.
func (p *Term) PeakMB() float64 {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid)) // none: the system does not tell
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	var kB float64
	_, _ = fmt.Sscan(rest, &kB)
	return kB * 1024 / 1e6
}
