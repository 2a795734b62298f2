// Package engine applies a log to a store, and starts again after a crash.
package engine

import (
	"fmt"

	"example.org/restart/store"
)

// Margin is how many entries the store may be ahead of its snapshot.
const Margin = 1

const (
	phaseIdle = iota
	phaseReplay
	phaseLive
)

// Engine applies entries in order.
type Engine struct {
	store   *store.Store
	applied uint64 // the last entry that took effect
	phase   int
}

// Reader is what the gate needs to know of a store.
type Reader interface {
	AppliedIndex() (uint64, bool)
}

// decideSkip tells whether the snapshot at index need not be restored.
func decideSkip(have uint64, known bool, index uint64) bool {
	// Without knowledge the snapshot is restored.
	if !known {
		return false
	}
	return have+Margin > index
}

// Restart begins where the store says it is.
func (e *Engine) Restart(index uint64) error {
	have, known := e.store.AppliedIndex()
	if decideSkip(have, known, index) {
		e.applied = have
		e.phase = phaseLive
		return nil
	}
	if err := e.store.Restore(index); err != nil {
		return fmt.Errorf("restore %d: %w", index, err)
	}
	e.applied, e.phase = index, phaseReplay
	return nil
}

// Apply lets one entry take effect.
func (e *Engine) Apply(index uint64, data string) error {
	if index <= e.applied {
		return nil
	}
	if err := e.store.Set(index, data); err != nil {
		return err
	}
	e.applied = index
	return nil
}

func (e *Engine) String() string {
	return fmt.Sprintf("engine at %d", e.applied)
}
