package world

import (
	"encoding/hex"
	"time"

	"adbadge/model"
)

// stream names a purpose that chance is drawn for, so that one purpose never disturbs another.
type stream uint64

const (
	domainStream stream = iota + 1
	nameStream
	siteStream
	userStream
	computerStream
	serverStream
	groupStream
	objectStream
	recordStream
	machineStream
	sightingStream
	endpointAlertStream
	identityAlertStream
	attackStream
	evidenceStream
	sensorStream
	cloudStream
	guidStream
	entraStream
)

// dice is a small random generator (splitmix64): a pure function of the seed, the stream and an index.
type dice uint64

func (w *World) dice(s stream, i int) dice {
	return dice(mix(w.options.Seed ^ mix(uint64(s)<<56^uint64(i)*0x9e3779b97f4a7c15)))
}

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	return mix(uint64(*d))
}

// n gives a number from 0 up to, not including, limit.
func (d *dice) n(limit int) int { return int(d.next() >> 1 % uint64(limit)) }

// between gives a number from low up to and including high.
func (d *dice) between(low, high int) int { return low + d.n(high-low+1) }

// chance is true in so many of a thousand cases.
func (d *dice) chance(perMille int) bool { return d.n(1000) < perMille }

// span gives a time span from low up to high, in seconds.
func (d *dice) span(low, high time.Duration) time.Duration {
	return low + time.Duration(d.n(int((high-low)/time.Second)+1))*time.Second
}

// guid gives a random (version 4) GUID.
func (d *dice) guid() model.GUID {
	var g model.GUID
	for half := range 2 {
		x := d.next()
		for b := range 8 {
			g[half*8+b] = byte(x >> (8 * b))
		}
	}
	g[7] = g[7]&0x0f | 0x40 // byte 7 holds the version: directory byte order
	g[8] = g[8]&0x3f | 0x80
	return g
}

// hex gives so many hexadecimal digits, an even number.
func (d *dice) hex(digits int) string {
	raw := make([]byte, digits/2)
	var x uint64
	for i := range raw {
		if i%8 == 0 {
			x = d.next()
		}
		raw[i] = byte(x >> (8 * (i % 8)))
	}
	return hex.EncodeToString(raw)
}

// pick gives one of the items.
func pick[T any](d *dice, items []T) T { return items[d.n(len(items))] }

// shuffled maps the numbers below size onto each other, one to one, in an order that the key decides
// (a Feistel network that is walked until it lands below size).
func shuffled(i, size int, key uint64) int {
	half := uint(1)
	for 1<<(2*half) < size {
		half++
	}
	mask := uint64(1)<<half - 1
	x := uint64(i)
	for {
		left, right := x>>half, x&mask
		for round := range uint64(4) {
			left, right = right, left^(mix(right^key^round<<60)&mask)
		}
		x = left<<half | right
		if x < uint64(size) {
			return int(x)
		}
	}
}
