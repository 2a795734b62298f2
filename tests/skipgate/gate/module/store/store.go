// Package store keeps data together with the index of the entry that wrote it.
package store

import "errors"

// ErrBehind is returned for entries that took effect before.
var ErrBehind = errors.New("store: behind")

// Store is an ordered map with an index.
type Store struct {
	data  map[uint64]string
	index uint64
}

// AppliedIndex is the last entry whose effect is durable.
func (s *Store) AppliedIndex() (uint64, bool) {
	return s.index, s.data != nil
}

// Set applies an entry, and its index with it.
func (s *Store) Set(index uint64, data string) error {
	if index < s.index {
		return ErrBehind
	}
	s.data[index] = data
	s.index = index
	return nil
}

// Restore replaces everything by the snapshot at index.
func (s *Store) Restore(index uint64) error {
	s.data = map[uint64]string{}
	s.index = index
	return nil
}
