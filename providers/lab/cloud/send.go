package cloud

import (
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"adbadge/providers/lab/fault"
)

// Answers are compressed from the size in bytes at which that is worth it, up to the one where it takes longer than
// sending them over loopback as they are.
const (
	compressFrom = 2 << 10
	compressTo   = 2 << 20
)

// compressors are reused: one of them holds more than 800 kB.
var compressors = sync.Pool{New: func() any {
	c, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // fails only for levels that do not exist
	return c
}}

// send answers with JSON, compressed where the client takes it. Write errors mean that the client has left.
func send(w http.ResponseWriter, r *request, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", r.contentType)
	h.Set("OData-Version", "4.0")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	if len(body) < compressFrom || len(body) > compressTo || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = w.Write(body)
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	c := compressors.Get().(*gzip.Writer)
	defer compressors.Put(c)
	c.Reset(w)
	_, _ = c.Write(body)
	_ = c.Close()
	c.Reset(io.Discard) // let go of w
}

// sendList is send for a list, which may be broken on request. The records lie between the offsets.
func sendList(w http.ResponseWriter, r *request, body []byte, first, last int) {
	switch {
	case r.Faults.Has(fault.Truncated, r.target):
		w.Header().Set("Content-Type", r.contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body[:len(body)/2])
		panic(http.ErrAbortHandler) // net/http's way to break the connection
	case r.Faults.Has(fault.Endless, r.target) && last > first:
		w.Header().Set("Content-Type", r.contentType)
		_, err := w.Write(body[:last])
		for err == nil && r.Context().Err() == nil {
			if _, err = w.Write([]byte{','}); err == nil {
				_, err = w.Write(body[first:last])
			}
		}
	default:
		send(w, r, http.StatusOK, body)
	}
}
