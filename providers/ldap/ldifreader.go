package ldap

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"adbadge/model/text"
)

// ldifReader reads the records of a dump one after the other (RFC 2849), as ldapsearch and ldifde write them: with a
// version, comments, folded lines, base64, any line ends, and the trailer of ldapsearch.
type ldifReader struct {
	file   string
	reader *bufio.Reader
	line   int   // number of the physical line that was read last
	offset int64 // of the byte after it
	// peeked is a physical line that was read ahead to see whether it goes on with the one before.
	peeked *physicalLine
	raw    []byte // memory of the physical line that was read last
	logic  []byte // memory of the logical one
	entry  entry
	// start is the offset of the record at hand, startLine its first line.
	start     int64
	startLine int
	// result is the result code that the trailer of ldapsearch reports; 0 when there is none.
	result string
	first  bool // no record was read yet
}

type physicalLine struct {
	data []byte
	line int
	at   int64
}

const (
	// maxLogicalLine bounds one value, in bytes as they are written. A picture of a person takes 100 kB.
	maxLogicalLine = 16 << 20
	// maxRecord bounds one object.
	maxRecord = 64 << 20
)

func newLDIFReader(file string, r io.Reader) *ldifReader {
	return &ldifReader{file: text.CleanMax(file, maxShown).String(), reader: bufio.NewReaderSize(r, readAhead), first: true}
}

// wrong makes an error with file and line.
func (r *ldifReader) wrong(line int, format string, a ...any) error {
	return &ldifError{fmt.Sprintf("%s:%d: %s", r.file, line, fmt.Sprintf(format, a...))}
}

// ldifError is what is wrong with a dump, and where.
type ldifError struct{ seen string }

func (e *ldifError) Error() string { return e.seen }

// next gives the next object, which is valid until the next call, or io.EOF.
func (r *ldifReader) next() (*entry, error) {
	for {
		found, err := r.record()
		if err != nil {
			return nil, err
		}
		if found {
			return &r.entry, nil
		}
	}
}

// record reads lines up to an empty one or the end. It reports whether they were an object.
func (r *ldifReader) record() (found bool, err error) {
	size := 0
	for {
		line, number, at, err := r.logicalLine()
		if errors.Is(err, io.EOF) {
			if found {
				return true, nil
			}
			return false, io.EOF
		}
		if err != nil {
			return false, err
		}
		if len(line) == 0 {
			return found, nil
		}
		if line[0] == '#' {
			continue
		}
		if size += len(line); size > maxRecord {
			return false, r.wrong(number, "a record is larger than %d bytes", maxRecord)
		}
		name, value, err := r.split(line, number)
		if err != nil {
			return false, err
		}
		if found {
			if err := r.add(name, value, number); err != nil {
				return false, err
			}
			continue
		}
		if found, err = r.begin(name, value, number); err != nil {
			return false, err
		}
		if found {
			r.start, r.startLine = at, number
		}
	}
}

// begin reads the first line of a record.
func (r *ldifReader) begin(name, value string, line int) (found bool, err error) {
	first := r.first
	switch strings.ToLower(name) {
	case "version":
		if !first {
			return false, r.wrong(line, "a version may stand only at the beginning")
		}
		if value != "1" {
			return false, r.wrong(line, "version %s of LDIF is not known", show(value))
		}
		return false, nil
	case "dn":
		r.first = false
		r.entry.reset(value)
		return true, nil
	case "result":
		if code, _, _ := strings.Cut(value, " "); code != "0" {
			r.result = value
		}
		return false, nil
	case "search", "ref", "control", "pagedresults": // the trailer of ldapsearch
		return false, nil
	}
	return false, r.wrong(line, `a record begins with "%s:" rather than "dn:"`, show(name))
}

// add takes in a line of a record after its first one.
func (r *ldifReader) add(name, value string, line int) error {
	switch strings.ToLower(name) {
	case "dn":
		return r.wrong(line, "a second dn in one record; an empty line is missing before it")
	case "control":
		return r.wrong(line, "the file describes changes with controls; export entries instead")
	case "changetype":
		// ldifde exports every entry as one to add.
		if value != "add" {
			return r.wrong(line, "the file describes changes (changetype: %s); export entries instead", show(value))
		}
		return nil
	}
	r.entry.append(name, value)
	return nil
}

// split takes a line apart: "name: value", or "name:: base64".
func (r *ldifReader) split(line []byte, number int) (name, value string, err error) {
	before, after, found := bytes.Cut(line, []byte{':'})
	if !found || len(before) == 0 || bytes.ContainsAny(before, " \t\x00") {
		return "", "", r.wrong(number, `expected "name: value", not %q`, show(string(line[:min(len(line), 40)])))
	}
	name = string(before)
	switch {
	case bytes.HasPrefix(after, []byte{'<'}):
		return "", "", r.wrong(number, "the value of %s is a link to another file, which is not followed", show(name))
	case bytes.HasPrefix(after, []byte{':'}):
		encoded := bytes.TrimSpace(after[1:])
		decoded := make([]byte, base64.StdEncoding.DecodedLen(len(encoded)))
		n, err := base64.StdEncoding.Decode(decoded, encoded)
		if err != nil {
			return "", "", r.wrong(number, "the value of %s is not valid base64", show(name))
		}
		return name, string(decoded[:n]), nil
	}
	return name, string(bytes.TrimLeft(after, " ")), nil
}

// logicalLine joins a line with the folded ones that follow it (each begins with a space). It gives the number of its
// first line and the offset where that begins.
func (r *ldifReader) logicalLine() (line []byte, number int, at int64, err error) {
	first, err := r.physical()
	if err != nil {
		return nil, 0, 0, err
	}
	r.logic = append(r.logic[:0], first.data...) // reading on overwrites first.data
	for len(first.data) > 0 {
		next, err := r.physical()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, 0, err
		}
		if len(next.data) == 0 || next.data[0] != ' ' {
			r.peeked = &next
			break
		}
		if len(r.logic)+len(next.data) > maxLogicalLine {
			return nil, 0, 0, r.wrong(first.line, "a value is longer than %d bytes", maxLogicalLine)
		}
		r.logic = append(r.logic, next.data[1:]...)
	}
	return r.logic, first.line, first.at, nil
}

// physical reads one line without its end.
func (r *ldifReader) physical() (physicalLine, error) {
	if p := r.peeked; p != nil {
		r.peeked = nil
		return *p, nil
	}
	p := physicalLine{data: r.raw[:0], line: r.line + 1, at: r.offset}
	for {
		piece, err := r.reader.ReadSlice('\n')
		p.data = append(p.data, piece...)
		r.offset += int64(len(piece))
		if len(p.data) > maxLogicalLine {
			return physicalLine{}, r.wrong(p.line, "a line is longer than %d bytes", maxLogicalLine)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			if len(p.data) == 0 {
				return physicalLine{}, io.EOF
			}
		case err != nil:
			return physicalLine{}, err
		}
		break
	}
	r.line, r.raw = p.line, p.data
	if p.line == 1 && p.at == 0 {
		if bytes.HasPrefix(p.data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(p.data, []byte{0xFE, 0xFF}) {
			return physicalLine{}, r.wrong(1, "the file is UTF-16; export it again without the option -u of ldifde")
		}
		p.data = bytes.TrimPrefix(p.data, []byte("\xEF\xBB\xBF"))
	}
	p.data = bytes.TrimSuffix(bytes.TrimSuffix(p.data, []byte{'\n'}), []byte{'\r'})
	return p, nil
}
