package model

import "errors"

// Position is where a reader of the directory stands: what it has seen already. It means something only to the directory
// that gave it. The empty one means that changes cannot be asked for.
type Position string

// ErrPositionLost says that nobody can tell what has changed since a Position: another domain controller answers, or
// this one was restored. Everything has to be read again.
var ErrPositionLost = errors.New("the directory cannot tell what has changed since it was read last")
