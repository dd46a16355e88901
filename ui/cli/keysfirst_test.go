package cli

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers"
)

// held is a directory that is read for as long as the gate is closed.
type held struct{ gate chan struct{} }

func (h held) Host() string { return "dc01.contoso.test" }

func (h held) Entities(ctx context.Context, _ func([]model.Entity) error) ([]model.Gap, error) {
	select {
	case <-h.gate:
	case <-ctx.Done():
	}
	return nil, ctx.Err()
}

func (h held) Domains(context.Context) ([]model.Domain, error) { return nil, nil }

func (h held) Detail(context.Context, model.Entity) (model.Detail, error) {
	return model.Detail{}, nil
}

func (h held) Toggles(context.Context) ([]model.Toggle, error) { return nil, nil }

func (h held) SetToggle(context.Context, model.Toggle, bool, string) error { return nil }

// TestKeysGoFirst: there are more places during a refresh, and as many as before after it and at the end.
func TestKeysGoFirst(t *testing.T) {
	own := runtime.GOMAXPROCS(0)
	wait := func(want int) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); runtime.GOMAXPROCS(0) != want; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d places, want %d", runtime.GOMAXPROCS(0), want)
			}
		}
	}
	directory := held{make(chan struct{})}
	refresher := providers.NewRefresher(&providers.Tenant{Directories: []providers.Directory{directory}, Settings: []providers.Settings{directory},
		Interval: time.Minute, DirectoryInterval: time.Hour, Now: time.Now})
	ctx, cancel := context.WithCancel(t.Context())
	var aside sync.WaitGroup
	aside.Go(func() { refresher.Run(ctx) })
	aside.Go(func() { keysFirst(ctx, refresher) })
	wait(own + morePlaces)
	close(directory.gate)
	wait(own)
	refresher.Refresh()
	cancel()
	aside.Wait()
	wait(own)
}
