package coldstart

import (
	"bytes"
	"fmt"

	"github.com/cockroachdb/pebble"
)

// View is what can be seen of a world: of the disk what a start would find, of the process what it has in memory.
type View struct {
	Up       bool
	Crashes  uint64
	Log      []Entry // in the WAL
	Commit   uint64  // of the hard state, as a crash would leave it
	Store    StoreView
	Readable bool // the next read of the store's applied index does not fail
	// Snapshots are those that are saved, by their indices.
	Snapshots map[uint64]SnapshotView

	Committed   uint64
	Delivered   uint64
	Applied     uint64
	CompactedTo uint64
	ToldIndex   uint64 // what SetApplyIndex was last told
	Ceiling     uint64
	LastIssued  Timestamp // or observed
	Captured    *SnapshotView
	Issued      *Timestamp
	Outcome     *Outcome
}

// StoreView is what a store holds, or a copy of it.
type StoreView struct {
	Data         []uint64 // indices of the data entries
	AppliedIndex *uint64
}

// SnapshotView is a snapshot of the state machine.
type SnapshotView struct {
	Index   uint64
	Store   StoreView
	Ceiling uint64
}

// View looks at everything, and changes nothing.
func (w *World) View() (View, error) {
	v := View{Crashes: w.Crashes, Readable: !w.Disk.unreadable, Snapshots: map[uint64]SnapshotView{}}
	if err := v.addDisk(w.Disk); err != nil {
		return v, err
	}
	if w.Node != nil {
		return v, v.addNode(w.Node)
	}
	store, err := w.Disk.openStore()
	if err != nil {
		return v, err
	}
	defer store.db.Close()
	v.Store, err = viewOf(store.db)
	return v, err
}

func (v *View) addDisk(d *Disk) error {
	hardState, entries, err := d.walContent()
	if err != nil {
		return err
	}
	v.Commit = hardState.GetCommit()
	for _, raw := range entries {
		e, err := decodeEntry(raw)
		if err != nil {
			return err
		}
		v.Log = append(v.Log, e)
	}
	saved, err := d.savedSnapshots()
	if err != nil {
		return err
	}
	for _, index := range saved {
		i, err := readImage(d.fsmFile(index), nil)
		if err != nil {
			return err
		}
		v.Snapshots[index] = SnapshotView{index, viewOfPairs(i.pairs), i.ceiling}
	}
	return nil
}

func (v *View) addNode(n *Node) error {
	var err error
	v.Up, v.Committed, v.Delivered, v.Applied = true, n.committed(), n.delivered, n.applied
	v.ToldIndex, v.Ceiling, v.LastIssued = n.store.pendingIndex, n.clock.ceiling, n.clock.last
	v.Issued, v.Outcome = n.issued, n.outcome
	if v.CompactedTo, err = n.compactedTo(); err != nil {
		return err
	}
	if n.inFlight != nil {
		held, err := viewOf(n.inFlight.store)
		if err != nil {
			return err
		}
		v.Captured = &SnapshotView{n.inFlight.index, held, n.inFlight.ceiling}
	}
	v.Store, err = viewOf(n.store.db)
	return err
}

func viewOf(from pebble.Reader) (StoreView, error) {
	pairs, err := dump(from)
	return viewOfPairs(pairs), err
}

func viewOfPairs(pairs []pair) StoreView {
	var v StoreView
	for _, p := range pairs {
		if index, found := bytes.CutPrefix(p.key, dataPrefix); found {
			var i uint64
			if _, err := fmt.Sscanf(string(index), "%d", &i); err == nil {
				v.Data = append(v.Data, i)
			}
		} else if bytes.Equal(p.key, appliedIndexKey) {
			v.AppliedIndex = decodeIndex(p.value)
		}
	}
	return v
}
