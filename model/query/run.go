package query

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"adbadge/model/inventory"
)

// Result is the answer to a query on one view. It never changes.
type Result struct {
	// Rows are the rows that match, in order. They must not be changed.
	Rows []uint32

	view    *inventory.View
	query   Query
	now     time.Time
	matches bitmap // nil when everything matches
}

// Run asks a view. The rows come in the order o, or with fuzzy words the best matches first. Ages are counted back
// from now. A previous result of the same view makes it faster when the query only grew; nil is fine. Run checks ctx
// often, and gives its error as soon as it is cancelled.
func Run(ctx context.Context, v *inventory.View, q Query, o Order, now time.Time, previous *Result) (*Result, error) {
	s, err := match(ctx, v, q, now, previous)
	if err != nil {
		return nil, err
	}
	result := &Result{view: v, query: q, now: now, matches: s.matches}
	order := v.Order(o.Column, o.Reverse)
	if s.matches == nil {
		result.Rows = order[:len(order):len(order)]
		return result, nil
	}
	result.Rows = inOrder(order, s.matches)
	if s.scores != nil {
		result.Rows = bestFirst(result.Rows, s.scores)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return result, nil
}

// Count gives the number of rows that match.
func Count(ctx context.Context, v *inventory.View, q Query, now time.Time) (int, error) {
	s, err := match(ctx, v, q, now, nil)
	if err != nil {
		return 0, err
	}
	if s.matches == nil {
		return v.Len(), nil
	}
	return s.matches.count(), nil
}

// Has reports whether a row matches.
func (r *Result) Has(row int) bool { return r.matches == nil || r.matches.has(row) }

// bestFirst sorts rows by their scores, and keeps the order of those with equal ones.
func bestFirst(rows []uint32, scores []uint16) []uint32 {
	highest := uint16(0)
	for _, row := range rows {
		highest = max(highest, scores[row])
	}
	starts := make([]uint32, int(highest)+2)
	for _, row := range rows {
		starts[highest-scores[row]+1]++
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	sorted := make([]uint32, len(rows))
	for _, row := range rows {
		place := &starts[highest-scores[row]]
		sorted[*place] = row
		*place++
	}
	return sorted
}

// inOrder gives the rows of a set in an order.
func inOrder(order []uint32, set bitmap) []uint32 {
	rows := make([]uint32, 0, set.count())
	for _, row := range order {
		if set.has(int(row)) {
			rows = append(rows, row)
		}
	}
	return rows
}

// search is one run over the rows of a view.
type search struct {
	view       *inventory.View
	conditions []condition
	candidates bitmap // nil for all rows
	matches    bitmap
	scores     []uint16 // sums over the fuzzy words; nil without any
}

func match(ctx context.Context, v *inventory.View, q Query, now time.Time, previous *Result) (*search, error) {
	s := &search{view: v}
	if q.IsEmpty() {
		return s, ctx.Err()
	}
	if previous != nil && previous.narrows(v, q, now) {
		if !q.IsFuzzy() && len(q.terms) == len(previous.query.terms) && q.String() == previous.query.String() {
			s.matches = previous.matches // only the order is another one
			return s, ctx.Err()
		}
		s.candidates = previous.matches
	}
	c := compiler{view: v, now: now}
	for i := range q.terms {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.conditions = append(s.conditions, c.compile(&q.terms[i]))
	}
	slices.SortStableFunc(s.conditions, func(a, b condition) int { return cmp.Compare(a.cost, b.cost) })
	s.matches = newBitmap(v.Len())
	if q.IsFuzzy() {
		s.scores = make([]uint16, v.Len())
	}
	return s, s.run(ctx)
}

// run goes through the segments, with one goroutine for each processor when there are enough of them.
func (s *search) run(ctx context.Context) error {
	segments := s.view.Segments()
	var next atomic.Int64
	work := func() {
		for ctx.Err() == nil {
			number := int(next.Add(1)) - 1
			if number >= segments {
				return
			}
			s.segment(ctx, s.view.Segment(number))
		}
	}
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), segments) - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
	return ctx.Err()
}

// segmentWords is the length of the part of a bitmap that belongs to a segment, so that goroutines share no word.
const segmentWords = inventory.SegmentRows / 64

func (s *search) segment(ctx context.Context, seg inventory.Segment) {
	from := seg.First / 64
	set := s.matches[from:min(from+segmentWords, len(s.matches))]
	if s.candidates != nil {
		copy(set, s.candidates[from:])
	} else {
		set.fill(seg.Rows)
	}
	var hits bitmap
	for i := range s.conditions {
		c := &s.conditions[i]
		left := set.count()
		if left == 0 || ctx.Err() != nil {
			return
		}
		if scan := c.scan(); scan != nil && left > seg.Rows/16 {
			if hits == nil {
				hits = make(bitmap, len(set))
			}
			clear(hits)
			scan(seg, hits)
			set.keep(hits, c.not)
			if c.fuzzy == nil {
				continue
			}
		}
		s.each(seg.First, set, c)
	}
}

// each asks a condition for every row that is left.
func (s *search) each(first int, set bitmap, c *condition) {
	set.each(func(at int) {
		row := first + at
		if c.fuzzy != nil && !c.not {
			points := c.fuzzy.score(s.view.SearchText(row))
			if points == 0 {
				set.clear(at)
			}
			s.scores[row] = uint16(min(int(s.scores[row])+points, 65535))
			return
		}
		if c.test(row) == c.not {
			set.clear(at)
		}
	})
}
