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
	defer s.free()
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
	defer s.free()
	if s.matches == nil {
		return v.Len(), nil
	}
	return s.matches.count(), nil
}

// Has reports whether a row matches.
func (r *Result) Has(row int) bool { return r.matches == nil || r.matches.has(row) }

// bestFirst sorts rows by their scores, and keeps the order of those with equal ones.
func bestFirst(rows []uint32, scores []uint16) []uint32 {
	points, highest := make([]uint16, len(rows)), uint16(0)
	for i, row := range rows {
		points[i] = scores[row]
		highest = max(highest, points[i])
	}
	starts := make([]uint32, int(highest)+2)
	for _, p := range points {
		starts[highest-p+1]++
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	sorted := make([]uint32, len(rows))
	for i, row := range rows {
		place := &starts[highest-points[i]]
		sorted[*place] = row
		*place++
	}
	return sorted
}

// inOrder gives the rows of a set in an order.
func inOrder(order []uint32, set bitmap) []uint32 {
	count := set.count()
	rows, next := make([]uint32, count+1), 0
	for _, row := range order {
		if next == count {
			break
		}
		rows[next] = row // the next one takes its place unless it is in the set; that is no branch to guess
		next += int(set[row/64] >> (row % 64) & 1)
	}
	return rows[:count]
}

// search is one run over the rows of a view.
type search struct {
	view       *inventory.View
	conditions []condition
	candidates bitmap // nil for all rows
	matches    bitmap
	scores     []uint16 // sums over the fuzzy words, of rows that match; nil without any
}

// scores keeps the memory of scores for the next search.
var scores sync.Pool

func takeScores(rows int) []uint16 {
	if kept, ok := scores.Get().(*[]uint16); ok && len(*kept) >= rows {
		return (*kept)[:rows]
	}
	return make([]uint16, rows)
}

// free gives back what a search needs no more.
func (s *search) free() {
	if s.scores != nil {
		scores.Put(&s.scores)
	}
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
		s.scores = takeScores(v.Len())
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
	scored := false
	for i := range s.conditions {
		c := &s.conditions[i]
		if set.count() == 0 || ctx.Err() != nil {
			return
		}
		switch {
		case c.words != nil:
			c.words.keep(&seg, set, c.not)
		case c.fuzzy != nil && !c.not:
			c.fuzzy.keep(s.view, &seg, set, s.scores[seg.First:], !scored)
			scored = true
		default:
			set.each(func(at int) {
				if c.test(seg.First+at) == c.not {
					set.clear(at)
				}
			})
		}
	}
}
