package entra

import (
	"bytes"
	"context"
	"time"
)

// note travels with one request through the pipeline, for what one layer must tell another.
type note struct {
	wanted    bool          // the answer must hold JSON
	body      *bytes.Buffer // the answer; used again for the next page of a list
	patience  time.Duration // how long the answer may take to begin
	renewed   bool          // a second token was asked for, since the first was refused
	refusedAt time.Time     // when it was, by the clock of the other end
	waited    time.Duration // on behalf of Retry-After, over all tries
	retryAt   time.Time     // when the server wants to be asked again
	gaveUp    bool          // the wait would be longer than maxWait
	date      time.Time     // of the answer, by the clock of the other end; zero when it does not say
	failed    error         // the last error of the network, which the sign-in library reports as text only
}

type noteKey struct{}

func withNote(ctx context.Context, n *note) context.Context {
	return context.WithValue(ctx, noteKey{}, n)
}

// noteOf gives the note of a request, or nil.
func noteOf(ctx context.Context) *note {
	n, _ := ctx.Value(noteKey{}).(*note)
	return n
}
