package entra

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	// maxBody is how much of one answer is read, in bytes after decompression.
	maxBody = 64 << 20
	// maxErrorBody is how much of an error answer is read; the rest is cut off.
	maxErrorBody = 64 << 10
	// maxHeader bounds the header of an answer, in bytes.
	maxHeader = 64 << 10
	// maxDuration is how long one answer may take as a whole, however steadily it comes.
	maxDuration = 5 * time.Minute
)

// transport carries single requests, for sign-in and APIs alike. It implements policy.Transporter of azcore.
type transport struct {
	client *http.Client
	idle   time.Duration // how long an answer may take to begin, and may stall later
}

func newTransport(roots *x509.CertPool, idle time.Duration) *transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &transport{idle: idle, client: &http.Client{
		CheckRedirect: func(request *http.Request, _ []*http.Request) error {
			return &redirected{host: request.URL.Host}
		},
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
			TLSHandshakeTimeout:    10 * time.Second,
			ForceAttemptHTTP2:      true,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: maxHeader,
		},
	}}
}

// bypassProxy lets requests go straight to where they are meant for.
func (t *transport) bypassProxy() { t.client.Transport.(*http.Transport).Proxy = nil }

// Do sends one request. The body of the answer has a limit of size and of time.
func (t *transport) Do(request *http.Request) (*http.Response, error) {
	note := noteOf(request.Context())
	ctx, cancel := context.WithCancelCause(request.Context())
	idle := t.idle
	if note != nil {
		idle = max(idle, note.patience)
	}
	watch := time.AfterFunc(idle, func() { cancel(errStalled) })
	response, err := t.client.Do(request.WithContext(ctx))
	if err != nil {
		watch.Stop()
		if cause := context.Cause(ctx); cause != nil && errors.Is(cause, errStalled) {
			err = errStalled
		}
		cancel(nil)
		if note != nil {
			note.failed = err
		}
		return nil, err
	}
	limit := int64(maxBody)
	if response.StatusCode >= http.StatusBadRequest {
		limit = maxErrorBody
	}
	watch.Reset(t.idle)
	response.Body = &guardedBody{
		body: response.Body, left: limit, lenient: limit == maxErrorBody,
		watch: watch, idle: t.idle, ends: time.Now().Add(max(maxDuration, idle)), ctx: ctx, cancel: cancel,
	}
	return response, nil
}

// guardedBody ends a body that is too large or too slow.
type guardedBody struct {
	body    io.ReadCloser
	left    int64
	lenient bool // cut off rather than refuse
	watch   *time.Timer
	idle    time.Duration
	ends    time.Time
	ctx     context.Context
	cancel  context.CancelCauseFunc
	closed  atomic.Bool
}

func (g *guardedBody) Read(p []byte) (int, error) {
	if g.left < 0 {
		return 0, errTooLarge
	}
	if g.left == 0 && g.lenient {
		return 0, io.EOF
	}
	if int64(len(p)) > g.left+1 { // one more tells the exact limit from an excess
		p = p[:g.left+1]
	}
	n, err := g.body.Read(p)
	g.left -= int64(n)
	switch {
	case g.left < 0 && g.lenient:
		n, g.left, err = n-1, 0, io.EOF
	case g.left < 0:
		return 0, errTooLarge
	case err == nil && time.Now().After(g.ends):
		return n, errStalled
	case err != nil && errors.Is(context.Cause(g.ctx), errStalled):
		return n, errStalled
	case n > 0:
		g.watch.Reset(g.idle)
	}
	return n, err
}

func (g *guardedBody) Close() error {
	if g.closed.Swap(true) {
		return nil
	}
	g.watch.Stop()
	g.cancel(nil)
	return g.body.Close()
}
