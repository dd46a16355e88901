package ldap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"

	"adbadge/model"
	"adbadge/model/text"
)

// LDIF is a directory that was exported to a file. The file is read again by each call, in one pass and with little
// memory; a small index remembers where each entity is. Calls may run at the same time.
type LDIF struct {
	path string
	now  func() time.Time

	mutex sync.Mutex
	index *ldifIndex // nil until the file was read
}

// OpenLDIF takes the path of a dump as ldapsearch or ldifde write it, and checks that it can be read.
func OpenLDIF(path string) (*LDIF, error) {
	l := &LDIF{path: path, now: time.Now}
	f, err := l.open()
	if err != nil {
		return nil, err
	}
	return l, f.Close()
}

// Host gives the path of the file.
func (l *LDIF) Host() string { return text.Clean(l.path).String() }

func (l *LDIF) open() (*os.File, error) {
	f, err := os.OpenFile(l.path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe is refused rather than waited for
	if err == nil {
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
			err = errors.New("it is not a regular file")
		}
		if err != nil {
			_ = f.Close() // the reason is known already
		}
	}
	if err != nil {
		return nil, l.failure(err)
	}
	return f, nil
}

// failure puts an error into the user's words.
func (l *LDIF) failure(err error) error {
	f := &model.Failure{Source: model.Directory, Kind: model.Misconfigured, Doing: "read " + l.Host(), Seen: show(err.Error()),
		Remedy: "Check ldif_file under [directory], and the permissions of the file.", Cause: err}
	var wrong *ldifError
	var path *fs.PathError
	switch {
	case errors.As(err, &wrong):
		f.Doing, f.Seen = "read the dump of the directory", wrong.seen
		f.Remedy = "Export it again, with ldapsearch -LLL or ldifde -f."
	case errors.As(err, &path):
		f.Seen = show(path.Err.Error())
	}
	return f
}

// each hands every object of the file to visit, with the offset of its first byte. It gives the result code that the
// trailer of ldapsearch reports, if that is not success.
func (l *LDIF) each(ctx context.Context, visit func(e *entry, at int64) error) (result string, err error) {
	f, err := l.open()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := newLDIFReader(l.path, f)
	for i := 0; ; i++ {
		if i%1024 == 0 && ctx.Err() != nil {
			return "", ctx.Err()
		}
		e, err := r.next()
		if errors.Is(err, io.EOF) {
			return r.result, nil
		}
		if err != nil {
			return "", l.failure(err)
		}
		if err := visit(e, r.start); err != nil {
			return "", err
		}
	}
}

// Domains gives the domains that the objects of the dump lie in.
func (l *LDIF) Domains(ctx context.Context) ([]model.Domain, error) {
	index, err := l.read(ctx)
	if err != nil {
		return nil, err
	}
	domains := make([]model.Domain, len(index.domains))
	for i := range index.domains {
		domains[i] = index.domains[i].Domain
	}
	return domains, nil
}

// Entities reads users and computers.
func (l *LDIF) Entities(ctx context.Context, emit func([]model.Entity) error) ([]model.Gap, error) {
	index, err := l.read(ctx)
	if err != nil {
		return nil, err
	}
	c := newConverter(l.now(), index.lockouts())
	b := newBatch(emit)
	seen := map[model.GUID]struct{}{}
	repeated := 0
	result, err := l.each(ctx, func(e *entry, _ int64) error {
		entity, ok := c.entity(e)
		if !ok {
			return nil
		}
		if _, again := seen[entity.ID]; again {
			repeated++
			return nil
		}
		seen[entity.ID] = struct{}{}
		c.count(e)
		return b.add(&entity)
	})
	if err == nil {
		err = b.flush()
	}
	gaps := c.gaps()
	if repeated > 0 {
		gaps = append(gaps, model.Gap{Source: model.Directory, Code: "ADB-417", Count: repeated,
			What:   objects(repeated, "comes", "come") + " more than once in the dump; the first one counts.",
			Remedy: "Export each part of the directory once."})
	}
	if result != "" {
		gaps = append(gaps, model.Gap{Source: model.Directory, Code: "ADB-412", Missing: true,
			What:   fmt.Sprintf("The dump is incomplete: ldapsearch ended with result %s.", show(result)),
			Remedy: "Export it again in pages: ldapsearch -E pr=1000/noprompt."})
	}
	if err == nil && len(gaps) == 0 && len(seen) == 0 {
		gaps = append(gaps, nothing())
	}
	return gaps, err
}
