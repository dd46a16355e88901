package providers

import (
	"context"
	"sync"
	"testing"
	"time"

	"adbadge/model"
	"adbadge/providers/lab"
)

// The lab answers the questions for signals as it does any other query, and its products go on sending data.
func TestSignalsOfTheLab(t *testing.T) {
	var mutex sync.Mutex
	clock := noon
	tenant, running := openLab(t, lab.Options{Now: func() time.Time { mutex.Lock(); defer mutex.Unlock(); return clock }})
	for range 2 {
		signals, err := tenant.Identity.Signals(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range map[string]model.Signal{"identity": signals.Identity, "endpoint": signals.Endpoint} {
			if age := tenant.Now().Sub(s.At); !s.Known || age < 0 || age > 3*time.Hour {
				t.Errorf("the signal of %s is %+v, %v old", name, s, age)
			}
		}
		mutex.Lock()
		clock = clock.Add(50 * time.Hour)
		mutex.Unlock()
	}
	if err := running.SetFaults("no-hunting"); err != nil {
		t.Fatal(err)
	}
	if signals, err := tenant.Identity.Signals(t.Context()); err != nil || signals.Endpoint.Known || !signals.Identity.Known {
		t.Errorf("without the tables of Defender for Endpoint: %+v, %v", signals, err)
	}
}

// huntingCounter counts the questions that cost the service much, and answers them as it is told.
type huntingCounter struct {
	Identity
	mutex   sync.Mutex
	logons  int
	signals int
	err     error
	told    model.Signals
}

func (h *huntingCounter) Logons(context.Context, func([]model.Logon) error) ([]model.Gap, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.logons++
	return nil, h.err
}

func (h *huntingCounter) Signals(context.Context) (model.Signals, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.signals++
	return h.told, h.err
}

// Hunting costs the service much: it is asked at the interval of the directory, when a person wants it, and again when
// it failed.
func TestHuntingIsAskedRarely(t *testing.T) {
	h := newHostileTenant(t)
	clock := noon
	counter := &huntingCounter{Identity: h.tenant.Identity, told: model.Signals{Identity: model.Signal{Known: true}, Endpoint: model.Signal{Known: true, At: noon}}}
	h.tenant.Identity, h.tenant.Now = counter, func() time.Time { return clock }
	h.tenant.Interval, h.tenant.DirectoryInterval = time.Minute, 10*time.Minute
	r := NewRefresher(h.tenant)
	refresh := func(what string, after time.Duration, asked bool, err error, want int) *Dashboard {
		t.Helper()
		clock = clock.Add(after)
		counter.mutex.Lock()
		counter.err = err
		counter.mutex.Unlock()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		r.refresh(ctx, asked)
		if counter.logons != want || counter.signals != want {
			t.Errorf("%s: accounts asked %d times, signals %d times; want %d", what, counter.logons, counter.signals, want)
		}
		return r.Current()
	}
	d := refresh("at first", 0, false, nil, 1)
	if !hasFinding(d, "ADB-309") || hasFinding(d, "ADB-308") || hasFinding(d, "ADB-208") {
		t.Errorf("a silent product: %+v", d.Status.Findings)
	}
	if s := d.Source(model.Identity); s.Accounts != model.AccountsByHunting {
		t.Errorf("accounts are asked %q", s.Accounts)
	}
	d = refresh("soon after", 9*time.Minute, false, nil, 1)
	if s := d.Source(model.Identity); !s.LastGood.Equal(clock) || s.State != model.SourceOK {
		t.Errorf("the source is %v, and answered last %v: the age of hunting is not its own", s.State, s.LastGood)
	}
	refresh("after the interval", time.Minute, false, nil, 2)
	refresh("when a person asks", 0, true, nil, 3)
	broken := &model.Failure{Source: model.Identity, Kind: model.Broken, Doing: "hunt", Seen: "500", Remedy: "Wait."}
	refresh("when a person asks, and it fails", 0, true, broken, 4)
	refresh("after a failure", time.Minute, false, broken, 5)
	denied := &model.Failure{Source: model.Identity, Kind: model.PermissionMissing, Doing: "hunt", Seen: "403", Remedy: "Grant it."}
	refresh("after a failure, not permitted", time.Minute, false, denied, 6)
	d = refresh("not permitted", time.Minute, false, denied, 6)
	if s := d.Source(model.Identity); s.State != model.SourceOK || !hasFinding(d, model.CodeNoHunting) {
		t.Errorf("without the permission the source is %v: %+v", s.State, d.Status.Findings)
	}
	refresh("not permitted, an interval later", 10*time.Minute, false, denied, 7)
}

func TestAccountsOneByOne(t *testing.T) {
	h := newHostileTenant(t)
	h.tenant.Identity = &huntingCounter{Identity: h.tenant.Identity,
		err: &model.Failure{Source: model.Identity, Kind: model.LicenceAbsent, Doing: "hunt", Seen: "no table", Remedy: "Buy it."}}
	if s := h.ask(patience).Source(model.Identity); s.Accounts != model.AccountsOneByOne {
		t.Errorf("accounts are asked %q", s.Accounts)
	}
	h.tenant.Endpoint = nil
	if s := h.ask(patience).Source(model.Identity); s.Accounts != "" {
		t.Errorf("without Defender for Endpoint accounts are asked %q", s.Accounts)
	}
}
