package cloud

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"time"

	"adbadge/model"
)

// failure is an answer that is an error.
type failure struct {
	status       int
	code         string
	message      string
	retryAfter   time.Duration // 0: no Retry-After
	authenticate string        // WWW-Authenticate
}

// Error gives the message, so that handlers can return a failure as an error.
func (f *failure) Error() string { return f.message }

func fail(status int, code, format string, args ...any) *failure {
	return &failure{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// newID gives a random id for tracking a request.
func newID() string {
	var g model.GUID
	_, _ = rand.Read(g[:]) // crypto/rand never fails
	g[7], g[8] = g[7]&0x0f|0x40, g[8]&0x3f|0x80
	return g.String()
}

// headers sets what an error says outside of its body.
func (f *failure) headers(h http.Header) {
	if f.retryAfter > 0 {
		h.Set("Retry-After", fmt.Sprint(max(1, int((f.retryAfter+time.Second-1)/time.Second))))
	}
	if f.authenticate != "" {
		h.Set("WWW-Authenticate", f.authenticate)
	}
}

// endpointBody is the form of errors of the Defender for Endpoint API ("Common REST API error codes").
func (f *failure) endpointBody(id string, _ time.Time) []byte {
	var e encoder
	e.open("")
	e.open("error")
	e.text("code", f.code)
	e.text("message", f.message)
	e.text("target", id)
	e.close()
	e.close()
	return e.out
}

// graphBody is the form of errors of Microsoft Graph ("Microsoft Graph error responses").
func (f *failure) graphBody(id string, now time.Time) []byte {
	var e encoder
	e.open("")
	e.open("error")
	e.text("code", f.code)
	e.text("message", f.message)
	e.open("innerError")
	e.text("date", now.UTC().Format("2006-01-02T15:04:05"))
	e.text("request-id", id)
	e.text("client-request-id", id)
	e.close()
	e.close()
	e.close()
	return e.out
}
