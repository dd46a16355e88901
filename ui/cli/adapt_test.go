package cli

import (
	"context"
	"runtime"
	measures "runtime/metrics"
	"sync"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers"
)

// held is a directory of so many users that is read for as long as the gate is closed.
type held struct {
	gate  chan struct{}
	users int
}

func (h held) Host() string { return "dc01.contoso.test" }

func (h held) Entities(ctx context.Context, emit func([]model.Entity) error) ([]model.Gap, error) {
	select {
	case <-h.gate:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	list := make([]model.Entity, h.users)
	for i := range list {
		list[i].ID = model.GUID{byte(i), byte(i >> 8), byte(i >> 16), 1}
	}
	return nil, emit(list)
}

func (h held) Domains(context.Context) ([]model.Domain, error) { return nil, nil }

func (h held) Detail(context.Context, model.Entity) (model.Detail, error) {
	return model.Detail{}, nil
}

func (h held) Toggles(context.Context) ([]model.Toggle, error) { return nil, nil }

func (h held) SetToggle(context.Context, model.Toggle, bool, string) error { return nil }

// TestTheRuntimeIsAdapted: there are more places during a refresh, less garbage beside many rows, and at the end all is as it
// was.
func TestTheRuntimeIsAdapted(t *testing.T) {
	places, garbage := runtime.GOMAXPROCS(0), garbagePercent()
	wait := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("no %s: %d places, %d %% garbage", what, runtime.GOMAXPROCS(0), garbagePercent())
			}
		}
	}
	directory := held{make(chan struct{}), manyRows + 1}
	refresher := providers.NewRefresher(&providers.Tenant{Directories: []providers.Directory{directory}, Settings: []providers.Settings{directory},
		Interval: time.Minute, DirectoryInterval: time.Hour, Now: time.Now})
	ctx, cancel := context.WithCancel(t.Context())
	var aside sync.WaitGroup
	aside.Go(func() { refresher.Run(ctx) })
	aside.Go(func() { adapt(ctx, refresher) })
	wait("more places", func() bool { return runtime.GOMAXPROCS(0) == places+morePlaces && garbagePercent() == garbage })
	close(directory.gate)
	wait("places given back, and less garbage", func() bool { return runtime.GOMAXPROCS(0) == places && garbagePercent() == garbageOfMany })
	refresher.Refresh()
	cancel()
	aside.Wait()
	if runtime.GOMAXPROCS(0) != places || garbagePercent() != garbage {
		t.Errorf("%d places and %d %% garbage, want %d and %d %%", runtime.GOMAXPROCS(0), garbagePercent(), places, garbage)
	}
}

// garbagePercent gives how much garbage there may be beside what is in use.
func garbagePercent() int {
	sample := []measures.Sample{{Name: "/gc/gogc:percent"}}
	measures.Read(sample)
	return int(sample[0].Value.Uint64())
}
