package entra

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// server is one origin with the pipeline that leads to it.
type server struct {
	APIOptions
	base     *url.URL
	signIn   *SignIn
	pipeline runtime.Pipeline
	limits   limits
	stats    stats
	// backoff is the wait before the second try, in the absence of Retry-After; it grows with each try.
	backoff time.Duration
}

func newServer(s *SignIn, o APIOptions, base *url.URL) *server {
	v := &server{APIOptions: o, base: base, signIn: s, limits: newLimits(o.PerMinute, o.PerHour), backoff: 300 * time.Millisecond}
	bearer := runtime.NewBearerTokenPolicy(s.credential, []string{o.Scope}, &policy.BearerTokenOptions{
		AuthorizationHandler: policy.AuthorizationHandler{OnRequest: v.authorize},
	})
	agent := "adbadge"
	if s.options.Version != "" {
		agent += "/" + s.options.Version
	}
	v.pipeline = runtime.NewPipeline("adbadge", s.options.Version, runtime.PipelineOptions{
		PerRetry: []policy.Policy{
			doFunc(v.limit), doFunc(v.receive), doFunc(v.pin), doFunc(v.renew), bearer, userAgent(agent),
		},
	}, &policy.ClientOptions{Transport: s.transport, Telemetry: policy.TelemetryOptions{Disabled: true}})
	return v
}

// doFunc makes a function a policy of the pipeline.
type doFunc func(*policy.Request) (*http.Response, error)

// Do implements policy.Policy.
func (f doFunc) Do(request *policy.Request) (*http.Response, error) { return f(request) }

// userAgent names the program.
func userAgent(name string) doFunc {
	return func(request *policy.Request) (*http.Response, error) {
		request.Raw().Header.Set("User-Agent", name)
		return request.Next()
	}
}

// pin lets requests to the configured origin pass and no other. It stands before the token is added, so that a
// mistake elsewhere cannot send one away.
func (v *server) pin(request *policy.Request) (*http.Response, error) {
	if !v.isOrigin(request.Raw().URL) {
		return nil, errOrigin
	}
	return request.Next()
}

// isOrigin reports whether a URL has the scheme, host and port of the API.
func (v *server) isOrigin(u *url.URL) bool {
	return u.Scheme == v.base.Scheme && u.User == nil && u.Opaque == "" && canonicalHost(u) == v.base.Host
}

// authorize asks for a token. After a refused one it asks for a token that was issued later than that, which is the
// form in which Entra ID itself asks clients to renew theirs (claims challenge).
func (v *server) authorize(request *policy.Request, authorize func(policy.TokenRequestOptions) error) error {
	o := policy.TokenRequestOptions{Scopes: []string{v.Scope}}
	if n := noteOf(request.Raw().Context()); n != nil && n.renewed {
		o.Claims = fmt.Sprintf(`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, n.refusedAt.Unix())
	}
	return authorize(o)
}

// renew asks for a new token once when the old one is refused: it may have been withdrawn before its time.
func (v *server) renew(request *policy.Request) (*http.Response, error) {
	response, err := request.Next()
	n := noteOf(request.Raw().Context())
	if err != nil || response.StatusCode != http.StatusUnauthorized || n == nil || n.renewed {
		return response, err
	}
	n.renewed, n.refusedAt = true, serverTime(response.Header)
	runtime.Drain(response)
	if err := request.RewindBody(); err != nil {
		return nil, err
	}
	return request.Next()
}

// serverTime gives the clock of the other end, or ours where it does not say.
func serverTime(h http.Header) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at
	}
	return time.Now()
}

const (
	// maxTries is how often one request is tried.
	maxTries = 4
	// maxWait is how long one request waits for Retry-After, over all tries.
	maxWait = 5 * time.Minute
)

// retries says which requests are tried again. Changes are repeated only where the other end said that it did
// nothing.
func (v *server) retries(n *note, change bool) policy.RetryOptions {
	return policy.RetryOptions{
		MaxRetries: maxTries - 1, RetryDelay: v.backoff, MaxRetryDelay: maxWait,
		ShouldRetry: func(response *http.Response, err error) bool {
			if err != nil {
				return !change && !isHopeless(err, v.stats.hasAnswered())
			}
			switch response.StatusCode {
			case http.StatusTooManyRequests, http.StatusServiceUnavailable:
				return !n.gaveUp
			case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
				return !change
			}
			return false
		},
	}
}

// heedRetryAfter reads how long the other end wants to be left alone and puts it into the one form that azcore's
// retry policy understands without loss. Microsoft Graph sends fractions of a second ("2.128").
func (n *note) heedRetryAfter(h http.Header, jitter func(time.Duration) time.Duration) {
	wait, ok := retryAfter(h)
	for _, name := range []string{"Retry-After", "Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		h.Del(name)
	}
	if !ok {
		return
	}
	n.retryAt = time.Now().Add(wait)
	if n.waited+wait > maxWait {
		n.gaveUp = true
		return
	}
	n.waited += wait
	h.Set("Retry-After-Ms", strconv.FormatInt((wait+jitter(wait)).Milliseconds()+1, 10))
}

// longestRetryAfter bounds what is believed, so that sums do not overflow.
const longestRetryAfter = 24 * time.Hour

// retryAfter reads the header Retry-After: seconds, with or without a fraction, or a date, which is compared with the
// other end's clock. Nonsense counts as absent.
func retryAfter(h http.Header) (time.Duration, bool) {
	raw := h.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(raw, 64); err == nil {
		if !(seconds > 0) { // also for NaN
			return 0, false
		}
		return time.Duration(min(seconds, longestRetryAfter.Seconds()) * float64(time.Second)), true
	}
	at, err := http.ParseTime(raw)
	if err != nil {
		return 0, false
	}
	wait := at.Sub(serverTime(h))
	return min(wait, longestRetryAfter), wait > 0
}
