package coldstart

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"
)

var (
	appliedIndexKey = []byte("_meta_applied_index")
	dataPrefix      = []byte("data/")
)

var errUnreadable = errors.New("the applied index cannot be read")

// Store is the state machine's data: each data entry leaves a key with its commit timestamp. The index of the entry
// that was applied last is in the same batch.
type Store struct {
	db           *pebble.DB
	pendingIndex uint64 // what SetApplyIndex was last told
	unreadable   bool   // planted: reading the applied index fails
}

func openStore(fs vfs.FS) (*Store, error) {
	db, err := pebble.Open("store", &pebble.Options{FS: fs, Logger: quiet{}, MemTableSize: 1 << 16})
	if err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	return &Store{db: db}, nil
}

// quiet keeps what Pebble says about its files out of the way.
type quiet struct{}

func (quiet) Infof(string, ...any)              {}
func (quiet) Errorf(string, ...any)             {}
func (quiet) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// AppliedIndex is the gate's `have`: up to which entry the store has everything. Nil means that it does not say.
func (s *Store) AppliedIndex() (*uint64, error) {
	if s.unreadable {
		return nil, errUnreadable
	}
	return appliedIndex(s.db)
}

func appliedIndex(from pebble.Reader) (*uint64, error) {
	value, closer, err := from.Get(appliedIndexKey)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	return decodeIndex(value), nil
}

// decodeIndex takes a value that is cut off for none.
func decodeIndex(value []byte) *uint64 {
	if len(value) != 8 {
		return nil
	}
	index := binary.LittleEndian.Uint64(value)
	return &index
}

// SetApplyIndex announces which entry the next Apply is about.
func (s *Store) SetApplyIndex(index uint64) { s.pendingIndex = index }

// Apply writes a data entry, and its index with it.
func (s *Store) Apply(at Timestamp) error {
	batch := s.db.NewBatch()
	defer batch.Close()
	if err := batch.Set(fmt.Appendf(nil, "%s%016d", dataPrefix, s.pendingIndex), at.encode(), nil); err != nil {
		return err
	}
	if err := batch.Set(appliedIndexKey, binary.LittleEndian.AppendUint64(nil, s.pendingIndex), nil); err != nil {
		return err
	}
	return batch.Commit(pebble.Sync)
}

// RaiseAppliedIndex moves the applied index up to one whose entry leaves nothing in the store. It never moves it down.
func (s *Store) RaiseAppliedIndex(index uint64) error {
	have, err := appliedIndex(s.db)
	if err != nil || have != nil && *have >= index {
		return err
	}
	return s.db.Set(appliedIndexKey, binary.LittleEndian.AppendUint64(nil, index), pebble.Sync)
}

// pair is a key and its value.
type pair struct{ key, value []byte }

// dump reads everything, the applied index too.
func dump(from pebble.Reader) ([]pair, error) {
	each, err := from.NewIter(nil)
	if err != nil {
		return nil, err
	}
	var pairs []pair
	for valid := each.First(); valid; valid = each.Next() {
		pairs = append(pairs, pair{bytes.Clone(each.Key()), bytes.Clone(each.Value())})
	}
	return pairs, errors.Join(each.Error(), each.Close())
}

// restore replaces everything, in one batch.
func (s *Store) restore(pairs []pair) error {
	batch := s.db.NewBatch()
	defer batch.Close()
	if err := batch.DeleteRange([]byte{0}, []byte{0xff}, nil); err != nil {
		return err
	}
	for _, p := range pairs {
		if err := batch.Set(p.key, p.value, nil); err != nil {
			return err
		}
	}
	s.unreadable = false
	return batch.Commit(pebble.Sync)
}

// lastCommitTS is the highest commit timestamp of the data that the store holds.
func (s *Store) lastCommitTS() (Timestamp, error) {
	pairs, err := dump(s.db)
	var last Timestamp
	for _, p := range pairs {
		if bytes.HasPrefix(p.key, dataPrefix) {
			if at := decodeTimestamp(p.value); at.Compare(last) > 0 {
				last = at
			}
		}
	}
	return last, err
}
