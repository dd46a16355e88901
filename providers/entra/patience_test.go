package entra_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/entra"
	"adbadge/providers/entra/entratest"
)

func TestThrottling(t *testing.T) {
	for name, test := range map[string]struct {
		header  string
		tries   int
		least   time.Duration
		retryIn time.Duration
	}{
		"seconds":       {"1", 2, time.Second, 0},
		"fraction":      {"0.2", 2, 200 * time.Millisecond, 0},
		"date":          {"date", 2, time.Second, 0},
		"none":          {"", 2, 0, 0},
		"negative":      {"-5", 2, 0, 0},
		"nonsense":      {"soon", 2, 0, 0},
		"not a number":  {"NaN", 2, 0, 0},
		"above the cap": {"3600", 1, 0, time.Hour},
		"absurd":        {"1e9", 1, 0, 24 * time.Hour},
		"infinite":      {"Inf", 1, 0, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tries := 0
			api, _ := ask(t, func(w http.ResponseWriter, r *http.Request) {
				if tries++; tries > 1 {
					entratest.WriteJSON(w, map[string]int{})
					return
				}
				// The server's clock is a day ahead: a date counts from there.
				ahead := time.Now().Add(24 * time.Hour)
				w.Header().Set("Date", ahead.UTC().Format(http.TimeFormat))
				switch test.header {
				case "":
				case "date":
					w.Header().Set("Retry-After", ahead.Add(time.Second).UTC().Format(http.TimeFormat))
				default:
					w.Header().Set("Retry-After", test.header)
				}
				w.WriteHeader(http.StatusTooManyRequests)
			})
			begun := time.Now()
			var into any
			err := api.Get(t.Context(), "/x", nil, &into)
			if took := time.Since(begun); took < test.least || took > test.least+3*time.Second {
				t.Errorf("took %v, want at least %v", took, test.least)
			}
			if tries != test.tries {
				t.Errorf("tried %d times, want %d", tries, test.tries)
			}
			if test.tries == 2 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			f := failureOf(t, err)
			if in := time.Until(f.RetryAt); f.Kind != model.Throttled || in < test.retryIn-time.Minute || in > test.retryIn {
				t.Errorf("failure is %v, again in %v: %q", f.Kind, in, f)
			}
			if s := api.Stats(); s.Throttled != 1 {
				t.Errorf("stats are %+v", s)
			}
		})
	}
}

func TestWaitEndsWithTheContext(t *testing.T) {
	api, _ := ask(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "200")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begun := time.Now()
	err := api.Get(ctx, "/x", nil, nil)
	if !errors.Is(err, context.DeadlineExceeded) || failureOf(t, err).Kind != model.TimedOut {
		t.Errorf("error is %v", err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestSlowAnswers(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"never begins": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // net/http notices that the client has gone only after that
			<-r.Context().Done()
		},
		"stalls": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"value":[`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := entratest.New(t, handler)
			o := server.Options()
			o.Config.Timeout = 200 * time.Millisecond
			signIn, err := entra.New(o)
			if err != nil {
				t.Fatal(err)
			}
			api, err := signIn.API(entra.APIOptions{Name: "API", BaseURL: server.URL, Scope: entratest.Scope})
			if err != nil {
				t.Fatal(err)
			}
			api.SetBackoff(time.Millisecond)
			var into any
			begun := time.Now()
			f := failureOf(t, api.Get(t.Context(), "/x", nil, &into))
			if f.Kind != model.TimedOut {
				t.Errorf("failure is %v: %q", f.Kind, f)
			}
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			patient := api.For(entra.Purpose{Patience: 600 * time.Millisecond})
			begun = time.Now()
			_ = patient.Patch(t.Context(), "/x", map[string]bool{}, nil)
			if took := time.Since(begun); name == "never begins" && (took < 500*time.Millisecond || took > 3*time.Second) {
				t.Errorf("a patient request took %v", took)
			}
		})
	}
}
