// Package messages keeps what the program told its user: one message on the screen at a time, and the last 500 for
// the log page.
package messages

import (
	"time"

	"adbadge/model"
)

// Kept is how many messages the log holds.
const Kept = 500

// Message is one line to the user.
type Message struct {
	ID    uint64
	At    time.Time
	Level model.Level // OK, Warning, Critical
	Text  string      // one line, clean
	// Link is a page that the message is about, shown where terminals can follow it; empty when there is none.
	Link string
}

// Log holds the messages. The zero Log is empty. It belongs to one goroutine.
type Log struct {
	entries []Message // oldest first
	next    uint64
	shown   uint64 // id of the one on the screen; 0 when there is none
}

// Add keeps a message and puts it on the screen. It gives its id and for how long it stays: 0 is until it is
// dismissed.
func (l *Log) Add(at time.Time, level model.Level, text, link string) (id uint64, stays time.Duration) {
	l.next++
	l.append(Message{ID: l.next, At: at, Level: level, Text: text, Link: link})
	l.shown = l.next
	switch level {
	case model.OK:
		if link == "" {
			return l.next, 4 * time.Second
		}
		return l.next, 20 * time.Second // time to reach for the mouse
	case model.Warning:
		return l.next, 8 * time.Second
	}
	return l.next, 0
}

// Note keeps a message without showing it.
func (l *Log) Note(at time.Time, level model.Level, text string) {
	l.next++
	l.append(Message{ID: l.next, At: at, Level: level, Text: text})
}

func (l *Log) append(m Message) {
	if len(l.entries) == Kept {
		copy(l.entries, l.entries[1:])
		l.entries = l.entries[:Kept-1]
	}
	l.entries = append(l.entries, m)
}

// Shown gives the message on the screen, nil when there is none.
func (l *Log) Shown() *Message {
	if l.shown == 0 {
		return nil
	}
	for i := len(l.entries) - 1; i >= 0; i-- {
		if l.entries[i].ID == l.shown {
			return &l.entries[i]
		}
	}
	return nil
}

// Expire takes a message off the screen if it is still the one that shows; a newer one stays.
func (l *Log) Expire(id uint64) bool {
	if l.shown != id {
		return false
	}
	l.shown = 0
	return true
}

// Dismiss takes whatever shows off the screen, and reports whether there was something.
func (l *Log) Dismiss() bool {
	was := l.shown != 0
	l.shown = 0
	return was
}

// Len gives the number of messages kept; At the i-th, newest first.
func (l *Log) Len() int { return len(l.entries) }

// At gives the i-th message, newest first.
func (l *Log) At(i int) Message { return l.entries[len(l.entries)-1-i] }
