package fault

import (
	"sync"
	"time"
)

// Set is the faults that are in force. It is safe for concurrent use; the zero value is empty.
type Set struct {
	mu     sync.Mutex
	faults []Fault
	left   []int // beside faults: requests that still fail, for those that end
}

// Replace puts other faults in force. On an error nothing changes.
func (s *Set) Replace(names []string) error {
	faults := make([]Fault, 0, len(names))
	left := make([]int, 0, len(names))
	for _, name := range names {
		f, err := Parse(name)
		if err != nil {
			return err
		}
		faults, left = append(faults, f), append(left, f.Times)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.left = faults, left
	return nil
}

// Has reports whether a fault is in force for the target.
func (s *Set) Has(kind Kind, target Target) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(kind, target) >= 0
}

// Take is Has for one request: it counts down a fault that ends by itself.
func (s *Set) Take(kind Kind, target Target) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.find(kind, target)
	if at < 0 {
		return false
	}
	if s.faults[at].Times > 0 {
		s.left[at]--
	}
	return true
}

// Delay gives how long something has to wait.
func (s *Set) Delay(kind Kind, target Target) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.find(kind, target); at >= 0 {
		return s.faults[at].Delay
	}
	return 0
}

// find must be called with mu held.
func (s *Set) find(kind Kind, target Target) int {
	for i, f := range s.faults {
		spent := f.Times > 0 && s.left[i] == 0
		if f.Kind == kind && (f.Target == target || f.Target == Anywhere) && !spent {
			return i
		}
	}
	return -1
}
