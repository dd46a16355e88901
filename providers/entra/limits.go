package entra

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"golang.org/x/time/rate"
)

// limits keep below the published number of requests: in any minute or hour at most nine tenths of it, since a full
// bucket holds two tenths and seven tenths flow in.
type limits []*rate.Limiter

func newLimits(perMinute, perHour int) limits {
	var l limits
	for _, window := range []struct {
		requests int
		length   time.Duration
	}{{perMinute, time.Minute}, {perHour, time.Hour}} {
		if window.requests > 0 {
			flow := rate.Every(window.length) * rate.Limit(window.requests) * 7 / 10
			l = append(l, rate.NewLimiter(flow, max(1, window.requests/5)))
		}
	}
	return l
}

// wait returns when a request may be sent.
func (l limits) wait(ctx context.Context) error {
	for _, limiter := range l {
		if err := limiter.Wait(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return final{fmt.Errorf("adbadge keeps below the limit of requests of the service: %w", context.DeadlineExceeded)}
		}
	}
	return nil
}

// room tells how much of the tightest bucket is left, from 0 to 1; 1 without limits.
func (l limits) room() float64 {
	left := 1.0
	for _, limiter := range l {
		left = min(left, max(0, limiter.Tokens())/float64(limiter.Burst()))
	}
	return left
}

func (v *server) limit(request *policy.Request) (*http.Response, error) {
	if err := v.limits.wait(request.Raw().Context()); err != nil {
		return nil, err
	}
	return request.Next()
}

// jitter is a random share of a wait, so that many clients do not come back at the same moment.
func jitter(wait time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(wait)/10 + 1))
}
