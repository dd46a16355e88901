package ptytest

import (
	"slices"
	"time"
)

// Line is what lies between a program and its terminal. The zero Line carries everything at once.
type Line struct {
	Baud  int           // bits in a second, ten of them for a byte; 0: as fast as can be
	Delay time.Duration // from one end to the other, in each direction
	Mute  bool          // the terminal answers no query
}

// breath is how often a line with a limit carries what has come.
const breath = 20 * time.Millisecond

// chunk is how much is read at a time: with a limit, what the line carries in a breath.
func (l Line) chunk() int {
	if l.Baud == 0 {
		return 64 << 10
	}
	return max(l.Baud/10*int(breath/time.Millisecond)/1000, 1)
}

// rest waits until the line has carried n bytes. What the program writes meanwhile stays in its own buffers.
func (l Line) rest(n int) {
	if l.Baud > 0 {
		time.Sleep(time.Duration(n) * 10 * time.Second / time.Duration(l.Baud))
	}
}

// patience is how long to wait over this line for what is there at once without it.
func (l Line) patience() time.Duration {
	if l.Baud > 0 {
		return 4 * Timeout
	}
	return Timeout
}

// way carries bytes in one direction, in their order, each after the line's delay; flush waits for those on the way, and
// nothing may be sent after it. The way ends with done.
func (l Line) way(done <-chan struct{}, deliver func([]byte) error) (send func([]byte) error, flush func()) {
	if l.Delay == 0 {
		return deliver, func() {}
	}
	type parcel struct {
		bytes []byte
		due   time.Time
	}
	parcels, arrived := make(chan parcel, 1<<16), make(chan struct{})
	go func() {
		defer close(arrived)
		for {
			select {
			case <-done:
				return
			case p, more := <-parcels:
				if !more {
					return
				}
				time.Sleep(time.Until(p.due))
				deliver(p.bytes) // the program may have ended meanwhile
			}
		}
	}()
	send = func(bytes []byte) error {
		parcels <- parcel{slices.Clone(bytes), time.Now().Add(l.Delay)}
		return nil
	}
	return send, func() {
		close(parcels)
		<-arrived
	}
}
