package coldstart

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble"
	"go.etcd.io/etcd/server/v3/etcdserver/api/snap"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"go.etcd.io/etcd/server/v3/storage/wal/walpb"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"go.uber.org/zap"
)

// ErrRefused says that a node does not do that in its present state.
var ErrRefused = errors.New("not in this state")

func refused(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRefused, fmt.Sprintf(format, args...))
}

// Config is what a node is started with.
type Config struct {
	Design        Design
	SnapshotEvery uint64        // applied entries between two local snapshots
	Wall          func() uint64 // the wall clock
	Log           *zap.Logger
}

// Node is the process.
type Node struct {
	Config
	disk      *Disk
	wal       *wal.WAL
	hardState *raftpb.HardState // as Save was last told, synced or not
	entries   *raft.MemoryStorage
	delivered uint64 // RawNode's applied index
	applied   uint64 // e.applied: entries up to it are duplicates
	store     *Store
	clock     Clock
	inFlight  *capture
	issued    *Timestamp
	outcome   *Outcome // nil: this node has never been started
}

// capture is a local snapshot that is not saved yet.
type capture struct {
	index   uint64
	ceiling uint64
	store   *pebble.Snapshot
}

func (n *Node) close() error {
	var err error
	if n.inFlight != nil {
		err = n.inFlight.store.Close()
	}
	return errors.Join(err, n.store.db.Close(), n.wal.Close())
}

// ---- The log grows and commits ----

// Append writes what a leader sent. The sync carries the Commit that is known.
func (n *Node) Append(e Entry) error {
	last, err := n.entries.LastIndex()
	if err != nil {
		return err
	}
	added := []*raftpb.Entry{e.encode(last + 1)}
	if err := n.wal.Save(n.hardState, added); err != nil {
		return err
	}
	n.Log.Info("wal saved", zap.Stringer("kind", e.Kind), zap.Uint64("last_index", last+1), n.commitField())
	return n.entries.Append(added)
}

func (n *Node) committed() uint64 { return n.hardState.GetCommit() }

func (n *Node) commitField() zap.Field { return zap.Uint64("commit", n.committed()) }

// hardStateWith makes a new record: the WAL keeps the one that it was given.
func hardStateWith(term, commit uint64) *raftpb.HardState {
	vote := uint64(1)
	return &raftpb.HardState{Term: &term, Vote: &vote, Commit: &commit}
}

// LearnCommit hears from the leader that the next entry is committed. Save does not sync such a record.
func (n *Node) LearnCommit() error {
	last, err := n.entries.LastIndex()
	if err != nil {
		return err
	}
	if n.committed() == last {
		return refused("all %d entries are known to be committed", last)
	}
	n.hardState = hardStateWith(n.hardState.GetTerm(), n.committed()+1)
	n.Log.Info("committed", n.commitField())
	return n.wal.Save(n.hardState, nil)
}

// NewTerm hears of a new term, which Save syncs.
func (n *Node) NewTerm() error {
	n.hardState = hardStateWith(n.hardState.GetTerm()+1, n.committed())
	n.Log.Info("wal saved", zap.String("kind", "none"), n.commitField())
	return n.wal.Save(n.hardState, nil)
}

// ---- The run loop applies what raft delivers ----

// Step is what applying the next entry comes to.
type Step struct {
	index uint64
	Entry
	Duplicate bool
	Executed  bool
}

// Next is what Apply would do.
func (n *Node) Next() (Step, error) {
	index := n.delivered + 1
	if index > n.committed() {
		return Step{}, refused("all that is committed is delivered")
	}
	raw, err := n.entries.Entries(index, index+1, 1<<20)
	if err != nil { // raft panics here
		return Step{}, refused("raft cannot read entry %d: %v", index, err)
	}
	e, err := decodeEntry(raw[0])
	duplicate := index <= n.applied
	return Step{index, e, duplicate, !duplicate || n.Design.ReplayLeases && e.Kind == Lease}, err
}

// Apply takes the next committed entry: it is executed, unless it is a duplicate that the store has already.
func (n *Node) Apply() error {
	step, err := n.Next()
	if err != nil {
		return err
	}
	if !step.Duplicate || step.Executed && n.Design.SetApplyIndexOnReplay {
		n.store.SetApplyIndex(step.index)
	}
	if step.Executed {
		if err := n.execute(step.Entry); err != nil {
			return err
		}
	}
	n.delivered = step.index
	if step.Duplicate {
		n.Log.Info("applied", zap.String("as", "duplicate"), zap.Uint64("index", step.index))
		return nil
	}
	n.applied = step.index
	have, err := appliedIndex(n.store.db)
	n.Log.Info("applied", zap.String("as", "fresh"), zap.Uint64("index", step.index), zap.Uint64p("have", have))
	return err
}

func (n *Node) execute(e Entry) error {
	if e.Kind == Lease {
		n.clock.RaiseCeiling(e.At.Physical)
		return nil
	}
	n.clock.Observe(e.At)
	return n.store.Apply(e.At)
}

// ---- Local snapshots: the run loop captures, a worker saves ----

// Capture takes a snapshot of the state machine, if one is due.
func (n *Node) Capture() error {
	compacted, err := n.compactedTo()
	switch {
	case err != nil:
		return err
	case n.inFlight != nil:
		return refused("a snapshot is being saved")
	case n.applied < compacted+n.SnapshotEvery:
		return refused("no snapshot is due")
	case n.Design.SnapshotWaits && n.delivered < n.applied:
		return refused("raft has delivered %d, and %d are applied", n.delivered, n.applied)
	}
	n.inFlight = &capture{n.applied, n.clock.ceiling, n.store.db.NewSnapshot()}
	n.Log.Info("snapshot captured", zap.Uint64("index", n.applied))
	return nil
}

func (n *Node) compactedTo() (uint64, error) {
	first, err := n.entries.FirstIndex()
	return first - 1, err
}

// indexIsRaised says whether the store's applied index has reached the captured snapshot.
func (n *Node) indexIsRaised() (bool, error) {
	if n.inFlight == nil {
		return false, refused("no snapshot is being saved")
	}
	have, err := appliedIndex(n.store.db)
	return have != nil && *have >= n.inFlight.index, err
}

// RaiseAppliedIndex lets the store know that it has all of the captured snapshot, though its last entries may have left
// nothing there.
func (n *Node) RaiseAppliedIndex() error {
	raised, err := n.indexIsRaised()
	if err != nil {
		return err
	}
	if raised {
		return refused("the store's index is high enough")
	}
	n.Log.Info("applied index raised", zap.Uint64("have", n.inFlight.index))
	return n.store.RaiseAppliedIndex(n.inFlight.index)
}

// SaveSnapshot saves what was captured: the .fsm file, then raft's own that names it, then the WAL's record of it,
// which is synced and carries Commit. Then the log is compacted.
func (n *Node) SaveSnapshot() error {
	raised, err := n.indexIsRaised()
	if err != nil {
		return err
	}
	if !raised {
		return refused("the store's index is behind the snapshot")
	}
	captured := n.inFlight
	pairs, err := dump(captured.store)
	if err != nil {
		return err
	}
	sum, err := image{captured.ceiling, pairs}.write(n.disk.fsmFile(captured.index))
	if err != nil {
		return err
	}
	members := &raftpb.ConfState{Voters: []uint64{1}}
	snapshot, err := n.entries.CreateSnapshot(captured.index, members, token(sum))
	if err != nil {
		return err
	}
	if err := snap.New(zap.NewNop(), n.disk.snapDir()).SaveSnap(snapshot); err != nil {
		return err
	}
	if err := n.wal.SaveSnapshot(walRecord(snapshot)); err != nil {
		return err
	}
	n.Log.Info("snapshot saved", zap.Uint64("index", captured.index))
	if captured.index <= n.committed() {
		if err := n.disk.forgetSnapshotsBefore(captured.index); err != nil {
			return err
		}
	}
	n.inFlight = nil
	return errors.Join(n.entries.Compact(captured.index), captured.store.Close())
}

func walRecord(snapshot *raftpb.Snapshot) *walpb.Snapshot {
	m := snapshot.GetMetadata()
	index, term := m.GetIndex(), m.GetTerm()
	return &walpb.Snapshot{Index: &index, Term: &term, ConfState: m.GetConfState()}
}

// ---- A leader issues timestamps ----

// IssueTimestamp issues the first timestamp after an election: all entries are applied then, the node's own no-op too.
func (n *Node) IssueTimestamp() error {
	last, err := n.entries.LastIndex()
	if err != nil {
		return err
	}
	if n.delivered != last || n.issued != nil {
		return refused("delivered %d of %d, issued %v", n.delivered, last, n.issued)
	}
	ts, err := n.clock.Next()
	if err != nil {
		return refused("%v", err)
	}
	n.issued = &ts
	n.Log.Info("first timestamp", zap.Uint64("physical", ts.Physical), zap.Uint64("logical", ts.Logical))
	return nil
}
