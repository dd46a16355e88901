package entra

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// receive reads the answer of one try, so that one that was cut off is asked for again.
func (v *server) receive(request *policy.Request) (*http.Response, error) {
	begun := time.Now()
	n := noteOf(request.Raw().Context())
	response, err := request.Next()
	if err == nil && response.StatusCode < http.StatusMultipleChoices {
		err = n.read(response)
	}
	if err == nil && response.StatusCode >= http.StatusBadRequest {
		n.heedRetryAfter(response.Header, jitter)
	}
	n.date = time.Time{}
	if response != nil {
		n.date, _ = http.ParseTime(response.Header.Get("Date")) // zero when it does not say
	}
	v.stats.change(func(s *Stats) {
		s.Requests++
		if err != nil || response.StatusCode >= http.StatusMultipleChoices {
			s.Failed++
		}
		if response == nil {
			return
		}
		if response.StatusCode == http.StatusTooManyRequests {
			s.Throttled++
		}
		s.At, s.Latency, s.Date = time.Now(), time.Since(begun), n.date
		if n.retryAt.After(s.RetryAt) && !n.gaveUp {
			s.RetryAt = n.retryAt
		}
	})
	if err != nil {
		return nil, err
	}
	return response, nil
}

// read takes in the body of a good answer and checks that it is whole JSON of sane depth.
func (n *note) read(response *http.Response) error {
	defer response.Body.Close()
	if n.body == nil {
		n.body = new(bytes.Buffer)
	}
	n.body.Reset()
	if size := response.ContentLength; size > 0 && size <= maxBody {
		n.body.Grow(int(size) + bytes.MinRead)
	}
	if _, err := n.body.ReadFrom(response.Body); err != nil {
		if response.Request.Context().Err() != nil || errors.Is(err, errTooLarge) || errors.Is(err, errStalled) {
			return err
		}
		return fmt.Errorf("%w: %w", errTruncated, err) // how HTTP/1 and HTTP/2 say so differs
	}
	if response.StatusCode == http.StatusNoContent || !n.wanted {
		return nil
	}
	if err := checkContentType(response.Header.Get("Content-Type"), n.body.Bytes()); err != nil {
		return err
	}
	return checkShape(n.body.Bytes())
}

// checkContentType refuses pages for people, such as those of a sign-in or of a proxy.
func checkContentType(header string, body []byte) error {
	kind, _, err := mime.ParseMediaType(header)
	switch {
	case err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json") || kind == "text/json"):
		return nil
	case header == "" && len(bytes.TrimSpace(body)) > 0 && bytes.TrimSpace(body)[0] == '{':
		return nil // unlabelled, but plainly an object
	case header == "":
		return &webPage{contentType: "unlabelled data"}
	case kind == "text/html" || kind == "application/xhtml+xml":
		return &webPage{contentType: "a web page"}
	}
	return &webPage{contentType: "something other than JSON"}
}
