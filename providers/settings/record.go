package settings

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// Record is the record of what was changed from one installation: a file in the state folder to which lines of JSON are
// appended and from which none is ever taken. It may be used by several goroutines and processes at the same time.
//
// A change has two lines. The first is written before anything is changed, the second says what came of it; a change
// without a second line is one in whose middle adbadge ended. Each line is written at once and flushed to the disk before
// the caller goes on. What a crash left of a line is closed off by the next one, so that it damages no other.
type Record struct {
	path string // empty: nothing is kept
}

const (
	recordName = "changes.jsonl"
	// rotateAt is how large the file may become, in bytes, and kept how many older ones stay.
	rotateAt = 1 << 20
	kept     = 9
	// maxText bounds each text of a line, in characters.
	maxText = 1000
)

// NewRecord names the record of a state folder. Nothing is read or made yet. Without a folder nothing is kept.
func NewRecord(stateDir string) *Record {
	if stateDir == "" {
		return &Record{}
	}
	return &Record{path: filepath.Join(stateDir, recordName)}
}

// line is one line of the file. The second line of a change has its outcome; the first has none.
type line struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Tenant  string    `json:"tenant"`
	Side    string    `json:"side"`
	Setting string    `json:"setting"` // not in lines of old, which are all about the integration
	Owner   string    `json:"owner"`
	Issue   string    `json:"issue,omitempty"` // id of a health issue
	Title   string    `json:"title,omitempty"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Outcome string    `json:"outcome,omitempty"`
	Seen    string    `json:"seen,omitempty"`
}

// Begin writes down that a change is about to be made, and gives it its id and time. Where that cannot be written, the
// change must not be made.
func (r *Record) Begin(ctx context.Context, c *model.Change, now time.Time) error {
	_, _ = rand.Read(c.ID[:]) // crypto/rand never fails
	c.At = now.UTC()
	l := lineOf(c)
	l.Outcome = ""
	return r.append(ctx, l)
}

// End writes down what came of a change. It waits for its turn also when the caller's time is up: what was done must not
// stay unsaid.
func (r *Record) End(c *model.Change) error {
	return r.append(context.Background(), lineOf(c))
}

func lineOf(c *model.Change) line {
	bounded := func(s text.Line) string { return text.CleanMax(s.String(), maxText).String() }
	return line{
		ID: c.ID.String(), At: c.At, By: bounded(c.By), Tenant: bounded(c.Tenant), Side: c.Side.String(), Setting: c.Setting.String(),
		Owner: c.Owner.String(), Issue: c.Issue, Title: bounded(c.Title), From: c.From, To: c.To, Outcome: c.Outcome.String(), Seen: bounded(c.Seen),
	}
}

// append adds one line at the end of the file.
func (r *Record) append(ctx context.Context, l line) error {
	if r.path == "" {
		return nil
	}
	unlock, err := lock(ctx, r.path)
	if err != nil {
		return r.failure("lock the record of changes", err, "Another adbadge may be writing: try again in a moment, and check the state folder.")
	}
	defer unlock()
	data, err := json.Marshal(l)
	if err == nil {
		err = r.write(append(data, '\n'))
	}
	if err != nil {
		return r.failure("write the record of changes", err, "Check the free space and the permissions of the state folder.")
	}
	return nil
}

func (r *Record) write(data []byte) (err error) {
	if info, err := os.Stat(r.path); err == nil && info.Size() >= rotateAt {
		if err := r.rotate(); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(r.path, os.O_CREATE|os.O_RDWR|os.O_APPEND|syscall.O_NONBLOCK, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return err
	}
	if size := info.Size(); size > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, size-1); err != nil {
			return err
		}
		if last[0] != '\n' { // a line that a crash cut off
			data = append([]byte{'\n'}, data...)
		}
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Truncate(info.Size())) // a full disk must not leave half a line
	}
	return f.Sync()
}

// rotate gives the file the number 1, and each older one the next; the oldest goes.
func (r *Record) rotate() error {
	for n := kept; n > 0; n-- {
		from := r.older(n - 1)
		if err := os.Rename(from, r.older(n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// older names a file by its number; 0 is the one that is written to.
func (r *Record) older(n int) string {
	if n == 0 {
		return r.path
	}
	return fmt.Sprintf("%s.%d", r.path, n)
}

// Last gives the newest changes, at most so many, the newest first; unread counts lines that cannot be understood.
func (r *Record) Last(most int) (list []model.Change, unread int, err error) {
	if r.path == "" {
		return nil, 0, nil
	}
	ended := map[model.GUID]bool{}
	for n := 0; n <= kept && len(list) < most; n++ {
		data, err := readBounded(r.older(n), maxRecord)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a rotation is under way, or this was the last one
		}
		if err != nil {
			return nil, 0, r.failure("read the record of changes", err, "Check the permissions of the state folder.")
		}
		rows := bytes.Split(data, []byte{'\n'})
		for _, row := range slices.Backward(rows) {
			if len(bytes.TrimSpace(row)) == 0 {
				continue
			}
			c, ok := parseLine(row)
			switch {
			case !ok:
				unread++
			case ended[c.ID]: // the first line of a change that has ended
			case len(list) < most:
				ended[c.ID] = true
				list = append(list, c)
			}
		}
	}
	return list, unread, nil
}

// maxRecord is above what a file holds when it is rotated, in bytes.
const maxRecord = 2 * rotateAt

// parseLine reads one line. A first line stands for a change whose outcome is unknown.
func parseLine(row []byte) (c model.Change, ok bool) {
	var l line
	if json.Unmarshal(row, &l) != nil {
		return c, false
	}
	id, err := model.ParseGUID(l.ID)
	if err != nil || id.IsZero() || l.At.IsZero() {
		return c, false
	}
	c = model.Change{ID: id, At: l.At.UTC(), By: text.CleanMax(l.By, maxText), Tenant: text.CleanMax(l.Tenant, maxText), Seen: text.CleanMax(l.Seen, maxText)}
	var known [5]bool
	c.Side, known[0] = word(l.Side, model.IdentitySide, model.EndpointSide)
	c.Owner, known[1] = word(l.Owner, model.OwnerAdbadge, model.OwnerLab, model.OwnerPortal, model.OwnerGraph)
	c.Setting, known[2] = word(cmp.Or(l.Setting, model.IntegrationSetting.String()), model.IntegrationSetting, model.AutomaticAuditing,
		model.SensorActivation, model.StatusOfIssue)
	c.Issue, c.Title = text.CleanMax(l.Issue, maxText).String(), text.CleanMax(l.Title, maxText)
	c.From, c.To = l.From, l.To
	known[3] = isState(c.Setting, c.From) && isState(c.Setting, c.To) && (c.Setting == model.StatusOfIssue) == (c.Issue != "")
	c.Outcome, known[4] = word(l.Outcome, model.Outcomes[:]...)
	if l.Outcome == "" {
		c.Seen, known[4] = "adbadge ended before the outcome was known", true
	}
	return c, !slices.Contains(known[:], false)
}

// isState reports whether a word says how something of a kind stands.
func isState(setting model.Setting, written string) (ok bool) {
	if setting == model.StatusOfIssue {
		_, ok = word(written, model.IssueStatuses[:]...)
	} else {
		_, ok = word(written, model.ToggleUnknown, model.ToggleOff, model.ToggleOn)
	}
	return ok
}

// word finds the value that is written like that.
func word[T fmt.Stringer](written string, values ...T) (T, bool) {
	for _, v := range values {
		if v.String() == written {
			return v, true
		}
	}
	var none T
	return none, false
}

// Path gives the file, for messages; empty when nothing is kept.
func (r *Record) Path() string { return r.path }

func (r *Record) failure(doing string, cause error, remedy string) error {
	return &model.Failure{Source: model.Settings, Kind: model.Misconfigured, Doing: fmt.Sprintf("%s in %s", doing, text.Clean(r.path)),
		Seen: text.Clean(cause.Error()).String(), Remedy: remedy, Cause: cause}
}
