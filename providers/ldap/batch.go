package ldap

import "adbadge/model"

// batchSize is how many entities are handed on at once at most.
const batchSize = 500

// batch collects entities for emit.
type batch struct {
	emit     func([]model.Entity) error
	entities []model.Entity
	handedOn int
	err      error // of emit
}

func newBatch(emit func([]model.Entity) error) *batch {
	return &batch{emit: emit, entities: make([]model.Entity, 0, batchSize)}
}

func (b *batch) add(e *model.Entity) error {
	b.entities = append(b.entities, *e)
	if len(b.entities) < batchSize {
		return nil
	}
	return b.flush()
}

func (b *batch) flush() error {
	if len(b.entities) == 0 {
		return nil
	}
	b.err = b.emit(b.entities)
	b.handedOn += len(b.entities)
	clear(b.entities)
	b.entities = b.entities[:0]
	return b.err
}
