package ldap

import (
	"testing"
	"time"
)

// TestPace: many small questions do not come faster than a domain controller can be asked to bear.
func TestPace(t *testing.T) {
	a := newAuthority(t)
	d := directory(t, a, newController(t, a, func(*controller) {}))
	s, err := d.connect(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	begin := time.Now()
	const questions = requestsAtOnce + requestsPerSecond/2
	for range questions {
		if _, err := s.root(rootAttributes); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begin); took < 400*time.Millisecond {
		t.Errorf("%d questions were asked in %s", questions, took)
	}
}
